//! The command line. Settings stand anywhere as flags, under Puppet's names; the rest is the
//! command's.

use std::process::ExitCode;

use anyhow::Result;
use camino::Utf8PathBuf;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use ficelle_model::settings::split_flags;

use crate::{
    command::{self, Format},
    installation::Installation,
    logging, serve, supervisor,
    terminal::Terminal,
};

/// Serves a site, and administers it.
///
/// Every setting of puppet.conf can be given as a flag: --confdir, --vardir, --ssldir, --codedir,
/// --config, --serverport, …
#[derive(Debug, Parser)]
#[command(name = "master", version, arg_required_else_help = false)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves agents until it is stopped. With --manifests DIR, DIR is the production environment.
    Serve,
    /// Requests and certificates.
    #[command(subcommand)]
    Cert(command::cert::Cert),
    /// The authority's key, for another master or a safe.
    #[command(subcommand)]
    Ca(command::ca::Ca),
    /// What is known of nodes.
    #[command(subcommand)]
    Node(command::node::Node),
    /// What became of runs.
    #[command(subcommand)]
    Report(command::report::Report),
    /// Compiles a node's catalog and prints it as JSON. Settings that count: --environment,
    /// --environmentpath, --manifest, --modulepath.
    Compile(Compile),
    /// Prints the value that Hiera's data has for a key.
    Lookup(command::lookup::Lookup),
    /// Evaluates code and prints the value of its last statement.
    Eval(Eval),
    /// Reads manifests and templates (*.epp) and says what is wrong with them.
    Validate(Validate),
    /// Prints the tree of manifests.
    Dump(Dump),
    /// Keys and encrypted values for Hiera's data.
    #[command(subcommand)]
    Eyaml(command::eyaml::Eyaml),
}

#[derive(Args, Debug)]
pub struct Compile {
    /// The node.
    pub node: String,
    /// Its facts (JSON or YAML), in place of those that it sent last.
    #[arg(long)]
    pub facts: Option<Utf8PathBuf>,
    /// How diagnostics are written; json puts the catalog into the same document.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Args, Debug)]
pub struct Eval {
    /// A file with code; without one, standard input is read.
    pub file: Option<String>,
    /// The code.
    #[arg(short, long, value_name = "CODE", conflicts_with = "file")]
    pub execute: Option<String>,
    /// The node; without one, this host.
    #[arg(long)]
    pub node: Option<String>,
    /// A file with facts (JSON or YAML), over those that the node sent last.
    #[arg(long)]
    pub facts: Option<Utf8PathBuf>,
    /// How diagnostics are written; json puts the value into the same document.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Args, Debug)]
pub struct Validate {
    /// Files; a directory stands for the manifests below it.
    #[arg(required = true)]
    pub files: Vec<Utf8PathBuf>,
    /// How diagnostics are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Args, Debug)]
pub struct Dump {
    /// The notation: pn (Puppet Notation) or json (the same in JSON).
    #[arg(long, default_value = "pn", value_parser = ["pn", "json"])]
    pub format: String,
    /// Files.
    #[arg(required = true)]
    pub files: Vec<Utf8PathBuf>,
}

/// Runs what the arguments say.
pub fn run(arguments: impl Iterator<Item = String>, terminal: &mut Terminal) -> Result<ExitCode> {
    let (flags, rest) = split_flags(arguments, &[])?;
    let cli = match Cli::try_parse_from(std::iter::once("master".to_owned()).chain(rest)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help is an error to clap, but none to whoever asked for it.
            let code = u8::try_from(error.exit_code()).unwrap_or(1);
            error.print()?;
            return Ok(ExitCode::from(code));
        }
    };
    let command = match cli.command {
        Some(command) => command,
        None if supervisor::is_present() => Command::Serve,
        None => {
            terminal.line(Cli::command().render_long_help());
            return Ok(ExitCode::from(2));
        }
    };
    match command {
        Command::Validate(validate) => {
            let run = |terminal: &mut Terminal| command::validate::run(&validate, terminal);
            command::told("validate", validate.format, terminal, run)
        }
        Command::Dump(dump) => command::dump::run(&dump, terminal),
        Command::Eyaml(eyaml) => command::eyaml::run(eyaml, terminal),
        Command::Serve => {
            serve::run(&Installation::new(flags)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Cert(cert) => {
            logging::quiet();
            command::cert::run(cert, &Installation::new(flags)?, terminal)
        }
        Command::Ca(ca) => {
            logging::quiet();
            command::ca::run(ca, &Installation::new(flags)?, terminal)
        }
        Command::Node(node) => {
            logging::quiet();
            command::node::run(node, &Installation::new(flags)?, terminal)
        }
        Command::Report(report) => {
            logging::quiet();
            command::report::run(report, &Installation::new(flags)?, terminal)
        }
        Command::Compile(compile) => {
            logging::quiet();
            command::told("compile", compile.format, terminal, |terminal| {
                command::compile::run(&compile, &Installation::new(flags)?, terminal)
            })
        }
        Command::Lookup(lookup) => {
            logging::quiet();
            command::told("lookup", lookup.format, terminal, |terminal| {
                command::lookup::run(&lookup, &Installation::new(flags)?, terminal)
            })
        }
        Command::Eval(eval) => {
            logging::quiet();
            command::told("eval", eval.format, terminal, |terminal| {
                command::eval::run(&eval, &Installation::new(flags)?, terminal)
            })
        }
    }
}
