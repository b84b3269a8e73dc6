//! External node classification: a command that says which classes, variables and environment a
//! node gets (`node_terminus = exec`, `external_nodes`), and one that says what else is trusted of
//! it (`trusted_external_command`).
//!
//! Source: puppet-docs, `nodes_external` and `lang_facts_builtin_variables`; messages are the
//! reference's.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{
    Certname, Data, EnvironmentName, NameError,
    data::DataHash,
    inputs::{FileKind, InputError, Inputs},
    yaml,
};
use thiserror::Error;

use crate::{
    inputs::{ReadSet, Recorder},
    request::{Classification, ParameterMap},
};

/// The command of `external_nodes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classifier {
    command: Vec<String>,
}

/// What a classifier says of a node.
#[derive(Clone, Debug, Default)]
pub struct Classified {
    /// Classes and variables.
    pub classification: Classification,
    /// The classes as they were written: a list or a hash.
    pub classes: Option<Data>,
    /// The environment, which counts for more than the one that the agent asks for.
    pub environment: Option<EnvironmentName>,
    /// What was read to know it.
    pub reads: ReadSet,
}

/// Why a node cannot be classified.
#[derive(Clone, Debug, Error)]
pub enum ClassifierError {
    /// There is no command.
    #[error("You must set the 'external_nodes' parameter to use the external node terminus")]
    Unset,
    /// The command is looked for in no path.
    #[error("You must set the exec parameter to a fully qualified command")]
    Relative,
    /// The command failed.
    #[error("Failed to find {node} via exec: Execution of '{command}' returned {status}: {output}")]
    Failed {
        /// The node.
        node: Certname,
        /// The command with its argument.
        command: String,
        /// Its exit code.
        status: i32,
        /// What it wrote to its standard output.
        output: String,
    },
    /// The command could not be run, or took too long.
    #[error("Failed to find {node} via exec: {error}")]
    Broken {
        /// The node.
        node: Certname,
        /// Why.
        error: InputError,
    },
    /// Its answer is not of the documented shape.
    #[error("Could not load external node results for {node}: {detail}")]
    Answer {
        /// The node.
        node: Certname,
        /// What is wrong with it.
        detail: String,
    },
    /// It names an environment that cannot be one.
    #[error(transparent)]
    Environment(#[from] NameError),
    /// What should tell more of a node failed.
    #[error("The trusted_external_command {command} failed for {node}: {detail}")]
    Trusted {
        /// The command.
        command: String,
        /// The node.
        node: Certname,
        /// Why.
        detail: String,
    },
}

impl Classifier {
    /// Reads the setting `external_nodes`.
    ///
    /// # Errors
    /// There is no command, or its path is relative.
    pub fn new(setting: &str) -> Result<Self, ClassifierError> {
        let command: Vec<String> = setting.split_whitespace().map(str::to_owned).collect();
        match command.first().map(String::as_str) {
            None | Some("none") => Err(ClassifierError::Unset),
            Some(program) if !program.starts_with('/') => Err(ClassifierError::Relative),
            Some(_) => Ok(Self { command }),
        }
    }

