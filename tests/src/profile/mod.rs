//! What an instrumented program counted, from the raw file that it leaves behind to the text that
//! every `llvm-profdata` reads.
//!
//! A compiler takes such counts as an indexed profile. The tool that makes one of a raw file must
//! be of the compiler's own LLVM; a toolchain has it as a component that is seldom installed, and
//! the one of a distribution is older and does not know the raw files of today. The text has not
//! changed for years, and a new compiler reads the indexed profile of an old tool.

mod fault;
mod raw;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, fmt::Write as _};

use indexmap::{IndexMap, map::Entry};

pub use fault::Fault;

use raw::Raw;

/// The counts of one or several runs of a program.
#[derive(Debug, Default)]
pub struct Profile {
    functions: IndexMap<Function, Vec<u64>>,
    names: HashMap<u64, String>,
    order: Order,
}

/// A function as it was compiled: what has another shape has another hash, and its counts say
/// nothing of this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Function {
    /// The hash that stands for its name.
    name: u64,
    hash: u64,
}

/// Which of a function's counters is the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    /// That of any edge.
    #[default]
    Edges,
    /// That of its entry.
    Entry,
}

impl Profile {
    /// Adds what one raw file has.
    ///
    /// # Errors
    /// The file is none that is known here, is not whole, or is of another program than those
    /// before; the profile is then of no use.
    pub fn add(&mut self, file: &[u8]) -> Result<(), Fault> {
        let raw = Raw::read(file)?;
        let nameless = |(function, _): &&(Function, _)| !raw.names.contains_key(&function.name);
        let missing = raw.functions.iter().filter(nameless).count();
        if missing > 0 {
            let count = raw.functions.len();
            return Err(Fault::Nameless { missing, count });
        }
        self.names.extend(raw.names);
        if raw.order == Order::Entry {
            self.order = Order::Entry;
        }
        for (function, counts) in raw.functions {
            match self.functions.entry(function) {
                Entry::Vacant(place) => {
                    place.insert(counts);
                }
                Entry::Occupied(mut sums) if sums.get().len() == counts.len() => {
                    for (sum, count) in sums.get_mut().iter_mut().zip(counts) {
                        *sum = sum.saturating_add(count);
                    }
                }
                Entry::Occupied(sums) => {
                    return Err(Fault::Contradiction {
                        name: self.names[&function.name].clone(),
                        first: sums.get().len(),
                        second: counts.len(),
                    });
                }
            }
        }
        Ok(())
    }

    /// LLVM's text of it. What never ran is left out: told of it, the compiler would make it small
    /// rather than fast, but a training does not see all that a site may ask for.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = ":ir\n".to_owned();
        if self.order == Order::Entry {
            text.push_str(":entry_first\n");
        }
        for (function, counts) in self.that_ran() {
            text.push_str(&self.names[&function.name]);
            for number in [function.hash, counts.len() as u64].iter().chain(counts) {
                write!(text, "\n{number}").expect("a string takes whatever is written");
            }
            text.push_str("\n\n");
        }
        text
    }

    /// How many functions there are.
    #[must_use]
    pub fn functions(&self) -> usize {
        self.functions.len()
    }

    /// How many of them ran.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.that_ran().count()
    }

    fn that_ran(&self) -> impl Iterator<Item = (&Function, &Vec<u64>)> {
        let functions = self.functions.iter();
        functions.filter(|(_, counts)| counts.iter().any(|count| *count > 0))
    }
}
