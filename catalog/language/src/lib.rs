//! The Puppet language at work: values, types, expressions and pure functions.
//!
//! What touches the catalog or the data (`include`, `realize`, `lookup`, …) goes through traits
//! that the compiler and the lookup implement.

pub mod types;
pub mod values;

pub use types::Type;
pub use values::Value;
