//! Why a raw profile cannot be used.

use super::raw::VERSION;

/// What is wrong with a file, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It begins otherwise.
    #[error(
        "this is no raw profile of a 64-bit little-endian program: give the *.profraw that a \
         program built with -Cprofile-generate leaves when it ends"
    )]
    Foreign,
    /// Its layout is another.
    #[error(
        "this raw profile has version {found}, and {VERSION} is the only one known here: install \
         the toolchain's own llvm-profdata (rustup component add llvm-tools), which reads it"
    )]
    Version {
        /// The version.
        found: u64,
    },
    /// It counts something else, for instance for coverage.
    #[error(
        "this raw profile counts other things (kind {kind:#x}) than -Cprofile-generate does: build \
         the program with that, and with no other instrumentation"
    )]
    Kind {
        /// The bits of the version that say what is counted.
        kind: u64,
    },
    /// A record has another length.
    #[error(
        "this raw profile knows kinds of values up to {last}, and {} was expected: install the \
         toolchain's own llvm-profdata (rustup component add llvm-tools), which reads it",
        super::raw::LAST_VALUE_KIND
    )]
    ValueKinds {
        /// The last kind.
        last: u64,
    },
    /// It ends too early.
    #[error(
        "the file is cut short: its {what} should end at byte {end}, and it has {length} bytes; \
         train again, and let the program end in order (SIGTERM) before its profile is read"
    )]
    Short {
        /// What does not fit.
        what: &'static str,
        /// Where that should end.
        end: u64,
        /// How long the file is.
        length: u64,
    },
    /// A function's counters are not among the counters.
    #[error(
        "the file is damaged: the counters of function {number} are not where counters are; train \
         again"
    )]
    Astray {
        /// The function, counted from 0.
        number: u64,
    },
    /// The names are no names.
    #[error("the file is damaged: its names cannot be read ({why}); train again")]
    Names {
        /// What was seen.
        why: String,
    },
    /// Functions whose names are not there.
    #[error(
        "the names of {missing} of {count} functions are missing: train again, and strip no more \
         than symbols from the instrumented program"
    )]
    Nameless {
        /// How many have none.
        missing: usize,
        /// How many there are.
        count: usize,
    },
    /// The same function has another number of counters.
    #[error(
        "{name} has {second} counters, and had {first} before: these files are of several \
         programs; train again with one"
    )]
    Contradiction {
        /// The function.
        name: String,
        /// How many it had.
        first: usize,
        /// How many it has.
        second: usize,
    },
}
