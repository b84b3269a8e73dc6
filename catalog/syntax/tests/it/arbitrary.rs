//! Whatever comes in, nothing panics, and places lie inside the source.

use ficelle_syntax::source::Source;
use ficelle_syntax::{ParseOptions, ValidateOptions, parse, parse_epp, pn, validate};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Pieces that the grammar cares about, so that random texts get past the first token.
const PIECES: &[&str] = &[
    "class ",
    "define ",
    "node ",
    "function ",
    "type ",
    "if ",
    "elsif ",
    "else ",
    "unless ",
    "case ",
    "inherits ",
    "default",
    "undef",
    "true",
    "and ",
    "or ",
    "in ",
    "notice ",
    "file ",
    "Foo",
    "Foo::Bar",
    "foo::bar",
    "foo-bar",
    "$a",
    "$::b::c",
    "'s'",
    "\"d ${a} $b\"",
    "\"${",
    "}\"",
    "@(END)\n",
    "@(\"E\":json/tL)\n",
    "  | END\n",
    "-END\n",
    "E\n",
    "/re/",
    "0x1f",
    "017",
    "1.5e3",
    "12",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    ":",
    "=>",
    "+>",
    "->",
    "~>",
    "<-",
    "<~",
    "<|",
    "|>",
    "<<|",
    "|>>",
    "@",
    "@@",
    "|",
    "?",
    "!",
    "==",
    "=",
    "+=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "<<",
    ">>",
    ".",
    "\n",
    " ",
    "#c\n",
    "/* c */",
    "é",
    "\\",
    "'",
    "\"",
    "$",
    "<%",
    "<%=",
    "<%-",
    "%>",
    "-%>",
    "<%#",
    "<%%",
    "%%>",
];

fn check(text: &str) {
    for tasks in [false, true] {
        let options = ParseOptions { tasks };
        for parsed in [
            parse(Source::new(None, text), options),
            parse_epp(Source::new(None, text), options),
        ] {
            let _ = pn::program(&parsed.program).to_json();
            let mut found = parsed.diagnostics;
            found.extend(validate(&parsed.program, &ValidateOptions::default()));
            for one in found {
                let _ = (one.to_string(), one.render_pretty());
                assert!(
                    one.span
                        .is_none_or(|span| span.start as usize <= text.len())
                );
            }
        }
    }
}

fn run<S: Strategy>(strategy: S, test: impl Fn(&S::Value)) {
    let config = Config {
        // `make fuzz` asks for more.
        cases: std::env::var("PROPTEST_CASES")
            .ok()
            .and_then(|cases| cases.parse().ok())
            .unwrap_or(512),
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&strategy, |value| {
            test(&value);
            Ok(())
        })
        .expect("no input makes the parser panic");
}

#[test]
fn pieces_of_the_language_in_any_order() {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..60);
    run(pieces, |pieces| check(&pieces.concat()));
}

#[test]
fn any_text_at_all() {
    run("\\PC{0,80}", |text: &String| check(text));
}

/// Inputs that made the lexer or the parser panic once: a string that reaches past the heredoc on
/// whose line it starts, so that the line's end leads back; also when that line's end is inside a
/// further string.
#[test]
fn what_fuzzing_found() {
    for text in [
        "@(O)\"\nO\n\"\n",
        "<% @(O)\"\nO\n\"\n %>",
        "notice(@(O), \"\nO\n\")\n",
        "@(O)\"\nO\n0n\"\"${\n",
        "@(O)\"\nO\n$x ${@(P)}\"\nP\n\"${\n",
    ] {
        check(text);
    }
}
