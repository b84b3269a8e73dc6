//! `master lookup`: the value that the data has for a node, and how it comes about, as `puppet
//! lookup` tells it.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use ficelle_compiler::{DataAnswer, DataQuestion, look_up};
use ficelle_language::Value;
use ficelle_lookup::{Explain, Merge};
use ficelle_model::{Certname, yaml};
use serde_json::{Map, json};

use super::{
    diagnostics::{Diagnostics, Format},
    plain,
    preparation::{self, Need, Subject},
};
use crate::{installation::Installation, terminal::Terminal};

#[derive(Args, Debug)]
pub struct Lookup {
    /// The keys; the first that has a value answers.
    #[arg(required = true)]
    pub keys: Vec<String>,
    /// The node; without one, this host.
    #[arg(long)]
    pub node: Option<String>,
    /// A file with facts (JSON or YAML), over those that the node sent last.
    #[arg(long)]
    pub facts: Option<camino::Utf8PathBuf>,
    /// How values of several levels are merged, whatever lookup_options say.
    #[arg(long, value_enum)]
    pub merge: Option<Strategy>,
    /// With --merge deep: an element with this prefix takes the one without it away.
    #[arg(long, value_name = "PREFIX")]
    pub knock_out_prefix: Option<String>,
    /// With --merge deep: merged arrays are sorted.
    #[arg(long)]
    pub sort_merged_arrays: bool,
    /// With --merge deep: hashes in arrays are merged by their places.
    #[arg(long)]
    pub merge_hash_arrays: bool,
    /// The type that the value must have.
    #[arg(long = "type", value_name = "TYPE")]
    pub value_type: Option<String>,
    /// The value where none is found.
    #[arg(long)]
    pub default: Option<String>,
    /// Says where the value comes from, or why there is none.
    #[arg(long)]
    pub explain: bool,
    /// Says how the lookup_options of the keys come about.
    #[arg(long)]
    pub explain_options: bool,
    /// Makes the node's catalog first, so that variables of manifests are set.
    #[arg(long)]
    pub compile: bool,
    /// How the answer is written; a value in YAML, an explanation as text, if nothing is said.
    #[arg(long, value_enum)]
    pub render_as: Option<Rendering>,
    /// How diagnostics are written; json puts the answer into the same document.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How values are merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Strategy {
    First,
    Unique,
    Hash,
    Deep,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rendering {
    /// As text.
    S,
    Yaml,
    Json,
}

pub fn run(
    arguments: &Lookup,
    installation: &Installation,
    terminal: &mut Terminal,
) -> Result<ExitCode> {
    let question = question(arguments)?;
    let node = match &arguments.node {
        Some(name) => Certname::from_typed(name)?,
        None => installation.certname()?,
    };
    let subject = Subject {
        need: match arguments.node {
            Some(_) => Need::Overlaid,
            None => Need::Any,
        },
        node,
        facts: arguments.facts.as_deref(),
        is_classified: arguments.compile,
    };
    let (warnings, answered) = preparation::with(
        installation,
        subject,
        move |request, environment, inputs| look_up(request, environment, inputs, &question),
    )?;
    let mut diagnostics = Diagnostics::new("lookup", arguments.format);
    diagnostics.logs(&warnings, terminal);
    let mut document = Map::new();
    let code = match answered {
        Ok(answer) => {
            diagnostics.logs(&answer.logs, terminal);
            tell(answer, arguments, &mut diagnostics, &mut document, terminal)?
        }
        Err(error) => {
            diagnostics.failure(&error, terminal);
            ExitCode::FAILURE
        }
    };
    diagnostics.finish(document, terminal);
    Ok(code)
}

/// Writes an answer; the exit code is 1 where no value was found. Why there is none is an answer
/// too, if that was asked.
fn tell(
    answer: DataAnswer,
    arguments: &Lookup,
    diagnostics: &mut Diagnostics,
    document: &mut Map<String, serde_json::Value>,
    terminal: &mut Terminal,
) -> Result<ExitCode> {
    let explanation = answer.explanation;
    if let Some(explanation) = &explanation {
        let shown = explanation.to_value();
        match arguments.render_as {
            _ if !diagnostics.is_human() => {
                document.insert("explanation".into(), plain::json(&shown));
            }
            Some(Rendering::Json) => terminal.line(plain::json(&shown)),
            Some(Rendering::Yaml) => terminal.bytes(yaml::emit(&plain::data(&shown)).as_bytes()),
            Some(Rendering::S) | None => terminal.bytes(explanation.to_string().as_bytes()),
        }
    }
    let value = match answer.value {
        Ok(value) => value,
        Err(error) => {
            diagnostics.failure(&error, terminal);
            return Ok(ExitCode::FAILURE);
        }
    };
    if !diagnostics.is_human() {
        document.insert("found".into(), json!(value.is_some()));
        document.insert(
            "value".into(),
            value.as_ref().map_or(serde_json::Value::Null, plain::json),
        );
    }
    match (&value, &explanation) {
        (None, Some(_)) => {
            if diagnostics.is_human() && arguments.explain && arguments.render_as.is_none() {
                terminal.line(not_found(&arguments.keys));
            }
            Ok(ExitCode::SUCCESS)
        }
        (None, None) => Ok(ExitCode::FAILURE),
        (Some(_), Some(_)) => Ok(ExitCode::SUCCESS),
        (Some(value), None) => {
            if diagnostics.is_human() {
                print(value, arguments.render_as, terminal);
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn print(value: &Value, rendering: Option<Rendering>, terminal: &mut Terminal) {
    match rendering {
        Some(Rendering::S) => terminal.line(value),
        Some(Rendering::Json) => terminal.line(plain::json(value)),
        Some(Rendering::Yaml) | None => {
            terminal.bytes(yaml::emit(&plain::data(value)).as_bytes());
        }
    }
}

fn not_found(keys: &[String]) -> String {
    match keys {
        [key] => format!("Function lookup() did not find a value for the name '{key}'"),
        keys => {
            let list: Vec<String> = keys.iter().map(|key| format!("'{key}'")).collect();
            format!(
                "Function lookup() did not find a value for any of the names [{}]",
                list.join(", ")
            )
        }
    }
}

fn question(arguments: &Lookup) -> Result<DataQuestion> {
    let is_deep = arguments.merge == Some(Strategy::Deep);
    let has_options = arguments.knock_out_prefix.is_some()
        || arguments.sort_merged_arrays
        || arguments.merge_hash_arrays;
    if has_options && !is_deep {
        bail!(
            "The options --knock-out-prefix, --sort-merged-arrays, and --merge-hash-arrays are \
             only available with '--merge deep'"
        );
    }
    Ok(DataQuestion {
        names: arguments
            .keys
            .iter()
            .map(|key| key.as_str().into())
            .collect(),
        value_type: arguments.value_type.as_deref().map(Into::into),
        merge: arguments.merge.map(|merge| match merge {
            Strategy::First => Merge::First,
            Strategy::Unique => Merge::Unique,
            Strategy::Hash => Merge::Hash,
            Strategy::Deep => deep(arguments),
        }),
        default: arguments.default.as_deref().map(Value::string),
        explain: match (arguments.explain, arguments.explain_options) {
            (true, _) => Explain::Value,
            (false, true) => Explain::Options,
            (false, false) => Explain::Nothing,
        },
        compile: arguments.compile,
    })
}

fn deep(arguments: &Lookup) -> Merge {
    let prefix = arguments.knock_out_prefix.as_deref().map(Value::string);
    let options = [
        (
            "sort_merged_arrays",
            Some(arguments.sort_merged_arrays.into()),
        ),
        (
            "merge_hash_arrays",
            Some(arguments.merge_hash_arrays.into()),
        ),
        ("knockout_prefix", prefix),
    ];
    Merge::deep(
        options
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    )
}
