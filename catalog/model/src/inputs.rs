//! The one door through which a compile reads the world.
//!
//! Whatever can change a catalog comes through [`Inputs`], so that an implementation can record
//! what was read: a catalog is a function of that record.

use std::sync::Arc;

use camino::Utf8Path;
use thiserror::Error;

use crate::{reference::Reference, resource::Resource, ruby::Ruby};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file (links are followed).
    File,
    /// A directory.
    Directory,
    /// Anything else.
    Other,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Its name.
    pub name: String,
    /// What it is, links followed.
    pub kind: FileKind,
    /// Whether it is a link to that.
    pub is_link: bool,
}

/// Why something could not be read.
#[derive(Clone, Debug, Error)]
pub enum InputError {
    /// A file or directory that is there cannot be read.
    #[error("cannot read {path}: {reason}")]
    File {
        /// The path.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The store did not answer.
    #[error("cannot query exported resources: {0}")]
    Store(String),
    /// A command could not be run or failed.
    #[error("{0}")]
    Command(String),
}

/// What an exported-resource collector asks: every resource of a type that another node exports.
/// The query itself is evaluated by the compiler.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExportedQuery {
    /// `Sshkey`, capitalised.
    pub type_name: Arc<str>,
    /// Only these resources, where the collector names them.
    pub references: Option<Vec<Reference>>,
}

/// What a command gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandOutput {
    /// The exit status.
    pub status: i32,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error.
    pub stderr: Vec<u8>,
}

/// The world as a compile may see it. Facts, trusted data and classification are handed to the
/// compile itself.
pub trait Inputs {
    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError>;

    /// The entries of a directory, sorted by name; `None` where there is none.
    ///
    /// # Errors
    /// The directory is there and cannot be read.
    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError>;

    /// What stands at a path, links followed; `None` where nothing does.
    ///
    /// # Errors
    /// The path cannot be examined.
    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError>;

    /// The resources that other nodes export, in a fixed order (node, then declaration).
    ///
    /// # Errors
    /// The store did not answer.
    fn exported(&self, query: &ExportedQuery) -> Result<Vec<Resource>, InputError>;

    /// Runs a command of the master (`generate`, `config_version`).
    ///
    /// # Errors
    /// It could not be started.
    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError>;

    /// The time of the compile, in nanoseconds since 1970.
    fn now(&self) -> i128;

    /// An environment variable of the master.
    fn environment_variable(&self, name: &str) -> Option<String>;

    /// What runs the functions that modules write in Ruby, where there is such a helper. What it
    /// loads is read through here by whoever asks it.
    fn ruby(&self) -> Option<&dyn Ruby> {
        None
    }
}
