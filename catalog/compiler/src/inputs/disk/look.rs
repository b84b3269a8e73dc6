//! What stands at a path, when it was asked, and what tells whether that still is so.

use std::{
    fs::Metadata,
    sync::{Arc, RwLock},
    time::{Duration, Instant, SystemTime},
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::inputs::FileKind;

use super::watch::{Mark, REST, Watched};

/// File systems with coarse clocks give two changes within this time the same stamp.
const COARSEST_CLOCK: Duration = Duration::from_secs(2);

/// What stood at a path, and when it was asked.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub asked: Instant,
    pub found: Option<Found>,
    pub footing: Option<Footing>,
    pub content: Option<Content>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub kind: FileKind,
    pub stamp: Stamp,
}

/// What was read after the look that it is kept with, or was known to be the same then.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub bytes: Arc<[u8]>,
    /// Whether a file with the same stamp has it too, whenever that is seen.
    pub is_settled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub size: u64,
    modified: Option<SystemTime>,
    /// As [`std::os::unix::fs::MetadataExt::ctime`]: no program can set it.
    changed: Option<SystemTime>,
    pub identity: Identity,
}

/// Device and number of what stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity(u64, u64);

/// What is wanted of a look: a file's kind stays when its content changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Kind,
    Content,
}

/// What a look leans on. [`super::watch`] tells why that will do.
#[derive(Clone, Debug)]
pub(super) struct Footing {
    pub folder: Arc<Folder>,
    /// There is none if the folder was missing.
    pub names: Option<Mark>,
    /// Then what it leads to is asked each time.
    pub is_link: bool,
    /// A file whose content was wanted.
    pub file: Option<Mark>,
}

/// A folder in which something was looked for more than once.
#[derive(Debug)]
pub(super) struct Folder {
    pub path: Utf8PathBuf,
    ground: RwLock<Option<Ground>>,
}

/// What is known of a folder.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// Since when the request came for whom it was asked, or later.
    pub confirmed: Instant,
    pub state: State,
}

#[derive(Clone, Debug)]
pub(super) enum State {
    /// It is not there, or is no folder: then nothing stands in it.
    Missing,
    Watched(Arc<Watched>),
    /// What stands in it has to be asked each time.
    Unwatched,
}

impl Look {
    /// Takes over the content of an earlier look if it must be the same.
    pub(super) fn after(mut self, earlier: &Self) -> Self {
        if let (Some(now), Some(before)) = (&self.found, &earlier.found)
            && now.stamp == before.stamp
            && self.content.is_none()
        {
            self.content = earlier.content.clone().filter(|kept| kept.is_settled);
        }
        self
    }
}

impl Content {
    /// What was read when the clock already showed this.
    pub(super) fn read_at(clock: SystemTime, stamp: &Stamp, bytes: Arc<[u8]>) -> Self {
        let changed = stamp.changed.or(stamp.modified);
        let age = changed.and_then(|changed| clock.duration_since(changed).ok());
        Self {
            bytes,
            is_settled: age.is_some_and(|age| age > COARSEST_CLOCK),
        }
    }
}

impl Footing {
    /// Whether the path still names the same in this folder.
    pub(super) fn names_hold(&self, folder: &Arc<Watched>) -> bool {
        let names = self.names.as_ref();
        names.is_some_and(|names| names.is_of(folder) && names.holds())
    }

    /// Whether what the path names still has the same content, if it has any.
    pub(super) fn content_holds(&self, found: Option<&Found>) -> bool {
        found.is_none_or(|found| found.kind != FileKind::File)
            || self.file.as_ref().is_some_and(Mark::holds)
    }
}

impl Folder {
    pub(super) fn new(path: &Utf8Path) -> Self {
        Self {
            path: path.to_owned(),
            ground: RwLock::default(),
        }
    }

    /// What is known of it, if that serves a request which came at this moment.
    pub(super) fn state<T>(&self, moment: Instant, with: impl FnOnce(&State) -> T) -> Option<T> {
        let ground = self.ground.read().ok()?;
        let ground = ground.as_ref()?;
        let serves = match ground.state {
            State::Missing | State::Watched(_) => ground.confirmed >= moment,
            State::Unwatched => ground.confirmed + REST > moment,
        };
        serves.then(|| with(&ground.state))
    }

    pub(super) fn set(&self, ground: Ground) {
        if let Ok(mut known) = self.ground.write()
            && known
                .as_ref()
                .is_none_or(|known| known.confirmed <= ground.confirmed)
        {
            *known = Some(ground);
        }
    }
}

impl Identity {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Self {
        Self(0, 0)
    }
}

impl From<&Metadata> for Found {
    fn from(metadata: &Metadata) -> Self {
        let kind = match () {
            () if metadata.is_file() => FileKind::File,
            () if metadata.is_dir() => FileKind::Directory,
            () => FileKind::Other,
        };
        let stamp = Stamp {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            changed: changed(metadata),
            identity: Identity::of(metadata),
        };
        Self { kind, stamp }
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let since = Duration::new(
        metadata.ctime().try_into().ok()?,
        metadata.ctime_nsec().try_into().ok()?,
    );
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<SystemTime> {
    None
}
