//! What a run tells of itself: Puppet's report, format 12.
//!
//! Source: the Puppet documentation, "Report format" (version 12). The types follow the format
//! field by field; `wire` holds what JSON needs beyond that.

mod finish;
mod journal;
mod status;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use journal::{Journal, Memory};
pub use status::{Event, EventStatus, ResourceStatus};
pub use wire::{MAX_BYTES, ReportError};

use crate::{data::Data, tags::Tags};

/// The version of the format.
pub const FORMAT: u32 = 12;

/// How serious a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For who looks for a fault.
    Debug,
    /// What is going on.
    Info,
    /// Something changed.
    Notice,
    /// Something is odd.
    Warning,
    /// Something failed.
    Err,
    /// Something failed that needs a person now.
    Alert,
    /// The system cannot be used.
    Emerg,
    /// Something important failed.
    Crit,
}

impl Level {
    /// The name it has in reports and in `loglevel`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Err => "err",
            Self::Alert => "alert",
            Self::Emerg => "emerg",
            Self::Crit => "crit",
        }
    }

    /// The level of a name; `None` for what is no level.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "debug" | "verbose" => Self::Debug,
            "info" => Self::Info,
            "notice" => Self::Notice,
            "warning" => Self::Warning,
            "err" => Self::Err,
            "alert" => Self::Alert,
            "emerg" => Self::Emerg,
            "crit" => Self::Crit,
            _ => return None,
        })
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// How serious.
    pub level: Level,
    /// The text.
    pub message: Arc<str>,
    /// Who says it: `Puppet`, or a resource's or property's path.
    pub source: Arc<str>,
    /// The tags of the resource, and the level.
    #[serde(default)]
    pub tags: Tags,
    /// When.
    #[serde(with = "wire::time")]
    pub time: Timestamp,
    /// The manifest's file.
    #[serde(default)]
    pub file: Option<Arc<str>>,
    /// The manifest's line.
    #[serde(default)]
    pub line: Option<u32>,
}

/// Figures of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// `resources`, `time`, `changes`, `events`
    pub name: Arc<str>,
    /// The same for people.
    pub label: Arc<str>,
    /// Name, label and figure.
    pub values: Vec<(Arc<str>, Arc<str>, serde_json::Number)>,
}

impl Metric {
    /// One figure, 0 where it is not there.
    pub fn value(&self, name: &str) -> f64 {
        let found = self.values.iter().find(|value| &*value.0 == name);
        found.and_then(|value| value.2.as_f64()).unwrap_or_default()
    }
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Something failed, or the run did not come to its end.
    Failed,
    /// Something was changed.
    Changed,
    /// All was as it should be.
    Unchanged,
}

impl Status {
    /// `failed`, `changed` or `unchanged`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Where the catalog came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CachedCatalogStatus {
    /// From the master.
    NotUsed,
    /// From the cache, as the settings asked.
    ExplicitlyRequested,
    /// From the cache, because the master gave none.
    OnFailure,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The node.
    pub host: Arc<str>,
    /// When the run began.
    #[serde(with = "wire::time")]
    pub time: Timestamp,
    /// The catalog's version, a number or a text.
    #[serde(with = "wire::data", default)]
    pub configuration_version: Data,
    /// The run's own name, also given with its request for a catalog.
    #[serde(default)]
    pub transaction_uuid: Option<Arc<str>>,
    /// [`FORMAT`]
    pub report_format: u32,
    /// The version of the agent.
    #[serde(default)]
    pub puppet_version: Arc<str>,
    /// How it went.
    pub status: Status,
    /// Whether every resource was looked at.
    #[serde(default, deserialize_with = "wire::flag")]
    pub transaction_completed: bool,
    /// Whether the run was not to change anything.
    #[serde(default, deserialize_with = "wire::flag")]
    pub noop: bool,
    /// Whether something would have been changed.
    #[serde(default, deserialize_with = "wire::flag")]
    pub noop_pending: bool,
    /// The environment.
    #[serde(default)]
    pub environment: Option<Arc<str>>,
    /// What was logged.
    #[serde(default)]
    pub logs: Vec<Log>,
    /// Figures by name.
    #[serde(default)]
    pub metrics: IndexMap<Arc<str>, Metric>,
    /// What became of each resource, by its reference.
    #[serde(default, deserialize_with = "wire::statuses")]
    pub resource_statuses: IndexMap<Arc<str>, ResourceStatus>,
    /// Whether something had drifted and was put right.
    #[serde(default, deserialize_with = "wire::flag")]
    pub corrective_change: bool,
    /// The master that gave the catalog.
    #[serde(
        default,
        alias = "master_used",
        skip_serializing_if = "Option::is_none"
    )]
    pub server_used: Option<Arc<str>>,
    /// The catalog's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog_uuid: Option<Arc<str>>,
    /// The code's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_id: Option<Arc<str>>,
    /// The name of the job that asked for this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_id: Option<Arc<str>>,
    /// Where the catalog came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_catalog_status: Option<CachedCatalogStatus>,
}

impl Report {
    /// The report of a run that begins; failed until it is finished.
    pub fn new(host: impl Into<Arc<str>>, time: Timestamp) -> Self {
        Self {
            host: host.into(),
            time,
            configuration_version: Data::Undef,
            transaction_uuid: None,
            report_format: FORMAT,
            puppet_version: "".into(),
            status: Status::Failed,
            transaction_completed: false,
            noop: false,
            noop_pending: false,
            environment: None,
            logs: Vec::new(),
            metrics: IndexMap::new(),
            resource_statuses: IndexMap::new(),
            corrective_change: false,
            server_used: None,
            catalog_uuid: None,
            code_id: None,
            job_id: None,
            cached_catalog_status: None,
        }
    }
}
