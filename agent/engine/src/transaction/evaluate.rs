//! One resource: what is there, what has to change, and the change.

use std::time::Instant;

use ficelle_model::{
    Data,
    report::{Event, EventStatus, Level},
    schema::AttributeKind,
};
use ficelle_providers::{Change, Log as _, Managed, Mode, Place, ProviderError, State, Visibility};
use jiff::Timestamp;

use super::{Transaction, events::Signal};
use crate::{
    deferred,
    plan::{Kind, NodeId, parse},
    state::Known,
};

impl Transaction<'_> {
    /// Looks at a resource, changes what has to change, and queues the events.
    pub(super) fn evaluate(&mut self, id: NodeId) {
        let begun = Instant::now();
        if matches!(self.plan.nodes[id].kind, Kind::Deferred)
            && let Err(message) = self.compute(id)
        {
            self.fail(id, &message);
        }
        if matches!(self.plan.nodes[id].kind, Kind::Unsuitable) {
            let type_name = self.plan.nodes[id]
                .resource
                .reference
                .type_name
                .to_lowercase();
            let message = format!("Could not find a suitable provider for {type_name}");
            self.fail(id, &message);
        }
        if self.is_managed(id) && !self.outcomes[id].has_failed {
            self.observe_and_change(id);
        }
        let seconds = begun.elapsed().as_secs_f64();
        self.status(id).evaluation_time = Some(seconds);
        if self.surroundings.run.options.evaltrace {
            self.say(
                id,
                Level::Info,
                &format!("Evaluated in {seconds:.2} seconds"),
            );
        }
    }

    /// Computes the values of a resource that were left to this node.
    fn compute(&mut self, id: NodeId) -> Result<(), String> {
        let run = self.surroundings.run;
        let node = &mut self.plan.nodes[id];
        let resolved = deferred::resolve(&node.resource, run.resolver)?;
        let found = run
            .types
            .find(&resolved.reference.type_name)
            .expect("only resources of a known type are deferred");
        let managed = parse(found, &resolved).map_err(|error| error.to_string())?;
        node.resource = resolved;
        node.kind = Kind::Managed(managed);
        Ok(())
    }

    fn observe_and_change(&mut self, id: NodeId) {
        // Taken out while it works, so that what it does can be written down.
        let kind = std::mem::replace(&mut self.plan.nodes[id].kind, Kind::Inert);
        let Kind::Managed(managed) = kind else {
            self.plan.nodes[id].kind = kind;
            return;
        };
        let signals = self.work(id, &*managed);
        self.plan.nodes[id].kind = Kind::Managed(managed);
        if !self.outcomes[id].has_failed {
            self.queue_events(id, &signals);
        }
    }

    fn work(&mut self, id: NodeId, managed: &dyn Managed) -> Vec<Signal> {
        let node = &self.plan.nodes[id];
        let declared = &self.plan.declared;
        let observed = self
            .surroundings
            .with(node, declared, |context| managed.observe(context));
        let (mut state, changes) = match observed {
            Ok(observed) => observed,
            Err(error) => {
                self.say(id, Level::Err, &format!("Could not evaluate: {error}"));
                self.add_failure(id, &error.to_string());
                self.keep_stored(id);
                return Vec::new();
            }
        };
        self.audit(id, &changes);
        let mut signals = Vec::new();
        let mut has_changed = false;
        for change in &changes {
            let event = self.make(id, managed, change, &mut state);
            let is_success = event.status == EventStatus::Success;
            has_changed |= is_success;
            match event.status {
                EventStatus::Failure => self.outcomes[id].has_failed = true,
                _ => signals.push(Signal {
                    name: event.name.as_deref().unwrap_or_default().to_owned(),
                    is_real: is_success,
                    pending: change.pending,
                }),
            }
            self.status(id).add(event);
        }
        if has_changed {
            let node = &self.plan.nodes[id];
            let declared = &self.plan.declared;
            let flushed = self
                .surroundings
                .with(node, declared, |context| managed.flush(&mut state, context));
            if let Err(error) = flushed {
                self.say(id, Level::Err, &format!("Could not evaluate: {error}"));
                self.add_failure(id, &error.to_string());
            }
        }
        self.remember(id, &changes);
        signals
    }

    /// Makes one change, or says that it would be made.
    fn make(&self, id: NodeId, managed: &dyn Managed, change: &Change, state: &mut State) -> Event {
        let node = &self.plan.nodes[id];
        let voice = self.voice(id);
        let property = Place::Property(&change.property);
        if let Some(details) = &change.details {
            let details = details.trim_start_matches('\n');
            voice.write(node.level, property, &format!("\n{details}"));
        }
        let (status, mut message) = if node.mode == Mode::Noop {
            (EventStatus::Noop, change.noop_message())
        } else {
            let declared = &self.plan.declared;
            let made = self.surroundings.with(node, declared, |context| {
                managed.apply(change, state, context)
            });
            match made {
                Ok(()) => (EventStatus::Success, change.message.clone()),
                Err(error) => {
                    self.tell(&error);
                    (EventStatus::Failure, change.failure_message(&error))
                }
            }
        };
        let is_redacted = change.visibility == Visibility::Redacted;
        let is_corrective = !is_redacted && self.is_corrective(id, change);
        if is_corrective {
            message += " (corrective)";
        }
        let level = match status {
            EventStatus::Failure => Level::Err,
            _ => node.level,
        };
        voice.write(level, property, &message);
        Event {
            audited: false,
            property: Some(change.property.as_ref().into()),
            previous_value: change.old.data.clone(),
            desired_value: change.new.data.clone(),
            historical_value: Data::Undef,
            message: message.into(),
            name: Some(event_name(&node.resource.reference.type_name, change).into()),
            status,
            time: Timestamp::now(),
            redacted: is_redacted,
            corrective_change: Some(is_corrective),
        }
    }

    /// The reason alone, as a line of the run: what people look for when something failed.
    fn tell(&self, error: &ProviderError) {
        self.surroundings.run.journal.error(error.to_string());
    }

    /// Whether a change puts right what has drifted since the last run.
    fn is_corrective(&self, id: NodeId, change: &Change) -> bool {
        let resource = &self.plan.nodes[id].resource;
        let known = self
            .store
            .known(&resource.reference.to_string(), &change.property);
        let Some(known) = known else {
            return false;
        };
        match &known.system_value {
            Some(value) => *value != change.old.data,
            // It was as wanted, and what is wanted is the same.
            None => {
                let wanted = resource.parameters.get(&change.property);
                wanted.is_some_and(|wanted| *wanted == known.wanted)
            }
        }
    }

    /// Writes down how the properties stand at the end of this run.
    fn remember(&mut self, id: NodeId, changes: &[Change]) {
        let resource = &self.plan.nodes[id].resource;
        let name = resource.reference.to_string();
        let found = self
            .surroundings
            .run
            .types
            .find(&resource.reference.type_name);
        let Some(found) = found else { return };
        let is_property = |attribute: &str| {
            let attribute = found.schema().own_attribute(attribute);
            attribute.is_some_and(|one| one.kind == AttributeKind::Property)
        };
        let mut knowledge: Vec<(String, Known)> = Vec::new();
        for (property, value) in &resource.parameters {
            if *value == Data::Undef || resource.sensitive.contains(property) {
                continue;
            }
            if !is_property(property) || changes.iter().any(|one| one.property == **property) {
                continue;
            }
            let before = self.store.known(&name, property);
            let system_value = before
                .filter(|before| before.wanted == *value)
                .and_then(|before| before.system_value.clone());
            let known = Known {
                wanted: value.clone(),
                system_value,
            };
            knowledge.push((property.to_string(), known));
        }
        let status = self.report.resource_statuses.get(&*name);
        for change in changes {
            if change.visibility == Visibility::Redacted {
                continue;
            }
            let event = status.and_then(|status| {
                let mut events = status.events.iter().rev();
                events.find(|event| event.property.as_deref() == Some(&change.property))
            });
            let is_made = event.is_some_and(|event| event.status == EventStatus::Success);
            let wanted = resource.parameters.get(&change.property);
            let known = match self.store.known(&name, &change.property) {
                Some(before) if !is_made => before.clone(),
                _ => Known {
                    wanted: wanted.cloned().unwrap_or_default(),
                    system_value: Some(if is_made {
                        change.new.data.clone()
                    } else {
                        change.old.data.clone()
                    }),
                },
            };
            knowledge.push((change.property.to_string(), known));
        }
        // A property that the provider derives (the content behind a source) is known from the
        // last change of it.
        for (property, known) in self.store.known_of(&name) {
            let is_settled = knowledge.iter().any(|(name, _)| *name == property)
                || resource.parameters.contains_key(property.as_str());
            if !is_settled {
                knowledge.push((property, known));
            }
        }
        self.store.set(&name, knowledge);
    }
}

fn is_absent(data: &Data) -> bool {
    matches!(data.as_str(), Some("absent" | "purged"))
}

/// The name that the reference has for a change.
fn event_name(type_name: &str, change: &Change) -> String {
    if &*change.property != "ensure" {
        return format!("{}_changed", change.property);
    }
    let noun = match (type_name, change.new.data.as_str()) {
        ("File", Some("directory")) => return "directory_created".to_owned(),
        ("File", Some("link")) => return "link_created".to_owned(),
        ("Service", Some(word @ ("running" | "stopped"))) => {
            let verb = if word == "running" {
                "started"
            } else {
                "stopped"
            };
            return format!("service_{verb}");
        }
        _ => type_name.to_ascii_lowercase().replace("::", "_"),
    };
    if is_absent(&change.new.data) {
        format!("{noun}_removed")
    } else if is_absent(&change.old.data) {
        format!("{noun}_created")
    } else {
        format!("{noun}_changed")
    }
}
