use ficelle_model::Data;

use crate::testing::{Host, Recorder, resource};

const STATUS: &str = "\
Package: nginx
Status: install ok installed
Architecture: amd64
Version: 1.22.1-9

Package: old
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: kept
Status: hold ok installed
Architecture: all
Version: 2:3.0-1
Provides: mail-agent (= 3), other
";

fn told(
    answers: &[(&'static str, i32, &'static str)],
    name: &str,
    parameters: &[(&str, Data)],
) -> (Vec<String>, Vec<String>) {
    let recorder = Recorder::answering(answers);
    let host = Host::recorded(&recorder);
    host.write("/var/lib/dpkg/status", STATUS);
    (
        host.apply(&resource("package", name, parameters)),
        recorder.commands(),
    )
}

#[test]
fn what_is_installed_costs_no_process() {
    let (told, commands) = told(&[], "nginx", &[("ensure", "installed".into())]);
    assert_eq!((told.len(), commands.len()), (0, 0));
}

#[test]
fn installs_and_removes() {
    let (messages, commands) = told(&[], "curl", &[]);
    assert_eq!(messages, ["created"]);
    assert_eq!(
        commands,
        ["/usr/bin/apt-get -q -y -o DPkg::Lock::Timeout=300 \
          -o DPkg::Options::=--force-confold install curl"]
    );
    let (messages, commands) = told(&[], "nginx", &[("ensure", "absent".into())]);
    assert_eq!(messages, ["removed"]);
    assert_eq!(
        commands,
        ["/usr/bin/apt-get -y -q -o DPkg::Lock::Timeout=300 remove nginx"]
    );
    let (messages, commands) = told(&[], "old", &[("ensure", "purged".into())]);
    assert_eq!(messages, ["purged"]);
    assert_eq!(commands, ["/usr/bin/dpkg --purge old"]);
    assert!(
        told(&[], "old", &[("ensure", "absent".into())])
            .0
            .is_empty()
    );
    assert!(
        told(&[], "never", &[("ensure", "purged".into())])
            .0
            .is_empty()
    );
}

#[test]
fn takes_one_version_back() {
    let (messages, commands) = told(&[], "nginx", &[("ensure", "1.18.0-1".into())]);
    assert_eq!(messages, ["ensure changed '1.22.1-9' to '1.18.0-1'"]);
    assert!(commands[0].contains("--allow-downgrades"), "{commands:?}");
    assert!(
        commands[0].ends_with("install nginx=1.18.0-1"),
        "{commands:?}"
    );
    assert!(
        told(&[], "nginx", &[("ensure", ">= 1.20".into())])
            .0
            .is_empty()
    );
}

#[test]
fn takes_the_newest() {
    let policy = [(
        "/usr/bin/apt-cache policy",
        0,
        "nginx:\n  Installed: 1.22.1-9\n  Candidate: 1.24-1\n",
    )];
    let (messages, _) = told(&policy, "nginx", &[("ensure", "latest".into())]);
    assert_eq!(messages, ["ensure changed '1.22.1-9' to '1.24-1'"]);
    let policy = [(
        "/usr/bin/apt-cache policy",
        0,
        "nginx:\n  Candidate: 1.22.1-9\n",
    )];
    assert!(
        told(&policy, "nginx", &[("ensure", "latest".into())])
            .0
            .is_empty()
    );
}

#[test]
fn holds_and_lets_go() {
    let (messages, commands) = told(&[], "nginx", &[("mark", "hold".into())]);
    assert_eq!(messages, ["mark changed 'none' to 'hold'"]);
    assert_eq!(commands, ["/usr/bin/dpkg --set-selections < nginx hold"]);
    let (_, commands) = told(&[], "kept", &[("ensure", "2:3.1-1".into())]);
    assert_eq!(
        commands.first().map(String::as_str),
        Some("/usr/bin/dpkg --set-selections < kept install")
    );
    assert_eq!(
        commands.last().map(String::as_str),
        Some("/usr/bin/dpkg --set-selections < kept hold")
    );
}

#[test]
fn a_failure_carries_what_apt_said() {
    let answers = [(
        "/usr/bin/apt-get",
        100,
        "E: Unable to locate package nosuch\n",
    )];
    let (messages, _) = told(&answers, "nosuch", &[]);
    assert!(
        messages[0].starts_with(
            "change from 'purged' to 'present' failed: Execution of '/usr/bin/apt-get"
        )
    );
    assert!(
        messages[0].ends_with("returned 100: E: Unable to locate package nosuch"),
        "{messages:?}"
    );
}

#[test]
fn a_name_may_be_one_that_others_provide() {
    let parameters = [("allow_virtual", true.into())];
    assert!(told(&[], "mail-agent", &parameters).0.is_empty());
    assert_eq!(told(&[], "mail-agent", &[]).0, ["created"]);
}
