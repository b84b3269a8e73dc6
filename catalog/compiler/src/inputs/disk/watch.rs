//! What the kernel tells of changes, so that what has not changed need not be asked again.
//!
//! A change that was made before a request came is seen by it, as if everything had been asked:
//!
//! - *What is watched* is an inode, of a folder for its names or of a file for its content, known
//!   by device and number. While it is watched no other can have that number; when it is gone the
//!   kernel says so, and it never stands for anything again. Each event gives it a new generation.
//! - *A look at a path* holds for a request if the path's folder is, for that request, the folder
//!   that is watched; if that folder has the generation which it had before the look; and, where
//!   the content matters, if the same goes for the file itself. Without an event the name has led
//!   to the same inode all the time, and this has not changed. Events through other names of the
//!   file count, since it is watched and not its name. What a symbolic link leads to is asked each
//!   time.
//! - *The folder of a request* is itself what a look at its path gives, up to the root. So a
//!   folder that was moved, replaced or is reached through a link that now points elsewhere is no
//!   longer the one that the look leans on.
//! - *Between the event and the look*: generations are read before the disk is asked. What happens
//!   after that raises them, at the latest when the next request hears of it; what happened before
//!   and is heard of later costs a question too many.
//! - *Whoever hears* holds the lock until everything that was told is in the generations. Another
//!   request goes on when that is from after it came, else it listens itself.
//! - *A mount* over a path makes no event. The kernel tells that mounts have changed; then all have
//!   a new generation.
//! - *Where events were lost*, perhaps that a folder is gone, everything begins anew.
//!
//! Not seen are: what a program writes through a mapping that it keeps open, until it closes it;
//! what is written into the upper layer of an overlay past the folder that is read; a link that is
//! switched between two mounts of one folder, of which only one has a file mounted over.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use camino::Utf8Path;
use rustc_hash::FxHashMap;

#[cfg(target_os = "linux")]
use super::kernel::Kernel;
use super::look::Identity;

/// So much is watched; then nothing more until all begins anew.
const MOST_WATCHED: usize = 16_384;

/// So long after it began it may begin anew, and so long nobody tries again what was refused.
pub(super) const REST: Duration = Duration::from_secs(600);

/// The generation of what the kernel watches no longer.
const GONE: u64 = 0;

/// What is watched for one [`super::DiskInputs`]. Nothing is open until something is.
#[derive(Default)]
pub(super) struct Watch {
    table: Mutex<Table>,
}

/// A folder or file that is watched.
#[derive(Debug)]
pub(super) struct Watched {
    identity: Identity,
    generation: AtomicU64,
}

/// What is watched, as it was at some time.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    watched: Arc<Watched>,
    generation: u64,
}

/// For what something is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The names in a folder.
    Folder,
    /// The content of a file.
    File,
}

/// What the kernel tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Something happened to one that is watched.
    Changed(i32),
    /// One is watched no longer.
    Gone(i32),
    /// Something was mounted or unmounted somewhere.
    Mounts,
    /// More happened than it could tell.
    Lost,
}

/// Why something is not watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denial {
    /// Something else stands there by now.
    Replaced,
    /// It cannot be, or would not tell everything.
    Refused,
    /// The kernel watches as much as it may.
    Full,
}

#[derive(Default)]
struct Table {
    kernel: Option<Kernel>,
    began: Option<Instant>,
    /// When it was last asked what has happened.
    heard: Option<Instant>,
    numbers: FxHashMap<i32, Arc<Watched>>,
    /// Nothing stands for one that was refused.
    identities: FxHashMap<Identity, Option<Arc<Watched>>>,
    /// How many identities there may be.
    room: usize,
    /// The last generation that was given.
    generation: u64,
    news: Vec<News>,
}

impl Watch {
    /// Takes in what was told, unless that was done since this moment; gives when it was done.
    pub(super) fn hear(&self, moment: Instant) -> Instant {
        let mut table = self.table();
        match table.heard {
            Some(heard) if heard >= moment => heard,
            _ => table.hear(),
        }
    }

    /// What stands at this path and is known to be this, watched from now on at the latest.
    pub(super) fn watched(
        &self,
        path: &Utf8Path,
        identity: Identity,
        subject: Subject,
    ) -> Result<Arc<Watched>, Denial> {
        self.table().watched(path, identity, subject)
    }

    /// As if the kernel had told it.
    #[cfg(test)]
    pub(super) fn tell(&self, news: News) {
        self.table().apply(news);
    }

