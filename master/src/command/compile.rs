//! `master compile`: a node's catalog, from facts of a file or those that the node sent last.

use std::process::ExitCode;

use anyhow::Result;
use ficelle_compiler::compile;
use ficelle_model::{Certname, wire};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::{
    diagnostics::Diagnostics,
    preparation::{self, Need, Subject},
};
use crate::{cli::Compile, installation::Installation, terminal::Terminal};

pub fn run(
    arguments: &Compile,
    installation: &Installation,
    terminal: &mut Terminal,
) -> Result<ExitCode> {
    let subject = Subject {
        node: Certname::from_typed(&arguments.node)?,
        facts: arguments.facts.as_deref(),
        need: Need::Some,
        is_classified: true,
    };
    let (warnings, compiled) = preparation::with(installation, subject, compile)?;
    let mut diagnostics = Diagnostics::new("compile", arguments.format);
    diagnostics.logs(&warnings, terminal);
    let mut document = Map::new();
    let code = match compiled {
        Ok(compiled) => {
            diagnostics.logs(&compiled.logs, terminal);
            let form = wire::catalog::Form {
                catalog: &compiled.catalog,
                uuid: "",
                richness: wire::Richness::Rich,
            };
            let catalog = read(&form.to_json())?;
            if diagnostics.is_human() {
                let mut text = serde_json::to_vec_pretty(&catalog)?;
                text.push(b'\n');
                terminal.bytes(&text);
            } else {
                document.insert("catalog".into(), catalog);
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

/// Reads what we wrote, however deep it is.
fn read(json: &[u8]) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.disable_recursion_limit();
    Value::deserialize(&mut reader)
}
