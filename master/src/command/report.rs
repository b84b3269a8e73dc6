//! `master report`: what became of runs.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use ficelle_model::{Certname, report::Report as Body};

use super::{block_on, local, node::pretty};
use crate::{installation::Installation, terminal::Terminal};

#[derive(Debug, Subcommand)]
pub enum Report {
    /// Lists reports, newest first.
    List {
        /// Of this node only.
        node: Option<String>,
        /// No more than this many.
        #[arg(long, default_value_t = 30)]
        limit: u32,
    },
    /// Shows a report: its log and its figures.
    Show {
        /// Its id, or a node for its newest.
        id: String,
        /// Prints it as JSON, as it came.
        #[arg(long)]
        json: bool,
    },
}

pub fn run(
    report: Report,
    installation: &Installation,
    terminal: &mut Terminal,
) -> Result<ExitCode> {
    installation.drop_privileges()?;
    block_on(async {
        let store = installation.store().await?;
        match report {
            Report::List { node, limit } => {
                let node = node.map(|name| Certname::from_typed(&name)).transpose()?;
                let head = [
                    "RECEIVED", "NODE", "STATUS", "CHANGED", "FAILED", "TOTAL", "ID",
                ];
                let mut rows = vec![head.map(str::to_owned).to_vec()];
                for report in store.reports(node.as_ref(), limit).await? {
                    let noop = if report.noop { " (noop)" } else { "" };
                    rows.push(vec![
                        local(report.received_at),
                        report.certname.to_string(),
                        format!("{}{noop}", report.status),
                        report.changed.to_string(),
                        report.failed.to_string(),
                        report.total.to_string(),
                        report.id,
                    ]);
                }
                terminal.table(&rows);
            }
            Report::Show { id, json } => {
                let mut body = store.report(&id).await?;
                if body.is_none()
                    && let Ok(name) = Certname::from_typed(&id)
                    && let Some(newest) = store.reports(Some(&name), 1).await?.first()
                {
                    body = store.report(&newest.id).await?;
                }
                let body = body.with_context(|| format!("Could not find report {id}"))?;
                if json {
                    terminal.bytes(&pretty(&body)?);
                } else {
                    show(&Body::from_json(&body)?, terminal);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn show(report: &Body, terminal: &mut Terminal) {
    terminal.line(format_args!("{}: {}", report.host, report.status.name()));
    for log in &report.logs {
        let source = if &*log.source == "Puppet" {
            ""
        } else {
            &log.source
        };
        let separator = if source.is_empty() { "" } else { ": " };
        terminal.line(format_args!(
            "{} {}: {source}{separator}{}",
            local(log.time.as_millisecond()),
            log.level.name(),
            log.message
        ));
    }
    for name in ["resources", "changes", "events"] {
        if let Some(metric) = report.metrics.get(name) {
            let figures = metric
                .values
                .iter()
                .map(|(name, _, value)| format!("{name} {value}"));
            terminal.line(format_args!(
                "{name}: {}",
                figures.collect::<Vec<_>>().join(", ")
            ));
        }
    }
}
