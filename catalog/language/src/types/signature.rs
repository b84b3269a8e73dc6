//! What a function takes: the types of its parameters with their names.

use std::sync::Arc;

use super::{CallableType, TupleType, Type};

/// One way to call a function.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Types of parameters, block and result.
    pub callable: CallableType,
    /// The names of the parameters.
    pub names: Vec<Arc<str>>,
    /// The name of the block.
    pub block_name: Option<Arc<str>>,
}

/// The parameters of the constructors of a type; `None` where it has none.
pub(super) fn constructors(of: &Type) -> Option<Vec<TupleType>> {
    super::construct::signatures(of)
}
