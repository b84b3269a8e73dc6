//! What became of one resource, event by event.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::{data::Data, tags::Tags};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventStatus {
    /// It would have been made.
    Noop,
    /// It was made.
    Success,
    /// It could not be made.
    Failure,
    /// A value that is only watched is another one than in the last run.
    Audit,
}

impl EventStatus {
    /// The name it has in reports and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Audit => "audit",
        }
    }
}

/// A change of one property, or an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Whether the property is watched.
    #[serde(default, deserialize_with = "wire::flag")]
    pub audited: bool,
    /// The property; none for what happened to the resource as a whole.
    #[serde(default)]
    pub property: Option<Arc<str>>,
    /// What it was.
    #[serde(with = "wire::data", default)]
    pub previous_value: Data,
    /// What it should be.
    #[serde(with = "wire::data", default)]
    pub desired_value: Data,
    /// What it was in the last run, of a watched property.
    #[serde(with = "wire::data", default)]
    pub historical_value: Data,
    /// For people.
    #[serde(default)]
    pub message: Arc<str>,
    /// `content_changed`, `file_created`, `restarted`, `resource_error`, …
    #[serde(default)]
    pub name: Option<Arc<str>>,
    /// What became of it.
    pub status: EventStatus,
    /// When.
    #[serde(with = "wire::time")]
    pub time: Timestamp,
    /// Whether the values were left out because they are sensitive.
    #[serde(default, deserialize_with = "wire::flag")]
    pub redacted: bool,
    /// Whether a drift was put right (and not something new was wanted).
    #[serde(default)]
    pub corrective_change: Option<bool>,
}

/// What became of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceStatus {
    /// Its title.
    pub title: Arc<str>,
    /// The file of its declaration.
    #[serde(default)]
    pub file: Option<Arc<str>>,
    /// The line of its declaration.
    #[serde(default)]
    pub line: Option<u32>,
    /// `File[/etc/motd]`
    pub resource: Arc<str>,
    /// `File`
    pub resource_type: Arc<str>,
    /// The provider that did the work.
    #[serde(default)]
    pub provider_used: Option<Arc<str>>,
    /// From `Stage[main]` down to the resource.
    #[serde(default)]
    pub containment_path: Vec<Arc<str>>,
    /// Seconds spent on it; none when it was skipped before that.
    #[serde(default)]
    pub evaluation_time: Option<f64>,
    /// Its tags.
    #[serde(default)]
    pub tags: Tags,
    /// When it was looked at.
    #[serde(with = "wire::time")]
    pub time: Timestamp,
    /// Whether something failed.
    #[serde(default, deserialize_with = "wire::flag")]
    pub failed: bool,
    /// Whether its refresh failed.
    #[serde(default, deserialize_with = "wire::flag")]
    pub failed_to_restart: bool,
    /// Whether something was changed.
    #[serde(default, deserialize_with = "wire::flag")]
    pub changed: bool,
    /// Whether something was not as it should be.
    #[serde(default, deserialize_with = "wire::flag")]
    pub out_of_sync: bool,
    /// Whether it was left out: tags, schedule, failed dependencies.
    #[serde(default, deserialize_with = "wire::flag")]
    pub skipped: bool,
    /// How many properties were changed.
    #[serde(default)]
    pub change_count: u32,
    /// How many properties were not as they should be.
    #[serde(default)]
    pub out_of_sync_count: u32,
    /// What happened.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Whether a drift was put right.
    #[serde(default, deserialize_with = "wire::flag")]
    pub corrective_change: bool,
    /// Whether it was refreshed; counted, but not written.
    #[serde(skip)]
    pub restarted: bool,
    /// Whether its schedule let it be looked at; counted, but not written.
    #[serde(skip)]
    pub scheduled: bool,
}

impl ResourceStatus {
    /// The status of a resource that was not looked at yet.
    pub fn new(resource_type: &str, title: &str, time: Timestamp) -> Self {
        Self {
            title: title.into(),
            file: None,
            line: None,
            resource: format!("{resource_type}[{title}]").into(),
            resource_type: resource_type.into(),
            provider_used: None,
            containment_path: Vec::new(),
            evaluation_time: None,
            tags: Tags::default(),
            time,
            failed: false,
            failed_to_restart: false,
            changed: false,
            out_of_sync: false,
            skipped: false,
            change_count: 0,
            out_of_sync_count: 0,
            events: Vec::new(),
            corrective_change: false,
            restarted: false,
            scheduled: false,
        }
    }

    /// Adds an event and counts it.
    pub fn add(&mut self, event: Event) {
        match event.status {
            EventStatus::Failure => self.failed = true,
            EventStatus::Success => {
                self.change_count += 1;
                self.changed = true;
            }
            EventStatus::Noop | EventStatus::Audit => {}
        }
        if event.status != EventStatus::Audit {
            self.out_of_sync_count += 1;
            self.out_of_sync = true;
        }
        self.corrective_change |= event.corrective_change == Some(true);
        self.events.push(event);
    }
}
