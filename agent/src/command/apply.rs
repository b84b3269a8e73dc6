//! `agent apply`: a manifest, compiled here and applied here.

use std::{fs, process::ExitCode, sync::Arc, thread};

use anyhow::{Context as _, Result};
use camino::Utf8PathBuf;
use clap::Args;
use ficelle_compiler::{
    Authenticated, CompileRequest, Compiled, DiskInputs, Environment, Level as Loudness,
    Strictness, Trusted, compile,
};
use ficelle_model::{
    Report, Tags,
    data::DataHash,
    report::{Journal as _, Level, Log},
};
use ficelle_ruby::Pool;
use indexmap::IndexMap;
use jiff::Timestamp;

use crate::{configuration::Configuration, control::Control, journal::Console, run};

/// As on the master's threads.
const STACK: usize = 64 * 1024 * 1024;

/// Applies a manifest without a master. Settings that count: --modulepath, --environmentpath,
/// --environment, --noop, --tags, …
#[derive(Args, Debug)]
pub struct Apply {
    /// The manifest.
    #[arg(required_unless_present = "execute")]
    file: Option<Utf8PathBuf>,
    /// Code in place of a file.
    #[arg(short, long, conflicts_with = "file")]
    execute: Option<String>,
    /// Only read the manifest.
    #[arg(long)]
    parseonly: bool,
}

pub fn run(
    arguments: &Apply,
    is_detailed: bool,
    configuration: &Configuration,
    console: &Arc<Console>,
) -> Result<ExitCode> {
    let began = std::time::Instant::now();
    let compiled = match compiled(arguments, configuration, console) {
        Ok(compiled) => compiled,
        Err(error) => {
            console.failure(&error);
            return Ok(ExitCode::FAILURE);
        }
    };
    for log in &compiled.logs {
        console.write(line(log));
    }
    let catalog = &compiled.catalog;
    console.notice(format!(
        "Compiled catalog for {} in environment {} in {:.2} seconds",
        catalog.name,
        catalog.environment,
        began.elapsed().as_secs_f64()
    ));
    if arguments.parseonly {
        return Ok(ExitCode::SUCCESS);
    }
    let control = Control::listen()?;
    let files = run::modules::Modules::new(&configuration.system, module_path(configuration)?);
    let mut report = Report::new(catalog.name.as_str(), Timestamp::now());
    report.puppet_version = ficelle_model::PUPPET_VERSION.into();
    report.environment = Some(catalog.environment.as_str().into());
    console.record();
    let stop = || control.is_stopping();
    let has_applied = run::apply(configuration, console, catalog, &files, &stop, &mut report)?;
    let total = began.elapsed().as_secs_f64();
    report.logs = console.recorded_lines();
    report.finish(&IndexMap::from([("total".into(), total)]));
    let environment = catalog.environment.as_str();
    run::last_run(&configuration.settings)?.write(&report, environment, Timestamp::now())?;
    Ok(match has_applied {
        false => ExitCode::FAILURE,
        true if is_detailed => ExitCode::from(report.exit_code()),
        true => ExitCode::SUCCESS,
    })
}

fn compiled(
    arguments: &Apply,
    configuration: &Configuration,
    console: &Console,
) -> Result<Compiled> {
    let settings = &configuration.settings;
    let name = configuration.environment()?;
    let certname = configuration.certname()?;
    let facts = run::facts(configuration, console, &certname, Some(&name))?;
    let mut trusted = Trusted::new(&certname);
    trusted.authenticated = Authenticated::Local;
    let mut request = CompileRequest::new(certname, Arc::new(facts));
    request.trusted = trusted.into_hash();
    request.settings.strict = match settings.text("strict")?.as_str() {
        "off" => Strictness::Off,
        "warning" => Strictness::Warning,
        _ => Strictness::Error,
    };
    request.settings.strict_variables = settings.boolean("strict_variables")?;
    request.server_facts = DataHash::from_iter([("environment".into(), name.as_str().into())]);
    let ruby = Pool::new(ficelle_ruby::Settings::read(settings)?);
    let disk = DiskInputs::new().with_ruby(Arc::new(ruby));
    let manifest = match (&arguments.execute, &arguments.file) {
        (Some(code), _) => {
            request.code = Some(code.as_str().into());
            None
        }
        (None, Some(file)) => {
            let path = fs::canonicalize(file).with_context(|| format!("cannot read {file}"))?;
            Some(Utf8PathBuf::try_from(path)?)
        }
        (None, None) => None,
    };
    let modules = module_path(configuration)?;
    let environment = Environment::bare(name, modules, manifest, &disk)?;
    let work = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || compile(&request, &environment, &disk))?;
    let done = work.join();
    let done = done.map_err(|_| anyhow::anyhow!("internal error: the compile panicked"))?;
    Ok(done?)
}

/// Where modules are looked for.
fn module_path(configuration: &Configuration) -> Result<Vec<Utf8PathBuf>> {
    let settings = &configuration.settings;
    if settings.is_set("modulepath") {
        return Ok(settings.paths("modulepath")?);
    }
    let name = configuration.environment()?;
    let own = settings.path("environmentpath")?.join(name.as_str());
    let mut modules = vec![own.join("modules")];
    modules.extend(settings.paths("basemodulepath")?);
    Ok(modules)
}

/// What the compile said, as a line of the log.
fn line(log: &ficelle_compiler::LogMessage) -> Log {
    let level = match log.level {
        Loudness::Debug => Level::Debug,
        Loudness::Info => Level::Info,
        Loudness::Notice => Level::Notice,
        Loudness::Warning => Level::Warning,
        Loudness::Error => Level::Err,
        _ => Level::Crit,
    };
    let source = match &*log.source {
        "" => Arc::from("Puppet"),
        _ => Arc::clone(&log.source),
    };
    Log {
        level,
        message: Arc::clone(&log.message),
        source,
        tags: Tags::from_iter([Arc::from(level.name())]),
        time: Timestamp::now(),
        file: log.file.clone(),
        line: log.line,
    }
}
