//! `master validate`: what is wrong with manifests and templates.

use std::{fs, process::ExitCode, sync::Arc};

use anyhow::{Context as _, Result};
use camino::{Utf8Path, Utf8PathBuf};
use ficelle_syntax::{Dialect, ValidateOptions, diagnostic::Severity, load, source::Source};

use serde_json::Map;

use super::diagnostics::Diagnostics;
use crate::{cli::Validate, terminal::Terminal};

pub fn run(arguments: &Validate, terminal: &mut Terminal) -> Result<ExitCode> {
    let mut files = Vec::new();
    for path in &arguments.files {
        collect(path, &mut files)?;
    }
    let mut diagnostics = Diagnostics::new("validate", arguments.format);
    let mut errors = 0;
    for file in &files {
        let dialect = match file.extension() {
            Some("epp") => Dialect::Epp,
            _ => Dialect::Manifest,
        };
        let source = match source(file) {
            Ok(source) => source,
            Err(error) => {
                errors += 1;
                diagnostics.unread(file.as_str(), &error, terminal);
                continue;
            }
        };
        let found = match load(source, dialect, &ValidateOptions::default()) {
            Ok((_, found)) => found,
            Err(error) => error.diagnostics,
        };
        for diagnostic in &found {
            errors += usize::from(diagnostic.severity == Severity::Error);
            diagnostics.code(diagnostic, terminal);
        }
    }
    let is_human = diagnostics.is_human();
    diagnostics.finish(Map::new(), terminal);
    if errors == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    if !is_human {
        return Ok(ExitCode::FAILURE);
    }
    let plural = if errors == 1 { "" } else { "s" };
    terminal.diagnostic(format_args!(
        "{errors} error{plural} in {} files",
        files.len()
    ));
    Ok(ExitCode::FAILURE)
}

/// A file that is to be read.
pub(super) fn source(path: &Utf8Path) -> Result<Arc<Source>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    Ok(Source::new(Some(path.as_str().into()), text))
}

fn collect(path: &Utf8Path, files: &mut Vec<Utf8PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<_> = path
        .read_dir_utf8()
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("cannot read {path}"))?;
    entries.sort_by(|left, right| left.file_name().cmp(right.file_name()));
    for entry in entries {
        let is_source = matches!(entry.path().extension(), Some("pp" | "epp"));
        if entry.file_type()?.is_dir() || is_source {
            collect(entry.path(), files)?;
        }
    }
    Ok(())
}
