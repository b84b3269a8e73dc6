//! Functions, templates and what they say of wrong arguments.

use ficelle_language::host::Settings;

use crate::world::{World, error, evaluate_in, value};

#[test]
fn iteration_takes_arrays_hashes_strings_and_numbers() {
    assert_eq!(
        value("{a => 1, b => 2}.map |$k, $v| { \"$k$v\" }"),
        "[a1, b2]"
    );
    assert_eq!(value("[a, b].map |$i, $v| { \"$i$v\" }"), "[0a, 1b]");
    assert_eq!(
        value("{a => 1, b => 2}.filter |$k, $v| { $v > 1 }"),
        "{b => 2}"
    );
    assert_eq!(value("3.map |$x| { $x }"), "[0, 1, 2]");
    assert_eq!(value("[1,2,3].reduce |$memo, $x| { $memo + $x }"), "6");
    assert_eq!(value("[1,2,3,4,5].slice(2)"), "[[1, 2], [3, 4], [5]]");
    assert_eq!(value("[1,2,3].reverse_each.map |$x| { $x }"), "[3, 2, 1]");
    assert_eq!(
        value("Integer[0, 9].step(3).map |$x| { $x }"),
        "[0, 3, 6, 9]"
    );
    assert_eq!(
        value("[a, bb, cc].group_by |$x| { length($x) }"),
        "{1 => [a], 2 => [bb, cc]}"
    );
    assert_eq!(
        value("{a => [1]}.tree_each({include_containers => false}).map |$p| { $p }"),
        "[[[a, 0], 1]]"
    );
}

#[test]
fn a_template_shows_its_parameters_and_checks_them() {
    let template = "<%- | Integer $n, $text = 'x' | -%>\n<% $n.each |$i| { -%>\n<%= $text %><%= $i %>\n<% } -%>\n";
    let world = World {
        files: [("/t/list.epp", template)].into(),
    };
    let run = |code: &str| evaluate_in(&world, Settings::default(), code).result;
    assert_eq!(
        run("epp('/t/list.epp', {n => 2})"),
        Ok("x0\nx1\n".to_owned())
    );
    let refused = run("epp('/t/list.epp', {})").expect_err("n is required");
    assert!(
        refused.contains("expects a value for parameter 'n'"),
        "{refused}"
    );
    let refused = run("epp('/t/none.epp')").expect_err("there is none");
    assert!(
        refused.contains("Could not find template '/t/none.epp'"),
        "{refused}"
    );
    assert_eq!(value("$x = 5  inline_epp('<%= $x %>')"), "5");
    assert_eq!(value("inline_epp('<%= $secret %>', {secret => 1})"), "1");
}

#[test]
fn files_are_read_through_the_inputs() {
    let world = World {
        files: [("/data/a", "hello")].into(),
    };
    let run = |code: &str| evaluate_in(&world, Settings::default(), code).result;
    assert_eq!(run("file('/data/none', '/data/a')"), Ok("hello".to_owned()));
    let refused = run("file('/data/none')").expect_err("there is none");
    assert!(
        refused.contains("Could not find any files from /data/none"),
        "{refused}"
    );
}

#[test]
fn seeds_give_the_numbers_they_always_gave() {
    assert_eq!(value("seeded_rand(1000, '文字列')"), "67");
}

#[test]
fn logging_shows_values_as_strings_do() {
    let outcome = evaluate_in(
        &World::default(),
        Settings::default(),
        "notice('a', [1, b], {c => undef})\nwarning('w')",
    );
    assert_eq!(outcome.messages, ["a [1, b] {c => }", "w"]);
    assert_eq!(
        error("fail('no', 1)"),
        "Evaluation Error: Error while evaluating a Function Call, no 1 (file: test.pp, line: 1, \
         column: 1)"
    );
    assert_eq!(
        error("nosuch()"),
        "Evaluation Error: Unknown function: 'nosuch'. (file: test.pp, line: 1, column: 1)"
    );
}

#[test]
fn getvar_and_dig_walk_data() {
    assert_eq!(value("$d = {a => [{b => 7}]}  getvar('d.a.0.b')"), "7");
    assert_eq!(value("$d = {a => 1}  getvar('d.x', 9)"), "9");
    assert_eq!(value("getvar('nothing')"), "");
    assert_eq!(value("{a => {b => [1, 2]}}.dig(a, b, 1)"), "2");
    assert_eq!(value("{'x.y' => 3}.get(\"'x.y'\")"), "3");
}

/// Rust's formatter takes widths and precisions up to 65,535 and panics above: fuzzing found it.
#[test]
fn widths_and_precisions_may_be_larger_than_the_formatters_own() {
    for (code, length) in [
        ("sprintf('%70000d', 7)", "70000"),
        ("sprintf('%.70000f', 1.5)", "70002"),
        ("sprintf('%.70000e', 1.5)", "70006"),
        ("Timestamp('2026-11-21').strftime('%70000A')", "70000"),
        ("Timestamp('2026-11-21').strftime('%70000d')", "70000"),
    ] {
        assert_eq!(value(&format!("{code}.length")), length, "{code}");
    }
    let wide = error("sprintf('%5555555555555{a}', {a => 1})");
    assert!(wide.contains("width or precision"), "{wide}");
}
