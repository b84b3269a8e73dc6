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
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use case::{Case, Observed};
use exceptions::Exceptions;
use kinds::Runner;

/// Evaluating recurses as deep as code nests.
const STACK: usize = 256 << 20;

/// How long a case may take: one that hangs fails, and the others are still run.
const DEADLINE: Duration = Duration::from_secs(30);

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

/// Runs one case. A panic and silence are answers too, and wrong ones.
pub fn run(case: &Case, exceptions: &Exceptions) -> CaseResult {
    let Some(runner) = kinds::runner(&case.kind) else {
        return CaseResult {
            outcome: Outcome::NotRun,
            observed: None,
        };
    };
    let observed = answer(runner, case);
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

/// What the runner of a kind says to a case, on a thread of its own.
fn answer(runner: Runner, case: &Case) -> Observed {
    let (sender, receiver) = mpsc::channel();
    let case = case.clone();
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            let observed = catch_unwind(AssertUnwindSafe(|| runner(&case)))
                .unwrap_or_else(|_| Observed::error("the program panicked"));
            // Nobody listens any more where the deadline has passed.
            let _ = sender.send(observed);
        })
        .expect("a thread can be started");
    receiver
        .recv_timeout(DEADLINE)
        .unwrap_or_else(|_| Observed::error(format!("no answer within {DEADLINE:?}")))
}
