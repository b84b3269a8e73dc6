//! Definitions: where a name's code is, and the trees that were read.

mod sources;

pub use sources::Sources;
