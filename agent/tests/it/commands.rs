//! The other commands, and the lock that forbids runs.

use super::node::Node;

#[test]
fn facts_as_text_and_as_json() {
    let node = Node::new();
    let said = node.run(&["facts"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("kernel => Linux\n"), "{}", said.out);
}

#[test]
fn a_resource_as_it_is_and_as_it_should_be() {
    let node = Node::new();
    let path = node.path("file");
    let gone = node.run(&["resource", "file", path.as_str()]);
    assert!(gone.out.contains("ensure => 'absent'"), "{gone:?}");
    let made = node.run(&[
        "resource",
        "file",
        path.as_str(),
        "ensure=file",
        "content=x",
    ]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert_eq!(node.text("file"), "x");
}

#[test]
fn runs_are_forbidden_with_a_reason_and_allowed_again() {
    let node = Node::new();
    assert_eq!(node.run(&["--disable", "work on the disks"]).code, Some(0));
    let refused = node.run(&["--test"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let reason = "Notice: Skipping run of Puppet configuration client; administratively disabled \
                  (Reason: 'work on the disks');\nUse 'agent --enable' to re-enable.\n";
    assert!(refused.out.contains(reason), "{}", refused.out);
    assert_eq!(node.run(&["--enable"]).code, Some(0));
    let allowed = node.run(&["--test", "--server=127.0.0.1", "--serverport=1"]);
    assert_eq!(allowed.code, Some(1), "{allowed:?}");
    assert!(!allowed.out.contains("administratively"), "{}", allowed.out);
    assert!(allowed.err.contains("127.0.0.1"), "{}", allowed.err);
}

#[test]
fn help_says_what_test_stands_for() {
    let node = Node::new();
    let said = node.run(&["--help"]);
    assert_eq!(said.code, Some(0));
    for flag in [
        "--onetime",
        "--no-usecacheonfailure",
        "--detailed-exitcodes",
        "--noop",
    ] {
        assert!(said.out.contains(flag), "{flag}: {}", said.out);
    }
    let wrong = node.run(&["--nonsense", "--detailed-exitcodes"]);
    assert_eq!(wrong.code, Some(1), "2 would say that something changed");
}
