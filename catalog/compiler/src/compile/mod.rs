//! The compile itself.

use ficelle_model::inputs::Inputs;

use crate::{
    environment::Environment,
    error::CompileError,
    request::{CompileRequest, Compiled},
};

/// Makes the catalog of a node.
///
/// # Errors
/// The reference's message, with file, line and node.
pub fn compile(
    request: &CompileRequest,
    _environment: &Environment,
    _inputs: &dyn Inputs,
) -> Result<Compiled, CompileError> {
    Err(CompileError::new("compiling is not linked in yet").on_node(request.node.as_str()))
}
