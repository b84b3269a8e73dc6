//! The names of functions and types that manifests define: each is given once.

use std::{
    cell::{Cell, RefCell},
    collections::hash_map::Entry,
    sync::Arc,
};

use ficelle_language::{Error, error::Location};
use ficelle_syntax::source::Source;
use rustc_hash::FxHashMap;

/// What a name is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Function,
    Type,
}

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Type => "type",
        }
    }
}

/// Who has a name, and where it was given.
#[derive(PartialEq, Eq, Hash)]
struct Name {
    /// `None` for the main manifests.
    module: Option<Arc<str>>,
    kind: Kind,
    name: String,
}

/// The names that were given.
#[derive(Default)]
pub(super) struct Names {
    given: RefCell<FxHashMap<Name, String>>,
    /// Whether the main manifests have functions that go by no namespace.
    pub has_plain_functions: Cell<bool>,
}

impl Names {
    /// Gives a name. The main manifests and each module have names of their own.
    pub(super) fn give(
        &self,
        kind: Kind,
        name: String,
        module: Option<&Arc<str>>,
        (source, start): (&Source, u32),
    ) -> Result<(), Error> {
        let module = module.cloned();
        match self.given.borrow_mut().entry(Name { module, kind, name }) {
            Entry::Vacant(free) => {
                free.insert(at(source, start));
                Ok(())
            }
            Entry::Occupied(taken) => Err(redefined(kind, &taken.key().name, taken.get())),
        }
    }
}

/// Where something stands, as [`redefined`] tells it.
pub(super) fn at(source: &Source, start: u32) -> String {
    let position = source.position(start);
    let (line, column) = (position.line, position.column);
    match source.path() {
        Some(path) => format!("at file://{path}?line={line}&pos={column}"),
        None => format!("at string:?line={line}&pos={column}"),
    }
}

/// A name that was given before: `origin` says where, or by whom.
pub(super) fn redefined(kind: Kind, name: &str, origin: &str) -> Error {
    let kind = kind.text();
    let mut error = Error::complete(format!(
        "Attempt to redefine entity 'http://puppet.com/2016.1/runtime/{kind}/{name}'. Originally \
         set {origin}."
    ));
    error.location = Some(Location::default());
    error
}
