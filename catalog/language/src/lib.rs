//! The Puppet language at work: values, types, expressions and pure functions.
//!
//! What touches the catalog or the data (`include`, `realize`, `lookup`, …) goes through traits
//! that the compiler and the lookup implement.

pub mod data;
pub mod erb;
pub mod error;
pub mod evaluator;
pub mod formats;
pub mod functions;
pub mod host;
pub mod scope;
pub mod types;
pub mod values;

pub use error::{Error, Evaluated, Unwind};
pub use evaluator::Evaluator;
pub use host::Host;
pub use scope::Scope;
pub use types::Type;
pub use values::Value;
