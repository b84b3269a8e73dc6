//! The recorder: passes every reading on and keeps what it gave.

use std::{
    cell::RefCell,
    hash::{Hash, Hasher},
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{
    Resource,
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
    ruby::Ruby,
};
use indexmap::{Equivalent, IndexMap};
use rustc_hash::FxBuildHasher;

/// One reading. With its answer it makes an entry of a [`ReadSet`].
#[derive(Clone, Debug)]
pub enum Read {
    /// The content of a file.
    File(Utf8PathBuf),
    /// The entries of a directory.
    Directory(Utf8PathBuf),
    /// What stands at a path.
    Kind(Utf8PathBuf),
    /// Exported resources.
    Exported(ExportedQuery),
    /// The output of a command.
    Command(Vec<String>),
    /// The time.
    Time,
    /// An environment variable.
    Variable(String),
    /// Code in Ruby was run, by this name. It may have read anything, so a compile that did is
    /// never known to give the same again.
    Ruby(Arc<str>),
}

/// Paths are one where their texts are.
impl PartialEq for Read {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(left), Self::File(right))
            | (Self::Directory(left), Self::Directory(right))
            | (Self::Kind(left), Self::Kind(right)) => left.as_str() == right.as_str(),
            (Self::Exported(left), Self::Exported(right)) => left == right,
            (Self::Command(left), Self::Command(right)) => left == right,
            (Self::Variable(left), Self::Variable(right)) => left == right,
            (Self::Ruby(left), Self::Ruby(right)) => left == right,
            (Self::Time, Self::Time) => true,
            _ => false,
        }
    }
}

impl Eq for Read {}

/// Paths by their text: going through their components, as they are compared, takes longer than
/// most readings.
impl Hash for Read {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(place) = PlaceRead::of(self) {
            return place.hash(state);
        }
        std::mem::discriminant(self).hash(state);
        match self {
            Self::File(_) | Self::Directory(_) | Self::Kind(_) => {}
            Self::Exported(query) => query.hash(state),
            Self::Command(command) => command.hash(state),
            Self::Time => {}
            Self::Variable(name) => name.hash(state),
            Self::Ruby(name) => name.hash(state),
        }
    }
}

/// A reading of what stands at a path, to ask for it without a copy of the path.
#[derive(Clone, Copy, Hash, PartialEq, Eq)]
enum PlaceRead<'a> {
    File(&'a str),
    Directory(&'a str),
    Kind(&'a str),
}

impl<'a> PlaceRead<'a> {
    fn of(read: &'a Read) -> Option<Self> {
        match read {
            Read::File(path) => Some(Self::File(path.as_str())),
            Read::Directory(path) => Some(Self::Directory(path.as_str())),
            Read::Kind(path) => Some(Self::Kind(path.as_str())),
            _ => None,
        }
    }
}

impl Equivalent<Read> for PlaceRead<'_> {
    fn equivalent(&self, read: &Read) -> bool {
        PlaceRead::of(read) == Some(*self)
    }
}

/// What a reading gave.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    File(Option<Arc<[u8]>>),
    Directory(Option<Arc<[DirectoryEntry]>>),
    Kind(Option<FileKind>),
    Exported(Vec<Resource>),
    Command(CommandOutput),
    Time,
    Variable(Option<String>),
    /// It failed, or cannot be told; such a compile is never served again.
    Failure,
}

type Entries = IndexMap<Read, Answer, FxBuildHasher>;

/// What a compile read, in the order of first reading, with the answers. What was read before it,
/// for an environment or a question, is shared by all who go on from there; it may stand here
/// twice then.
#[derive(Clone, Debug, Default)]
pub struct ReadSet {
    parts: Vec<Arc<Entries>>,
}

