//! From an environment and a node to a catalog.
//!
//! [`Environment`] is a directory of manifests and modules, parsed once and shared by every
//! compile. [`compile`] evaluates it for one node: a pure function of its request and of what it
//! reads through [`ficelle_model::inputs::Inputs`]. What was read comes back with the catalog.

pub mod classification;
pub mod environment;
pub mod error;
pub mod inputs;
pub mod loader;
pub mod request;
pub mod types;

mod compile;

pub use classification::{Classified, Classifier, ClassifierError};
pub use compile::{DataAnswer, DataQuestion, Evaluation, compile, evaluate, look_up};
pub use environment::{Environment, EnvironmentDefaults};
pub use error::{CompileError, EnvironmentError};
pub use inputs::{DiskInputs, MemoryInputs, Read, ReadSet, Recorder};
pub use request::{
    Authenticated, Classification, CompileRequest, Compiled, Level, LogMessage, ParameterMap,
    Settings, Strictness, Trusted,
};
