//! Why a catalog cannot be applied. Nothing of it is, then.

use ficelle_model::{Reference, Resource};
use ficelle_providers::ParameterError;
use thiserror::Error;

/// Why a catalog cannot be applied.
#[derive(Debug, Error)]
pub enum EngineError {
    /// A resource cannot be managed as it is declared.
    #[error("{error}{place}")]
    Parameter {
        /// Why.
        error: ParameterError,
        /// ` (file: x.pp, line: 3)`
        place: String,
    },
    /// A relationship leads to nothing.
    #[error("Could not find {role} {target} for {resource}{place}")]
    Missing {
        /// `dependency` or `dependent`
        role: &'static str,
        /// What is not there.
        target: Reference,
        /// Whose relationship it is.
        resource: Reference,
        /// Where it is declared.
        place: String,
    },
    /// A relationship is no reference.
    #[error("Parameter {parameter} failed on {resource}: {value} is no reference{place}")]
    Relationship {
        /// `require`, …
        parameter: &'static str,
        /// Whose it is.
        resource: Reference,
        /// What stands there.
        value: String,
        /// Where it is declared.
        place: String,
    },
    /// Two resources are one.
    #[error(
        "Cannot alias {resource} to [{name:?}]{place}; resource {other} already declared{other_place}"
    )]
    Duplicate {
        /// The later one.
        resource: Reference,
        /// Its name.
        name: String,
        /// Where it is declared.
        place: String,
        /// The earlier one.
        other: Reference,
        /// Where that is declared.
        other_place: String,
    },
    /// A type that nobody here knows.
    #[error("Resource type '{type_name}' was not found{place}")]
    UnknownType {
        /// The type.
        type_name: String,
        /// Where a resource of it is declared.
        place: String,
    },
    /// Things would have to come before themselves; which ones was logged.
    #[error("One or more resource dependency cycles detected in graph")]
    Cycles,
    /// A value that the catalog was to be applied with is no such value.
    #[error("Could not find schedule {0}")]
    Schedule(String),
}

/// ` (file: x.pp, line: 3)`, or nothing where it is not known.
pub(crate) fn place(resource: &Resource) -> String {
    match (&resource.file, resource.line) {
        (Some(file), Some(line)) => format!(" (file: {file}, line: {line})"),
        (Some(file), None) => format!(" (file: {file})"),
        (None, Some(line)) => format!(" (line: {line})"),
        (None, None) => String::new(),
    }
}
