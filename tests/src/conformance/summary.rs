//! Counting how the cases of each area went.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Outcome;
use super::case::Case;

/// Counts of an area.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    cases: usize,
    passed: usize,
    excepted: usize,
    not_run: usize,
}

/// How everything went.
#[derive(Debug, Default)]
pub struct Summary {
    areas: BTreeMap<String, Counts>,
    failures: Vec<(String, String, String)>,
}

impl Summary {
    /// Counts a case.
    pub fn add(&mut self, case: &Case, outcome: &Outcome) {
        let area = format!("{}/{}", case.kind, case.area);
        let counts = self.areas.entry(area.clone()).or_default();
        counts.cases += 1;
        counts.passed += usize::from(outcome.passes());
        counts.excepted += usize::from(matches!(outcome, Outcome::Excepted));
        counts.not_run += usize::from(matches!(outcome, Outcome::NotRun));
        if let Outcome::Fail(difference) = outcome {
            self.failures
                .push((case.id.clone(), area, difference.clone()));
        }
    }

    /// Whether every case passed.
    pub fn all_passed(&self) -> bool {
        self.areas
            .values()
            .all(|counts| counts.passed == counts.cases)
    }

    /// Writes the areas, the failing cases and the sum.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut total = Counts::default();
        for (area, counts) in &self.areas {
            total.cases += counts.cases;
            total.passed += counts.passed;
            total.excepted += counts.excepted;
            total.not_run += counts.not_run;
            let note = match counts.not_run {
                0 => "",
                _ => "  not run yet by this runner",
            };
            writeln!(
                out,
                "{area:<44} {:>5} / {:<5}{note}",
                counts.passed, counts.cases
            )?;
        }
        for (id, area, difference) in &self.failures {
            writeln!(out, "\nFAIL {id} ({area})\n     {difference}")?;
        }
        let share = 100.0 * total.passed as f64 / total.cases.max(1) as f64;
        writeln!(
            out,
            "\n{} of {} cases pass ({share:.2} %), {} of them by exception; {} not run",
            total.passed, total.cases, total.excepted, total.not_run
        )
    }
}
