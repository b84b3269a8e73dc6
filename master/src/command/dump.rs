//! `master dump`: the trees of manifests.

use std::process::ExitCode;

use anyhow::Result;
use ficelle_syntax::{ParseOptions, parse, parse_epp, pn};

use super::validate::source;
use crate::{cli::Dump, terminal::Terminal};

pub fn run(dump: &Dump, terminal: &mut Terminal) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for file in &dump.files {
        let source = source(file)?;
        let options = ParseOptions::default();
        let parsed = match file.extension() {
            Some("epp") => parse_epp(source, options),
            _ => parse(source, options),
        };
        for diagnostic in &parsed.diagnostics {
            terminal.diagnostic(diagnostic.render_pretty());
        }
        if !parsed.is_valid() {
            code = ExitCode::FAILURE;
            continue;
        }
        let notation = pn::program(&parsed.program);
        terminal.line(match dump.format.as_str() {
            "json" => notation.to_json(),
            _ => notation.pretty(),
        });
    }
    Ok(code)
}
