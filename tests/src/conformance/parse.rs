//! Cases of kind `parse`: code in, its tree in Puppet Notation out.

use ficelle_syntax::diagnostic::{Diagnostic, Errors, Severity};
use ficelle_syntax::source::Source;
use ficelle_syntax::{Dialect, ParseOptions, Strict, ValidateOptions, load, parse, parse_epp, pn};
use serde_json::Value;

use super::case::{Case, Log, Observed};

/// Parses, and validates where the recording did.
pub fn observe(case: &Case) -> Observed {
    let source = Source::new(None, case.code.as_str());
    let tasks = case.setting("tasks") == Some("true");
    let dialect = case
        .raw
        .get("dialect")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let parsed = match dialect.rsplit("::").next() {
        Some("EvaluatingParser") => {
            let strict = match case.setting("strict") {
                Some("off") => Strict::Off,
                Some("warning") => Strict::Warning,
                _ => Strict::Error,
            };
            let options = ValidateOptions {
                strict,
                tasks,
                ..ValidateOptions::default()
            };
            load(source, Dialect::Manifest, &options)
        }
        dialect => {
            let options = ParseOptions { tasks };
            let parsed = match dialect {
                Some("EppParser") => parse_epp(source, options),
                _ => parse(source, options),
            };
            match parsed.is_valid() {
                true => Ok((parsed.program, parsed.diagnostics)),
                false => Err(Errors {
                    diagnostics: parsed.diagnostics,
                    parsed: false,
                }),
            }
        }
    };
    match parsed {
        Err(errors) => Observed::error(errors.to_string()),
        Ok((program, diagnostics)) => {
            let tree = serde_json::from_str(&pn::program(&program).to_json())
                .expect("the notation is written as JSON");
            Observed {
                logs: logs(&diagnostics),
                ..Observed::result("pn", tree)
            }
        }
    }
}

fn logs(diagnostics: &[Diagnostic]) -> Vec<Log> {
    let level = |severity| match severity {
        Severity::Error => "err",
        Severity::Warning | Severity::Deprecation => "warning",
    };
    diagnostics
        .iter()
        .map(|found| Log {
            level: level(found.severity).into(),
            message: found.message.clone(),
        })
        .collect()
}
