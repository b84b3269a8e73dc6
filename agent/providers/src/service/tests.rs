use std::sync::Arc;

use ficelle_model::Data;

use crate::{
    Pending,
    testing::{Host, Recorder, parse, resource},
};

const STOPPED: &str =
    "ActiveState=inactive\nUnitFileState=disabled\nLoadState=loaded\nNeedDaemonReload=yes\n";
const RUNNING: &str =
    "ActiveState=active\nUnitFileState=enabled\nLoadState=loaded\nNeedDaemonReload=no\n";
const STATIC: &str = "ActiveState=active\nUnitFileState=static\nLoadState=loaded\n";
const MASKED: &str = "ActiveState=inactive\nUnitFileState=masked\nLoadState=masked\n";

fn host(show: &'static str) -> (Host, Arc<Recorder>) {
    let recorder = Recorder::answering(&[("systemctl show", 0, show)]);
    let host = Host::recorded(&recorder);
    host.system
        .make_directories("/run/systemd/system", 0o755)
        .expect("made");
    (host, recorder)
}

fn acts(recorder: &Recorder) -> Vec<String> {
    recorder
        .commands()
        .into_iter()
        .filter(|command| !command.contains(" show "))
        .collect()
}

fn nginx(parameters: &[(&str, Data)]) -> ficelle_model::Resource {
    resource("service", "nginx", parameters)
}

#[test]
fn starts_and_enables() {
    let (host, recorder) = host(STOPPED);
    let service = nginx(&[("ensure", "running".into()), ("enable", true.into())]);
    assert_eq!(
        host.apply(&service),
        ["ensure changed 'stopped' to 'running'"]
    );
    assert_eq!(
        acts(&recorder),
        [
            "systemctl daemon-reload",
            "systemctl start -- nginx",
            "systemctl enable -- nginx"
        ]
    );
    let (_, changes) = parse(&service)
        .expect("it parses")
        .observe(&host.context())
        .expect("read");
    assert_eq!(changes[0].pending, Pending::Dropped);
}

#[test]
fn a_refresh_restarts_what_runs() {
    let (host, recorder) = host(RUNNING);
    let service = parse(&nginx(&[("ensure", "running".into())])).expect("it parses");
    service.refresh(&host.context()).expect("restarted");
    assert_eq!(acts(&recorder), ["systemctl restart -- nginx"]);
    let own = nginx(&[("restart", "nginx -s reload".into())]);
    parse(&own)
        .expect("it parses")
        .refresh(&host.context())
        .expect("restarted");
    assert_eq!(acts(&recorder), ["/bin/sh -c nginx -s reload"]);
}

#[test]
fn a_refresh_leaves_what_is_stopped() {
    let (host, recorder) = host(STOPPED);
    parse(&nginx(&[]))
        .expect("it parses")
        .refresh(&host.context())
        .expect("left");
    assert!(acts(&recorder).is_empty());
}

#[test]
fn a_static_unit_is_neither_enabled_nor_disabled() {
    let (host, _) = host(STATIC);
    assert!(host.apply(&nginx(&[("enable", true.into())])).is_empty());
    assert!(host.apply(&nginx(&[("enable", false.into())])).is_empty());
}

#[test]
fn masks_and_unmasks() {
    let (running, recorder) = host(RUNNING);
    assert_eq!(
        running.apply(&nginx(&[("enable", "mask".into())])),
        ["enable changed 'true' to 'mask'"]
    );
    assert_eq!(
        acts(&recorder),
        [
            "systemctl cat -- nginx",
            "systemctl disable -- nginx",
            "systemctl mask -- nginx"
        ]
    );
    let (masked, recorder) = host(MASKED);
    assert!(
        masked
            .apply(&nginx(&[("enable", "mask".into())]))
            .is_empty()
    );
    assert_eq!(
        masked.apply(&nginx(&[("enable", true.into())])),
        ["enable changed 'false' to 'true'"]
    );
    assert_eq!(
        acts(&recorder),
        ["systemctl unmask -- nginx", "systemctl enable -- nginx"]
    );
}

#[test]
fn a_failed_start_shows_the_journal() {
    let recorder = Recorder::answering(&[
        ("systemctl show", 0, STOPPED),
        ("systemctl start", 1, ""),
        ("journalctl", 0, "nginx: bad configuration\n"),
    ]);
    let host = Host::recorded(&recorder);
    host.system
        .make_directories("/run/systemd/system", 0o755)
        .expect("made");
    assert_eq!(
        host.apply(&nginx(&[("ensure", "running".into())])),
        [
            "change from 'stopped' to 'running' failed: Systemd start for nginx failed!\n\
          journalctl log for nginx:\nnginx: bad configuration"
        ]
    );
}
