//! What came of a case, and how many there are of each kind.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::case::Group;
use super::compare;
use super::reference::Answer;

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The catalogs are the same.
    Equal,
    /// Neither side makes a catalog: whether they say the same, and what.
    BothRefuse(bool, String),
    /// They differ: how, and whether it is for want of a module's Ruby function alone.
    Differs(Difference, String),
}

/// In what two answers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The catalogs.
    Catalogs,
    /// Only the reference makes a catalog: here a module's Ruby code would have to run.
    WantsRuby,
    /// Only the reference makes a catalog.
    OursRefuses,
    /// Only this project makes a catalog.
    TheirsRefuses,
}

impl Outcome {
    /// Compares two answers.
    pub fn of(theirs: &Answer, ours: &Answer) -> Self {
        match (theirs, ours) {
            (Answer::Catalog(theirs), Answer::Catalog(ours)) => {
                match compare::catalogs(theirs, ours) {
                    same if same.is_empty() => Self::Equal,
                    different => Self::Differs(Difference::Catalogs, different),
                }
            }
            (Answer::Error(theirs), Answer::Error(ours)) => {
                let text = format!("theirs: {theirs}\nours:   {ours}");
                Self::BothRefuse(core(theirs) == core(ours), text)
            }
            (Answer::Catalog(_), Answer::Error(ours)) if wants_ruby(ours) => {
                Self::Differs(Difference::WantsRuby, format!("ours refuses: {ours}"))
            }
            (Answer::Catalog(_), Answer::Error(ours)) => {
                Self::Differs(Difference::OursRefuses, format!("ours refuses: {ours}"))
            }
            (Answer::Error(theirs), Answer::Catalog(_)) => Self::Differs(
                Difference::TheirsRefuses,
                format!("theirs refuses: {theirs}"),
            ),
        }
    }
}

/// A message without where it was and on which node.
fn core(message: &str) -> String {
    let message = message.split(" (file: ").next().unwrap_or(message);
    message
        .split(" on node ")
        .next()
        .unwrap_or(message)
        .to_owned()
}

fn wants_ruby(message: &str) -> bool {
    message.contains("written in Ruby") || message.contains("is a Ruby function")
}

/// Counts by group.
#[derive(Clone, Debug, Default)]
pub struct Summary(BTreeMap<Group, Counts>);

#[derive(Clone, Debug, Default)]
struct Counts {
    equal: usize,
    same_error: usize,
    other_error: usize,
    differs: BTreeMap<Difference, usize>,
    known: usize,
}

impl Summary {
    /// Counts one. `known` says that its difference is on the list.
    pub fn add(&mut self, group: Group, outcome: &Outcome, known: bool) {
        let counts = self.0.entry(group).or_default();
        match outcome {
            Outcome::Equal => counts.equal += 1,
            Outcome::BothRefuse(true, _) => counts.same_error += 1,
            Outcome::BothRefuse(false, _) => counts.other_error += 1,
            Outcome::Differs(difference, _) => {
                *counts.differs.entry(*difference).or_default() += 1;
                counts.known += usize::from(known);
            }
        }
    }

    /// The share of a group's cases that are equal, of those that the reference compiles, in
    /// percent; `None` where there is none.
    pub fn share(&self, group: Group) -> Option<f64> {
        self.0.get(&group).map(Counts::share)
    }
}

impl Counts {
    fn of(&self, difference: Difference) -> usize {
        self.differs.get(&difference).copied().unwrap_or(0)
    }

    fn share(&self) -> f64 {
        let different: usize = self.differs.values().sum();
        100.0 * self.equal as f64 / (self.equal + different).max(1) as f64
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (group, counts) in &self.0 {
            let refused = counts.same_error + counts.other_error;
            let different: usize = counts.differs.values().sum();
            let mut line = format!(
                "{}: {} of {} equal ({:.1}%), and {refused} that both refuse ({} with the same \
                 words)",
                group.title(),
                counts.equal,
                counts.equal + different,
                counts.share(),
                counts.same_error,
            );
            if different > 0 {
                let _ = write!(
                    line,
                    "; not equal: {} catalogs, {} for want of Ruby, {} only ours refuses, {} only \
                     theirs refuses ({} of all these known)",
                    counts.of(Difference::Catalogs),
                    counts.of(Difference::WantsRuby),
                    counts.of(Difference::OursRefuses),
                    counts.of(Difference::TheirsRefuses),
                    counts.known,
                );
            }
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
