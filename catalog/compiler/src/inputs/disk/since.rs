//! The questions that a compile asks of the disk.

use std::{
    io::ErrorKind,
    sync::Arc,
    time::{Instant, SystemTime},
};

use camino::Utf8Path;
use ficelle_model::inputs::{DirectoryEntry, FileKind, InputError};

use super::{
    DiskInputs, Known, Seen, is_absence,
    look::{Content, Found, Look, Need},
    unreadable,
};

/// Files above this size are refused: no manifest, template or data file is as large, and the
/// content is kept in memory.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// A [`DiskInputs`] for whom answers from a moment on will do.
#[derive(Clone, Copy)]
pub struct DiskSince<'a> {
    pub(super) disk: &'a DiskInputs,
    /// Where there is none, nothing but the disk itself will do.
    pub(super) moment: Option<Instant>,
}

impl DiskSince<'_> {
    /// As [`Inputs::read`].
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        let seen = self.look(path, Need::Content)?;
        let Some(Found { kind, stamp }) = seen.found else {
            return Ok(None);
        };
        if kind != FileKind::File {
            return Err(unreadable(path, &"it is not a file"));
        }
        if stamp.size > LARGEST_FILE {
            return Err(unreadable(path, &"it is too large"));
        }
        if let Some(bytes) = seen.bytes {
            return Ok(Some(bytes));
        }
        let clock = SystemTime::now();
        let bytes: Arc<[u8]> = match std::fs::read(path) {
            Ok(bytes) => bytes.into(),
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(unreadable(path, &error)),
        };
        let content = Content::read_at(clock, &stamp, Arc::clone(&bytes));
        self.disk.keep_content(path, seen.asked, &stamp, content);
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
                let itself = entry.file_type();
                entries.push(DirectoryEntry {
                    name: entry.file_name().to_owned(),
                    kind,
                    is_link: itself.is_ok_and(|itself| itself.is_symlink()),
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
        Ok(self.look(path, Need::Kind)?.found.map(|found| found.kind))
    }

    /// What stands at a path. A failure is no answer for others.
    pub(super) fn look(self, path: &Utf8Path, need: Need) -> Result<Seen, InputError> {
        let disk = self.disk;
        let Some(moment) = self.moment else {
            let look = disk.ask_once(path)?;
            return Ok(match need {
                Need::Kind => Seen::of(&look),
                Need::Content => disk.keep(path, look),
            });
        };
        let mut known = disk.known(path, moment, need);
        if let Known::Unconfirmed(folder) = known {
            disk.confirm(&folder, moment);
            known = disk.known(path, moment, need);
        }
        let look = match known {
            Known::Answer(seen) => return Ok(seen),
            // What is asked once only, as by a command, is not worth watching.
            Known::Nothing => disk.ask_once(path)?,
            Known::Link(footing) => Look {
                footing: Some(footing),
                ..disk.ask_once(path)?
            },
            Known::Stale | Known::Unconfirmed(_) => disk.ask(path, moment, need)?,
        };
        Ok(disk.keep(path, look))
    }
}
