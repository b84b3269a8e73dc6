//! Lookups over files in memory; what is expected was measured with `puppet lookup`.

mod configuration;
mod merging;
mod world;

use ficelle_language::Value;
use world::World;

const COMMON: &str = "version: 5\nhierarchy:\n  - {name: node, path: \"nodes/%{node}.yaml\"}\n  \
                      - {name: common, path: common.yaml}\n";

fn site() -> World {
    World::new()
        .variable("node", "web1")
        .file("/env/hiera.yaml", COMMON)
        .file(
            "/env/data/nodes/web1.yaml",
            "port: 81\nlist: [c, b]\nusers: {ann: {uid: 1, groups: [x]}}\n",
        )
        .file(
            "/env/data/common.yaml",
            "port: 80\nlist: [a, b]\nusers: {bob: {uid: 2}, ann: {groups: [y], shell: sh}}\n\
             greeting: \"hello %{node} on %{lookup('port')}\"\n\
             copy: \"%{alias('users')}\"\nescaped: \"%{literal('%')}{x}\"\n\
             missing: \"<%{nothing.at.all}>\"\n\
             loop: \"%{lookup('loop')}\"\n\
             'dotted.key': whole\n\
             lookup_options:\n  list: {merge: unique}\n  users: {merge: deep}\n  \
             '^se': {convert_to: Sensitive}\nsecret: s\n",
        )
}

#[test]
fn the_strongest_level_wins() {
    assert_eq!(site().get("port").unwrap(), "81");
    assert_eq!(site().variable("node", "web2").get("port").unwrap(), "80");
}

#[test]
fn options_say_how_to_merge() {
    assert_eq!(site().get("list").unwrap(), "['c', 'b', 'a']");
    assert_eq!(
        site().get("users").unwrap(),
        "{'bob' => {'uid' => 2}, 'ann' => {'groups' => ['y', 'x'], 'shell' => 'sh', 'uid' => 1}}"
    );
}

#[test]
fn a_call_says_how_to_merge() {
    let merge = |name: &str| vec![Value::string("users"), Value::Undef, Value::string(name)];
    assert_eq!(
        site().call(merge("first")).unwrap(),
        "{'ann' => {'uid' => 1, 'groups' => ['x']}}"
    );
    assert_eq!(
        site().call(merge("hash")).unwrap(),
        "{'bob' => {'uid' => 2}, 'ann' => {'uid' => 1, 'groups' => ['x']}}"
    );
    assert!(
        site()
            .call(merge("sideways"))
            .unwrap_err()
            .contains("sideways")
    );
}

#[test]
fn keys_are_followed_into_values() {
    assert_eq!(site().get("users.bob.uid").unwrap(), "2");
    assert_eq!(site().get("list.0").unwrap(), "c");
    assert_eq!(site().get("'dotted.key'").unwrap(), "whole");
    assert!(
        site()
            .get("users.bob.nothing")
            .unwrap_err()
            .contains("'users.bob.nothing'")
    );
}

#[test]
fn data_is_interpolated() {
    assert_eq!(site().get("greeting").unwrap(), "hello web1 on 81");
    assert_eq!(site().get("escaped").unwrap(), "%{x}");
    assert_eq!(site().get("missing").unwrap(), "<>");
    assert_eq!(site().get("copy").unwrap(), site().get("users").unwrap());
    let error = site().get("loop").unwrap_err();
    assert_eq!(
        error,
        "Lookup of key 'loop' failed: Recursive lookup detected in [loop]"
    );
}

#[test]
fn values_are_converted() {
    assert_eq!(site().get("secret").unwrap(), "converted to Sensitive: s");
}

#[test]
fn a_missing_key_is_an_error_unless_there_is_a_default() {
    let error = site().get("nothing").unwrap_err();
    assert_eq!(
        error,
        "Function lookup() did not find a value for the name 'nothing'"
    );
    let both = vec![Value::array(vec![Value::string("a"), Value::string("b")])];
    let error = site().call(both).unwrap_err();
    assert_eq!(
        error,
        "Function lookup() did not find a value for any of the names ['a', 'b']"
    );
    let default = vec![
        Value::string("nothing"),
        Value::Undef,
        Value::Undef,
        Value::string("else"),
    ];
    assert_eq!(site().call(default).unwrap(), "else");
}

#[test]
fn modules_have_data_of_their_own() {
    let site = || {
        site()
            .module("web", "/env/modules/web")
            .file(
                "/env/modules/web/hiera.yaml",
                "version: 5\nhierarchy:\n  - {name: c, path: c.yaml}\n\
                 default_hierarchy:\n  - {name: d, path: d.yaml}\n",
            )
            .file(
                "/env/modules/web/data/c.yaml",
                "web::a: module\nweb::l: [m]\nstray: 1\n",
            )
            .file(
                "/env/modules/web/data/d.yaml",
                "web::a: default\nweb::b: default\n",
            )
    };
    assert_eq!(site().get("web::a").unwrap(), "module");
    assert_eq!(site().get("web::b").unwrap(), "default");
    let with_environment = site().file(
        "/env/data/nodes/web1.yaml",
        "web::a: environment\nweb::l: [e]\n",
    );
    assert_eq!(with_environment.get("web::a").unwrap(), "environment");
    let unique = vec![
        Value::string("web::l"),
        Value::Undef,
        Value::string("unique"),
    ];
    assert_eq!(with_environment.call(unique).unwrap(), "['e', 'm']");
    assert!(
        with_environment
            .warnings()
            .iter()
            .any(|text| text.ends_with("got stray"))
    );
}

