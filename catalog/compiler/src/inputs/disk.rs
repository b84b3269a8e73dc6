//! The disk as a compile reads it, with a cache of contents that is checked by each file's stamp.

use std::{
    io::ErrorKind,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use camino::Utf8Path;
use ficelle_model::{
    Resource,
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
    ruby::Ruby,
};
use rustc_hash::FxHashMap;
use std::sync::RwLock;

use super::command;

/// Files above this size are refused: no manifest, template or data file is as large, and the
/// content is kept in memory.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// A command that runs longer is killed.
const LONGEST_COMMAND: Duration = Duration::from_secs(300);

/// The disk of the machine that compiles. It can be shared by threads; contents are kept between
/// compiles for as long as size, modification time and inode stay.
#[derive(Default)]
pub struct DiskInputs {
    /// By the text of the path, which is found faster than by its components.
    contents: RwLock<FxHashMap<Box<str>, Kept>>,
    ruby: Option<Arc<dyn Ruby>>,
}

#[derive(Clone, Debug)]
struct Kept {
    stamp: Stamp,
    bytes: Arc<[u8]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    identity: (u64, u64),
}

impl DiskInputs {
    /// Starts with an empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a helper for what modules write in Ruby.
    #[must_use]
    pub fn with_ruby(mut self, ruby: Arc<dyn Ruby>) -> Self {
        self.ruby = Some(ruby);
        self
    }
}

impl Inputs for DiskInputs {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(unreadable(path, &error)),
        };
        if !metadata.is_file() {
            return Err(unreadable(path, &"it is not a file"));
        }
        if metadata.len() > LARGEST_FILE {
            return Err(unreadable(path, &"it is too large"));
        }
        let stamp = stamp(&metadata);
        if let Ok(contents) = self.contents.read()
            && let Some(kept) = contents.get(path.as_str())
            && kept.stamp == stamp
        {
            return Ok(Some(Arc::clone(&kept.bytes)));
        }
        let bytes: Arc<[u8]> = match std::fs::read(path) {
            Ok(bytes) => bytes.into(),
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(unreadable(path, &error)),
        };
        if let Ok(mut contents) = self.contents.write() {
            let kept = Kept {
                stamp,
                bytes: Arc::clone(&bytes),
            };
            contents.insert(path.as_str().into(), kept);
        }
        Ok(Some(bytes))
    }

    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        let directory = match path.read_dir_utf8() {
            Ok(directory) => directory,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(unreadable(path, &error)),
        };
        let mut entries = Vec::new();
        for entry in directory {
            let entry = match entry {
                Ok(entry) => entry,
                // A name that is not UTF-8 cannot be named by a manifest.
                Err(error) if error.kind() == ErrorKind::InvalidData => continue,
                Err(error) => return Err(unreadable(path, &error)),
            };
            if let Some(kind) = self.kind(entry.path())? {
                entries.push(DirectoryEntry {
                    name: entry.file_name().to_owned(),
                    kind,
                });
            }
        }
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(Some(entries.into()))
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Ok(Some(FileKind::File)),
            Ok(metadata) if metadata.is_dir() => Ok(Some(FileKind::Directory)),
            Ok(_) => Ok(Some(FileKind::Other)),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// A machine that compiles for itself has no one to collect from.
    fn exported(&self, _query: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        Ok(Vec::new())
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        command::run(command, LONGEST_COMMAND)
    }

    fn now(&self) -> i128 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos() as i128)
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn ruby(&self) -> Option<&dyn Ruby> {
        self.ruby.as_deref()
    }
}

fn is_absence(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidInput
    )
}

fn unreadable(path: &Utf8Path, reason: &dyn std::fmt::Display) -> InputError {
    InputError::File {
        path: path.to_string(),
        reason: reason.to_string(),
    }
}

fn stamp(metadata: &std::fs::Metadata) -> Stamp {
    #[cfg(unix)]
    let identity = {
        use std::os::unix::fs::MetadataExt;
        (metadata.dev(), metadata.ino())
    };
    #[cfg(not(unix))]
    let identity = (0, 0);
    Stamp {
        size: metadata.len(),
        modified: metadata.modified().ok(),
        identity,
    }
}
