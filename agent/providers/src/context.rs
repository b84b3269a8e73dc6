//! What a provider may use: the host, the sources of files, the filebucket, the log, what else is
//! in the catalog, and a memory for what is read once a run.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use ficelle_model::{Reference, Resource, report::Level};
use ficelle_system::System;

use crate::{FileBucket, ProviderError, Source};

/// Whether changes are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are.
    Enforce,
    /// They are only told.
    Noop,
}

/// Of what a line in the log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// Of the run: `Notice: hello`.
    Run,
    /// Of the resource: `Notice: /Stage[main]/Main/Exec[x]: …`.
    Resource,
    /// Of a property: `Notice: /Stage[main]/Main/Exec[x]/returns: …`.
    Property(&'a str),
}

/// Where lines of the log go. The engine's knows which resource is at work.
pub trait Log: Sync {
    /// Takes a line.
    fn write(&self, level: Level, place: Place<'_>, message: &str);
}

/// What else is in the catalog.
pub trait Declared: Sync {
    /// Whether a resource is, by title or by name.
    fn contains(&self, reference: &Reference) -> bool;

    /// The resources of a type (`Concat_fragment`), in the order of the catalog.
    fn of_type(&self, type_name: &str) -> Vec<&Resource>;
}

/// An empty catalog.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingDeclared;

impl Declared for NothingDeclared {
    fn contains(&self, _reference: &Reference) -> bool {
        false
    }

    fn of_type(&self, _type_name: &str) -> Vec<&Resource> {
        Vec::new()
    }
}

/// What a provider may use.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The host.
    pub system: &'a System,
    /// Whether changes are made; the engine settles each resource's own `noop` beforehand.
    pub mode: Mode,
    /// Where files come from.
    pub source: &'a dyn Source,
    /// Where replaced files go; `None` keeps none.
    pub bucket: Option<&'a FileBucket>,
    /// Where lines of the log go.
    pub log: &'a dyn Log,
    /// What else is in the catalog.
    pub declared: &'a dyn Declared,
    /// What is read once a run.
    pub memory: &'a Memory,
    /// The environment of the catalog.
    pub environment: &'a str,
    /// Whether the differences of files are shown (the setting `show_diff`).
    pub show_diff: bool,
}

impl Context<'_> {
    /// A line of the log on a property.
    pub fn log_property(&self, level: Level, property: &str, message: &str) {
        self.log.write(level, Place::Property(property), message);
    }

    /// Replaces a file as a whole, after the old one went to the filebucket.
    pub(crate) fn rewrite(&self, path: &str, text: &str, mode: u32) -> Result<(), ProviderError> {
        if let Some(bucket) = self.bucket
            && self.system.exists(path)
        {
            bucket.keep(self.system, path.as_ref())?;
        }
        Ok(self.system.replace(path, text.as_bytes(), mode)?)
    }

    /// A line of the log on the resource.
    pub fn log_resource(&self, level: Level, message: &str) {
        self.log.write(level, Place::Resource, message);
    }
}

/// What is read once a run, by its type, until a provider forgets it because it changed it.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Memory {
    /// What is remembered, or else is read now.
    ///
    /// # Errors
    /// What the reading says.
    pub fn recall<T: Any + Send + Sync>(
        &self,
        read: impl FnOnce() -> Result<T, ProviderError>,
    ) -> Result<Arc<T>, ProviderError> {
        // Held while reading, so that readers at the same time read once.
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = entries.get(&TypeId::of::<T>()) {
            return Ok(Arc::clone(known)
                .downcast()
                .expect("it is filed under its own type"));
        }
        let value = Arc::new(read()?);
        entries.insert(TypeId::of::<T>(), Arc::<T>::clone(&value));
        Ok(value)
    }

    /// Drops what is remembered.
    pub fn forget<T: Any>(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&TypeId::of::<T>());
    }
}
