//! Files in `resources`: the trees of the valid, what is told about the invalid.

use std::path::Path;

use ficelle_syntax::diagnostic::Diagnostic;
use ficelle_syntax::source::Source;
use ficelle_syntax::{
    Dialect, ParseOptions, ValidateOptions, load, parse, parse_epp, pn, validate,
};

fn read(path: &Path) -> (std::sync::Arc<Source>, Dialect, ValidateOptions) {
    let text = std::fs::read_to_string(path).expect("the fixture can be read");
    let name = path
        .file_name()
        .expect("a fixture is a file")
        .to_string_lossy();
    let dialect = match name.ends_with(".epp") {
        true => Dialect::Epp,
        false => Dialect::Manifest,
    };
    let tasks = name.starts_with("plan");
    let options = ValidateOptions {
        tasks,
        ..ValidateOptions::default()
    };
    (
        Source::new(Some(name.as_ref().into()), text),
        dialect,
        options,
    )
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    let line = |found: &Diagnostic| format!("{} {}: {found}\n", found.code, found.severity.name());
    diagnostics.iter().map(line).collect()
}

#[test]
fn valid_sources_give_trees() {
    insta::glob!("../../resources/valid", "*.*pp", |path| {
        let (source, dialect, options) = read(path);
        let (program, warnings) = load(source, dialect, &options)
            .unwrap_or_else(|errors| panic!("{}", lines(&errors.diagnostics)));
        insta::assert_snapshot!(format!(
            "{}{}",
            lines(&warnings),
            pn::program(&program).pretty()
        ));
    });
}

#[test]
fn invalid_sources_are_told_about() {
    insta::glob!("../../resources/invalid", "*.*pp", |path| {
        let (source, dialect, options) = read(path);
        let parse_options = ParseOptions {
            tasks: options.tasks,
        };
        let parsed = match dialect {
            Dialect::Manifest => parse(source, parse_options),
            Dialect::Epp => parse_epp(source, parse_options),
        };
        let mut found = parsed.diagnostics;
        found.extend(validate(&parsed.program, &options));
        assert!(!found.is_empty(), "{} is valid", path.display());
        let pretty: String = found
            .iter()
            .map(|found| found.render_pretty() + "\n")
            .collect();
        insta::assert_snapshot!(format!("{}\n{pretty}", lines(&found)));
    });
}
