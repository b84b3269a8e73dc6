//! Properties that are only watched (`audit`): what they were last time, and that they changed.

use ficelle_model::{
    Data,
    report::{Event, EventStatus, Level},
};
use ficelle_providers::{Change, Log as _, Place, Shown};
use jiff::Timestamp;

use super::Transaction;
use crate::plan::{Audit, NodeId};

impl Transaction<'_> {
    /// Compares the watched properties of a resource with what was recorded.
    pub(super) fn audit(&mut self, id: NodeId, changes: &[Change]) {
        let node = &self.plan.nodes[id];
        if node.audit == Audit::None {
            return;
        }
        let reference = node.resource.reference.to_string();
        let Some(found) = self
            .surroundings
            .run
            .types
            .find(&node.resource.reference.type_name)
        else {
            return;
        };
        let name = found.schema().name_of(&node.resource);
        let declared = &self.plan.declared;
        let instance = self
            .surroundings
            .with(node, declared, |context| found.instance(&name, context));
        let properties = match instance {
            Ok(Some(instance)) => instance.properties,
            Ok(None) => return,
            Err(error) => {
                self.say(id, Level::Err, &format!("Could not evaluate: {error}"));
                return;
            }
        };
        let watched = node.audit.clone();
        let mut events = Vec::new();
        for (property, current) in properties {
            let is_watched = match &watched {
                Audit::None => false,
                Audit::All => true,
                Audit::Properties(names) => names.contains(&property),
            };
            if !is_watched {
                continue;
            }
            let recorded = self.store.recorded(&reference, &property).cloned();
            let place = Place::Property(&property);
            match &recorded {
                None => {
                    let text = Shown::data(current.clone()).text;
                    let message = format!("audit change: newly-recorded value {}", bare(&text));
                    self.voice(id).write(Level::Notice, place, &message);
                }
                Some(recorded) if *recorded != current => {
                    let is_managed = changes.iter().any(|change| change.property == *property);
                    if !is_managed {
                        let event = audited(&property, recorded, &current);
                        self.voice(id)
                            .write(self.plan.nodes[id].level, place, &event.message);
                        events.push(event);
                    }
                }
                Some(_) => {}
            }
            self.store.record(&reference, &property, current);
        }
        let status = self.status(id);
        for event in events {
            status.add(event);
        }
    }
}

/// Without the quotes, as the reference writes a value that is new to it.
fn bare(text: &str) -> &str {
    text.trim_matches('\'')
}

fn audited(property: &str, recorded: &Data, current: &Data) -> Event {
    let old = Shown::data(recorded.clone()).text;
    let new = Shown::data(current.clone()).text;
    Event {
        audited: true,
        property: Some(property.into()),
        previous_value: current.clone(),
        desired_value: Data::Undef,
        historical_value: recorded.clone(),
        message: format!("audit change: previously recorded value {old} has been changed to {new}")
            .into(),
        name: Some(format!("{property}_changed").into()),
        status: EventStatus::Audit,
        time: Timestamp::now(),
        redacted: false,
        corrective_change: Some(false),
    }
}