    /// Makes as if nothing more could be watched.
    #[cfg(test)]
    pub(super) fn fill(&self) {
        let mut table = self.table();
        table.begin();
        table.room = 0;
    }

    /// As if it had begun long ago.
    #[cfg(test)]
    pub(super) fn rest(&self) {
        self.table().began = None;
    }

    /// Whether nothing was ever opened.
    #[cfg(test)]
    pub(super) fn is_closed(&self) -> bool {
        let table = self.table();
        table.kernel.is_none() && table.began.is_none()
    }

    /// How many are watched.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.table().numbers.len()
    }

    /// A panic leaves nothing half done that a generation would not cover.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// As it is now. `None` if it is watched no longer.
    pub(super) fn mark(self: &Arc<Self>) -> Option<Mark> {
        let generation = self.generation.load(Ordering::Acquire);
        (generation != GONE).then(|| Mark {
            watched: Arc::clone(self),
            generation,
        })
    }
}

impl Mark {
    /// Whether nothing that was heard of has happened to it since.
    pub(super) fn holds(&self) -> bool {
        self.watched.generation.load(Ordering::Acquire) == self.generation
    }

    pub(super) fn is_of(&self, watched: &Arc<Watched>) -> bool {
        Arc::ptr_eq(&self.watched, watched)
    }
}

impl Table {
    fn hear(&mut self) -> Instant {
        let heard = Instant::now();
        let mut news = std::mem::take(&mut self.news);
        if let Some(kernel) = &self.kernel
            && kernel.news(&mut news).is_err()
        {
            news.push(News::Lost);
        }
        for one in news.drain(..) {
            self.apply(one);
        }
        self.news = news;
        self.heard = Some(heard);
        heard
    }

    fn apply(&mut self, news: News) {
        match news {
            News::Changed(number) => {
                self.generation += 1;
                if let Some(watched) = self.numbers.get(&number) {
                    watched.generation.store(self.generation, Ordering::Release);
                }
            }
            News::Gone(number) => {
                if let Some(watched) = self.numbers.remove(&number) {
                    watched.generation.store(GONE, Ordering::Release);
                    self.identities.remove(&watched.identity);
                }
            }
            News::Mounts => {
                self.generation += 1;
                for watched in self.numbers.values() {
                    watched.generation.store(self.generation, Ordering::Release);
                }
            }
            News::Lost => self.begin(),
        }
    }

    /// Forgets all that is watched.
    fn begin(&mut self) {
        for watched in self.numbers.values() {
            watched.generation.store(GONE, Ordering::Release);
        }
        self.numbers.clear();
        self.identities.clear();
        self.kernel = Kernel::open().ok();
        self.began = Some(Instant::now());
        self.room = MOST_WATCHED;
    }

    fn watched(
        &mut self,
        path: &Utf8Path,
        identity: Identity,
        subject: Subject,
    ) -> Result<Arc<Watched>, Denial> {
        if let Some(known) = self.identities.get(&identity) {
            return known.clone().ok_or(Denial::Refused);
        }
        if self.kernel.is_none() || self.identities.len() >= self.room {
            if self.began.is_some_and(|began| began.elapsed() < REST) {
                return Err(Denial::Full);
            }
            self.begin();
        }
        let kernel = self.kernel.as_ref().ok_or(Denial::Full)?;
        let watched = match kernel.watch(path, identity, subject) {
            Ok(number) => {
                self.generation += 1;
                let watched = Arc::new(Watched {
                    identity,
                    generation: AtomicU64::new(self.generation),
                });
                self.numbers.insert(number, Arc::clone(&watched));
                Ok(watched)
            }
            Err(Denial::Refused) => Err(Denial::Refused),
            Err(Denial::Replaced) => return Err(Denial::Replaced),
            Err(Denial::Full) => {
                self.room = self.identities.len();
                return Err(Denial::Full);
            }
        };
        self.identities.insert(identity, watched.clone().ok());
        watched
    }
}

/// Elsewhere nothing is watched.
#[cfg(not(target_os = "linux"))]
enum Kernel {}

#[cfg(not(target_os = "linux"))]
impl Kernel {
    fn open() -> std::io::Result<Self> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn watch(&self, _: &Utf8Path, _: Identity, _: Subject) -> Result<i32, Denial> {
        match *self {}
    }

    fn news(&self, _: &mut Vec<News>) -> std::io::Result<()> {
        match *self {}
    }
}
