//! Hiera 5: which value a key has for a node.
//!
//! A [`Lookup`] belongs to one compile. Files are read through the compile's recorded inputs and
//! parsed once through a [`DataCache`] that compiles share; variables, functions, conversions and
//! warnings are asked of a [`LookupHost`].
//!
//! Layers, from the strongest: global (`hiera_config`), environment, module. Source: Puppet's
//! Hiera documentation and what the reference answers.

mod adapter;
mod data;
mod explain;
pub mod eyaml;
mod function;
mod hierarchy;
mod interpolation;
mod key;
mod merge;
mod options;
mod question;
mod signature;

use std::sync::Arc;

use camino::Utf8PathBuf;
use ficelle_language::{Type, Value, error::Evaluated};
use ficelle_model::inputs::Inputs;

pub use adapter::{Lookup, LookupSettings, NOT_FOUND};
pub use data::{DataCache, from_node};
pub use explain::Explanation;
pub use function::{DefaultBlock, Deprecated, hiera, lookup};
pub use key::Key;
pub use merge::Merge;
pub use question::{Answer, Explain, Question};
pub use signature::check as check_arguments;

/// What a lookup asks of the compile that it serves.
pub trait LookupHost {
    /// The door to files.
    fn inputs(&self) -> &dyn Inputs;

    /// A variable as an interpolation names it: `facts`, `::fqdn`, `mymodule::port`. `None` where
    /// it is not set.
    ///
    /// # Errors
    /// The setting `strict_variables` refuses it.
    fn variable(&self, name: &str) -> Evaluated<Option<Value>>;

    /// Whether there is a function of this name that can serve as a back end.
    ///
    /// # Errors
    /// Its file cannot be loaded.
    fn has_function(&self, name: &str) -> Evaluated<bool>;

    /// Calls a function: a back end, or a module's or environment's `data`.
    ///
    /// # Errors
    /// Whatever the function raises.
    fn call_function(&self, name: &str, arguments: Vec<Value>) -> Evaluated;

    /// What a back end written in the language gets as its `$context`; `module` is whose data it
    /// gives.
    ///
    /// # Errors
    /// Such a value cannot be made here.
    fn context(&self, module: Option<&str>) -> Evaluated;

    /// A variable that an interpolation names is not set.
    ///
    /// # Errors
    /// The settings refuse that.
    fn undefined(&self, name: &str, place: Interpolated) -> Evaluated<()>;

    /// The root folder of a module, and what its `metadata.json` names as `data_provider`.
    fn module(&self, name: &str) -> Option<ModuleData>;

    /// `new(type, value, arguments…)`, the type given by its text or as a type.
    ///
    /// # Errors
    /// The text is no type, or the value cannot be converted.
    fn convert(&self, wanted: &Value, value: Value, arguments: &[Value]) -> Evaluated;

    /// Checks a value against a type: an error `<subject> expects …`.
    ///
    /// # Errors
    /// The value is no instance.
    fn assert_type(&self, subject: &str, wanted: &Type, value: &Value) -> Evaluated<()>;

    /// Whether a value consists of `RichData`.
    ///
    /// # Errors
    /// It does not; the message names `subject`.
    fn assert_rich_data(&self, subject: &str, value: &Value) -> Evaluated<()>;

    /// Whether `strict` makes errors of what is wrong in data.
    fn is_strict(&self) -> bool;

    /// Warns.
    fn warn(&self, message: &str, file: Option<&str>);

    /// Warns of something deprecated, once for each `key`.
    fn deprecate(&self, key: &str, message: &str, file: Option<&str>);
}

/// Where an interpolation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolated {
    /// In data.
    Data,
    /// In `hiera.yaml` itself: a level that cannot be found does not stop the compile.
    Hierarchy,
}

/// What a lookup needs to know of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleData {
    /// Its root.
    pub root: Utf8PathBuf,
    /// The deprecated `data_provider` of its metadata.
    pub data_provider: Option<Arc<str>>,
}
