//! What the handlers share.

use std::{sync::Arc, time::Duration};

use camino::Utf8PathBuf;
use ficelle_ca::Authority;
use ficelle_compiler::Settings;
use ficelle_model::Certname;
use ficelle_store::Store;

use crate::{
    compile::{Environments, Pool},
    files::Mounts,
    nodes::definition::Definitions,
};

/// What the handlers share.
pub struct App {
    /// The authority.
    pub authority: Arc<Authority>,
    /// The store.
    pub store: Arc<dyn Store>,
    /// The environments, opened once each.
    pub environments: Arc<Environments>,
    /// The threads that compile.
    pub compiler: Pool,
    /// How long a compile may take.
    pub compile_timeout: Duration,
    /// What the language obeys.
    pub language: Settings,
    /// The master's own name, `$servername`.
    pub server_name: Certname,
    /// Where definitions of nodes come from.
    pub definitions: Definitions,
    /// Where files come from.
    pub mounts: Mounts,
    /// Where backups go, one directory a node.
    pub files: AppFiles,
}

/// Directories of the service.
#[derive(Clone, Debug)]
pub struct AppFiles {
    /// The filebucket.
    pub bucket: Utf8PathBuf,
}
