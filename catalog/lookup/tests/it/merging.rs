//! How values and options of several places become one.

use ficelle_language::Value;

use crate::world::World;

const LEVELS: &str = "version: 5\nhierarchy:\n  - {name: a, path: a.yaml}\n  \
                      - {name: b, path: b.yaml}\n";

fn two(stronger: &str, weaker: &str) -> World {
    World::new()
        .file("/env/hiera.yaml", LEVELS)
        .file("/env/data/a.yaml", stronger)
        .file("/env/data/b.yaml", weaker)
}

/// What the data has for `k`, merged as `options` say.
fn merged(options: &str, stronger: &str, weaker: &str) -> Result<String, String> {
    let stronger = format!("lookup_options: {{k: {{merge: {options}}}}}\nk: {stronger}\n");
    two(&stronger, &format!("k: {weaker}\n")).get("k")
}

#[test]
fn what_only_one_of_several_places_has_is_flattened_and_no_more() {
    let site = two("k: [a, [a, b]]\n", "x: 1\n");
    let unique = vec![Value::string("k"), Value::Undef, Value::string("unique")];
    assert_eq!(site.call(unique).unwrap(), "['a', 'a', 'b']");
}

#[test]
fn a_deep_merge_takes_away_within_what_is_new_too() {
    let options = "{strategy: deep, knockout_prefix: '--'}";
    for (stronger, weaker, expected) in [
        ("{a: [--x, y]}", "{b: 1}", "{'b' => 1, 'a' => ['y']}"),
        ("{a: --x}", "{b: 1}", "{'b' => 1, 'a' => ''}"),
        ("{a: [--x]}", "{a: [x, z]}", "{'a' => ['z']}"),
        ("['--', y]", "[x, z]", "['y']"),
        ("{}", "text", "text"),
        ("{a: 1}", "false", "{'a' => 1}"),
    ] {
        assert_eq!(merged(options, stronger, weaker).unwrap(), expected);
    }
}

#[test]
fn a_deep_merge_knows_the_options_of_its_library() {
    for (options, stronger, weaker, expected) in [
        (
            "reverse_deep",
            "{a: 1, b: 1}",
            "{a: 2}",
            "{'a' => 2, 'b' => 1}",
        ),
        (
            "{strategy: unconstrained_deep, unpack_arrays: ','}",
            "['a,b']",
            "[b, c]",
            "['b', 'c', 'a']",
        ),
        (
            "{strategy: unconstrained_deep, overwrite_arrays: true}",
            "[a]",
            "[b]",
            "['a']",
        ),
        (
            "{strategy: unconstrained_deep, extend_existing_arrays: true}",
            "a",
            "[b]",
            "['b', 'a']",
        ),
        (
            "{strategy: unconstrained_deep, preserve_unmergeables: true}",
            "a",
            "[b]",
            "['b']",
        ),
        (
            "{strategy: deep, sort_merged_arrays: true}",
            "[c, a]",
            "[b]",
            "['a', 'b', 'c']",
        ),
    ] {
        assert_eq!(
            merged(options, stronger, weaker).unwrap(),
            expected,
            "{options}"
        );
    }
}

#[test]
fn wrong_options_are_named() {
    for (options, expected) in [
        (
            "{strategy: deep, knockout_prefix: ''}",
            "knockout_prefix cannot be an empty string in deep_merge!",
        ),
        (
            "{strategy: deep, knockout_prefix: 1}",
            "The merge options has wrong type, entry 'knockout_prefix' expects a value of type \
             Undef or String, got Integer",
        ),
        (
            "{strategy: hash, x: 1}",
            "The merge options has wrong type, unrecognized key 'x'",
        ),
        (
            "{strategy: hash, x: 1, y: 1}",
            " The merge options has wrong type, unrecognized key 'x'\n  The merge options has \
             wrong type, unrecognized key 'y'",
        ),
        (
            "{strategy: deep, sort_merged_arrays: true}",
            "comparison of String with 1 failed",
        ),
    ] {
        assert_eq!(merged(options, "[1]", "[a]").unwrap_err(), expected);
    }
}

/// The options of one layer are not mixed with those of another, and a name goes before patterns
/// wherever it stands.
#[test]
fn options_are_those_of_the_strongest_layer_that_has_some() {
    let site = |environment: &str, module: &str| {
        World::new()
            .module("web", "/env/modules/web")
            .file("/env/hiera.yaml", LEVELS)
            .file("/env/modules/web/hiera.yaml", LEVELS)
            .file(
                "/env/data/a.yaml",
                &format!("lookup_options: {environment}\nweb::l: [a]\n"),
            )
            .file("/env/data/b.yaml", "web::l: [b]\n")
            .file(
                "/env/modules/web/data/a.yaml",
                &format!("lookup_options: {module}\nweb::l: [m]\n"),
            )
            .get("web::l")
            .unwrap()
    };
    let unique = "{'web::l': {merge: unique}}";
    assert_eq!(site("{}", unique), "['a', 'b', 'm']");
    assert_eq!(
        site("{'web::l': {convert_to: String}}", unique),
        "converted to String: [a]"
    );
    assert_eq!(
        site("{'^web::': {convert_to: String}}", unique),
        "['a', 'b', 'm']"
    );
    assert_eq!(
        site("{'^web::': {merge: first}}", "{'^web::l': {merge: unique}}"),
        "['a', 'b', 'm']"
    );
    assert_eq!(
        site("{'^web::': {merge: first}}", "{'^web::': {merge: unique}}"),
        "['a']"
    );
    assert_eq!(site("{'web::l': x}", unique), "['a']");
}

#[test]
fn a_list_that_cannot_be_sorted_is_refused() {
    let options = "{strategy: deep, sort_merged_arrays: true}";
    let list = |from: usize| {
        let elements = (from..from + 30).map(|at| match at * 7 % 3 {
            0 => format!("t{at}"),
            _ => at.to_string(),
        });
        format!("[{}]", elements.collect::<Vec<_>>().join(", "))
    };
    let error = merged(options, &list(0), &list(100)).unwrap_err();
    assert!(error.starts_with("comparison of "), "{error}");
    let error = merged(options, "[.nan, 1.5]", "[2.5]").unwrap_err();
    assert_eq!(error, "comparison of Float with 1.5 failed");
}
