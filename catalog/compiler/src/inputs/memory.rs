//! Files in memory: what tests and the conformance runner compile from.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{
    Resource,
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
};

/// A tree of files that exists in memory only.
#[derive(Clone, Debug, Default)]
pub struct MemoryInputs {
    files: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
    directories: BTreeMap<Utf8PathBuf, ()>,
    exported: Vec<Resource>,
    variables: HashMap<String, String>,
    commands: HashMap<Vec<String>, CommandOutput>,
    now: i128,
}

impl MemoryInputs {
    /// No files at all, at the beginning of time.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and the directories above it.
    pub fn add_file(&mut self, path: impl Into<Utf8PathBuf>, content: impl AsRef<[u8]>) {
        let path = path.into();
        if let Some(parent) = path.parent() {
            self.add_directory(parent);
        }
        self.files.insert(path, content.as_ref().into());
    }

    /// Adds a directory and those above it.
    pub fn add_directory(&mut self, path: impl Into<Utf8PathBuf>) {
        let path = path.into();
        for ancestor in path.ancestors() {
            self.directories.insert(ancestor.to_owned(), ());
        }
    }

    /// Adds a resource that another node exports.
    pub fn add_exported(&mut self, resource: Resource) {
        self.exported.push(resource);
    }

    /// Sets an environment variable.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Says what a command gives.
    pub fn add_command(&mut self, command: Vec<String>, output: CommandOutput) {
        self.commands.insert(command, output);
    }

    /// Sets the time, in nanoseconds since 1970.
    pub fn set_now(&mut self, now: i128) {
        self.now = now;
    }
}

impl Inputs for MemoryInputs {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        Ok(self.files.get(path).cloned())
    }

    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        if !self.directories.contains_key(path) {
            return Ok(None);
        }
        let files = self.files.keys().map(|file| (file, FileKind::File));
        let directories = self
            .directories
            .keys()
            .map(|directory| (directory, FileKind::Directory));
        let mut entries: Vec<DirectoryEntry> = files
            .chain(directories)
            .filter(|(entry, _)| entry.parent() == Some(path))
            .filter_map(|(entry, kind)| {
                let name = entry.file_name()?.to_owned();
                Some(DirectoryEntry {
                    name,
                    kind,
                    is_link: false,
                })
            })
            .collect();
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(Some(entries.into()))
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        Ok(if self.files.contains_key(path) {
            Some(FileKind::File)
        } else if self.directories.contains_key(path) {
            Some(FileKind::Directory)
        } else {
            None
        })
    }

    fn exported(&self, query: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        Ok(self
            .exported
            .iter()
            .filter(|resource| resource.reference.type_name == query.type_name)
            .cloned()
            .collect())
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        self.commands
            .get(command)
            .cloned()
            .ok_or_else(|| InputError::Command(format!("{}: not found", command.join(" "))))
    }

    fn now(&self) -> i128 {
        self.now
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}
