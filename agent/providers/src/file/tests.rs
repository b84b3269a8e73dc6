use ficelle_model::{Data, Resource};
use ficelle_system::{FileKind, Links};

use crate::testing::{Host, list, parse, resource};

const HELLO: &str = "{sha256}5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

fn file(path: &str, parameters: &[(&str, Data)]) -> Resource {
    resource("file", path, parameters)
}

fn mode(host: &Host, path: &str) -> u32 {
    host.system
        .stat(path, Links::Manage)
        .expect("readable")
        .expect("there")
        .mode
}

#[test]
fn a_new_file_is_told_once() {
    let host = Host::new();
    let motd = file(
        "/etc/motd",
        &[("content", "hello\n".into()), ("mode", "0600".into())],
    );
    assert_eq!(host.apply(&motd), [format!("defined content as '{HELLO}'")]);
    assert_eq!(
        (host.text("/etc/motd").as_str(), mode(&host, "/etc/motd")),
        ("hello\n", 0o600)
    );
    assert!(host.apply(&motd).is_empty());
}

#[test]
fn content_changes_with_a_difference_and_a_copy_in_the_bucket() {
    let host = Host::new();
    host.write("/etc/motd", "old\n");
    let motd = file(
        "/etc/motd",
        &[
            ("content", "hello\n".into()),
            ("mode", "u=rw,g=r,o=".into()),
        ],
    );
    let managed = parse(&motd).expect("it parses");
    let (_, changes) = managed.observe(&host.context()).expect("readable");
    assert_eq!(
        changes[0].details.as_deref(),
        Some("\n--- /etc/motd\n+++ (new)\n@@ -1 +1 @@\n-old\n+hello")
    );
    let old = "{sha256}01d09d19c2139a46aebfb577780d123d7396e97201bc7ead210a2ebff8239dee";
    assert_eq!(
        host.apply(&motd),
        [
            format!("content changed '{old}' to '{HELLO}'"),
            "mode changed '0644' to '0640' (u=rw,g=r,o=)".to_owned(),
        ]
    );
    let sum = old.trim_start_matches("{sha256}");
    let kept = format!("/var/bucket/0/1/d/0/9/d/1/9/{sum}/contents");
    assert_eq!(host.text(&kept), "old\n");
}

#[test]
fn sensitive_content_is_never_shown() {
    let host = Host::new();
    host.write("/etc/secret", "old\n");
    let mut secret = file("/etc/secret", &[("content", "new".into())]);
    secret.sensitive.insert("content".into());
    let (_, changes) = parse(&secret)
        .expect("it parses")
        .observe(&host.context())
        .expect("readable");
    assert_eq!(changes[0].details, None);
    assert_eq!(host.apply(&secret), ["changed [redacted] to [redacted]"]);
    assert_eq!(host.text("/etc/secret"), "new");
}

#[test]
fn links_are_made_and_led_elsewhere() {
    let host = Host::new();
    let link = |to: &str| {
        file(
            "/etc/link",
            &[("ensure", "link".into()), ("target", to.into())],
        )
    };
    assert_eq!(host.apply(&link("/a")), ["created"]);
    assert_eq!(host.apply(&link("/b")), ["target changed '/a' to '/b'"]);
    assert!(
        host.apply(&file("/etc/link", &[("ensure", "/b".into())]))
            .is_empty()
    );
    assert_eq!(
        host.apply(&file("/etc/link", &[("content", "hello\n".into())])),
        ["ensure changed 'link' to 'file'"]
    );
    assert_eq!(
        host.apply(&file("/etc/link", &[("ensure", "absent".into())])),
        ["removed"]
    );
}

#[test]
fn a_directory_goes_only_by_force() {
    let host = Host::new();
    host.write("/etc/d/x", "x");
    assert!(
        host.apply(&file("/etc/d", &[("ensure", "absent".into())]))
            .is_empty()
    );
    assert_eq!(
        host.lines(),
        ["-: Not removing directory; use 'force' to override"]
    );
    let forced = file(
        "/etc/d",
        &[("ensure", "absent".into()), ("force", true.into())],
    );
    assert_eq!(host.apply(&forced), ["removed"]);
    assert!(!host.system.exists("/etc/d"));
}

#[test]
fn the_first_source_that_is_there_counts() {
    let host = Host::new();
    host.write("/src/a", "hello\n");
    let copy = file("/etc/a", &[("source", list(&["/src/no", "/src/a"]))]);
    assert_eq!(host.apply(&copy), [format!("defined content as '{HELLO}'")]);
    assert!(host.apply(&copy).is_empty());
    assert_eq!(
        host.apply(&file("/etc/b", &[("source", list(&["/no", "/neither"]))])),
        [
            "Could not evaluate: Could not retrieve information from environment production \
          source(s) file:///no, file:///neither"
        ]
    );
}

