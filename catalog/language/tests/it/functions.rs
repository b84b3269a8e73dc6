//! Functions, templates and what they say of wrong arguments.

use ficelle_language::host::{Settings, Strict};

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

#[test]
fn functions_of_the_old_kind_get_the_old_forms_of_values() {
    assert_eq!(value("pick(/b+/)"), "/b+/");
    assert_eq!(value("concat([1], undef)"), "[1, ]");
    assert_eq!(
        value("sha256(undef)"),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    let refused = error("any2array([1].reverse_each)");
    assert!(
        refused.contains("Use of an Iterator is not supported here"),
        "{refused}"
    );
}

#[test]
fn what_stdlib_deprecates_follows_strict() {
    let settings = |strict| Settings {
        strict,
        ..Settings::default()
    };
    let run = |strict, code| evaluate_in(&World::default(), settings(strict), code);
    let refused = error("validate_integer(5)");
    assert!(
        refused.contains("deprecation. validate_integer. This method"),
        "{refused}"
    );
    let warned = run(Strict::Warning, "is_array([])");
    assert_eq!(warned.result, Ok("true".to_owned()));
    assert_eq!(warned.messages.len(), 1);
    let quiet = run(Strict::Off, "validate_integer([1, 9], 5)");
    let refused = quiet.result.expect_err("nine is too large");
    assert!(
        refused.contains("Expected [1, 9] to be smaller or equal to 5, got [1, 9]."),
        "{refused}"
    );
    assert!(quiet.messages.is_empty());
}

#[test]
fn bcrypt_is_that_of_the_c_library() {
    let hashed = |kind: &str, password: &str| {
        value(&format!(
            "pw_hash('{password}', '{kind}', '04$abcdefghijklmnopqrstuv')"
        ))
    };
    assert_eq!(
        hashed("bcrypt-a", "p"),
        "$2a$04$abcdefghijklmnopqrstuudMegMbPN37MbpdEfAtP66w1z0RBCtLG"
    );
    assert_eq!(
        hashed("bcrypt-x", "ü"),
        "$2x$04$abcdefghijklmnopqrstuuoM6r7nm.epwS6DU81mxqExdczV5kMue"
    );
}

#[test]
fn a_list_that_would_fill_the_memory_is_refused() {
    let refused = error("unique(9223372036854775807)");
    assert!(refused.contains("there are more than"), "{refused}");
}

#[test]
fn what_only_refuses_is_not_listed() {
    let refused = error("compare(1)");
    assert!(
        refused.contains("expects between 2 and 3 arguments, got 1"),
        "{refused}"
    );
    let refused = error("getvar(5)");
    assert!(
        refused.contains("expects a match for Pattern["),
        "{refused}"
    );
    let refused = error("get('b', 'x')");
    assert!(
        refused.contains(
            "'dig' parameter 'data' expects a value of type Undef or Collection, got String"
        ),
        "{refused}"
    );
}

#[test]
fn formats_of_containers_are_none_of_numbers_and_texts() {
    for (code, expected) in [
        ("String(255, '%[x')", "malformed format string - %["),
        (
            "String('a', '%<5s')",
            "malformed name - unmatched parenthesis",
        ),
        ("String(Timestamp(0), '%H')", "malformed format string - %H"),
    ] {
        let message = error(&format!("$x = {code}"));
        assert!(message.contains(expected), "{code}: {message}");
    }
    assert_eq!(value("String([1], '%<a')"), "<1>");
}

#[test]
fn times_are_numbers_to_a_format() {
    assert_eq!(value("String(Timestamp(7.5), '%05d')"), "00007");
    assert_eq!(value("String(Timespan(90), '%.1e')"), "9.0e+01");
    assert_eq!(value("String(Timespan(90), {Any => '%x'})"), "5a");
}

#[test]
fn the_order_of_formats_is_that_of_the_reference() {
    // `Data` comes before `Array` here, and behind it where there is less to sort.
    let message = error("$x = String([1], {Data => '%Y', Float => '%x'})");
    assert!(
        message.contains("Illegal format 'Y' specified for value of Array type"),
        "{message}"
    );
}
