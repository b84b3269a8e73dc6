//! The templates of Debian's modules, rendered here and by Debian's Puppet: for each a few sets of
//! variables of the kinds that its module gives it, and the two texts compared.

pub mod case;
pub mod find;
pub mod outcome;
pub mod shape;

use anyhow::{Context, Result};

use crate::modules::{
    ours::Ours,
    reference::{Mode, Places, Question, Reference},
    spread,
};
use case::Case;
use outcome::Outcome;

/// This project, with and without a Ruby that it may ask.
pub struct Sides {
    /// Without.
    pub native: Ours,
    /// With.
    pub with_ruby: Ours,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Done {
    /// The two texts compared.
    pub outcome: Outcome,
    /// Why it takes Ruby here, where it does.
    pub ruby: Option<String>,
}

/// Runs the cases on several threads, each with a reference of its own; the outcomes come in the
/// order of the cases.
pub fn run(cases: &[Case], ours: &Sides, places: &Places, threads: usize) -> Result<Vec<Done>> {
    spread(cases, places, threads, |case, reference| {
        one(case, ours, places, reference).with_context(|| case.id.clone())
    })
}

/// By the settings that modules of their time were written for: a template may ask for variables
/// that are not set.
fn one(case: &Case, ours: &Sides, places: &Places, reference: &mut Reference) -> Result<Done> {
    let facts = places.facts().join(format!("{}.json", case.facts));
    let facts = std::fs::read_to_string(&facts).with_context(|| facts.to_string())?;
    let question = Question {
        code: &case.code,
        // A template must not meet the classes of its module: a case has its own.
        module: "",
        facts: &case.facts,
        mode: Mode::Lenient,
        site: None,
        node: None,
    };
    let theirs = reference.ask(&question, &facts)?;
    let mut answer = ours.native.ask(&question, &reference.settings)?;
    let ruby = outcome::wants_ruby(&answer);
    if ruby.is_some() {
        answer = ours.with_ruby.ask(&question, &reference.settings)?;
    }
    Ok(Done {
        outcome: Outcome::of(&theirs, &answer),
        ruby,
    })
}
