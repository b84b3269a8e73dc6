//! Debian's modules, compiled here and by Debian's Puppet: for each class and define a few cases,
//! on three sets of facts, and the two catalogs compared.

pub mod case;
pub mod compare;
pub mod known;
pub mod library;
pub mod ours;
pub mod outcome;
pub mod reference;
pub mod sites;
pub mod value;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};

use case::Case;
use ours::Ours;
use outcome::Outcome;
use reference::{Answer, Mode, Places, Question, Reference};

/// Deeply nested code needs it.
const STACK: usize = 256 << 20;

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Done {
    /// The two catalogs compared.
    pub outcome: Outcome,
    /// By which settings.
    pub mode: Mode,
}

/// Runs the cases on several threads, each with a reference of its own; the results come in the
/// order of the cases.
pub fn run(cases: &[Case], ours: &Ours, places: &Places, threads: usize) -> Result<Vec<Done>> {
    spread(cases, places, threads, |case, reference| {
        let (outcome, mode) =
            one(case, ours, places, reference).with_context(|| case.id.clone())?;
        Ok(Done { outcome, mode })
    })
}

/// Runs each of the cases on one of several threads, with the reference of that thread; the
/// results come in the order of the cases. The first error of a thread ends it.
pub(crate) fn spread<C: Sync, D: Send>(
    cases: &[C],
    places: &Places,
    threads: usize,
    one: impl Fn(&C, &mut Reference) -> Result<D> + Sync,
) -> Result<Vec<D>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(cases.len()));
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            let mut reference = Reference::start(places)?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(case) = cases.get(number) else {
                    return Ok(());
                };
                let result = one(case, &mut reference)?;
                done.lock()
                    .expect("no thread panics")
                    .push((number, result));
            }
        };
        let threads = (0..threads)
            .map(|_| {
                std::thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, work)
            })
            .collect::<std::io::Result<Vec<_>>>()?;
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().expect("no thread panics"))
    })?;
    let mut done = done.into_inner().expect("no thread panics");
    done.sort_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// Strictly; where the reference refuses that, as leniently as modules of its time were written
/// for.
fn one(
    case: &Case,
    ours: &Ours,
    places: &Places,
    reference: &mut Reference,
) -> Result<(Outcome, Mode)> {
    let facts = places.facts().join(format!("{}.json", case.facts));
    let facts = std::fs::read_to_string(&facts).with_context(|| facts.to_string())?;
    let mut strict = None;
    for mode in [Mode::Strict, Mode::Lenient] {
        let question = Question {
            code: &case.code,
            module: &case.module,
            facts: &case.facts,
            mode,
            site: case.site.as_deref(),
            node: case.node.as_deref(),
        };
        let theirs = reference.ask(&question, &facts)?;
        let answer = ours.ask(&question, &reference.settings)?;
        let outcome = Outcome::of(&theirs, &answer);
        match (&theirs, &outcome, mode) {
            (Answer::Error(_), Outcome::BothRefuse(..), Mode::Strict) => strict = Some(outcome),
            (Answer::Error(_), Outcome::BothRefuse(..), Mode::Lenient) => {
                return Ok((strict.unwrap_or(outcome), Mode::Strict));
            }
            _ => return Ok((outcome, mode)),
        }
    }
    unreachable!("the second mode returns")
}
