//! Definitions: where a name's code is, and the trees that were read.
//!
//! [`Sources`] keeps parsed files for every compile of an environment; `Definitions` is what one
//! compile knows so far, completed by loading when a name is asked for that it does not know.

mod autoloaded;
mod definitions;
mod names;
mod sources;

pub(crate) use definitions::{Class, Define, Definitions, Node, NodeMatch};
pub(crate) use sources::Rules;
pub use sources::Sources;
