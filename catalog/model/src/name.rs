//! Names that cross a border, parsed once: a [`Certname`] or an [`EnvironmentName`] that exists is
//! one that may be used in a path, a query or a log line.

use std::{fmt, sync::Arc};

use thiserror::Error;

/// Why a name was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    /// The certname breaks a rule.
    #[error("invalid certname {0:?}: {1}")]
    Certname(String, &'static str),
    /// The environment name breaks a rule.
    #[error(
        "invalid environment name {0:?}: only lower-case letters, digits and _ may stand in it"
    )]
    Environment(String),
}

/// The name of a node as its certificate has it: lower case, printable ASCII, no slash, no `..`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Certname(Arc<str>);

impl Certname {
    /// Takes a name from the wire, where a capital is refused.
    ///
    /// # Errors
    /// The rule that the name breaks.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let refuse = |why| Err(NameError::Certname(name.to_owned(), why));
        if name.is_empty() {
            return refuse("it is empty");
        }
        if name.len() > 253 {
            return refuse("it is longer than 253 characters");
        }
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return refuse("it must be lower case");
        }
        if !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return refuse("only printable ASCII characters may stand in it");
        }
        if name.contains(['/', '\\']) {
            return refuse("a slash may not stand in it");
        }
        if name.contains("..") || name.starts_with(['.', '-']) {
            return refuse("it may not start with a dot or a dash, nor hold two dots in a row");
        }
        Ok(Self(name.into()))
    }

    /// Takes a name that a person typed or a host gave itself: capitals are lowered.
    ///
    /// # Errors
    /// The rule that the name breaks.
    pub fn from_typed(name: &str) -> Result<Self, NameError> {
        Self::parse(&name.trim().to_ascii_lowercase())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Certname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of an environment: `[a-z0-9_]+`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvironmentName(Arc<str>);

impl EnvironmentName {
    /// Takes a name.
    ///
    /// # Errors
    /// The name holds something else than lower-case letters, digits and underscores.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.is_empty() || name.len() > 200 || !name.bytes().all(fits) {
            return Err(NameError::Environment(name.to_owned()));
        }
        Ok(Self(name.into()))
    }

    /// `production`
    pub fn production() -> Self {
        Self("production".into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
