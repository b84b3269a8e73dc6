//! How changes refresh what listens to them.

use ficelle_model::{
    Data,
    report::{Event, EventStatus, Level},
};
use ficelle_providers::Pending;
use indexmap::IndexMap;
use jiff::Timestamp;

use super::Transaction;
use crate::plan::{Kind, NodeId};

/// The events that wait for a node's turn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Queue {
    count: usize,
    /// Whether something really changed, and not only would have.
    is_real: bool,
}

/// An event on its way.
#[derive(Clone, Debug)]
pub(super) struct Signal {
    pub(super) name: String,
    pub(super) is_real: bool,
    /// What becomes of refreshes that wait for the node itself.
    pub(super) pending: Pending,
}

impl Transaction<'_> {
    /// Queues events of a node for what listens to it.
    pub(super) fn queue_events(&mut self, id: NodeId, signals: &[Signal]) {
        let mut groups: IndexMap<&str, Queue> = IndexMap::new();
        for signal in signals {
            let group = groups.entry(&signal.name).or_default();
            group.count += 1;
            group.is_real |= signal.is_real;
        }
        let listeners: Vec<NodeId> = self
            .plan
            .graph
            .after(id)
            .filter(|(target, label)| label.refresh && self.plan.nodes[*target].is_refreshable())
            .map(|(target, _)| target)
            .collect();
        for group in groups.values() {
            for &target in &listeners {
                let node = &self.plan.nodes[target];
                let name = node.name();
                if matches!(node.kind, Kind::Exit) {
                    let message = format!("The container {name} will propagate my refresh event");
                    self.say(id, Level::Debug, &message);
                } else {
                    self.say(id, Level::Info, &format!("Scheduling refresh of {name}"));
                }
                self.queue(target, *group);
            }
            if self.plan.nodes[id].refreshes_itself() {
                let name = self.plan.nodes[id].name();
                self.say(id, Level::Info, &format!("Scheduling refresh of {name}"));
                let one = Queue { count: 1, ..*group };
                self.queue(id, one);
            }
        }
        if signals.iter().any(|one| one.pending == Pending::Dropped) {
            self.drop_refresh(id);
        }
    }

    fn queue(&mut self, target: NodeId, events: Queue) {
        let queue = self.queues.entry(target).or_default();
        queue.count += events.count;
        queue.is_real |= events.is_real;
    }

    /// Forgets what waits for a node that is left out.
    pub(super) fn drop_events(&mut self, id: NodeId) {
        if self.queues.remove(&id).is_some() {
            let name = self.plan.nodes[id].name();
            self.say(
                id,
                Level::Info,
                &format!("Unscheduling all events on {name}"),
            );
        }
    }

    /// Forgets what waits for a resource that just became what a refresh would make of it.
    fn drop_refresh(&mut self, id: NodeId) {
        let name = self.plan.nodes[id].name();
        self.say(id, Level::Info, &format!("Unscheduling refresh on {name}"));
        self.queues.remove(&id);
    }

    /// Has a node answer to what waits for it.
    pub(super) fn process_events(&mut self, id: NodeId) {
        let Some(queue) = self.queues.remove(&id) else {
            return;
        };
        let node = &self.plan.nodes[id];
        let plural = if queue.count == 1 { "event" } else { "events" };
        let count = queue.count;
        if !queue.is_real || node.mode == ficelle_providers::Mode::Noop {
            let message = format!("Would have triggered 'refresh' from {count} {plural}");
            self.say(id, Level::Notice, &message);
            if !self.plan.nodes[id].is_anchor() {
                self.status(id);
            }
            self.queue_events(id, &[signal("noop_restart", false)]);
            return;
        }
        if node.is_anchor() {
            self.queue_events(id, &[signal("restarted", true)]);
            return;
        }
        let Kind::Managed(managed) = &node.kind else {
            return;
        };
        let declared = &self.plan.declared;
        let refreshed = self
            .surroundings
            .with(node, declared, |context| managed.refresh(context));
        match refreshed {
            Ok(()) => {
                let message = format!("Triggered 'refresh' from {count} {plural}");
                self.say(id, Level::Notice, &message);
                let status = self.status(id);
                status.add(event("refresh", EventStatus::Success, &message));
                status.restarted = true;
                self.queue_events(id, &[signal("restarted", true)]);
            }
            Err(error) => {
                let message = format!("Failed to call refresh: {error}");
                self.say(id, Level::Err, &message);
                let status = self.status(id);
                status.failed_to_restart = true;
                status.add(event("resource_error", EventStatus::Failure, &message));
                self.outcomes[id].has_failed = true;
            }
        }
    }

    /// Marks a resource as failed, and says so.
    pub(super) fn fail(&mut self, id: NodeId, message: &str) {
        self.say(id, Level::Err, message);
        self.add_failure(id, message);
    }

    /// Marks a resource as failed.
    pub(super) fn add_failure(&mut self, id: NodeId, message: &str) {
        self.outcomes[id].has_failed = true;
        self.status(id)
            .add(event("resource_error", EventStatus::Failure, message));
    }
}

fn signal(name: &str, is_real: bool) -> Signal {
    Signal {
        name: name.to_owned(),
        is_real,
        pending: Pending::Kept,
    }
}

/// An event of a resource as a whole.
fn event(name: &str, status: EventStatus, message: &str) -> Event {
    Event {
        audited: false,
        property: None,
        previous_value: Data::Undef,
        desired_value: Data::Undef,
        historical_value: Data::Undef,
        message: message.into(),
        name: Some(name.into()),
        status,
        time: Timestamp::now(),
        redacted: false,
        corrective_change: Some(false),
    }
}
