//! The native resource types on the agent's side: what is there, what should be, and how the one
//! becomes the other.
//!
//! A [`ResourceType`] turns a resource of a catalog into a [`Managed`] one. Of that, the engine
//! asks for the changes that are due ([`Managed::observe`]), and has them made one at a time
//! ([`Managed::apply`]). No provider knows another; what they share stands in the modules at the
//! top of this crate.

mod bucket;
mod change;
mod context;
mod error;
mod parameters;
mod provider;
mod registry;
mod source;

mod archive;
mod concat;
mod cron;
mod exec;
mod file;
mod file_line;
mod group;
mod host;
mod ini;
mod mount;
mod mysql;
mod nothing;
mod notify;
mod package;
mod resources;
mod service;
mod ssh;
#[cfg(test)]
mod testing;
mod tidy;
mod user;

pub use bucket::FileBucket;
pub use change::{Change, Pending, Shown, Visibility};
pub use context::{Context, Declared, Log, Memory, Mode, NothingDeclared, Place};
pub use error::{ParameterError, ProviderError};
pub use ficelle_model::report::Level;
pub use parameters::Parameters;
pub use provider::{Instance, Managed, Provider, Reading, ResourceType, State};
pub use registry::{lookup, types};
pub use source::{Content, FileMetadata, LocalOnly, MetadataRequest, Source, SourceError};
