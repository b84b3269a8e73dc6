//! What is known from the run before.

use super::world::{World, catalog, host, resource};

#[test]
fn a_drift_is_corrected_and_told_from_a_wish() {
    let mut world = World::new();
    let first = catalog(vec![host("a", &[])], &[]);
    let report = world.apply_again(&first);
    assert!(!report.corrective_change, "it is new");

    let report = world.apply_again(&first);
    assert!(report.resource_statuses["Host[a]"].events.is_empty());

    let mut values = world.values.lock().expect("no panic");
    values.insert("a".to_owned(), "drifted".to_owned());
    drop(values);
    let report = world.apply_again(&first);
    assert!(report.corrective_change);
    let event = &report.resource_statuses["Host[a]"].events[0];
    assert_eq!(&*event.message, "ip changed 'drifted' to '1' (corrective)");

    let other = catalog(vec![resource("host", "a", &[("ip", "2".into())])], &[]);
    let report = world.apply_again(&other);
    assert!(report.resource_statuses["Host[a]"].changed);
    assert!(!report.corrective_change, "the wish is another one");
}

#[test]
fn schedules_let_a_resource_rest() {
    let mut world = World::new();
    let catalog = catalog(
        vec![
            host("a", &[("schedule", "daily".into())]),
            host("b", &[("schedule", "never".into())]),
        ],
        &[],
    );
    world.apply_again(&catalog);
    assert_eq!(world.happened(), ["set a 1"]);
    world.values.lock().expect("no panic").clear();
    let report = world.apply_again(&catalog);
    assert_eq!(world.happened(), [""; 0]);
    assert!(report.resource_statuses["Host[a]"].skipped);
    world.options.ignore_schedules = true;
    world.apply_again(&catalog);
    assert_eq!(world.happened(), ["set a 1", "set b 1"]);
}

#[test]
fn a_store_that_cannot_be_read_is_put_aside() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| {
        camino::Utf8PathBuf::from_path_buf(directory.path().join(name)).expect("UTF-8")
    };
    let broken = path("transactions.yaml");
    ficelle_model::atomic::replace(broken.as_std_path(), b"a: [", 0o600).expect("written");
    let (store, warnings) = ficelle_engine::Store::load(&broken, &path("state.yaml"));
    assert_eq!(warnings.len(), 1);
    assert!(path("transactions.yaml.bad").exists());
    store.save().expect("saved");
    assert!(broken.exists());
}
