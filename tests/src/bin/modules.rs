//! `modules --modules DIR --work DIR [--only NAME,…] [--sample N] [--case ID]`: compiles Debian's
//! modules and the project's own sites here and with Debian's Puppet and tells how many catalogs
//! are equal. The differences go to `WORK/differences`, what both sides refuse to `WORK/refused`.
//! Exits with 1 when one is neither equal nor known.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use tests::modules::case::{self, Case, Group};
use tests::modules::known::Known;
use tests::modules::library::Library;
use tests::modules::ours::Ours;
use tests::modules::outcome::{Outcome, Summary};
use tests::modules::reference::{Mode, Places};
use tests::modules::{run, sites};

#[derive(Default)]
struct Arguments {
    modules: Option<Utf8PathBuf>,
    work: Option<Utf8PathBuf>,
    only: Vec<String>,
    sample: Option<usize>,
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
            "--sample" => found.sample = Some(value()?.parse()?),
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
    let list = places.project.join("known.toml");
    let text = std::fs::read_to_string(&list).with_context(|| list.to_string())?;
    let known = Known::read(&text).context(list)?;
    let ours = Ours::open(&places)?;
    let cases = cases(&arguments, &places, &ours)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let done = run(&cases, &ours, &places, threads)?;

    let mut summary = Summary::default();
    let mut report = String::new();
    let mut refused = String::new();
    let (mut unknown, mut surprises) = (0, Vec::new());
    for (case, done) in cases.iter().zip(&done) {
        let entry = known.reason(&case.id);
        summary.add(case.group, &done.outcome, entry.is_some());
        match (&done.outcome, entry) {
            (Outcome::Differs(difference, text), entry) => {
                unknown += usize::from(entry.is_none());
                let settings = if done.mode == Mode::Lenient {
                    ", leniently"
                } else {
                    ""
                };
                writeln!(report, "==== {} [{difference:?}{settings}]", case.id)?;
                if let Some(entry) = entry {
                    writeln!(report, "known: {}", entry.reason)?;
                }
                writeln!(report, "{}{text}\n", case.code)?;
            }
            (Outcome::BothRefuse(same, text), _) => {
                let words = if *same {
                    "the same words"
                } else {
                    "other words"
                };
                writeln!(refused, "==== {} [{words}]\n{}{text}\n", case.id, case.code)?;
            }
            (Outcome::Equal, Some(_)) => surprises.push(&case.id),
            (Outcome::Equal, None) => {}
        }
    }
    let path = places.work.join("differences");
    write(&path, &report)?;
    write(&places.work.join("refused"), &refused)?;
    let mut out = std::io::stdout().lock();
    write!(out, "{summary}")?;
    for id in surprises {
        writeln!(out, "{id}: equal, though listed as different in known.toml")?;
    }
    if !report.is_empty() {
        writeln!(out, "what differs: {path}")?;
    }
    Ok(if unknown == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn write(path: &Utf8Path, text: &str) -> Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the report is what this tool is for"
    )]
    std::fs::write(path, text).with_context(|| path.to_string())
}

/// The cases that were asked for.
fn cases(arguments: &Arguments, places: &Places, ours: &Ours) -> Result<Vec<Case>> {
    let library = Library::read(&places.modules)?;
    let facts = ours.facts();
    let path = places.project.join("first.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.to_string())?;
    let first: BTreeMap<String, String> = serde_json::from_str(&text).context(path)?;
    let mut cases: Vec<Case> = library
        .modules
        .iter()
        .filter(|module| arguments.only.is_empty() || arguments.only.contains(&module.name))
        .flat_map(|module| {
            let first = first.get(&module.name).map(String::as_str);
            case::of_module(module, first, &library, &facts)
        })
        .collect();
    if arguments.only.is_empty() || arguments.only.iter().any(|name| name == "sites") {
        let checkout = Utf8PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        cases.extend(sites::cases(&checkout, &places.work)?);
    }
    if let Some(id) = &arguments.case {
        cases.retain(|case| case.id.starts_with(id));
    }
    if let Some(sample) = arguments.sample {
        // A fixed choice: the same cases for as long as their names stay.
        let rank = |case: &Case| {
            let mut hasher = DefaultHasher::new();
            case.id.hash(&mut hasher);
            hasher.finish()
        };
        let mut ranks: Vec<u64> = cases.iter().map(rank).collect();
        ranks.sort_unstable();
        if let Some(limit) = ranks.get(sample).copied() {
            cases.retain(|case| case.group == Group::Sites || rank(case) < limit);
        }
    }
    Ok(cases)
}
