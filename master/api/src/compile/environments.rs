//! The environments of this master: directories, opened when first asked for and again when what
//! was read to open them has changed. One that cannot be opened leaves the others alone.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use camino::Utf8PathBuf;
use ficelle_compiler::{DiskInputs, Environment, EnvironmentDefaults, EnvironmentError};
use ficelle_model::{
    EnvironmentName,
    inputs::{FileKind, Inputs},
};

/// Where environments stand.
#[derive(Clone, Debug)]
pub struct EnvironmentFolders {
    /// `environmentpath`: each directory in it is an environment.
    pub path: Vec<Utf8PathBuf>,
    /// A directory that is itself an environment, from `serve --manifests`.
    pub fixed: Option<(EnvironmentName, Utf8PathBuf)>,
}

/// The environments.
pub struct Environments {
    folders: EnvironmentFolders,
    defaults: EnvironmentDefaults,
    disk: Arc<DiskInputs>,
    open: RwLock<HashMap<EnvironmentName, Arc<Environment>>>,
}

impl Environments {
    /// None is opened yet.
    pub fn new(folders: EnvironmentFolders, defaults: EnvironmentDefaults) -> Self {
        Self {
            folders,
            defaults,
            disk: Arc::default(),
            open: RwLock::default(),
        }
    }

    /// With another disk for the compiles: one that has a helper for Ruby.
    #[must_use]
    pub fn with_disk(mut self, disk: DiskInputs) -> Self {
        self.disk = Arc::new(disk);
        self
    }

    /// The disk as every compile reads it.
    pub fn disk(&self) -> &Arc<DiskInputs> {
        &self.disk
    }

    /// Where environments stand.
    pub fn folders(&self) -> &EnvironmentFolders {
        &self.folders
    }

    /// An environment, as `inputs` has it: the disk, or what a request reads of it.
    ///
    /// # Errors
    /// It is missing, or its configuration cannot be read.
    pub fn get(
        &self,
        name: &EnvironmentName,
        inputs: &dyn Inputs,
    ) -> Result<Arc<Environment>, EnvironmentError> {
        let known = self
            .open
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned();
        if let Some(environment) = known
            && environment.still_holds(inputs)
        {
            return Ok(environment);
        }
        let opened = self.directory(name, inputs).and_then(|directory| {
            Environment::open(name.clone(), &directory, &self.defaults, inputs)
        });
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        match opened {
            Ok(environment) => {
                for warning in &environment.configuration().warnings {
                    tracing::warn!(environment = %name, "{}", warning.message);
                }
                let environment = Arc::new(environment);
                open.insert(name.clone(), Arc::clone(&environment));
                Ok(environment)
            }
            Err(error) => {
                open.remove(name);
                Err(error)
            }
        }
    }

    /// The names of all, sorted. Reads the disk.
    pub fn names(&self) -> Vec<EnvironmentName> {
        let mut names: Vec<_> = self
            .folders
            .fixed
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        for directory in &self.folders.path {
            let Ok(Some(entries)) = self.disk.list(directory) else {
                continue;
            };
            let directories = entries
                .iter()
                .filter(|entry| entry.kind == FileKind::Directory);
            names.extend(directories.filter_map(|entry| EnvironmentName::parse(&entry.name).ok()));
        }
        names.sort();
        names.dedup();
        names
    }

    fn directory(
        &self,
        name: &EnvironmentName,
        inputs: &dyn Inputs,
    ) -> Result<Utf8PathBuf, EnvironmentError> {
        if let Some((fixed, directory)) = &self.folders.fixed
            && fixed == name
        {
            return Ok(directory.clone());
        }
        for directory in &self.folders.path {
            let directory = directory.join(name.as_str());
            if inputs.kind(&directory)? == Some(FileKind::Directory) {
                return Ok(directory);
            }
        }
        Err(EnvironmentError::Missing {
            name: name.to_string(),
            path: self
                .folders
                .path
                .iter()
                .map(|path| path.as_str())
                .collect::<Vec<_>>()
                .join(":"),
        })
    }
}
