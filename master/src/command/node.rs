//! `master node`: what is known of nodes.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use ficelle_model::Certname;
use jiff::Timestamp;

use super::{block_on, local};
use crate::{installation::Installation, terminal::Terminal};

#[derive(Debug, Subcommand)]
pub enum Node {
    /// Lists nodes, with their last runs.
    List,
    /// Shows a node: its last run, and its facts or its catalog.
    Show {
        /// The node.
        name: String,
        /// Prints its facts as JSON.
        #[arg(long, conflicts_with = "catalog")]
        facts: bool,
        /// Prints its last catalog as JSON.
        #[arg(long)]
        catalog: bool,
    },
    /// Marks nodes as gone: what they export is collected no more.
    Deactivate {
        /// The nodes.
        #[arg(required = true)]
        names: Vec<String>,
    },
}

pub fn run(node: Node, installation: &Installation, terminal: &mut Terminal) -> Result<ExitCode> {
    installation.drop_privileges()?;
    block_on(async {
        let store = installation.store().await?;
        match node {
            Node::List => {
                let head = ["NODE", "ENVIRONMENT", "STATUS", "LAST REPORT"];
                let mut rows = vec![head.map(str::to_owned).to_vec()];
                for node in store.nodes().await? {
                    let status = match node.deactivated_at {
                        Some(_) => "deactivated".to_owned(),
                        None => node.report_status.unwrap_or_else(|| "-".to_owned()),
                    };
                    rows.push(vec![
                        node.certname.to_string(),
                        node.environment.unwrap_or_else(|| "-".to_owned()),
                        status,
                        node.report_at.map_or_else(|| "-".to_owned(), local),
                    ]);
                }
                terminal.table(&rows);
            }
            Node::Show {
                name,
                facts,
                catalog,
            } => {
                let name = Certname::from_typed(&name)?;
                let node = store.node(&name).await?;
                let node = node.with_context(|| format!("Could not find node {name}"))?;
                if facts {
                    let kept = store.facts(&name).await?;
                    let kept = kept.with_context(|| format!("{name} has sent no facts"))?;
                    terminal.bytes(&pretty(&kept.json)?);
                } else if catalog {
                    let kept = store.catalog(&name).await?;
                    let kept = kept.with_context(|| format!("{name} has no catalog"))?;
                    terminal.bytes(&pretty(&kept.json)?);
                } else {
                    let time = |at: Option<i64>| at.map_or_else(|| "-".to_owned(), local);
                    let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
                    let row = |name: &str, value: String| vec![name.to_owned(), value];
                    terminal.table(&[
                        row("node", name.to_string()),
                        row("environment", text(node.environment)),
                        row("facts", time(node.facts_at)),
                        row("catalog", time(node.catalog_at)),
                        row("report", time(node.report_at)),
                        row("status", text(node.report_status)),
                        row("report id", text(node.report_id)),
                        row("deactivated", time(node.deactivated_at)),
                    ]);
                }
            }
            Node::Deactivate { names } => {
                let mut code = ExitCode::SUCCESS;
                for name in names {
                    let name = Certname::from_typed(&name)?;
                    if store
                        .deactivate(&name, Timestamp::now().as_millisecond())
                        .await?
                    {
                        terminal.line(format_args!("Deactivated {name}"));
                    } else {
                        terminal.error(&anyhow::anyhow!("Could not find node {name}"));
                        code = ExitCode::FAILURE;
                    }
                }
                return Ok(code);
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// JSON over several lines.
pub(super) fn pretty(json: &[u8]) -> Result<Vec<u8>> {
    let value: serde_json::Value = serde_json::from_slice(json)?;
    let mut text = serde_json::to_vec_pretty(&value)?;
    text.push(b'\n');
    Ok(text)
}
