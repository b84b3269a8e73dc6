//! `agent facts`: what this host says of itself.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use ficelle_model::{Data, data::DataHash, wire, yaml};

use crate::{configuration::Configuration, journal::Console, run};

/// Prints facts.
#[derive(Args, Debug)]
pub struct Facts {
    /// Facts, or paths into them (os.family); all where there are none.
    names: Vec<String>,
    /// As JSON.
    #[arg(long, short)]
    json: bool,
    /// As YAML.
    #[arg(long, short, conflicts_with = "json")]
    yaml: bool,
}

pub fn run(
    arguments: &Facts,
    configuration: &Configuration,
    console: &Console,
) -> Result<ExitCode> {
    let certname = configuration.certname()?;
    let facts = run::facts(configuration, console, &certname, None)?.values;
    let mut chosen = DataHash::default();
    for name in &arguments.names {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        let value = facts.get(first);
        let value = match rest {
            "" => value,
            rest => value.and_then(|value| value.dig(rest.split('.'))),
        };
        chosen.insert(name.as_str().into(), value.cloned().unwrap_or_default());
    }
    let is_single = arguments.names.len() == 1;
    let shown = if arguments.names.is_empty() {
        facts
    } else {
        chosen
    };
    if arguments.json {
        console.print(&json(&Data::hash(shown))?);
    } else if arguments.yaml {
        console.print(yaml::emit(&Data::hash(shown)).trim_end());
    } else if let Some(value) = shown.values().next().filter(|_| is_single) {
        console.print(&plain(value)?);
    } else {
        for (name, value) in &shown {
            console.print(&format!("{name} => {}", plain(value)?));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A text as it is, what has parts as JSON.
fn plain(data: &Data) -> Result<String> {
    Ok(match data {
        Data::String(text) => text.to_string(),
        Data::Undef => String::new(),
        other => json(other)?,
    })
}

fn json(data: &Data) -> Result<String> {
    let form = wire::data::Form {
        data,
        richness: wire::Richness::Plain,
    };
    Ok(serde_json::to_string_pretty(&form)?)
}
