//! A load of requests for catalogs, as agents send them: mutual TLS, one kept connection for each
//! of them, facts in the form. It is light, so that it can share the machine with the server
//! that it measures: a body is counted, not read; the first one alone is looked into.

mod client;
mod figures;
mod request;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

pub use client::{Identity, Server};
pub use figures::{Figures, Process};
pub use request::{Encoding, Request};

use client::{Answer, Connection};

/// What is done to a server.
pub struct Load {
    /// Who is asked.
    pub server: Server,
    /// What is asked.
    pub request: Request,
    /// Whose work is looked at.
    pub process: Option<Process>,
}

/// What the first answer held.
#[derive(Clone, Debug)]
pub struct First {
    /// How long it took.
    pub took: Duration,
    /// The body.
    pub body: Vec<u8>,
    /// How many resources stand in it.
    pub resources: usize,
}

impl Load {
    /// Asks once, and looks at the answer.
    ///
    /// # Errors
    /// The server refuses, or answers with no catalog.
    pub fn first(&self) -> Result<First> {
        let mut body = Vec::new();
        let started = Instant::now();
        let answer = Connection::open(&self.server)?.ask(
            &self.request.bytes(&self.server, Encoding::Identity),
            Some(&mut body),
        )?;
        let took = started.elapsed();
        if answer.status != 200 {
            let text = String::from_utf8_lossy(&body);
            bail!("status {}: {text:.800}", answer.status);
        }
        let catalog: serde_json::Value =
            serde_json::from_slice(&body).context("the answer is no JSON")?;
        let resources = catalog["resources"]
            .as_array()
            .context("the answer is no catalog")?
            .len();
        Ok(First {
            took,
            body,
            resources,
        })
    }

    /// Asks over `connections` at once, again and again, for that long.
    ///
    /// # Errors
    /// A connection cannot be made, or breaks.
    pub fn run(&self, connections: usize, time: Duration) -> Result<Figures> {
        let request = Arc::new(self.request.bytes(&self.server, self.request.encoding));
        let open = (0..connections).map(|_| Connection::open(&self.server));
        let open = open.collect::<Result<Vec<_>>>()?;
        let before = self.process.map(Process::cpu).transpose()?;
        let started = Instant::now();
        let until = started + time;
        let workers = open.into_iter().map(|connection| {
            let request = Arc::clone(&request);
            thread::spawn(move || ask_until(connection, &request, until))
        });
        let workers: Vec<_> = workers.collect();
        let mut figures = Figures::default();
        for worker in workers {
            let one = worker.join().expect("a worker does not panic")?;
            figures.latencies.extend(one.latencies);
            figures.errors += one.errors;
            figures.bytes += one.bytes;
        }
        figures.elapsed = started.elapsed();
        if let (Some(process), Some(before)) = (self.process, before) {
            figures.cpu = Some(process.cpu()?.saturating_sub(before));
        }
        figures.latencies.sort_unstable();
        Ok(figures)
    }
}

fn ask_until(mut connection: Connection, request: &[u8], until: Instant) -> Result<Figures> {
    let mut figures = Figures::default();
    loop {
        let started = Instant::now();
        if started >= until {
            return Ok(figures);
        }
        let Answer { status, length } = connection.ask(request, None)?;
        figures.latencies.push(started.elapsed());
        figures.bytes += length;
        figures.errors += usize::from(status != 200);
    }
}
