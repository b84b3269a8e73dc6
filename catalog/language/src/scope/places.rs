//! Where the variables of a body are in its scopes.

use std::sync::atomic::{AtomicU64, Ordering};

use ficelle_model::names::{Kind, Names};
use ficelle_syntax::ast::Variable;

/// How many bits of a variable's memo tell the place; those above tell whose places they are.
const BITS: u32 = 24;

/// The place of what has none.
const NOWHERE: u64 = (1 << BITS) - 1;

/// The variables of a body that is evaluated again and again, each with a place of its own in
/// every scope of that body.
#[derive(Debug)]
pub struct Places {
    names: Names,
    /// How many of them, from the first, are parameters.
    parameters: usize,
    /// Tells these places from all others: more than zero.
    number: u64,
}

impl Places {
    /// One for each name, in their order; so many of them, from the first, are parameters.
    pub fn new(names: Names, parameters: usize) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self {
            names,
            parameters,
            number: LAST.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }

    /// The place of a name, where it has one.
    pub fn of(&self, kind: Kind, name: &str) -> Option<usize> {
        self.names.place(kind, name)
    }

    /// The place of a parameter, where there is one of this name.
    pub fn of_parameter(&self, name: &str) -> Option<usize> {
        let place = self.of(Kind::of(name), name);
        place.filter(|place| self.is_parameter(*place))
    }

    /// Whether a place is that of a parameter.
    pub fn is_parameter(&self, place: usize) -> bool {
        place < self.parameters
    }

    /// The place of a variable, where it has one; the variable keeps it for the next who asks.
    #[inline]
    pub(super) fn of_variable(&self, variable: &Variable) -> Option<usize> {
        let kept = variable.place.get();
        if kept >> BITS != self.number {
            return self.find(variable);
        }
        let place = kept & NOWHERE;
        (place != NOWHERE).then_some(place as usize)
    }

    #[cold]
    fn find(&self, variable: &Variable) -> Option<usize> {
        let place = self.of(kind(variable), variable.leaf());
        let kept = place.map_or(NOWHERE, |place| place as u64);
        // A body of millions of variables, or the millionth million of bodies, goes without.
        if (place.is_none() || kept < NOWHERE) && self.number >> (u64::BITS - BITS) == 0 {
            variable.place.keep(self.number << BITS | kept);
        }
        place
    }

    /// The names, in order.
    pub fn names(&self) -> &Names {
        &self.names
    }
}

/// The kind of the name by which a scope has a variable; the variable keeps it.
#[inline]
pub(super) fn kind(variable: &Variable) -> Kind {
    Kind::known(variable.memo.get_or(|| Kind::of(variable.leaf()).word()))
}