#[test]
fn locations_have_many_forms() {
    let site = |locations: &str| {
        World::new()
            .variable("roles", vec!["db", "web"])
            .file(
                "/env/hiera.yaml",
                &format!("version: 5\nhierarchy:\n  - {{name: x, {locations}}}\n"),
            )
            .file("/env/data/role/web.yaml", "port: 1\nname: web\n")
            .file("/env/data/role/db.yaml", "port: 2\n")
            .file("/env/data/role/one.json", "{\"port\": 3}")
    };
    let port = |locations: &str| site(locations).get("port").unwrap();
    assert_eq!(port("paths: [role/nothing.yaml, role/web.yaml]"), "1");
    assert_eq!(port("glob: 'role/*.yaml'"), "2");
    assert_eq!(port("globs: ['role/{web,none}.yaml']"), "1");
    assert_eq!(
        port("mapped_paths: [roles, role, 'role/%{role}.yaml']"),
        "2"
    );
    assert_eq!(port("path: role/one.json, data_hash: json_data"), "3");
    assert_eq!(port("path: web.yaml, datadir: data/role"), "1");
}

#[test]
fn a_wrong_configuration_names_its_line() {
    let error = |text: &str| {
        World::new()
            .file("/env/hiera.yaml", text)
            .get("key")
            .unwrap_err()
    };
    assert_eq!(
        error("version: 6\n"),
        "This runtime does not support hiera.yaml version 6 (file: /env/hiera.yaml)"
    );
    assert_eq!(
        error("version: 5\nhierarchy:\n  - name: A\n    path: a\n  - name: A\n    path: a\n"),
        "Hierarchy name 'A' defined more than once. First defined at (line: 3) (file: \
         /env/hiera.yaml, line: 5)"
    );
    assert!(error("version: 5\nhierarchy: [").contains("/env/hiera.yaml"));
    assert!(error("version: 5\nhierarchy: [{name: a, pth: x}]").contains("'pth'"));
    let broken = World::new()
        .file("/env/hiera.yaml", COMMON)
        .variable("node", "x")
        .file("/env/data/common.yaml", "a: 1\n b: 2\n");
    assert!(
        broken
            .get("a")
            .unwrap_err()
            .starts_with("Unable to parse (/env/data/common.yaml)")
    );
}

#[test]
fn encrypted_values_are_opened() {
    let pair = ficelle_lookup::eyaml::KeyPair::generate().unwrap();
    let public = ficelle_lookup::eyaml::PublicKey::from_pem(&pair.public).unwrap();
    let secret = ficelle_lookup::eyaml::encrypt(&public, b"s3cret").unwrap();
    let site = World::new()
        .file(
            "/env/hiera.yaml",
            "version: 5\nhierarchy:\n  - name: secrets\n    path: secrets.eyaml\n    \
             lookup_key: eyaml_lookup_key\n    options: {pkcs7_private_key: /keys/private.pem}\n",
        )
        .file("/keys/private.pem", &pair.private)
        .file(
            "/env/data/secrets.eyaml",
            &format!("plain: p\nall:\n  - \"a {secret} b\"\n  - {{k: \"{secret}\"}}\n"),
        );
    assert_eq!(site.get("plain").unwrap(), "p");
    assert_eq!(
        site.get("all").unwrap(),
        "['a s3cret b', {'k' => 's3cret'}]"
    );
    let error = site.without("/keys/private.pem").get("all").unwrap_err();
    assert!(error.contains("/keys/private.pem"), "{error}");
}

#[test]
fn a_configuration_is_told_what_its_type_misses() {
    let refused = |configuration: &str| {
        let site = World::new().file("/env/hiera.yaml", configuration);
        site.get("a").unwrap_err()
    };
    for (configuration, expected) in [
        (
            "version: 5\nhierarchy: [{path: a.yaml}]\n",
            "entry 'hierarchy' index 0 expects a value for key 'name'",
        ),
        (
            "version: 5\nhierarchy: x\n",
            "entry 'hierarchy' expects an Array value, got String",
        ),
        ("version: 5\nbogus: 1\n", "unrecognized key 'bogus'"),
    ] {
        assert_eq!(
            refused(configuration),
            format!("The Lookup Configuration at '/env/hiera.yaml' has wrong type, {expected}")
        );
    }
    let site = site().file("/env/data/nodes/web1.yaml", "- 1\n");
    assert_eq!(
        site.get("port").unwrap_err(),
        "/env/data/nodes/web1.yaml: file does not contain a valid yaml hash"
    );
}

#[test]
fn what_cannot_be_merged_is_named() {
    let merged = |key: &str, merge: &str| {
        let site = site()
            .file("/env/data/nodes/web1.yaml", "a: {x: 1}\nb: 1\nc: 2\n")
            .file("/env/data/common.yaml", "a: [1]\nb: [2, [1]]\n");
        site.call(vec![Value::string(key), Value::Undef, Value::string(merge)])
    };
    assert_eq!(
        merged("a", "hash").unwrap_err(),
        "The second element of the merge has wrong type, expects a Hash value, got Tuple"
    );
    assert_eq!(merged("b", "unique").unwrap(), "[1, 2]");
    assert_eq!(merged("c", "hash").unwrap(), "2");
    assert_eq!(site().get("list.-1").unwrap_err().split(" for ").count(), 2);
    assert_eq!(
        site().get("list.").unwrap_err(),
        "Syntax error in key: 'list.'"
    );
}
