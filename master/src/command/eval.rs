//! `master eval`: code, and the value of its last statement.
//!
//! The value goes to standard output as it would be written in a manifest, or nothing where it is
//! undef; what the code says goes to standard error.

use std::{
    fs,
    io::{Read as _, stdin},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, Result};
use ficelle_compiler::evaluate;
use ficelle_language::{Value, values::literal};
use ficelle_model::Certname;
use serde_json::Map;

use super::{
    diagnostics::Diagnostics,
    plain,
    preparation::{self, Need, Subject},
};
use crate::{cli::Eval, installation::Installation, terminal::Terminal};

pub fn run(
    arguments: &Eval,
    installation: &Installation,
    terminal: &mut Terminal,
) -> Result<ExitCode> {
    let code: Arc<str> = code(arguments)?.into();
    let node = match &arguments.node {
        Some(name) => Certname::from_typed(name)?,
        None => installation.certname()?,
    };
    let subject = Subject {
        node,
        facts: arguments.facts.as_deref(),
        need: Need::Any,
        is_classified: false,
    };
    let (warnings, evaluated) =
        preparation::with(installation, subject, |request, environment, inputs| {
            let mut request = request.clone();
            request.code = Some(code);
            evaluate(&request, environment, inputs, &[])
        })?;
    let mut diagnostics = Diagnostics::new("eval", arguments.format);
    diagnostics.logs(&warnings, terminal);
    let mut document = Map::new();
    let code = match evaluated {
        Ok(evaluation) => {
            diagnostics.logs(&evaluation.logs, terminal);
            match &evaluation.value {
                value if !diagnostics.is_human() => {
                    document.insert("value".into(), plain::json(value));
                }
                Value::Undef => {}
                value => terminal.line(literal(value)),
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            diagnostics.failure(&error, terminal);
            ExitCode::FAILURE
        }
    };
    diagnostics.finish(document, terminal);
    Ok(code)
}

fn code(arguments: &Eval) -> Result<String> {
    match (&arguments.execute, arguments.file.as_deref()) {
        (Some(code), _) => Ok(code.clone()),
        (None, Some(path)) if path != "-" => {
            fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
        }
        _ => {
            let mut text = String::new();
            stdin()
                .read_to_string(&mut text)
                .context("cannot read standard input")?;
            Ok(text)
        }
    }
}
