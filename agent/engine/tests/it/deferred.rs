//! Values that the node computes.

use ficelle_engine::Language;
use ficelle_model::{
    Data,
    data::{DataHash, Typed},
    report::Memory,
};
use ficelle_system::System;

use super::world::{World, catalog, host};

fn deferred(name: &str, arguments: &[Data]) -> Data {
    let attributes = DataHash::from_iter([
        ("name".into(), Data::from(name)),
        ("arguments".into(), Data::Array(arguments.to_vec())),
    ]);
    typed("Deferred", Data::hash(attributes))
}

fn typed(name: &str, value: Data) -> Data {
    Data::Typed(Box::new(Typed {
        type_name: name.into(),
        value,
    }))
}

fn hash(entries: &[(&str, Data)]) -> Data {
    let entries = entries
        .iter()
        .map(|(key, value)| ((*key).into(), value.clone()));
    Data::hash(entries.collect())
}

/// What became of a resource whose `ip` is `value`: what happened, and the log.
fn applied(value: Data) -> (Vec<String>, Vec<String>) {
    let directory = tempfile::tempdir().expect("a directory");
    let system = System::under(directory.path());
    system
        .replace("/secret", b"from a file", 0o600)
        .expect("written");
    let facts = || DataHash::from_iter([("os".into(), hash(&[("family", "Debian".into())]))]);
    let journal = Memory::default();
    let language = Language::new(&system, &journal, &facts);
    let mut world = World::new();
    let resources = vec![host("a", &[("ip", value)])];
    world
        .apply_with(&catalog(resources, &[]), &language)
        .expect("applied");
    let mut lines = world.lines();
    lines.extend(journal.logs().iter().map(|log| log.message.to_string()));
    (world.happened(), lines)
}

fn value(value: Data) -> String {
    let (happened, lines) = applied(value);
    assert_eq!(happened.len(), 1, "{lines:?}");
    happened[0].clone()
}

#[test]
fn calls_the_functions_of_the_language() {
    assert_eq!(value(deferred("upcase", &["one".into()])), "set a ONE");
    let path = [Data::from("os"), Data::from("family")];
    assert_eq!(value(deferred("$facts", &path)), "set a Debian");
    assert_eq!(
        value(deferred("file", &["/secret".into()])),
        "set a from a file"
    );
    let template = "<%= $facts['os']['family'] %>-<%= $x %>";
    let arguments = [Data::from(template), hash(&[("x", Data::Integer(3))])];
    assert_eq!(value(deferred("inline_epp", &arguments)), "set a Debian-3");
}

#[test]
fn arguments_may_be_deferred_or_rich() {
    let inner = deferred("upcase", &["b".into()]);
    let list = Data::Array(vec!["a".into(), inner]);
    assert_eq!(value(deferred("join", &[list, "-".into()])), "set a a-B");
    let secret = Data::Sensitive(Box::new("hidden".into()));
    assert_eq!(value(deferred("unwrap", &[secret])), "set a hidden");
    let pattern = typed("Regexp", "[0-9]+".into());
    let arguments = ["a1b".into(), pattern, "-".into()];
    assert_eq!(value(deferred("regsubst", &arguments)), "set a a-b");
    let version = typed("SemVer", "1.2.3".into());
    assert_eq!(
        value(deferred("new", &[typed("Type", "String".into()), version])),
        "set a 1.2.3"
    );
}

#[test]
fn what_is_secret_stays_so() {
    let secret = typed("Type", "Sensitive".into());
    let (happened, _) = applied(deferred("new", &[secret, "hidden".into()]));
    assert_eq!(happened, ["set a hidden"]);
    let next = applied(deferred(
        "nosuch",
        &[Data::Sensitive(Box::new("hidden".into()))],
    ));
    assert_eq!(next.0, [""; 0]);
    assert!(
        next.1[0].contains("Unknown function: 'nosuch'"),
        "{:?}",
        next.1
    );
    assert!(next.1.iter().all(|line| !line.contains("hidden")));
}

#[test]
fn what_a_function_says_is_said() {
    let (_, lines) = applied(deferred("notice", &["heard".into()]));
    assert!(lines.contains(&"heard".to_owned()), "{lines:?}");
}
