//! Conditionals, lambdas, functions, and leaving them.

use ficelle_language::host::Settings;

use crate::world::{World, error, evaluate_in, value};

#[test]
fn cases_and_selectors_match_by_value_type_and_pattern() {
    assert_eq!(
        value("case 5 { String: { s } Integer: { i } default: { d } }"),
        "i"
    );
    assert_eq!(value("case b { default: { d } *[a, b]: { ab } }"), "ab");
    assert_eq!(value("'Foo' ? { 'foo' => 1, default => 2 }"), "1");
    assert_eq!(
        error("5 ? { 6 => 7 }"),
        "Evaluation Error: No matching entry for selector parameter with value '5' (file: \
         test.pp, line: 1, column: 1)"
    );
}

#[test]
fn a_lambda_sees_its_surroundings_and_keeps_its_own() {
    assert_eq!(
        value("$a = 10  [1,2].map |$x| { $y = $x + $a  $y }"),
        "[11, 12]"
    );
    assert!(error("[1].each |$x| { $y = 1 }\n$y").contains("Unknown variable: 'y'."));
    assert_eq!(value("with(1, 2, 3) |$a, *$rest| { $rest }"), "[2, 3]");
    assert_eq!(value("with(1) |$a, $b = $a + 1| { \"$a$b\" }"), "12");
    assert_eq!(
        error("with(1) |$x, $y| { }"),
        "Evaluation Error: Parameter $y is required but no value was given (file: test.pp, \
         line: 1, column: 14)"
    );
}

#[test]
fn a_lambda_s_result_is_checked() {
    assert_eq!(
        error("[1,2].map |Integer $x| >> String { $x }"),
        "Evaluation Error: Error while evaluating a Method call, value returned from lambda has \
         wrong type, expects a String value, got Integer (file: test.pp, line: 1, column: 6)"
    );
}

#[test]
fn functions_see_the_top_scope_alone() {
    let code = "$top = 1\nfunction f($x) >> Integer { $top + $x }\nwith(5) |$top2| { f($top2) }";
    assert_eq!(value(code), "6");
    assert!(
        error("function f() { $inner }\nwith(1) |$inner| { f() }")
            .contains("Unknown variable: 'inner'.")
    );
    assert_eq!(value("function f($a, *$b) { $b }\nf(1, *[2, 3])"), "[2, 3]");
    assert_eq!(
        error("function f($a) { }\nf(1, 2)"),
        "Evaluation Error: Error while evaluating a Function Call, 'f' expects 1 argument, got 2 \
         (file: test.pp, line: 2, column: 1)"
    );
}

#[test]
fn next_break_and_return_leave_what_they_should() {
    assert_eq!(
        value("[1,2,3].map |$x| { if $x == 2 { next(20) } $x }"),
        "[1, 20, 3]"
    );
    assert_eq!(
        value("[1,2,3].map |$x| { if $x == 2 { break() } $x }"),
        "[1]"
    );
    assert_eq!(
        value("function f() { [1,2].each |$x| { return($x * 10) } 0 }\nf()"),
        "10"
    );
    assert_eq!(
        error("break()"),
        "break() from context where this is illegal (file: test.pp, line: 1)"
    );
}

#[test]
fn recursion_has_an_end_that_names_the_line() {
    let code = "function f($x) {\n  f($x)\n}\nf(1)";
    let settings = Settings {
        depth: 50,
        ..Settings::default()
    };
    let refused = evaluate_in(&World::default(), settings, code).result;
    let refused = refused.expect_err("nothing ends this");
    assert_eq!(
        refused,
        "Evaluation Error: Calls are nested more than 50 deep (file: test.pp, line: 2, column: 3)"
    );
}

#[test]
fn steps_are_bounded() {
    let settings = Settings {
        steps: 5_000,
        ..Settings::default()
    };
    let refused = evaluate_in(
        &World::default(),
        settings,
        "Integer[1, 1000000].each |$x| { $x + 1 }",
    );
    let refused = refused.result.expect_err("that is too much");
    assert!(refused.contains("more than 5000 steps"), "{refused}");
}

#[test]
fn a_default_sees_only_the_parameters_before_it() {
    for (code, expected) in [
        (
            "function f($a, $b = $c, $c = 2) { $b }\n$x = f(1)",
            "Evaluation Error: Error while evaluating a Function Call, f: default expression for \
             $b tries to illegally access not yet evaluated $c (file: test.pp, line: 2, column: 6)",
        ),
        (
            "$b = 5\n$x = with() |$a = \"${b}\", $b = 1| { $a }",
            "Evaluation Error: Error while evaluating a Function Call, lambda: default expression \
             for $a tries to illegally access not yet evaluated $b (file: test.pp, line: 2, \
             column: 6)",
        ),
        (
            "$x = inline_epp('<%- |$a = $b, $b = 1| -%>')",
            "Evaluation Error: Error while evaluating a Function Call, lambda: default expression \
             for $a tries to illegally access not yet evaluated $b (file: test.pp, line: 1, \
             column: 6)",
        ),
    ] {
        assert_eq!(error(code), expected);
    }
    assert_eq!(
        value("function f($a, $b = $a, $c = [1].map |$d| { $d + $b }) { $c }\nf(2)"),
        "[3]"
    );
    assert_eq!(
        value("function g($d) { $d }\nfunction f($a = g(1), $d = 2) { $a }\nf()"),
        "1"
    );
}

#[test]
fn facts_are_assigned_nowhere() {
    for (name, message) in [
        (
            "trusted",
            "Error while evaluating a '=' expression, Attempt to assign to a reserved variable name: 'trusted'",
        ),
        (
            "facts",
            "Error while evaluating a '=' expression, Attempt to assign to a reserved variable name: 'facts'",
        ),
        (
            "server_facts",
            "Attempt to assign to a reserved variable name: '$server_facts'",
        ),
    ] {
        assert_eq!(
            error(&format!("function f() {{ ${name} = 1 }}\n$x = f()")),
            format!(
                "Evaluation Error: {message} (file: test.pp, line: 1, column: {})",
                17 + name.len() + 1
            )
        );
    }
}
