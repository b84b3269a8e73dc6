//! Runs recorded cases of the reference implementation and compares the answers.
//!
//! A case is input and what was observed ([`case`]); its `kind` names who runs it ([`kinds`]);
//! [`compare`] tells whether the answer is the same. Cases that are wrong for this project stand
//! in a list of [`exceptions`], each with its reason.

pub mod case;
pub mod compare;
pub mod compile;
mod evaluate;
pub mod exceptions;
pub mod kinds;
mod parse;
mod rich;
pub mod summary;
mod typeparse;

use std::panic::{AssertUnwindSafe, catch_unwind};

use case::{Case, Observed};
use exceptions::Exceptions;

/// How a case went.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The answer is the same.
    Pass,
    /// The answer differs, and the list of exceptions says why that is right.
    Excepted,
    /// The answer differs.
    Fail(String),
    /// Nobody runs this kind yet.
    NotRun,
}

impl Outcome {
    /// Whether the case counts as passed.
    pub fn passes(&self) -> bool {
        matches!(self, Outcome::Pass | Outcome::Excepted)
    }
}

/// What came out of one case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// How it went.
    pub outcome: Outcome,
    /// What this project answered; `None` where it was not run.
    pub observed: Option<Observed>,
}

/// Runs one case. A panic is an answer too, and a wrong one.
pub fn run(case: &Case, exceptions: &Exceptions) -> CaseResult {
    let Some(runner) = kinds::runner(&case.kind) else {
        return CaseResult {
            outcome: Outcome::NotRun,
            observed: None,
        };
    };
    let observed = catch_unwind(AssertUnwindSafe(|| runner(case)))
        .unwrap_or_else(|_| Observed::error("the program panicked"));
    let outcome = match compare::difference(case, &observed) {
        None => Outcome::Pass,
        Some(_) if exceptions.reason(&case.id).is_some() => Outcome::Excepted,
        Some(difference) => Outcome::Fail(difference),
    };
    CaseResult {
        outcome,
        observed: Some(observed),
    }
}
