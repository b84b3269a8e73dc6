//! What goes wrong, and how far it reaches.

use ficelle_model::report::Status;

use super::world::{World, catalog, host, listener, resource};

#[test]
fn what_depends_on_a_failure_is_skipped() {
    let mut world = World::new();
    let resources = vec![
        resource(
            "host",
            "a",
            &[("ip", "fail".into()), ("before", "Class[C]".into())],
        ),
        resource("class", "C", &[]),
        host("inside", &[("notify", "Exec[x]".into())]),
        listener("x", &[]),
        host("free", &[]),
    ];
    let contains = [["Class[C]", "Host[inside]"]];
    let report = world
        .apply(&catalog(resources, &contains))
        .expect("applied");
    assert_eq!(world.happened(), ["set free 1"]);
    assert_eq!(
        world.lines(),
        [
            "Puppet: it does not work",
            "/Host[a]/ip: change from 'absent' to 'fail' failed: it does not work",
            "/C/Host[inside]: Dependency Host[a] has failures: true",
            "/C/Host[inside]: Skipping because of failed dependencies",
            "/Exec[x]: Skipping because of failed dependencies",
            "/Host[free]/ip: defined 'ip' as '1'",
        ]
    );
    assert_eq!(report.status, Status::Failed);
    assert_eq!(report.metrics["resources"].value("skipped"), 2.0);
}

#[test]
fn what_cannot_be_read_fails() {
    let mut world = World::new();
    let resources = vec![resource("host", "a", &[("ip", "unreadable".into())])];
    let report = world.apply(&catalog(resources, &[])).expect("applied");
    assert_eq!(
        world.lines(),
        ["/Host[a]: Could not evaluate: it cannot be read"]
    );
    assert!(report.resource_statuses["Host[a]"].failed);
}

#[test]
fn tags_leave_out() {
    let mut world = World::new();
    let mut chosen = host("a", &[]);
    chosen.tags.insert("web::server".into());
    world.options.tags = vec!["Web::Server".to_owned()];
    let report = world
        .apply(&catalog(vec![chosen, host("b", &[])], &[]))
        .expect("applied");
    assert_eq!(world.happened(), ["set a 1"]);
    assert!(report.resource_statuses["Host[b]"].skipped);
    assert_eq!(report.status, Status::Changed);
}

/// Each of these is refused before anything is done.
#[test]
fn catalogs_that_cannot_be_applied() {
    let mut bad_place = host("a", &[("require", "Host[none]".into())]);
    bad_place.file = Some("/site.pp".into());
    bad_place.line = Some(3);
    let mut foreign = resource("firewall", "x", &[]);
    foreign.kind = Some("compilable_type".into());
    let cases = [
        (
            vec![host("first", &[]), bad_place],
            "Could not find dependency Host[none] for Host[a] (file: /site.pp, line: 3)",
        ),
        (
            vec![
                host("first", &[]),
                host("a", &[("before", "Host[none]".into())]),
            ],
            "Could not find dependent Host[none] for Host[a]",
        ),
        (
            vec![host("first", &[]), resource("host", "a", &[])],
            "Validation of Host[a] failed: ip is a required attribute",
        ),
        (
            vec![host("first", &[]), host("a", &[("name", "first".into())])],
            "Cannot alias Host[a] to [\"first\"]; resource Host[first] already declared",
        ),
        (
            vec![host("first", &[]), foreign],
            "Resource type 'Firewall' was not found",
        ),
    ];
    for (resources, message) in cases {
        let mut world = World::new();
        let error = world.apply(&catalog(resources, &[])).expect_err(message);
        assert_eq!(error.to_string(), message);
        assert_eq!(world.happened(), [""; 0]);
    }
}
