//! The disk as a compile reads it: what was seen is remembered for as long as it cannot have
//! changed.

#[cfg(target_os = "linux")]
mod kernel;
mod look;
mod since;
#[cfg(test)]
mod tests;
mod watch;

use std::{
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

use self::{
    look::{Content, Folder, Footing, Found, Ground, Look, Need, Stamp, State},
    since::DiskSince,
    watch::{Denial, Subject, Watch},
};
use super::command;

/// So many paths are remembered with what stood there; then from the beginning.
const MOST_LOOKS: usize = 65_536;

/// A command that runs longer is killed.
const LONGEST_COMMAND: Duration = Duration::from_secs(300);

/// The disk of the machine that compiles. It can be shared by threads; contents are kept between
/// compiles for as long as a file's stamp stays.
#[derive(Default)]
pub struct DiskInputs {
    /// By the text of the path, which is found faster than by its components.
    looks: RwLock<FxHashMap<Box<str>, Look>>,
    folders: RwLock<FxHashMap<Box<str>, Arc<Folder>>>,
    watch: Watch,
    ruby: Option<Arc<dyn Ruby>>,
    #[cfg(test)]
    questions: std::sync::Mutex<Vec<String>>,
}

/// What a look gives.
struct Seen {
    asked: Instant,
    found: Option<Found>,
    /// The content of a file, where it is known.
    bytes: Option<Arc<[u8]>>,
}

/// What stands at a path that is not followed further.
enum Stands {
    Itself(Option<Found>),
    Link,
}

/// What is known of a path without asking the disk.
enum Known {
    Answer(Seen),
    /// What is known of the folder is from before the request.
    Unconfirmed(Arc<Folder>),
    /// It still is a link, to something that has to be asked.
    Link(Footing),
    /// It was seen before, but may have changed.
    Stale,
    Nothing,
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
    /// time, and who need not all ask what one of them has just been told. What is asked again and
    /// again is watched, and then asked only after it has changed.
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

    fn known(&self, path: &Utf8Path, moment: Instant, need: Need) -> Known {
        let Ok(looks) = self.looks.read() else {
            return Known::Nothing;
        };
        let Some(look) = looks.get(path.as_str()) else {
            return Known::Nothing;
        };
        if look.asked >= moment {
            return Known::Answer(Seen::of(look));
        }
        let Some(footing) = &look.footing else {
            return Known::Stale;
        };
        let known = footing.folder.state(moment, |state| match state {
            State::Missing => Known::Answer(Seen::nothing(look.asked)),
            State::Watched(folder) if footing.names_hold(folder) => match need {
                _ if footing.is_link => Known::Link(footing.clone()),
                Need::Content if !footing.content_holds(look.found.as_ref()) => Known::Stale,
                Need::Kind | Need::Content => Known::Answer(Seen::of(look)),
            },
            State::Watched(_) | State::Unwatched => Known::Stale,
        });
        known.unwrap_or_else(|| Known::Unconfirmed(Arc::clone(&footing.folder)))
    }

    /// Asks what stands at a path, in such a way that it need not be asked again until it changes.
    fn ask(&self, path: &Utf8Path, moment: Instant, need: Need) -> Result<Look, InputError> {
        let Some(folder) = self.folder(path) else {
            return self.ask_once(path);
        };
        if folder.state(moment, |_| ()).is_none() {
            self.confirm(&folder, moment);
        }
        let names = match folder.state(moment, State::clone) {
            Some(State::Missing) => {
                let footing = Footing {
                    folder,
                    names: None,
                    is_link: false,
                    file: None,
                };
                return Ok(Look {
                    asked: moment,
                    found: None,
                    footing: Some(footing),
                    content: None,
                });
            }
            Some(State::Watched(watched)) => watched.mark(),
            Some(State::Unwatched) | None => None,
        };
        if names.is_none() {
            return self.ask_once(path);
        }
        let asked = Instant::now();
        let mut stands = self.stands(path)?;
        let mut file = None;
        if need == Need::Content
            && let Stands::Itself(Some(found)) = stands
            && found.kind == FileKind::File
        {
            let identity = found.stamp.identity;
            let watched = self.watch.watched(path, identity, Subject::File);
            file = watched.ok().and_then(|watched| watched.mark());
            // It may have changed before it was watched.
            if file.is_some() {
                stands = self.stands(path)?;
            }
            if let Stands::Itself(Some(found)) = stands
                && found.stamp.identity != identity
            {
                file = None;
            }
        }
        let (found, is_link) = match stands {
            Stands::Itself(found) => (found, false),
            Stands::Link => (self.examine(path)?, true),
        };
        let footing = Footing {
            folder,
            names,
            is_link,
            file,
        };
        Ok(Look {
            asked,
            found,
            footing: Some(footing),
            content: None,
        })
    }

    fn ask_once(&self, path: &Utf8Path) -> Result<Look, InputError> {
        Ok(Look {
            asked: Instant::now(),
            found: self.examine(path)?,
            footing: None,
            content: None,
        })
    }

    /// The folder that a path names something in, if it does so by a plain name.
    fn folder(&self, path: &Utf8Path) -> Option<Arc<Folder>> {
        let (folder, name) = path.as_str().rsplit_once('/')?;
        if matches!(name, "" | "." | "..") {
            return None;
        }
        let folder = if folder.is_empty() { "/" } else { folder };
        if let Some(known) = self.folders.read().ok()?.get(folder) {
            return Some(Arc::clone(known));
        }
        let mut folders = self.folders.write().ok()?;
        let known = folders.entry(folder.into());
        let known = known.or_insert_with(|| Arc::new(Folder::new(folder.into())));
        Some(Arc::clone(known))
    }

    /// Sees to it that what is known of a folder serves a request which came at this moment.
    fn confirm(&self, folder: &Folder, moment: Instant) {
        let heard = self.watch.hear(moment);
        let found = self.since(heard).look(&folder.path, Need::Kind);
        let state = match found.map(|seen| seen.found) {
            Ok(Some(found)) if found.kind == FileKind::Directory => {
                let identity = found.stamp.identity;
                match self.watch.watched(&folder.path, identity, Subject::Folder) {
                    Ok(watched) => State::Watched(watched),
                    Err(Denial::Replaced) => return,
                    Err(Denial::Refused | Denial::Full) => State::Unwatched,
                }
            }
            Ok(_) => State::Missing,
            Err(_) => State::Unwatched,
        };
        folder.set(Ground {
            confirmed: heard,
            state,
        });
    }

    /// Remembers a look.
    fn keep(&self, path: &Utf8Path, mut look: Look) -> Seen {
        if let Ok(mut looks) = self.looks.write() {
            match looks.get_mut(path.as_str()) {
                Some(known) => {
                    look = look.after(known);
                    if known.asked <= look.asked {
                        *known = look.clone();
                    }
                }
                None => {
                    if looks.len() >= MOST_LOOKS {
                        looks.clear();
                        if let Ok(mut folders) = self.folders.write() {
                            folders.clear();
                        }
                    }
                    looks.insert(path.as_str().into(), look.clone());
                }
            }
        }
        Seen::of(&look)
    }

    /// Remembers what was read after a look.
    fn keep_content(&self, path: &Utf8Path, asked: Instant, stamp: &Stamp, content: Content) {
        if let Ok(mut looks) = self.looks.write()
            && let Some(look) = looks.get_mut(path.as_str())
            && look.asked == asked
            && look.found.is_some_and(|found| found.stamp == *stamp)
        {
            look.content = Some(content);
        }
    }

    /// What stands where a path leads to.
    fn examine(&self, path: &Utf8Path) -> Result<Option<Found>, InputError> {
        #[cfg(test)]
        self.note(path);
        match std::fs::metadata(path) {
            Ok(metadata) => Ok(Some(Found::from(&metadata))),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// What stands at a path itself.
    fn stands(&self, path: &Utf8Path) -> Result<Stands, InputError> {
        #[cfg(test)]
        self.note(path);
        match std::fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_symlink() => Ok(Stands::Link),
            Ok(metadata) => Ok(Stands::Itself(Some(Found::from(&metadata)))),
            Err(error) if is_absence(&error) => Ok(Stands::Itself(None)),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    #[cfg(test)]
    fn note(&self, path: &Utf8Path) {
        let mut questions = self.questions.lock().expect("no test panics with it");
        questions.push(path.to_string());
    }
}

impl Seen {
    fn of(look: &Look) -> Self {
        Self {
            asked: look.asked,
            found: look.found,
            bytes: look
                .content
                .as_ref()
                .map(|content| Arc::clone(&content.bytes)),
        }
    }

    fn nothing(asked: Instant) -> Self {
        Self {
            asked,
            found: None,
            bytes: None,
        }
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
