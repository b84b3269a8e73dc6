//! A directory environment: manifests, modules, and their parsed files.
//!
//! An [`Environment`] is opened once and shared by every compile until something that it read
//! has changed; parsed files are kept in it, checked against the content at each use.

mod configuration;
mod modules;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_lookup::DataCache;
use ficelle_model::{EnvironmentName, inputs::Inputs};

pub use configuration::{Configuration, EnvironmentDefaults};
pub use modules::{Module, Modules};

use crate::{
    error::EnvironmentError,
    inputs::{ReadSet, Recorder},
    loader::Sources,
};

/// An environment, ready to compile from.
#[derive(Debug)]
pub struct Environment {
    name: EnvironmentName,
    directory: Option<Utf8PathBuf>,
    configuration: Configuration,
    modules: Modules,
    sources: Sources,
    data: Arc<DataCache>,
    reads: ReadSet,
    resources: AtomicUsize,
}

impl Environment {
    /// Opens the environment that stands in `directory`.
    ///
    /// # Errors
    /// The directory is missing, or its configuration or its modules cannot be read.
    pub fn open(
        name: EnvironmentName,
        directory: &Utf8Path,
        defaults: &EnvironmentDefaults,
        inputs: &dyn Inputs,
    ) -> Result<Self, EnvironmentError> {
        let recorder = Recorder::new(inputs);
        if recorder.kind(directory)? != Some(ficelle_model::inputs::FileKind::Directory) {
            return Err(EnvironmentError::Missing {
                name: name.to_string(),
                path: directory.parent().unwrap_or(directory).to_string(),
            });
        }
        let configuration = Configuration::read(&name, directory, defaults, &recorder)?;
        let modules = Modules::find(&configuration.modulepath, &recorder)?;
        Ok(Self {
            name,
            directory: Some(directory.to_owned()),
            configuration,
            modules,
            sources: Sources::default(),
            data: Arc::default(),
            reads: recorder.into_reads(),
            resources: AtomicUsize::default(),
        })
    }

    /// An environment without a directory of its own: modules and code from elsewhere
    /// (`agent apply`, tests).
    ///
    /// # Errors
    /// A directory of the modulepath cannot be read.
    pub fn bare(
        name: EnvironmentName,
        modulepath: Vec<Utf8PathBuf>,
        manifest: Option<Utf8PathBuf>,
        inputs: &dyn Inputs,
    ) -> Result<Self, EnvironmentError> {
        let recorder = Recorder::new(inputs);
        let modules = Modules::find(&modulepath, &recorder)?;
        Ok(Self {
            name,
            directory: None,
            configuration: Configuration {
                modulepath,
                manifest,
                ..Configuration::default()
            },
            modules,
            sources: Sources::default(),
            data: Arc::default(),
            reads: recorder.into_reads(),
            resources: AtomicUsize::default(),
        })
    }

    /// The same environment with another main manifest (a file or a directory).
    #[must_use]
    pub fn with_manifest(mut self, manifest: Utf8PathBuf) -> Self {
        self.configuration.manifest = Some(manifest);
        self
    }

    /// The same environment with another modulepath.
    ///
    /// # Errors
    /// A directory of the modulepath cannot be read.
    pub fn with_modulepath(
        mut self,
        modulepath: Vec<Utf8PathBuf>,
        inputs: &dyn Inputs,
    ) -> Result<Self, EnvironmentError> {
        let recorder = Recorder::new(inputs);
        self.modules = Modules::find(&modulepath, &recorder)?;
        self.configuration.modulepath = modulepath;
        self.reads = recorder.into_reads().after(&self.reads);
        Ok(self)
    }

    /// Its name.
    pub fn name(&self) -> &EnvironmentName {
        &self.name
    }

    /// Its directory.
    pub fn directory(&self) -> Option<&Utf8Path> {
        self.directory.as_deref()
    }

    /// What `environment.conf` says, completed by the defaults.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Its modules.
    pub fn modules(&self) -> &Modules {
        &self.modules
    }

    /// A module by name.
    pub fn module(&self, name: &str) -> Option<&Arc<Module>> {
        self.modules.get(name)
    }

    /// Whether opening it again would give the same.
    pub fn still_holds(&self, inputs: &dyn Inputs) -> bool {
        self.reads.still_holds(inputs)
    }

    /// What was read to open it.
    pub fn reads(&self) -> &ReadSet {
        &self.reads
    }

    /// How many resources the last catalog had: room for as many will do for the next.
    pub(crate) fn usual_size(&self) -> usize {
        self.resources.load(Ordering::Relaxed)
    }

    /// Notes how many resources a catalog had.
    pub(crate) fn note_size(&self, resources: usize) {
        self.resources.store(resources, Ordering::Relaxed);
    }

    pub(crate) fn data(&self) -> &Arc<DataCache> {
        &self.data
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }
}