#[test]
fn a_tree_is_copied_and_what_is_not_in_it_purged() {
    let host = Host::new();
    host.write("/src/a", "hello\n");
    host.write("/src/sub/b", "b");
    host.write("/src/skip.bak", "b");
    host.write("/etc/tree/stale", "x");
    let tree = file(
        "/etc/tree",
        &[
            ("ensure", "directory".into()),
            ("source", "/src".into()),
            ("recurse", true.into()),
            ("purge", true.into()),
            ("ignore", "*.bak".into()),
            ("mode", "0640".into()),
        ],
    );
    let children = parse(&tree)
        .expect("it parses")
        .expand(&host.context())
        .expect("readable");
    let titles = children
        .iter()
        .map(|child| child.reference.to_string())
        .collect::<Vec<_>>();
    assert_eq!(
        titles,
        [
            "File[/etc/tree/a]",
            "File[/etc/tree/stale]",
            "File[/etc/tree/sub]",
            "File[/etc/tree/sub/b]"
        ]
    );
    assert_eq!(host.apply(&tree), ["mode changed '0755' to '0750'"]);
    let told = children
        .iter()
        .map(|child| host.apply(child).join("; "))
        .collect::<Vec<_>>();
    assert_eq!(told[0], format!("defined content as '{HELLO}'"));
    assert_eq!(told[1..3], ["removed", "created"]);
    assert_eq!(mode(&host, "/etc/tree/sub"), 0o750);
    assert_eq!(mode(&host, "/etc/tree/sub/b"), 0o640);
    assert!(children.iter().all(|child| host.apply(child).is_empty()));
}

#[test]
fn a_content_that_is_refused_leaves_the_old_one() {
    let host = Host::real();
    let path = host.directory.path().join("c").display().to_string();
    host.write(&path, "old\n");
    let refused = [
        ("content", "new\n".into()),
        ("validate_cmd", "/bin/grep -q old %".into()),
    ];
    let told = host.apply(&file(&path, &refused));
    assert!(
        told[0].contains("failed: Execution of '/bin/grep -q old "),
        "{told:?}"
    );
    assert!(told[0].ends_with("returned 1: "), "{told:?}");
    assert_eq!(host.text(&path), "old\n");
    assert_eq!(
        host.system
            .list(host.directory.path())
            .expect("readable")
            .expect("there")
            .len(),
        2
    );
}

#[test]
fn a_copy_may_stay_beside() {
    let host = Host::new();
    host.write("/etc/c", "old\n");
    host.apply(&file(
        "/etc/c",
        &[("content", "new\n".into()), ("backup", ".bak".into())],
    ));
    assert_eq!(host.text("/etc/c.bak"), "old\n");
}

#[test]
fn what_is_there_may_be_left() {
    let host = Host::new();
    host.write("/etc/c", "old\n");
    let kept = file(
        "/etc/c",
        &[("content", "new\n".into()), ("replace", false.into())],
    );
    assert!(host.apply(&kept).is_empty());
    assert!(
        host.apply(&file("/etc/c", &[("ensure", "present".into())]))
            .is_empty()
    );
}

#[test]
fn failures_say_what_the_kernel_said() {
    let host = Host::new();
    let told = host.apply(&file("/etc/no/x", &[("ensure", "present".into())]));
    assert_eq!(
        told,
        [
            "change from 'absent' to 'present' failed: Could not set 'present' on ensure: \
          No such file or directory @ /etc/no/x"
        ]
    );
    let parameters = [("ensure", "file".into()), ("owner", "nosuchuser".into())];
    assert_eq!(
        host.apply(&file("/etc/x", &parameters)),
        [
            "change from 'absent' to 'file' failed: Could not set 'file' on ensure: Could not find user nosuchuser"
        ]
    );
    assert!(!host.system.exists("/etc/x"));
}

#[test]
fn bad_parameters_are_named() {
    let refusal =
        |parameters: &[(&str, Data)]| parse(&file("/x", parameters)).err().expect("refused");
    assert_eq!(
        refusal(&[("mode", Data::Integer(644))]),
        "Parameter mode failed on File[/x]: \
         The file mode specification must be a string, not 'Integer'"
    );
    assert_eq!(
        refusal(&[("content", "a".into()), ("source", "/b".into())]),
        "Validation of File[/x] failed: You cannot specify more than one of content, source, target"
    );
    assert_eq!(
        parse(&file("x", &[])).err().expect("refused"),
        "Parameter path failed on File[x]: File paths must be fully qualified, not 'x'"
    );
}

#[test]
fn a_device_or_directory_is_shown_by_instance() {
    let host = Host::new();
    let kind = crate::lookup("file").expect("native");
    let instance = kind
        .instance("/etc", &host.context())
        .expect("readable")
        .expect("it can say");
    assert_eq!(
        instance.properties["ensure"],
        Data::from(FileKind::Directory.name())
    );
}
