//! What comes before what.

use ficelle_engine::Resolver;
use ficelle_model::{Data, data::Typed};

use super::world::{World, catalog, host, resource};

fn order(world: &World) -> String {
    let names = world.happened().into_iter();
    let names = names.map(|line| line.split(' ').nth(1).unwrap_or_default().to_owned());
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn as_the_manifest_says_where_nothing_else_does() {
    let mut world = World::new();
    let resources = vec![host("c", &[]), host("a", &[]), host("b", &[])];
    world.apply(&catalog(resources, &[])).expect("applied");
    assert_eq!(order(&world), "c a b");
}

#[test]
fn relationships_of_all_four_kinds() {
    let mut world = World::new();
    let resources = vec![
        host("e", &[("require", "Host[d]".into())]),
        host("d", &[("subscribe", Data::Array(vec!["Host[c]".into()]))]),
        host("c", &[]),
        host("b", &[("notify", "Host[c]".into())]),
        host("a", &[("before", "Host[b]".into())]),
    ];
    world.apply(&catalog(resources, &[])).expect("applied");
    assert_eq!(order(&world), "a b c d e");
}

#[test]
fn through_classes_and_defines() {
    let mut world = World::new();
    let resources = vec![
        resource("class", "first", &[("require", "Class[Second]".into())]),
        host("f1", &[]),
        resource("class", "Second", &[]),
        resource("my::define", "x", &[]),
        host("s1", &[]),
        host("last", &[]),
        host("early", &[("before", "My::Define[x]".into())]),
    ];
    let contains = [
        ["Class[first]", "Host[f1]"],
        ["Class[Second]", "My::Define[x]"],
        ["My::Define[x]", "Host[s1]"],
    ];
    world
        .apply(&catalog(resources, &contains))
        .expect("applied");
    assert_eq!(order(&world), "last early s1 f1");
}

#[test]
fn a_class_without_contents_still_orders() {
    let mut world = World::new();
    let resources = vec![
        host("b", &[("require", "Class[Empty]".into())]),
        resource("class", "Empty", &[("require", "Host[a]".into())]),
        host("a", &[]),
    ];
    world.apply(&catalog(resources, &[])).expect("applied");
    assert_eq!(order(&world), "a b");
}

#[test]
fn aliases_name_resources() {
    let mut world = World::new();
    let resources = vec![
        host("b", &[("require", "Host[other]".into())]),
        host("a", &[("alias", "other".into())]),
    ];
    world.apply(&catalog(resources, &[])).expect("applied");
    assert_eq!(order(&world), "a b");
}

#[test]
fn a_cycle_is_told_and_nothing_is_done() {
    let mut world = World::new();
    let resources = vec![
        host("free", &[]),
        host("a", &[("require", "Host[b]".into())]),
        host("b", &[("require", "Host[a]".into())]),
    ];
    let error = world.apply(&catalog(resources, &[])).expect_err("a cycle");
    assert_eq!(
        error.to_string(),
        "One or more resource dependency cycles detected in graph"
    );
    assert_eq!(order(&world), "");
    assert_eq!(
        world.lines(),
        ["Puppet: Found 1 dependency cycle:\n(Host[a] => Host[b] => Host[a])"]
    );
}

#[test]
fn a_cycle_through_classes() {
    let mut world = World::new();
    let resources = vec![
        resource("class", "A", &[("before", "Class[B]".into())]),
        host("x", &[]),
        resource("class", "B", &[]),
        host("y", &[("before", "Host[x]".into())]),
    ];
    let contains = [["Class[A]", "Host[x]"], ["Class[B]", "Host[y]"]];
    world
        .apply(&catalog(resources, &contains))
        .expect_err("a cycle");
    assert_eq!(
        world.lines(),
        ["Puppet: Found 1 dependency cycle:\n\
          (Host[x] => Class[A] => Class[B] => Host[y] => Host[x])"]
    );
}

#[test]
fn what_is_brought_in_comes_before_what_depends() {
    let mut world = World::new();
    let children = Data::Array(vec!["k1".into(), "k2".into(), "own".into()]);
    let resources = vec![
        host("dir", &[("host_aliases", children)]),
        host("after", &[("require", "Host[dir]".into())]),
        host("own", &[]),
    ];
    world.apply(&catalog(resources, &[])).expect("applied");
    let happened = world.happened();
    assert_eq!(
        happened,
        [
            "set dir 1",
            "set k1 child",
            "set k2 child",
            "set after 1",
            "set own 1"
        ]
    );
}

struct Answers;

impl Resolver for Answers {
    fn resolve(&self, deferred: &Typed) -> Result<Data, String> {
        let name = deferred.value.as_hash().and_then(|hash| hash.get("name"));
        match name.and_then(Data::as_str) {
            Some("secret") => Ok(Data::Sensitive(Box::new("computed".into()))),
            _ => Err("unknown".to_owned()),
        }
    }
}

#[test]
fn deferred_values_are_computed_in_their_turn() {
    let deferred = |name: &str| {
        Data::Typed(Box::new(Typed {
            type_name: "Deferred".into(),
            value: Data::hash([("name".into(), name.into())].into_iter().collect()),
        }))
    };
    let mut world = World::new();
    let resources = vec![
        resource("host", "a", &[("ip", deferred("secret"))]),
        resource("host", "b", &[("ip", deferred("other"))]),
    ];
    let report = world
        .apply_with(&catalog(resources, &[]), &Answers)
        .expect("applied");
    assert_eq!(world.happened(), ["set a computed"]);
    assert!(report.resource_statuses["Host[b]"].failed);
}
