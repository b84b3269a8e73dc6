//! Types as objects: `Pcore::ArrayType` with its `element_type` and `size_type`. In this form a
//! type travels as rich data, and can be made by `new`.
//!
//! Source: puppet-specifications, `language/data-types/pcore-generic-data.md`.

mod read;
mod write;

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Type, names};
use crate::values::Value;

pub use read::from_attributes;
pub use write::attributes;

/// Attributes by name, as an object that describes a type has them.
pub type Attributes = IndexMap<Arc<str>, Value>;

/// What stands before the names of the types of types.
const PREFIX: &str = "Pcore::";

/// Whether instances of the type of this name are types themselves.
pub fn is_type_of_types(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with("Type")
}

/// The type that a type is an instance of: `Pcore::ArrayType`.
pub(super) fn type_of(of: &Type) -> Option<Type> {
    names::find(&write::name(of))
}
