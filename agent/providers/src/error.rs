//! What a provider can answer instead of success.

use ficelle_model::Reference;
use ficelle_system::SystemError;
use thiserror::Error;

use crate::SourceError;

/// A resource that cannot be managed as it is declared; no catalog that holds one is applied.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ParameterError {
    /// A value that the parameter does not take.
    #[error("Parameter {parameter} failed on {resource}: {reason}")]
    Invalid {
        /// The parameter.
        parameter: String,
        /// The resource.
        resource: Reference,
        /// Why: `Invalid value "x". Valid values are present, absent.`
        reason: String,
    },
    /// A parameter that the type does not have.
    #[error("no parameter named '{parameter}'")]
    Unknown {
        /// The parameter.
        parameter: String,
        /// The resource.
        resource: Reference,
    },
    /// Parameters that do not go together, or one that is missing.
    #[error("Validation of {resource} failed: {reason}")]
    Combination {
        /// The resource.
        resource: Reference,
        /// Why.
        reason: String,
    },
}

/// A resource that could not be read or changed; what depends on it is skipped.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// In words that say everything.
    #[error("{0}")]
    Failed(String),
    /// An owner or a group that the host does not have.
    #[error("Could not find {kind} {name}")]
    NoAccount {
        /// `user` or `group`.
        kind: &'static str,
        /// As the catalog has it.
        name: String,
    },
    /// The host refused.
    #[error(transparent)]
    System(#[from] SystemError),
    /// A source could not be had.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl ProviderError {
    /// A failure in words.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }
}
