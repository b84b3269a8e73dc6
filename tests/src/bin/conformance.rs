//! `conformance FILE.jsonl… [--results OUT.jsonl] [--exceptions FILE]`: runs recorded cases and
//! tells which answers differ. Exits with 1 when one does.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::json;
use tests::conformance::case::Case;
use tests::conformance::exceptions::Exceptions;
use tests::conformance::{Outcome, run, summary::Summary};

struct Arguments {
    files: Vec<PathBuf>,
    results: Option<PathBuf>,
    exceptions: Option<PathBuf>,
}

fn arguments() -> Result<Arguments> {
    let mut found = Arguments {
        files: Vec::new(),
        results: None,
        exceptions: None,
    };
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let mut path = |what: &str| arguments.next().map(PathBuf::from).context(what.to_owned());
        match argument.to_str() {
            Some("--results") => found.results = Some(path("--results needs a file")?),
            Some("--exceptions") => found.exceptions = Some(path("--exceptions needs a file")?),
            Some(option) if option.starts_with('-') => bail!("unknown option {option}"),
            _ => found.files.push(argument.into()),
        }
    }
    if found.files.is_empty() {
        bail!("usage: conformance FILE.jsonl… [--results OUT.jsonl] [--exceptions FILE]");
    }
    Ok(found)
}

fn main() -> Result<ExitCode> {
    let arguments = arguments()?;
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/exceptions.toml");
    let list = arguments.exceptions.clone().unwrap_or_else(|| list.into());
    let text = std::fs::read_to_string(&list).with_context(|| list.display().to_string())?;
    let exceptions = Exceptions::read(&text).with_context(|| list.display().to_string())?;
    let mut summary = Summary::default();
    let mut results = Vec::new();
    for file in &arguments.files {
        let lines = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for (number, line) in lines
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
        {
            let place = || format!("{}:{}", file.display(), number + 1);
            let case = Case::read(line).with_context(place)?;
            let done = run(&case, &exceptions);
            summary.add(&case, &done.outcome);
            let actual = match (&done.outcome, &done.observed) {
                (Outcome::NotRun, _) | (_, None) => json!({"not_run": case.kind.as_str()}),
                (_, Some(observed)) => observed.to_json(),
            };
            let result = json!({
                "id": case.id.as_str(),
                "pass": done.outcome.passes(),
                "actual": actual,
            });
            writeln!(results, "{result}")?;
        }
    }
    if let Some(path) = &arguments.results {
        #[expect(
            clippy::disallowed_methods,
            reason = "the results are what this tool is for"
        )]
        std::fs::write(path, &results).with_context(|| path.display().to_string())?;
    }
    summary.write(&mut std::io::stdout().lock())?;
    Ok(if summary.all_passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
