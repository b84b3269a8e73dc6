//! What the grammar accepts and the language refuses.

use std::sync::Arc;

use crate::ast::Program;
use crate::diagnostic::Diagnostic;

/// How doubtful constructs are treated: the setting `strict`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strict {
    /// Not at all.
    Off,
    /// With a warning.
    Warning,
    /// As errors.
    #[default]
    Error,
}

/// What validation goes by.
#[derive(Clone, Debug, Default)]
pub struct ValidateOptions {
    /// The setting `strict`.
    pub strict: Strict,
    /// The setting `tasks`: plans are allowed, what needs a catalog is not.
    pub tasks: bool,
    /// For an autoloaded file of a module, the names that may be defined in it.
    pub location: Location,
}

/// What a file's place says about the names defined in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// Any name may be defined: a main manifest, or code that is in no module.
    #[default]
    Anywhere,
    /// A module's file: only definitions, whose names start with this.
    Namespace(Arc<str>),
    /// A module's file where no definitions belong.
    Misplaced,
}

/// Checks a tree.
pub fn validate(_program: &Program, _options: &ValidateOptions) -> Vec<Diagnostic> {
    Vec::new()
}
