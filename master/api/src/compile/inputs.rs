//! What a compile reads on a master: the disk, and the store for exported resources.

use std::{sync::Arc, time::Instant};

use camino::Utf8Path;
use ficelle_compiler::DiskInputs;
use ficelle_model::{
    Certname, Resource,
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
    ruby::Ruby,
    wire,
};
use ficelle_store::Store;
use tokio::runtime::Handle;

/// The disk, and the store. To be used on the pool's threads only: it waits for the store.
pub struct StoreInputs {
    /// The disk.
    pub disk: Arc<DiskInputs>,
    /// When the request came: what others have read since then need not be read again.
    pub arrived: Instant,
    /// The store.
    pub store: Arc<dyn Store>,
    /// What runs the store's queries.
    pub runtime: Handle,
    /// Who is compiled for: its own exports are the compiler's to add.
    pub node: Certname,
}

impl Inputs for StoreInputs {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        self.disk.since(self.arrived).read(path)
    }

    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        self.disk.since(self.arrived).list(path)
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        self.disk.since(self.arrived).kind(path)
    }

    fn exported(&self, query: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        let failed = |reason: String| InputError::Store(reason);
        let found = self
            .runtime
            .block_on(self.store.exported(&query.type_name, Some(&self.node)))
            .map_err(|error| failed(error.to_string()))?;
        let mut resources = Vec::with_capacity(found.len());
        for exported in found {
            let mut resource = wire::resource::read(&exported.json)
                .map_err(|error| failed(format!("from {}: {error}", exported.certname)))?;
            if let Some(references) = &query.references
                && !references.contains(&resource.reference)
            {
                continue;
            }
            resource.exported = true;
            resource.is_virtual = true;
            resources.push(resource);
        }
        Ok(resources)
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        self.disk.run(command)
    }

    fn now(&self) -> i128 {
        self.disk.now()
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        self.disk.environment_variable(name)
    }

    fn ruby(&self) -> Option<&dyn Ruby> {
        self.disk.ruby()
    }
}
