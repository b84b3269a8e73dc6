//! What `hiera.yaml` of any version may say.

use ficelle_language::Value;

use crate::world::World;

fn global(configuration: &str) -> World {
    World::new().file("/etc/hiera.yaml", configuration)
}

#[test]
fn version_3_has_back_ends_over_the_same_paths() {
    let site = global(
        "---\n:backends: [json, yaml]\n:hierarchy: ['nodes/%{node}', common.yaml]\n\
         :yaml: {:datadir: /data}\n:json: {:datadir: '/%{place}'}\n",
    );
    let site = site
        .variable("node", "web1")
        .variable("place", "json")
        .file("/json/nodes/web1.json", "{\"a\": 1}")
        .file("/data/nodes/web1.yaml", "a: 2\nb: 2\n")
        .file("/data/common.yaml", "c: 3\n");
    assert_eq!(site.get("a").unwrap(), "1");
    assert_eq!(site.get("b").unwrap(), "2");
    assert_eq!(site.get("c").unwrap(), "3");
}

#[test]
fn each_version_has_its_type() {
    let environment = |text: &str| {
        let site = World::new().file("/env/hiera.yaml", text);
        site.get("key").unwrap_err()
    };
    let subject = "The Lookup Configuration at '/env/hiera.yaml' has wrong type,";
    for (configuration, expected) in [
        (
            "version: 4\nhierarchy: [{name: a}]\n",
            "entry 'hierarchy' index 0 expects a value for key 'backend'",
        ),
        ("backends: yaml\njson: {}\n", "unrecognized key 'json'"),
        (
            "version: '5'\n",
            "entry 'version' expects an Integer value, got String",
        ),
    ] {
        assert_eq!(environment(configuration), format!("{subject} {expected}"));
    }
    assert_eq!(
        environment("version: 3\n"),
        "hiera.yaml version 3 cannot be used in an environment (file: /env/hiera.yaml)"
    );
    assert_eq!(
        environment("version: 5\ndefaults: {datadir: x}\n"),
        "One of data_hash, lookup_key, data_dig, or hiera3_backend must be defined in hierarchy \
         'Common' (file: /env/hiera.yaml)"
    );
}

#[test]
fn failures_of_the_global_layer_name_the_key() {
    let refused = |text: &str| global(text).get("key").unwrap_err();
    assert_eq!(
        refused("version: 5\nx: 1\n"),
        "Lookup of key 'lookup_options' failed: The Lookup Configuration at '/etc/hiera.yaml' has \
         wrong type, unrecognized key 'x'"
    );
    assert_eq!(
        refused("version: 4\n"),
        "hiera.yaml version 4 cannot be used in the global layer (file: /etc/hiera.yaml)"
    );
    assert_eq!(
        refused("backends: [yaml,\n  yaml]\n"),
        "Backend 'yaml' is defined more than once. First defined at (line: 1) (file: \
         /etc/hiera.yaml, line: 2)"
    );
}

#[test]
fn keys_may_have_spaces_and_quotes() {
    let site = World::new()
        .file("/env/hiera.yaml", "version: 5\n")
        .file("/env/data/common.yaml", "a: {b c: 1, 'd.e': 2}\n' k': 3\n");
    assert_eq!(site.get("a.b c").unwrap(), "1");
    assert_eq!(site.get("a . 'd.e'").unwrap(), "2");
    assert_eq!(site.get(" k").unwrap(), "3");
    for key in ["a.", ".a", "a..b", "a\"b\"", "'a"] {
        assert_eq!(
            site.get(key).unwrap_err(),
            format!("Syntax error in key: '{key}'")
        );
    }
}

#[test]
fn an_unknown_alias_is_an_empty_text() {
    let site = World::new().file("/env/hiera.yaml", "version: 5\n").file(
        "/env/data/common.yaml",
        "a: \"%{alias('nope')}\"\nb: \"%{x..y}\"\n",
    );
    assert_eq!(site.get("a").unwrap(), "");
    assert_eq!(
        site.get("b").unwrap_err(),
        "Syntax error in string: %{x..y}"
    );
}

#[test]
fn a_call_s_own_values_are_checked_and_its_block_goes_before_its_default() {
    let site = World::new();
    let options = |entries: Vec<(&str, Value)>| {
        let entries = entries.into_iter();
        let entries = entries.map(|(name, value)| (Value::string(name), value));
        vec![Value::string("k"), Value::hash(entries.collect())]
    };
    let own = |value: Value| Value::hash([(Value::string("k"), value)].into_iter().collect());
    let overriding = options(vec![
        ("override", own(Value::Integer(1))),
        ("merge", Value::string("no such merge")),
    ]);
    assert_eq!(site.call(overriding).unwrap(), "1");
    let default = options(vec![("default_values_hash", own(Value::Integer(2)))]);
    assert_eq!(site.call(default).unwrap(), "2");
}

#[test]
fn an_empty_file_is_warned_of() {
    let site = World::new()
        .file("/env/hiera.yaml", "version: 5\n")
        .file("/env/data/common.yaml", "# nothing yet\n");
    assert!(site.get("a").is_err());
    assert_eq!(
        site.warnings(),
        ["/env/data/common.yaml: file does not contain a valid yaml hash"]
    );
}

#[test]
fn back_ends_of_any_name_are_told_of() {
    for name in ["''", "'a\\'", "\"a'b\"", "version"] {
        let hiera = format!("backends: [{name}]\n");
        let error = World::new().file("/etc/hiera.yaml", &hiera).get("a");
        let error = error.expect_err("no such back end");
        assert!(error.contains("/etc/hiera.yaml"), "{name}: {error}");
    }
}
