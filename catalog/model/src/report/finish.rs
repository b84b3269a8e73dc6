//! What is counted when a run has ended: metrics, status, the summary of the last run.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Map, Number, Value, json};

use super::{EventStatus, Metric, Report, ResourceStatus, Status};
use crate::data::Data;

/// The states that `resources` counts, in the order of the format.
type State = (&'static str, fn(&ResourceStatus) -> bool);
const STATES: [State; 8] = [
    ("skipped", |status| status.skipped),
    ("failed", |status| status.failed),
    ("failed_to_restart", |status| status.failed_to_restart),
    ("restarted", |status| status.restarted),
    ("changed", |status| status.changed),
    ("out_of_sync", |status| status.out_of_sync),
    ("scheduled", |status| status.scheduled),
    ("corrective_change", |status| status.corrective_change),
];

impl Report {
    /// Counts and decides how the run went. `times` are seconds by what they were spent on, beside
    /// those of the resources (`config_retrieval`, `fact_generation`, `total`, …).
    pub fn finish(&mut self, times: &IndexMap<Arc<str>, f64>) {
        let statuses = || self.resource_statuses.values();
        self.corrective_change = statuses().any(|status| status.corrective_change);
        self.noop_pending = statuses()
            .flat_map(|status| &status.events)
            .any(|event| event.status == EventStatus::Noop);

        let mut resources = vec![("total", self.resource_statuses.len())];
        for (name, holds) in STATES {
            resources.push((name, statuses().filter(|status| holds(status)).count()));
        }
        let changes: usize = statuses().map(|status| status.change_count as usize).sum();
        let mut events: IndexMap<&str, usize> =
            [("total", 0), ("failure", 0), ("success", 0)].into();
        for event in statuses().flat_map(|status| &status.events) {
            events["total"] += 1;
            *events.entry(event.status.name()).or_default() += 1;
        }
        let mut seconds: IndexMap<Arc<str>, f64> = IndexMap::new();
        for status in statuses() {
            if let Some(time) = status.evaluation_time {
                let kind = status.resource_type.to_ascii_lowercase();
                *seconds.entry(kind.into()).or_default() += time;
            }
        }
        for (name, time) in times {
            seconds.insert(name.clone(), *time);
        }

        let failed = resources
            .iter()
            .any(|&(name, count)| matches!(name, "failed" | "failed_to_restart") && count > 0);
        self.status = if failed || !self.transaction_completed {
            Status::Failed
        } else if changes > 0 {
            Status::Changed
        } else {
            Status::Unchanged
        };
        let count = |(name, count): (&str, usize)| (Arc::from(name), Number::from(count));
        let seconds = seconds
            .into_iter()
            .filter_map(|(name, time)| Some((name, Number::from_f64(time)?)));
        self.metrics = IndexMap::new();
        self.measure("resources", resources.into_iter().map(count));
        self.measure("time", seconds);
        self.measure("changes", [count(("total", changes))]);
        self.measure("events", events.into_iter().map(count));
    }

    fn measure(&mut self, name: &str, figures: impl IntoIterator<Item = (Arc<str>, Number)>) {
        let mut values: Vec<_> = figures
            .into_iter()
            .map(|(name, figure)| {
                let text = label(&name);
                (name, Arc::<str>::from(text), figure)
            })
            .collect();
        values.sort_by(|left, right| left.1.cmp(&right.1));
        let metric = Metric {
            name: name.into(),
            label: label(name).into(),
            values,
        };
        self.metrics.insert(name.into(), metric);
    }

    /// What `--detailed-exitcodes` tells: 2 for changes, 4 for failures, 6 for both.
    pub fn exit_code(&self) -> u8 {
        let figure = |metric, name| self.metrics.get(metric).map_or(0.0, |m| m.value(name));
        let changed = figure("changes", "total") > 0.0;
        let failed = figure("resources", "failed") + figure("resources", "failed_to_restart") > 0.0;
        u8::from(changed) * 2 + u8::from(failed) * 4
    }

    /// What `last_run_summary.yaml` holds.
    pub fn summary(&self, mode: &str, initial_environment: &str, now: Timestamp) -> Value {
        let mut summary = Map::new();
        let version = match &self.configuration_version {
            Data::Integer(number) => json!(number),
            Data::String(text) => json!(&**text),
            _ => Value::Null,
        };
        let versions = json!({"config": version, "puppet": &*self.puppet_version});
        let application = json!({
            "run_mode": mode,
            "initial_environment": initial_environment,
            "converged_environment": self.environment.as_deref(),
        });
        summary.insert("version".to_owned(), versions);
        summary.insert("application".to_owned(), application);
        for (name, metric) in &self.metrics {
            let figures = metric.values.iter();
            let mut figures: Map<String, Value> = figures
                .map(|(name, _, figure)| (name.to_string(), figure.clone().into()))
                .collect();
            if &**name != "time" {
                figures.entry("total").or_insert(json!(0));
            }
            summary.insert(name.to_string(), figures.into());
        }
        let time = summary.entry("time").or_insert_with(|| json!({}));
        time["last_run"] = json!(now.as_second());
        summary.into()
    }
}

/// `failed_to_restart` to `Failed to restart`.
fn label(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    let rest = characters.as_str().to_ascii_lowercase().replace('_', " ");
    first.into_iter().collect::<String>() + &rest
}
