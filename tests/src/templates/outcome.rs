//! What came of a case, and how many there are of each kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::Done;
use super::case::Case;
use super::find::Kind;
use crate::modules::{case::Group, reference::Answer};

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The texts are the same.
    Equal,
    /// Neither side makes a text, with the same words.
    BothRefuse,
    /// Neither side makes a text, with these words.
    RefuseOtherwise(String),
    /// They differ: in what.
    Differs(String),
}

/// Why a case needs Ruby is said with these words.
const WANTS_RUBY: &[&str] = &[
    "not supported natively: ",
    "is a Ruby function",
    "written in Ruby",
];

/// Why an answer needs Ruby, where it does.
pub fn wants_ruby(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Error(message) if WANTS_RUBY.iter().any(|words| message.contains(words)) => {
            Some(core(message))
        }
        _ => None,
    }
}

impl Outcome {
    /// Compares two answers.
    pub fn of(theirs: &Answer, ours: &Answer) -> Self {
        match (theirs, ours) {
            (Answer::Catalog(theirs), Answer::Catalog(ours)) => {
                let (theirs, ours) = (text(theirs), text(ours));
                match theirs == ours {
                    true => Self::Equal,
                    false => Self::Differs(difference(theirs, ours)),
                }
            }
            (Answer::Error(theirs), Answer::Error(ours)) => match (core(theirs), core(ours)) {
                (theirs, ours) if theirs == ours => Self::BothRefuse,
                (theirs, ours) => {
                    Self::RefuseOtherwise(format!("theirs: {theirs}\nours:   {ours}"))
                }
            },
            (Answer::Catalog(_), Answer::Error(ours)) => {
                Self::Differs(format!("only ours refuses: {ours}"))
            }
            (Answer::Error(theirs), Answer::Catalog(_)) => {
                Self::Differs(format!("only theirs refuses: {theirs}"))
            }
        }
    }
}

/// The message of the notification that carries the text.
fn text(catalog: &Value) -> &Value {
    let resources = catalog["resources"].as_array();
    resources
        .into_iter()
        .flatten()
        .find(|resource| resource["type"] == "Notify" && resource["title"] == "text")
        .map_or(&Value::Null, |resource| &resource["parameters"]["message"])
}

/// The first lines that are not the same.
fn difference(theirs: &Value, ours: &Value) -> String {
    let (Some(theirs), Some(ours)) = (theirs.as_str(), ours.as_str()) else {
        return format!("theirs: {theirs}\nours:   {ours}");
    };
    let lines = theirs.split('\n').zip(ours.split('\n')).enumerate();
    for (number, (theirs, ours)) in lines {
        if theirs != ours {
            let line = number + 1;
            return format!("line {line}\ntheirs: {theirs:?}\nours:   {ours:?}");
        }
    }
    let (theirs, ours) = (theirs.split('\n').count(), ours.split('\n').count());
    format!("theirs has {theirs} lines, ours {ours}")
}

/// A message without where it was, on which node, and what Ruby guesses was meant.
fn core(message: &str) -> String {
    let message = message.rsplit("Detail: ").next().unwrap_or(message);
    let message = message.split(" (file: ").next().unwrap_or(message);
    let message = message.split(" on node ").next().unwrap_or(message);
    let message = message.split("\nDid you mean?").next().unwrap_or(message);
    message.trim().to_owned()
}

/// Counts by group and language.
#[derive(Clone, Debug, Default)]
pub struct Summary(BTreeMap<(Group, Kind), Counts>);

#[derive(Clone, Debug, Default)]
struct Counts {
    templates: BTreeSet<String>,
    equal: usize,
    same_error: usize,
    other_error: usize,
    ruby: usize,
    ruby_templates: BTreeSet<String>,
    differs: usize,
}

impl Summary {
    /// Counts one.
    pub fn add(&mut self, case: &Case, done: &Done) {
        let counts = self.0.entry((case.group, case.kind)).or_default();
        counts.templates.insert(case.template.clone());
        if done.ruby.is_some() {
            counts.ruby += 1;
            counts.ruby_templates.insert(case.template.clone());
        }
        match done.outcome {
            Outcome::Equal => counts.equal += 1,
            Outcome::BothRefuse => counts.same_error += 1,
            Outcome::RefuseOtherwise(_) => counts.other_error += 1,
            Outcome::Differs(_) => counts.differs += 1,
        }
    }

    /// The share of all templates that need Ruby in some case, in percent.
    pub fn ruby_share(&self) -> f64 {
        let all: usize = self.0.values().map(|counts| counts.templates.len()).sum();
        let ruby: usize = self
            .0
            .values()
            .map(|counts| counts.ruby_templates.len())
            .sum();
        100.0 * ruby as f64 / all.max(1) as f64
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((group, kind), counts) in &self.0 {
            let refused = counts.same_error + counts.other_error;
            let all = counts.equal + refused + counts.differs;
            writeln!(
                f,
                "{}, {kind:?}: of {all} cases from {} templates {} equal, {refused} that both \
                 refuse ({} with the same words), {} differ; {} need Ruby ({} templates)",
                group.title(),
                counts.templates.len(),
                counts.equal,
                counts.same_error,
                counts.differs,
                counts.ruby,
                counts.ruby_templates.len(),
            )?;
        }
        writeln!(f, "templates that need Ruby: {:.1}%", self.ruby_share())
    }
}