impl ReadSet {
    /// The readings, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Read> {
        self.entries().map(|(read, _)| read)
    }

    /// How many things were read.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every reading would give the same again: then so would the compile. The time is
    /// never the same.
    pub fn still_holds(&self, inputs: &dyn Inputs) -> bool {
        self.entries().all(|(read, answer)| match (read, answer) {
            (Read::File(path), Answer::File(before)) => {
                inputs.read(path).is_ok_and(|now| same_bytes(before, &now))
            }
            (Read::Directory(path), Answer::Directory(before)) => {
                inputs.list(path).is_ok_and(|now| now == *before)
            }
            (Read::Kind(path), Answer::Kind(before)) => {
                inputs.kind(path).is_ok_and(|now| now == *before)
            }
            (Read::Exported(query), Answer::Exported(before)) => {
                inputs.exported(query).is_ok_and(|now| now == *before)
            }
            (Read::Command(command), Answer::Command(before)) => {
                inputs.run(command).is_ok_and(|now| now == *before)
            }
            (Read::Variable(name), Answer::Variable(before)) => {
                inputs.environment_variable(name) == *before
            }
            _ => false,
        })
    }

    /// Takes in another set, which was read first.
    #[must_use]
    pub fn after(self, first: &ReadSet) -> Self {
        let parts = first.parts.iter().cloned().chain(self.parts);
        Self {
            parts: parts.collect(),
        }
    }

    fn entries(&self) -> impl Iterator<Item = (&Read, &Answer)> {
        self.parts.iter().flat_map(|part| part.iter())
    }
}

fn same_bytes(before: &Option<Arc<[u8]>>, now: &Option<Arc<[u8]>>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => Arc::ptr_eq(before, now) || before == now,
        (None, None) => true,
        _ => false,
    }
}

/// Reads through another [`Inputs`] and keeps the record. A thing read twice is read once: within
/// a compile the world stands still.
pub struct Recorder<'a> {
    inner: &'a dyn Inputs,
    reads: RefCell<Entries>,
}

impl<'a> Recorder<'a> {
    /// Goes in front of `inner`.
    pub fn new(inner: &'a dyn Inputs) -> Self {
        Self {
            inner,
            reads: RefCell::default(),
        }
    }

    /// The record.
    pub fn into_reads(self) -> ReadSet {
        ReadSet {
            parts: vec![Arc::new(self.reads.into_inner())],
        }
    }

    /// Notes that code in Ruby is run.
    pub fn runs_ruby(&self, name: &str) {
        let mut reads = self.reads.borrow_mut();
        reads.insert(Read::Ruby(name.into()), Answer::Failure);
    }

    fn known<Q: Hash + Equivalent<Read>>(&self, read: &Q) -> Option<Answer> {
        self.reads.borrow().get(read).cloned()
    }

    fn keep<T: Clone>(
        &self,
        read: Read,
        result: Result<T, InputError>,
        answer: impl FnOnce(T) -> Answer,
    ) -> Result<T, InputError> {
        let kept = match &result {
            Ok(value) => answer(value.clone()),
            Err(_) => Answer::Failure,
        };
        self.reads.borrow_mut().insert(read, kept);
        result
    }
}

impl Inputs for Recorder<'_> {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        if let Some(Answer::File(content)) = self.known(&PlaceRead::File(path.as_str())) {
            return Ok(content);
        }
        let read = Read::File(path.to_owned());
        self.keep(read, self.inner.read(path), Answer::File)
    }

    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        if let Some(Answer::Directory(entries)) = self.known(&PlaceRead::Directory(path.as_str())) {
            return Ok(entries);
        }
        let read = Read::Directory(path.to_owned());
        self.keep(read, self.inner.list(path), Answer::Directory)
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        if let Some(Answer::Kind(kind)) = self.known(&PlaceRead::Kind(path.as_str())) {
            return Ok(kind);
        }
        let read = Read::Kind(path.to_owned());
        self.keep(read, self.inner.kind(path), Answer::Kind)
    }

    fn exported(&self, query: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        let read = Read::Exported(query.clone());
        if let Some(Answer::Exported(resources)) = self.known(&read) {
            return Ok(resources);
        }
        self.keep(read, self.inner.exported(query), Answer::Exported)
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        let read = Read::Command(command.to_vec());
        self.keep(read, self.inner.run(command), Answer::Command)
    }

    fn now(&self) -> i128 {
        self.reads.borrow_mut().insert(Read::Time, Answer::Time);
        self.inner.now()
    }

    fn environment_variable(&self, name: &str) -> Option<String> {
        let value = self.inner.environment_variable(name);
        self.reads.borrow_mut().insert(
            Read::Variable(name.to_owned()),
            Answer::Variable(value.clone()),
        );
        value
    }

    fn ruby(&self) -> Option<&dyn Ruby> {
        self.inner.ruby()
    }
}
