//! The command line: options under the names that people have in their fingers, and every setting
//! as a flag.

use std::{process::ExitCode, sync::Arc};

use anyhow::Result;
use clap::{Parser, Subcommand};
use ficelle_model::{report::Level, settings::split_flags};

use crate::{
    command,
    configuration::Configuration,
    control::Control,
    daemon,
    journal::{Colour, Console},
    lock::Disabled,
};

/// Keeps this host as its master describes it.
///
/// Without a subcommand it stays in the foreground and asks every --runinterval. Every setting of
/// puppet.conf can be given as a flag: --server, --environment, --certname, --noop, --tags,
/// --waitforcert, --runinterval, --splay, --daemonize, --confdir, --vardir, --ssldir, --serverport, …
#[derive(Debug, Parser)]
#[command(name = "agent", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// One run in the foreground, with all that is worth knowing: --onetime --verbose
    /// --no-daemonize --no-usecacheonfailure --no-use_cached_catalog --detailed-exitcodes
    /// --no-splay --show_diff. A flag beside it wins: -t --usecacheonfailure.
    #[arg(short = 't', long, global = true)]
    pub test: bool,
    /// Tell by the exit code what happened: 2 for changes, 4 for failures, 6 for both.
    #[arg(long, global = true)]
    pub detailed_exitcodes: bool,
    /// Say what is going on.
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Say everything.
    #[arg(short, long, global = true)]
    pub debug: bool,
    /// No runs until --enable; the reason is shown to whoever tries.
    #[arg(long, num_args = 0..=1, default_missing_value = "reason not specified")]
    disable: Option<String>,
    /// Allow runs again.
    #[arg(long)]
    enable: bool,
    /// Print the fingerprint of this node's certificate, or else of its request.
    #[arg(long)]
    fingerprint: bool,
    /// Remove this node's key, certificate and request, and what it knows of its authority.
    #[arg(long)]
    clean: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints the facts of this host.
    Facts(command::facts::Facts),
    /// Applies a manifest without a master.
    Apply(command::apply::Apply),
    /// Shows a resource of this host as it is, or makes it as it should be.
    Resource(command::resource::Resource),
}

/// The settings that `--test` stands for.
const TEST: [(&str, &str); 6] = [
    ("onetime", "true"),
    ("daemonize", "false"),
    ("usecacheonfailure", "false"),
    ("use_cached_catalog", "false"),
    ("splay", "false"),
    ("show_diff", "true"),
];

/// Runs what the arguments say.
pub fn run(arguments: impl Iterator<Item = String>) -> Result<ExitCode> {
    let all: Vec<String> = arguments.collect();
    let (mut flags, rest) = split_flags(all.iter().cloned(), &[])?;
    let cli = match Cli::try_parse_from(std::iter::once("agent".to_owned()).chain(rest)) {
        Ok(cli) => cli,
        Err(error) => {
            error.print()?;
            // Help is an error to clap, but none to whoever asked for it; and 2, which clap gives
            // for a mistake, is what --detailed-exitcodes gives for changes.
            return Ok(match error.use_stderr() {
                true => ExitCode::FAILURE,
                false => ExitCode::SUCCESS,
            });
        }
    };
    if cli.test {
        for (name, value) in TEST {
            flags.insert_default(name, value);
        }
    }
    let configuration = Configuration::load(flags)?;
    let settings = &configuration.settings;
    let level = if cli.debug {
        Level::Debug
    } else if cli.verbose || cli.test {
        Level::Info
    } else {
        Level::parse(&settings.text("log_level")?).unwrap_or(Level::Notice)
    };
    let colour = Colour::from_settings(settings)?;
    let console = Arc::new(Console::new(level, colour, &settings.text("logdest")?)?);
    if cli.debug {
        trace();
    }
    let is_detailed = cli.detailed_exitcodes || cli.test;
    if let Some(command) = cli.command {
        return match command {
            Command::Facts(facts) => command::facts::run(&facts, &configuration, &console),
            Command::Apply(apply) => {
                command::apply::run(&apply, is_detailed, &configuration, &console)
            }
            Command::Resource(one) => command::resource::run(&one, &configuration, &console),
        };
    }
    let disabled = Disabled::new(settings.path("agent_disabled_lockfile")?);
    if let Some(reason) = &cli.disable {
        disabled.set(reason)?;
        return Ok(ExitCode::SUCCESS);
    }
    if cli.enable {
        disabled.clear()?;
        return Ok(ExitCode::SUCCESS);
    }
    if cli.fingerprint {
        return command::identity::fingerprint(&configuration, &console);
    }
    if cli.clean {
        return command::identity::clean(&configuration, &console);
    }
    for warning in configuration.warnings() {
        ficelle_model::report::Journal::warning(&*console, warning);
    }
    let is_once = settings.boolean("onetime")?;
    if settings.boolean("daemonize")? && !is_once && !daemon::is_detached() {
        return daemon::detach(&all);
    }
    let control = Control::listen()?;
    let daemon = daemon::Daemon::new(configuration, console, control);
    if is_once {
        return daemon.once(is_detailed);
    }
    daemon.stay(&all)
}

/// What libraries below tell, for who looks for a fault.
fn trace() {
    let filter = tracing_subscriber::EnvFilter::new("debug,hyper=info,h2=info,reqwest=info");
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time();
    // Only the first subscriber of a process counts.
    let _ = subscriber.try_init();
}
