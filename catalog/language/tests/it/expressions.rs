//! Operators, access, variables and strings.

use ficelle_language::host::{Settings, Strict};

use crate::world::{World, error, evaluate_in, value};

#[test]
fn arithmetic_follows_ruby() {
    assert_eq!(value("7 / 2"), "3");
    assert_eq!(value("-7 / 2"), "-4");
    assert_eq!(value("-7 % 3"), "2");
    assert_eq!(value("7.0 / 2"), "3.5");
    assert_eq!(value("1 << 10"), "1024");
    assert_eq!(value("[1,2,3,2] - 2"), "[1, 3]");
    assert_eq!(value("{a => 1} + {b => 2}"), "{a => 1, b => 2}");
    assert_eq!(value("[1] << [2]"), "[1, [2]]");
}

#[test]
fn numbers_stay_in_their_range() {
    let place = "(file: test.pp, line: 1, column: 21)";
    assert_eq!(
        error("9223372036854775807 + 1"),
        format!(
            "Evaluation Error: A '+' expression resulted in a value outside of Puppet Integer \
             max range, got '+0x8000000000000000' {place}"
        )
    );
    assert_eq!(
        error("1 / 0"),
        "Evaluation Error: Division by 0 (file: test.pp, line: 1, column: 5)"
    );
}

#[test]
fn errors_stand_at_the_operand_or_the_operator() {
    assert_eq!(
        error("$x = {a => 1} << 1"),
        "Evaluation Error: Operator '<<' is not applicable to a Hash. (file: test.pp, line: 1, \
         column: 6)"
    );
    assert_eq!(
        error("1 < a"),
        "Evaluation Error: Comparison of: Integer < String, is not possible. Caused by 'A \
         Numeric is not comparable to non Numeric'. (file: test.pp, line: 1, column: 3)"
    );
}

#[test]
fn a_string_is_a_number_only_where_strict_lets_it() {
    let at = |strict| {
        let settings = Settings {
            strict,
            ..Settings::default()
        };
        evaluate_in(&World::default(), settings, "'0x10' + 1")
    };
    let message = "The string '0x10' was automatically coerced to the numerical value 16";
    assert_eq!(at(Strict::Off).result, Ok("17".to_owned()));
    let warned = at(Strict::Warning);
    assert_eq!(warned.result, Ok("17".to_owned()));
    assert_eq!(warned.messages, [message]);
    let refused = at(Strict::Error).result.expect_err("strict refuses it");
    assert!(refused.contains(message), "{refused}");
}

#[test]
fn equality_and_membership_ignore_case() {
    assert_eq!(value("'ABC' == 'abc'"), "true");
    assert_eq!(value("'b' in 'ABC'"), "true");
    assert_eq!(value("'A' in [a, b]"), "true");
    assert_eq!(value("1 == 1.0"), "true");
    assert_eq!(value("Integer in [a, 1]"), "true");
}

#[test]
fn access_reaches_into_everything() {
    assert_eq!(value("[1,2,3][-1]"), "3");
    assert_eq!(value("[1,2,3,4][1,-2]"), "[2, 3]");
    assert_eq!(value("'hello'[1,3]"), "ell");
    assert_eq!(value("{a => {b => 5}}[a][b]"), "5");
    assert_eq!(value("{a => 1, b => 2, c => 3}[a, c]"), "[1, 3]");
    assert_eq!(value("File['/a', '/b']"), "[File['/a'], File['/b']]");
    assert_eq!(
        error("5[1]"),
        "Evaluation Error: Operator '[]' is not applicable to an Integer. (file: test.pp, line: \
         1, column: 1)"
    );
}

#[test]
fn a_slice_never_leaves_its_array_whatever_the_numbers() {
    let largest = i64::MAX;
    assert_eq!(value(&format!("[1,2,3][{largest},{largest}]")), "[]");
    assert_eq!(
        value(&format!("[1,2,3][-{largest},{largest}]")),
        "[1, 2, 3]"
    );
    assert_eq!(value(&format!("'abc'[0,-{largest}]")), "");
}

