//! `load`: posts requests for catalogs to a server, ours or Puppet's, and prints what it did.

use std::{
    fs,
    io::Write as _,
    net::{SocketAddr, ToSocketAddrs as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result};
use clap::Parser;
use tests::load::{Encoding, Figures, First, Identity, Load, Process, Request, Server};

/// Posts requests for catalogs, as agents do, and prints what came of it.
#[derive(Debug, Parser)]
struct Options {
    /// The server's name, as its certificate has it.
    #[arg(long, default_value = "control")]
    server: String,
    /// Where it listens.
    #[arg(long, default_value = "127.0.0.1:8140")]
    address: String,
    /// The node, whose certificate and key are used.
    #[arg(long)]
    node: String,
    /// An agent's ssldir: certs/ca.pem, certs/NODE.pem, private_keys/NODE.pem.
    #[arg(long)]
    ssldir: PathBuf,
    /// The environment.
    #[arg(long, default_value = "production")]
    environment: String,
    /// The facts: JSON, a flat hash or what an agent sends.
    #[arg(long)]
    facts: PathBuf,
    /// How many connections: one or several numbers, one measurement each.
    #[arg(long, value_delimiter = ',', default_value = "4")]
    connections: Vec<usize>,
    /// How long a measurement takes.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// For how long the server is warmed up before.
    #[arg(long, default_value_t = 2.0)]
    warm: f64,
    /// Ask for gzip, as agents do.
    #[arg(long)]
    gzip: bool,
    /// The server's process: its work and memory are printed too.
    #[arg(long)]
    process: Option<u32>,
    /// Where the first catalog is written.
    #[arg(long)]
    save: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let mut out = std::io::stdout().lock();
    let load = load(&options)?;
    let first = load.first()?;
    let First {
        took,
        body,
        resources,
    } = &first;
    writeln!(
        out,
        "first answer: {:.1} ms, {} bytes, {resources} resources",
        milliseconds(*took),
        body.len(),
    )?;
    if let Some(path) = &options.save {
        #[expect(
            clippy::disallowed_methods,
            reason = "the catalog goes where it was asked for"
        )]
        fs::write(path, body).with_context(|| path.display().to_string())?;
    }
    if options.warm > 0.0 {
        let most = options.connections.iter().copied().max().unwrap_or(1);
        load.run(most, Duration::from_secs_f64(options.warm))?;
    }
    writeln!(
        out,
        "connections catalogs per_second p50_ms p99_ms cpu_ms errors"
    )?;
    let mut errors = 0;
    for connections in &options.connections {
        let figures = load.run(*connections, Duration::from_secs_f64(options.seconds))?;
        errors += figures.errors;
        row(&mut out, *connections, &figures)?;
    }
    if let Some(process) = load.process {
        let (now, most) = process.memory()?;
        writeln!(out, "resident: {now} KiB now, {most} KiB at most")?;
    }
    Ok(ExitCode::from(u8::from(errors > 0)))
}

fn row(out: &mut impl std::io::Write, connections: usize, figures: &Figures) -> Result<()> {
    let cpu = figures.cpu_each().map_or_else(
        || "-".to_owned(),
        |each| format!("{:.2}", milliseconds(each)),
    );
    writeln!(
        out,
        "{connections:11} {:8} {:10.2} {:6.1} {:6.1} {cpu:>6} {:6}",
        figures.latencies.len(),
        figures.rate(),
        milliseconds(figures.quantile(0.5)),
        milliseconds(figures.quantile(0.99)),
        figures.errors,
    )?;
    Ok(out.flush()?)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn load(options: &Options) -> Result<Load> {
    let read = |path: &Path| fs::read(path).with_context(|| path.display().to_string());
    let ssl = |folder: &str, name: &str| {
        let path = options.ssldir.join(folder).join(format!("{name}.pem"));
        read(&path)
    };
    let identity = Identity::new(
        &ssl("certs", "ca")?,
        &ssl("certs", &options.node)?,
        &ssl("private_keys", &options.node)?,
    )?;
    let facts = String::from_utf8(read(&options.facts)?)?;
    let encoding = match options.gzip {
        true => Encoding::Agent,
        false => Encoding::Identity,
    };
    Ok(Load {
        server: Server {
            name: options.server.clone(),
            address: address(&options.address)?,
            identity,
        },
        request: Request::new(&options.node, &options.environment, &facts, encoding)?,
        process: options.process.map(Process),
    })
}

fn address(text: &str) -> Result<SocketAddr> {
    text.to_socket_addrs()?
        .next()
        .with_context(|| format!("{text} is no address"))
}
