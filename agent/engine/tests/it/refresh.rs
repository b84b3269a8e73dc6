//! How changes travel.

use ficelle_model::report::{EventStatus, Level};

use super::world::{World, catalog, events, host, listener, resource};

#[test]
fn a_change_refreshes_what_listens() {
    let mut world = World::new();
    let resources = vec![
        host("a", &[("notify", "Exec[x]".into())]),
        host("b", &[]),
        listener("x", &[("subscribe", "Host[b]".into())]),
    ];
    let catalog = catalog(resources, &[]);
    let report = world.apply(&catalog).expect("applied");
    assert_eq!(world.happened(), ["set a 1", "set b 1", "refresh x"]);
    assert_eq!(
        world.lines_from(Level::Info)[1..],
        [
            "/Host[a]/ip: defined 'ip' as '1'",
            "/Host[a]: Scheduling refresh of Exec[x]",
            "/Host[b]/ip: defined 'ip' as '1'",
            "/Host[b]: Scheduling refresh of Exec[x]",
            "/Exec[x]: Triggered 'refresh' from 2 events",
        ]
    );
    assert_eq!(events(&report, "Exec[x]"), [EventStatus::Success]);
    assert_eq!(report.metrics["resources"].value("restarted"), 1.0);

    world.apply(&catalog).expect("applied");
    assert_eq!(
        world.happened(),
        [""; 0],
        "nothing changed, nothing refreshes"
    );
}

#[test]
fn through_containers_in_and_out() {
    let mut world = World::new();
    let resources = vec![
        host("a", &[("notify", "Class[Inner]".into())]),
        resource("class", "Inner", &[("notify", "Exec[after]".into())]),
        listener("inside", &[]),
        listener("after", &[]),
    ];
    let contains = [["Class[Inner]", "Exec[inside]"]];
    world
        .apply(&catalog(resources, &contains))
        .expect("applied");
    assert_eq!(
        world.happened(),
        ["set a 1", "refresh inside", "refresh after"]
    );
}

#[test]
fn a_require_carries_nothing() {
    let mut world = World::new();
    let resources = vec![
        host("a", &[]),
        listener("x", &[("require", "Host[a]".into())]),
    ];
    world.apply(&catalog(resources, &[])).expect("applied");
    assert_eq!(world.happened(), ["set a 1"]);
}

#[test]
fn noop_tells_and_does_nothing() {
    let mut world = World::new();
    world.options.noop = true;
    let resources = vec![
        resource("class", "Main", &[]),
        host("a", &[("notify", "Exec[x]".into())]),
        listener("x", &[]),
        host(
            "real",
            &[("noop", false.into()), ("notify", "Exec[y]".into())],
        ),
        listener("y", &[("noop", false.into())]),
    ];
    let contains = [["Class[Main]", "Host[a]"], ["Class[Main]", "Exec[x]"]];
    let report = world
        .apply(&catalog(resources, &contains))
        .expect("applied");
    assert_eq!(world.happened(), ["set real 1", "refresh y"]);
    let lines = world.lines();
    assert_eq!(
        lines[0],
        "/Main/Host[a]/ip: current_value 'absent', should be '1' (noop)"
    );
    assert_eq!(
        lines[1],
        "/Main/Exec[x]: Would have triggered 'refresh' from 1 event"
    );
    assert_eq!(
        lines[2], "Class[Main]: Would have triggered 'refresh' from 2 events",
        "{lines:?}"
    );
    assert_eq!(events(&report, "Host[a]"), [EventStatus::Noop]);
    assert!(report.noop_pending);
}

#[test]
fn a_refresh_that_fails() {
    let mut world = World::new();
    let resources = vec![
        host("a", &[("notify", "Exec[broken]".into())]),
        listener("broken", &[]),
        host("b", &[("require", "Exec[broken]".into())]),
    ];
    let report = world.apply(&catalog(resources, &[])).expect("applied");
    assert!(report.resource_statuses["Exec[broken]"].failed_to_restart);
    assert!(report.resource_statuses["Host[b]"].skipped);
    assert!(
        world
            .lines()
            .contains(&"/Exec[broken]: Failed to call refresh: it is broken".to_owned())
    );
    assert_eq!(report.exit_code(), 6);
}

#[test]
fn what_was_just_started_is_not_refreshed() {
    let mut world = World::new();
    let resources = vec![
        host("a", &[("notify", "Exec[start]".into())]),
        resource("exec", "start", &[("notify", "Exec[x]".into())]),
        listener("x", &[]),
    ];
    let started = catalog(resources, &[]);
    world.apply(&started).expect("applied");
    assert_eq!(world.happened(), ["set a 1", "run start", "refresh x"]);
    let unscheduled = "/Exec[start]: Unscheduling refresh on Exec[start]".to_owned();
    assert!(world.lines_from(Level::Info).contains(&unscheduled));

    world.values.lock().expect("no panic").clear();
    world.options.noop = true;
    world.apply(&started).expect("applied");
    let would = "/Exec[start]: Would have triggered 'refresh' from 1 event".to_owned();
    assert!(!world.lines().contains(&would), "{:?}", world.lines());
}

#[test]
fn what_refreshes_itself_does_so_after_a_change() {
    let mut world = World::new();
    let resources = vec![
        host("a", &[("notify", "Exec[mount]".into())]),
        resource("exec", "mount", &[("notify", "Exec[x]".into())]),
        listener("x", &[]),
    ];
    let report = world.apply(&catalog(resources, &[])).expect("applied");
    assert_eq!(
        world.happened(),
        ["set a 1", "run mount", "refresh mount", "refresh x"]
    );
    assert_eq!(
        events(&report, "Exec[mount]"),
        [EventStatus::Success, EventStatus::Success]
    );
    let told = "/Exec[mount]: Triggered 'refresh' from 2 events".to_owned();
    assert!(world.lines().contains(&told));
}
