//! Why a catalog could not be made, in the reference's words.

use std::{fmt, sync::Arc};

use ficelle_model::{inputs::InputError, name::NameError, settings::SettingsError};
use thiserror::Error;

use crate::request::LogMessage;

/// A compile that failed. Its text is the one the agent shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// What is wrong, without position.
    pub message: String,
    /// The file.
    pub file: Option<Arc<str>>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
    /// The node.
    pub node: Option<Arc<str>>,
    /// The environment whose main manifests could not be read.
    pub environment: Option<Arc<str>>,
    /// What was said before it failed.
    pub logs: Vec<LogMessage>,
}

impl CompileError {
    /// An error without position.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            file: None,
            line: None,
            column: None,
            node: None,
            environment: None,
            logs: Vec::new(),
        }
    }

    /// The same error, about the main manifests of an environment.
    #[must_use]
    pub fn in_environment(mut self, environment: &str) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// The same error, about a node.
    #[must_use]
    pub fn on_node(mut self, node: &str) -> Self {
        self.node = Some(node.into());
        self
    }
}

impl std::error::Error for CompileError {}

/// `Could not parse for environment E: MESSAGE (file: F, line: L, column: C) on node N`
impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(environment) = &self.environment {
            write!(f, "Could not parse for environment {environment}: ")?;
        }
        f.write_str(&self.message)?;
        f.write_str(&location(self.file.as_deref(), self.line, self.column))?;
        if let Some(node) = &self.node {
            write!(f, " on node {node}")?;
        }
        Ok(())
    }
}

/// ` (file: F, line: L, column: C)` with a leading space, empty where nothing is known.
pub(crate) fn location(file: Option<&str>, line: Option<u32>, column: Option<u32>) -> String {
    let known = [
        file.map(|file| format!("file: {file}")),
        line.map(|line| format!("line: {line}")),
        column.map(|column| format!("column: {column}")),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    if known.is_empty() {
        String::new()
    } else {
        format!(" ({})", known.join(", "))
    }
}

/// Why an environment cannot be used.
#[derive(Clone, Debug, Error)]
pub enum EnvironmentError {
    /// There is no directory of that name.
    #[error(
        "Could not find a directory environment named '{name}' anywhere in the path: {path}. Does the directory exist?"
    )]
    Missing {
        /// The environment.
        name: String,
        /// Where it was looked for.
        path: String,
    },
    /// Its name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// `environment.conf` cannot be read.
    #[error("{0}")]
    Configuration(String),
    /// `environment.conf` says something that cannot be.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Something of it cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
}

impl From<ficelle_language::Error> for CompileError {
    fn from(error: ficelle_language::Error) -> Self {
        let location = error.location.unwrap_or_default();
        Self {
            message: error.message,
            file: location.file,
            line: location.line,
            column: location.column,
            node: None,
            environment: None,
            logs: Vec::new(),
        }
    }
}

impl From<CompileError> for ficelle_language::Error {
    /// The error keeps its place, or has none on purpose.
    fn from(error: CompileError) -> Self {
        let mut result = Self::complete(error.message);
        result.location = Some(ficelle_language::error::Location {
            file: error.file,
            line: error.line,
            column: error.column,
        });
        result
    }
}
