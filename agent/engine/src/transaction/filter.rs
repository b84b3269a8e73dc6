//! Which resources are left out: tags, schedules, failed dependencies.

use ficelle_model::{Resource, report::Level};

use super::{Transaction, schedule};
use crate::plan::NodeId;

impl Transaction<'_> {
    /// Why a node is left out; none where it is not.
    pub(super) fn reason_to_skip(&mut self, id: NodeId) -> Option<String> {
        let options = self.surroundings.run.options;
        let resource = &self.plan.nodes[id].resource;
        if options.skip_tags.iter().any(|tag| is_tagged(resource, tag)) {
            return Some(format!(
                "Skipping with skip tags {}",
                options.skip_tags.join(", ")
            ));
        }
        if !options.tags.is_empty() && !options.tags.iter().any(|tag| is_tagged(resource, tag)) {
            return Some(format!("Not tagged with {}", options.tags.join(", ")));
        }
        match self.is_scheduled(id) {
            Ok(true) => {}
            Ok(false) => return Some("Not scheduled".to_owned()),
            Err(message) => {
                self.fail(id, &message);
                return Some(message);
            }
        }
        if self.outcomes[id].failed_dependencies.is_empty() {
            return None;
        }
        // Containers hand failures on in silence.
        if !self.plan.nodes[id].is_anchor() {
            for dependency in self.outcomes[id].failed_dependencies.clone() {
                if self.told.insert(dependency) {
                    let name = self.plan.nodes[dependency].name();
                    let message = format!("Dependency {name} has failures: true");
                    self.say(id, Level::Notice, &message);
                }
            }
            let message = "Skipping because of failed dependencies";
            self.say(id, Level::Warning, message);
        }
        Some("Skipped".to_owned())
    }

    fn is_scheduled(&mut self, id: NodeId) -> Result<bool, String> {
        let node = &self.plan.nodes[id];
        let Some(name) = node.schedule.clone() else {
            return Ok(true);
        };
        if self.surroundings.run.options.ignore_schedules {
            return Ok(true);
        }
        let schedule = schedule::Schedule::find(&name, &self.plan.declared)?;
        let now = jiff::Timestamp::try_from(self.surroundings.run.system.now())
            .unwrap_or_default()
            .to_zoned(jiff::tz::TimeZone::system());
        let reference = node.resource.reference.to_string();
        let last = self.store.checked(&reference);
        let fits = schedule.fits(last, &now);
        if fits {
            self.store.set_checked(&reference, now.timestamp());
        }
        Ok(fits)
    }
}

/// Tags are compared in lower case; a qualified one (`apache::vhost`) as a whole.
fn is_tagged(resource: &Resource, tag: &str) -> bool {
    let tag = tag.trim().to_ascii_lowercase();
    let reference = &resource.reference;
    resource.tags.iter().any(|own| **own == *tag)
        || reference.type_name.to_ascii_lowercase() == tag
        || (&*reference.type_name == "Class" && reference.title.to_ascii_lowercase() == tag)
}
