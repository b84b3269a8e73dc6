//! `templates --modules DIR --work DIR [--only NAME,…] [--case ID]`: renders the templates of
//! Debian's modules here and with Debian's Puppet and tells how many texts are equal, and which
//! share needs Ruby. What differs, and what needs Ruby, goes to `WORK/templates`. Exits with 1 when
//! a text differs, or when more of all templates need Ruby than may.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::Utf8PathBuf;
use tests::modules::library::Library;
use tests::modules::ours::Ours;
use tests::modules::reference::Places;
use tests::templates::case::{self, Case};
use tests::templates::find;
use tests::templates::outcome::{Outcome, Summary};
use tests::templates::{Sides, run};

/// How many percent of the templates may need Ruby.
const RUBY: f64 = 5.0;

#[derive(Default)]
struct Arguments {
    modules: Option<Utf8PathBuf>,
    work: Option<Utf8PathBuf>,
    only: Vec<String>,
    case: Option<String>,
}

fn arguments() -> Result<Arguments> {
    let mut found = Arguments::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--modules" => found.modules = Some(value()?.into()),
            "--work" => found.work = Some(value()?.into()),
            "--only" => found.only = value()?.split(',').map(str::to_owned).collect(),
            "--case" => found.case = Some(value()?),
            other => bail!("unknown option {other}"),
        }
    }
    Ok(found)
}

fn main() -> Result<ExitCode> {
    let arguments = arguments()?;
    let project = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/interop/modules"));
    let modules = arguments
        .modules
        .clone()
        .context("--modules DIR is needed")?;
    let digest = modules.with_extension("digest");
    let places = Places {
        digest: std::fs::read_to_string(&digest).with_context(|| digest.to_string())?,
        modules,
        work: arguments.work.clone().context("--work DIR is needed")?,
        project,
    };
    let ours = Sides {
        native: Ours::native(&places)?,
        with_ruby: Ours::open(&places)?,
    };
    let cases = cases(&arguments, &places, &ours.native)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let results = run(&cases, &ours, &places, threads)?;

    let mut summary = Summary::default();
    let mut report = String::new();
    let mut differing = 0;
    for (case, done) in cases.iter().zip(&results) {
        summary.add(case, done);
        if let Some(why) = &done.ruby {
            writeln!(report, "==== {} needs Ruby: {why}", case.id)?;
        }
        match &done.outcome {
            Outcome::Differs(how) => {
                differing += 1;
                writeln!(report, "==== {} differs\n{}{how}\n", case.id, case.code)?;
            }
            Outcome::RefuseOtherwise(words) => {
                writeln!(
                    report,
                    "==== {} is refused with other words\n{words}",
                    case.id
                )?;
            }
            Outcome::Equal | Outcome::BothRefuse => {}
        }
    }
    let path = places.work.join("templates");
    #[expect(
        clippy::disallowed_methods,
        reason = "the report is what this tool is for"
    )]
    std::fs::write(&path, &report).with_context(|| path.to_string())?;
    let mut out = std::io::stdout().lock();
    write!(out, "{summary}")?;
    if !report.is_empty() {
        writeln!(out, "what differs, and what needs Ruby: {path}")?;
    }
    let is_all = arguments.only.is_empty() && arguments.case.is_none();
    let is_native = !is_all || summary.ruby_share() < RUBY;
    Ok(if differing == 0 && is_native {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The cases that were asked for.
fn cases(arguments: &Arguments, places: &Places, ours: &Ours) -> Result<Vec<Case>> {
    let library = Library::read(&places.modules)?;
    let facts = ours.facts();
    let known = facts_known(places)?;
    let mut templates = find::templates(&places.modules, &library)?;
    templates
        .retain(|template| arguments.only.is_empty() || arguments.only.contains(&template.module));
    let mut cases: Vec<Case> = templates
        .iter()
        .flat_map(|template| case::of_template(template, &library, &facts, &known))
        .collect();
    if let Some(id) = &arguments.case {
        cases.retain(|case| case.id.starts_with(id));
    }
    Ok(cases)
}

/// The names of all facts.
fn facts_known(places: &Places) -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for entry in places.facts().read_dir_utf8()? {
        let text = std::fs::read(entry?.path())?;
        let facts: serde_json::Value = serde_json::from_slice(&text)?;
        let values = facts["values"].as_object();
        known.extend(values.into_iter().flatten().map(|(name, _)| name.clone()));
    }
    Ok(known)
}