#[test]
fn variables_are_set_once() {
    assert_eq!(value("[$a, [$b, $c]] = [1, [2, 3]] \"$a$b$c\""), "123");
    assert_eq!(value("[$a, $b] = {b => 2, a => 1} \"$a$b\""), "12");
    assert_eq!(
        error("$a = 1\n$a = 2"),
        "Evaluation Error: Cannot reassign variable '$a' (file: test.pp, line: 2, column: 4)"
    );
    assert_eq!(
        error("$nothing"),
        "Evaluation Error: Unknown variable: 'nothing'. (file: test.pp, line: 1, column: 1)"
    );
}

#[test]
fn match_variables_live_as_long_as_their_block() {
    assert_eq!(value("if 'abc' =~ /(b)(x)?/ { \"$0$1$2\" }"), "bb");
    assert_eq!(value("if 'abc' =~ /(b)/ { } \"[$1]\""), "[]");
    assert_eq!(value("case 'x1' { /x(\\d)/: { $1 } }"), "1");
}

#[test]
fn strings_show_values_without_quotes() {
    assert_eq!(
        value("\"${[1, 'a', undef, {b => [true]}]}\""),
        "[1, a, , {b => [true]}]"
    );
    assert_eq!(
        value("$r = /a\\/b/ \"${r} ${[default]}\""),
        "/a\\/b/ [default]"
    );
    assert_eq!(value("\"${String} ${File['x']}\""), "String File['x']");
}

#[test]
fn times_and_versions_have_the_arithmetic_of_the_reference() {
    for (code, expected) in [
        ("Timespan(7) % 2", "1"),
        ("Timespan(-7) / 2", "-0-00:00:03.5"),
        ("Timespan(7) / -2.0", "-0-00:00:03.5"),
        ("1 + Timespan(1)", "0-00:00:02.0"),
    ] {
        assert_eq!(value(code), expected, "{code}");
    }
    for (code, expected) in [
        (
            "1 << Timespan(1)",
            "Operator '<<' is not applicable to an Integer when right side is a Timespan.",
        ),
        (
            "Timespan(1) % 1.5",
            "Operator '%' is not applicable to a Timespan when right side is a Float.",
        ),
        (
            "Timestamp(0) + Timestamp(0)",
            "Error while evaluating a '+' expression, A Timestamp cannot be added to a Timestamp",
        ),
        (
            "SemVer('1.2.3') + 1",
            "Operator '+' is not applicable to a Semver.",
        ),
        (
            "Timestamp(0) - SemVer('1.2.3')",
            "Error while evaluating a '-' expression, A Version cannot be subtracted from a \
             Timestamp",
        ),
        (
            "1e300 + Timespan(1)",
            "Error while evaluating a '+' expression, Infinity",
        ),
        (
            "Timespan(1) / Timespan(0)",
            "The result of the / expression is Infinity",
        ),
    ] {
        let message = error(&format!("$x = {code}"));
        let expected = format!("Evaluation Error: {expected} (");
        assert!(message.starts_with(&expected), "{code}: {message}");
    }
}

#[test]
fn what_is_no_number_is_shown_as_ruby_shows_it() {
    for (code, shown, column) in [
        ("1 + [undef, a]", "[nil, \"a\"]", 10),
        ("1 + {a => 1}", "{\"a\"=>1}", 10),
        ("/a.b/ * 2", "(?-mix:a.b)", 6),
        ("- 'abc'", "abc", 6),
    ] {
        assert_eq!(
            error(&format!("$x = {code}")),
            format!(
                "Evaluation Error: The value '{shown}' cannot be converted to Numeric. (file: \
                 test.pp, line: 1, column: {column})"
            )
        );
    }
}

#[test]
fn a_type_compared_with_what_is_none_is_not_its_better() {
    assert_eq!(
        value("[Integer > 1, String < [], Any >= undef]"),
        "[false, false, false]"
    );
}

#[test]
fn a_splat_in_brackets_is_one_key() {
    assert_eq!(value("String({a => 1, b => 2}[*[a, b]], '%p')"), "undef");
    assert_eq!(value("[1, 2, 3][*[0, 2]]"), "[1, 2]");
}
