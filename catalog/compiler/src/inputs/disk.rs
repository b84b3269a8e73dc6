//! The disk as a compile reads it, with a cache of contents that is checked by each file's stamp.

use std::{
    fs::Metadata,
    io::ErrorKind,
    sync::{Arc, RwLock},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use camino::Utf8Path;
use ficelle_model::{
    Resource,
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
    ruby::Ruby,
};
use rustc_hash::FxHashMap;

use super::command;

/// Files above this size are refused: no manifest, template or data file is as large, and the
/// content is kept in memory.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// So many paths are remembered with what stood there; then from the beginning.
const MOST_LOOKS: usize = 65_536;

/// A command that runs longer is killed.
const LONGEST_COMMAND: Duration = Duration::from_secs(300);

/// The disk of the machine that compiles. It can be shared by threads; contents are kept between
/// compiles for as long as size, modification time and inode stay.
#[derive(Default)]
pub struct DiskInputs {
    /// By the text of the path, which is found faster than by its components.
    contents: RwLock<FxHashMap<Box<str>, Kept>>,
    looks: RwLock<FxHashMap<Box<str>, Look>>,
    ruby: Option<Arc<dyn Ruby>>,
}

#[derive(Clone, Debug)]
struct Kept {
    stamp: Stamp,
    bytes: Arc<[u8]>,
}

/// What stood at a path, and when it was asked.
#[derive(Clone, Copy, Debug)]
struct Look {
    asked: Instant,
    found: Option<Found>,
}

#[derive(Clone, Copy, Debug)]
struct Found {
    kind: FileKind,
    stamp: Stamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// The disk as it is, or was at any time since then: for one of several who wait at the same
    /// time, and who need not all ask what one of them has just been told.
    pub fn since(&self, moment: Instant) -> DiskSince<'_> {
        DiskSince {
            disk: self,
            moment: Some(moment),
        }
    }

    fn now(&self) -> DiskSince<'_> {
        DiskSince {
            disk: self,
            moment: None,
        }
    }
}

/// A [`DiskInputs`] for whom answers from a moment on will do.
#[derive(Clone, Copy)]
pub struct DiskSince<'a> {
    disk: &'a DiskInputs,
    /// Where there is none, nothing but the disk itself will do.
    moment: Option<Instant>,
}

impl DiskSince<'_> {
    /// As [`Inputs::read`].
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        let Some(Found { kind, stamp }) = self.look(path)? else {
            return Ok(None);
        };
        if kind != FileKind::File {
            return Err(unreadable(path, &"it is not a file"));
        }
        if stamp.size > LARGEST_FILE {
            return Err(unreadable(path, &"it is too large"));
        }
        if let Ok(contents) = self.disk.contents.read()
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
        if let Ok(mut contents) = self.disk.contents.write() {
            let kept = Kept {
                stamp,
                bytes: Arc::clone(&bytes),
            };
            contents.insert(path.as_str().into(), kept);
        }
        Ok(Some(bytes))
    }

    /// As [`Inputs::list`].
    ///
    /// # Errors
    /// The directory is there and cannot be read.
    pub fn list(self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
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

    /// As [`Inputs::kind`].
    ///
    /// # Errors
    /// The path cannot be examined.
    pub fn kind(self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        Ok(self.look(path)?.map(|found| found.kind))
    }

    /// What stands at a path. A failure is no answer for others.
    fn look(self, path: &Utf8Path) -> Result<Option<Found>, InputError> {
        if let Some(moment) = self.moment
            && let Ok(looks) = self.disk.looks.read()
            && let Some(look) = looks.get(path.as_str())
            && look.asked >= moment
        {
            return Ok(look.found);
        }
        let asked = Instant::now();
        let found = match std::fs::metadata(path) {
            Ok(metadata) => Some(Found::from(&metadata)),
            Err(error) if is_absence(&error) => None,
            Err(error) => return Err(unreadable(path, &error)),
        };
        if self.moment.is_some()
            && let Ok(mut looks) = self.disk.looks.write()
        {
            let look = Look { asked, found };
            match looks.get_mut(path.as_str()) {
                Some(known) if known.asked > asked => {}
                Some(known) => *known = look,
                None => {
                    if looks.len() >= MOST_LOOKS {
                        looks.clear();
                    }
                    looks.insert(path.as_str().into(), look);
                }
            }
        }
        Ok(found)
    }
}

impl Inputs for DiskInputs {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        self.now().read(path)
    }

    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        self.now().list(path)
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        self.now().kind(path)
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

impl From<&Metadata> for Found {
    fn from(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (metadata.dev(), metadata.ino())
        };
        #[cfg(not(unix))]
        let identity = (0, 0);
        let kind = match () {
            () if metadata.is_file() => FileKind::File,
            () if metadata.is_dir() => FileKind::Directory,
            () => FileKind::Other,
        };
        let stamp = Stamp {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            identity,
        };
        Self { kind, stamp }
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own files, in its own folder"
)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_since_a_moment_is_not_asked_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Utf8Path::from_path(folder.path())
            .expect("its name is text")
            .join("site.pp");
        let disk = DiskInputs::new();
        let read = |moment| {
            let bytes = disk.since(moment).read(&path).expect("it can be read");
            bytes.map(|bytes| bytes.to_vec())
        };
        let first = Instant::now();
        assert_eq!(read(first), None);
        std::fs::write(&path, "one").expect("a file");
        assert_eq!(
            read(first),
            None,
            "the one who waited then may see it as it was"
        );
        assert_eq!(read(Instant::now()).as_deref(), Some(&b"one"[..]));
        assert_eq!(read(first).as_deref(), Some(&b"one"[..]));
        std::fs::write(&path, "three").expect("a file");
        let now = disk.read(&path).expect("it can be read");
        assert_eq!(now.as_deref(), Some(&b"three"[..]));
    }
}
