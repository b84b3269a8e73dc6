//! Input that is nested or chained without end is refused before the stack ends.

use ficelle_syntax::source::Source;
use ficelle_syntax::{Dialect, ParseOptions, ValidateOptions, load, parse, parse_expression, pn};

fn first_error(text: String) -> String {
    match load(
        Source::new(None, text),
        Dialect::Manifest,
        &ValidateOptions::default(),
    ) {
        Ok((program, _)) => format!("valid: {} bytes", pn::program(&program).to_string().len()),
        Err(errors) => errors.diagnostics[0].code.to_owned(),
    }
}

/// Runs `test` on a stack of 2 MB, four times that in a build without optimisations.
fn on_small_stack(test: fn()) {
    let size = if cfg!(debug_assertions) {
        8 << 20
    } else {
        2 << 20
    };
    let thread = std::thread::Builder::new().stack_size(size).spawn(test);
    thread
        .expect("threads can be started")
        .join()
        .expect("the test passes");
}

#[test]
fn deep_nesting_is_refused() {
    on_small_stack(deep_nesting);
}

fn deep_nesting() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a => ", "}"),
        ("!", ""),
        ("-", ""),
        ("$a = ", ""),
        ("if ", ""),
        ("if true { ", "}"),
        ("$x ? 1 => ", ""),
        ("f(", ")"),
        ("@", ""),
        ("\"${", "}\""),
        ("case 1 { 1: { ", "} }"),
        ("class a { ", "}"),
        ("$x.each |$y| { ", "}"),
        ("if true {} elsif ", ""),
        ("1 + ", ""),
    ] {
        let text = format!("$r = {}1{}", open.repeat(20_000), close.repeat(20_000));
        let _ = first_error(text);
        let text = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
        let found = first_error(text);
        assert!(
            !found.starts_with("valid"),
            "{open} may be nested without end: {found}"
        );
    }
}

#[test]
fn long_chains_are_refused_and_reasonable_ones_are_not() {
    on_small_stack(long_chains);
}

fn long_chains() {
    assert_eq!(
        first_error(format!("$a = 1{}", " + 1".repeat(5_000))),
        "CHAIN_LIMIT"
    );
    assert_eq!(
        first_error(format!("$a = $b{}", "[0]".repeat(5_000))),
        "CHAIN_LIMIT"
    );
    assert!(first_error(format!("$a = 1{}", " + 1".repeat(450))).starts_with("valid"));
    let nested = format!("$a = {}{}", "[".repeat(80), "]".repeat(80));
    assert!(first_error(nested).starts_with("valid"));
}

#[test]
fn a_single_expression_takes_up_the_whole_source() {
    let parsed = parse_expression(Source::new(None, "Array[Integer[1, 2], 3]"));
    assert!(parsed.is_valid());
    assert_eq!(
        pn::program(&parsed.program).to_string(),
        "(access (qr \"Array\") (access (qr \"Integer\") 1 2) 3)"
    );
    assert!(!parse_expression(Source::new(None, "Array[1] Integer")).is_valid());
    assert!(!parse_expression(Source::new(None, "")).is_valid());
}

#[test]
fn several_errors_are_told_at_once() {
    let text = "class a {\n  file { 'x': mode = 1 }\n  $b = \n}\nclass b {\n  notice(1 2)\n}\n";
    let parsed = parse(Source::new(None, text), ParseOptions::default());
    let lines: Vec<u32> = parsed
        .diagnostics
        .iter()
        .filter_map(|found| Some(found.position()?.line))
        .collect();
    assert_eq!(lines, [2, 4, 6]);
}

/// Each comment leads back to behind its heredoc, where the next one starts.
#[test]
fn what_is_read_again_is_bounded() {
    let text = |lines| format!("{}*/ 1\n", "@(A)/*\nA\n".repeat(lines));
    assert!(first_error(text(3)) != "REREADING_LIMIT");
    let parsed = parse(Source::new(None, text(300)), ParseOptions { tasks: false });
    let mut codes = parsed.diagnostics.iter().map(|found| found.code);
    assert!(codes.any(|code| code == "REREADING_LIMIT"));
}