    /// Asks for a node; `None` where the classifier does not know it, which is when it says
    /// nothing at all.
    ///
    /// # Errors
    /// The command fails, or its answer cannot be used.
    pub fn classify(
        &self,
        node: &Certname,
        inputs: &dyn Inputs,
    ) -> Result<Option<Classified>, ClassifierError> {
        let recorder = Recorder::new(inputs);
        let mut command = self.command.clone();
        command.push(node.to_string());
        let output = recorder.run(&command);
        let output = output.map_err(|error| ClassifierError::Broken {
            node: node.clone(),
            error,
        })?;
        let text = String::from_utf8_lossy(&output.stdout);
        if output.status != 0 {
            return Err(ClassifierError::Failed {
                node: node.clone(),
                command: command.join(" "),
                status: output.status,
                output: text.trim_end().to_owned(),
            });
        }
        if text.trim().is_empty() {
            return Ok(None);
        }
        let mut classified = read(node, &text)?;
        classified.reads = recorder.into_reads();
        Ok(Some(classified))
    }
}

fn read(node: &Certname, text: &str) -> Result<Classified, ClassifierError> {
    let wrong = |detail: String| ClassifierError::Answer {
        node: node.clone(),
        detail,
    };
    let document = yaml::parse(text).map_err(|error| wrong(format!("(<unknown>): {error}")))?;
    let Data::Hash(mut answer) = document.to_data() else {
        return Err(wrong("it must be a hash".to_owned()));
    };
    let mut classified = Classified::default();
    match answer.shift_remove("classes") {
        None | Some(Data::Undef) => {}
        Some(classes) => {
            classified.classification.classes = self::classes(&classes).map_err(wrong)?;
            classified.classes = Some(classes);
        }
    }
    match answer.shift_remove("parameters") {
        None | Some(Data::Undef) => {}
        Some(Data::Hash(parameters)) => classified.classification.parameters = *parameters,
        Some(_) => return Err(wrong("'parameters' must be a hash".to_owned())),
    }
    match answer.shift_remove("environment") {
        None | Some(Data::Undef) => {}
        Some(Data::String(name)) => classified.environment = Some(EnvironmentName::parse(&name)?),
        Some(_) => return Err(wrong("'environment' must be a string".to_owned())),
    }
    Ok(classified)
}

type Classes = indexmap::IndexMap<Arc<str>, ParameterMap>;

/// A list of names, or a hash of names with their parameters.
fn classes(written: &Data) -> Result<Classes, String> {
    let named = |name: &Arc<str>| -> Arc<str> { name.trim_start_matches("::").into() };
    match written {
        Data::String(name) => Ok(Classes::from_iter([(named(name), ParameterMap::default())])),
        Data::Array(names) => names
            .iter()
            .map(|name| match name {
                Data::String(name) => Ok((named(name), ParameterMap::default())),
                other => Err(format!("{other:?} is no name of a class")),
            })
            .collect(),
        Data::Hash(entries) => entries
            .iter()
            .map(|(name, parameters)| match parameters {
                Data::Undef => Ok((named(name), ParameterMap::default())),
                Data::Hash(given) => {
                    let given = given.iter().map(|(k, v)| (k.clone(), v.clone()));
                    Ok((named(name), given.collect()))
                }
                _ => Err(format!("the parameters of class '{name}' must be a hash")),
            })
            .collect(),
        _ => Err("'classes' must be a list or a hash".to_owned()),
    }
}

/// What `trusted_external_command` says of a node: the JSON that the command prints; of a
/// directory, that of each program in it, by its name without an extension.
///
/// # Errors
/// A command fails, or prints no JSON.
pub fn external_data(
    command: &Utf8Path,
    node: &Certname,
    inputs: &dyn Inputs,
) -> Result<(Data, ReadSet), ClassifierError> {
    let recorder = Recorder::new(inputs);
    let failed = |path: &Utf8Path, detail: String| ClassifierError::Trusted {
        command: path.to_string(),
        node: node.clone(),
        detail,
    };
    let ask = |path: &Utf8Path| -> Result<Data, ClassifierError> {
        let command = [path.to_string(), node.to_string()];
        let output = recorder
            .run(&command)
            .map_err(|error| failed(path, error.to_string()))?;
        if output.status != 0 {
            let said = String::from_utf8_lossy(&output.stderr)
                .trim_end()
                .to_owned();
            return Err(failed(
                path,
                format!("it returned {}: {said}", output.status),
            ));
        }
        let read: ficelle_model::wire::data::Read = serde_json::from_slice(&output.stdout)
            .map_err(|error| failed(path, format!("it printed no JSON: {error}")))?;
        Ok(read.0)
    };
    let unreadable = |error: InputError| failed(command, error.to_string());
    let data = match recorder.kind(command).map_err(unreadable)? {
        Some(FileKind::Directory) => {
            let entries = recorder.list(command).map_err(unreadable)?;
            let mut all = DataHash::default();
            for entry in entries.iter().flat_map(|entries| entries.iter()) {
                let path: Utf8PathBuf = command.join(&entry.name);
                if entry.kind == FileKind::File
                    && let Some(name) = path.file_stem()
                {
                    all.insert(name.into(), ask(&path)?);
                }
            }
            Data::hash(all)
        }
        _ => ask(command)?,
    };
    Ok((data, recorder.into_reads()))
}
