//! Parsed files, kept for as long as their content stays the same.

/// The parsed files of an environment, shared by compiles.
#[derive(Debug, Default)]
pub struct Sources {}
