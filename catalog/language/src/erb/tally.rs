//! How many templates needed Ruby, since the program began: what is worth learning natively.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static NATIVE: AtomicU64 = AtomicU64::new(0);
static RUBY: AtomicU64 = AtomicU64::new(0);

/// How many templates were rendered, by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// By the interpreter of this crate.
    pub native: u64,
    /// By Ruby.
    pub ruby: u64,
}

/// The templates rendered so far.
pub fn tally() -> Tally {
    Tally {
        native: NATIVE.load(Relaxed),
        ruby: RUBY.load(Relaxed),
    }
}

pub(super) fn native() {
    NATIVE.fetch_add(1, Relaxed);
}

pub(super) fn ruby() {
    RUBY.fetch_add(1, Relaxed);
}
