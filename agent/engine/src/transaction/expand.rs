//! Resources that come in at another's turn: what lies in a directory that is managed whole.

use ficelle_model::schema::Target;

use super::{Outcome, Transaction};
use crate::plan::{Kind, Label, NodeId};

impl Transaction<'_> {
    /// Has a resource bring in others. They come after it and before what depends on it, which
    /// from then on waits for a new end that stands for it and them.
    pub(super) fn expand(&mut self, id: NodeId) {
        let node = &self.plan.nodes[id];
        let Kind::Managed(managed) = &node.kind else {
            return;
        };
        let declared = &self.plan.declared;
        let brought = self
            .surroundings
            .with(node, declared, |context| managed.expand(context));
        let failure = |error: &dyn std::fmt::Display| {
            format!("Failed to generate additional resources using 'eval_generate': {error}")
        };
        let resources = match brought {
            Ok(resources) => resources,
            Err(error) => return self.fail(id, &failure(&error)),
        };
        let run = self.surroundings.run;
        let mut children = Vec::new();
        for (index, resource) in resources.into_iter().enumerate() {
            // What the catalog declares is managed as it says, in the place that it has there.
            if self.plan.declared.find(&resource.reference).is_some() {
                continue;
            }
            let priority = self.plan.nodes[id].priority.below(index);
            let noop = self.plan.nodes[id].mode == ficelle_providers::Mode::Noop;
            match self.plan.adopt(id, resource, run.types, noop, priority) {
                Ok(child) => {
                    self.add_outcome();
                    children.push(child);
                }
                Err(error) => self.fail(id, &failure(&error)),
            }
        }
        if children.is_empty() {
            return;
        }
        let priority = self.plan.nodes[id].priority.below(usize::MAX);
        let end = self.plan.add_exit(id, priority);
        self.add_outcome();
        let after: Vec<_> = self.plan.graph.after(id).collect();
        for (target, label) in after {
            self.plan.graph.remove(id, target);
            self.plan.graph.add(end, target, label);
        }
        for &child in &children {
            let above = self.nearest_above(child, &children).unwrap_or(id);
            self.plan.graph.add(above, child, Label::ORDER);
            self.plan.graph.add(child, end, Label::REFRESH);
        }
        self.plan.graph.add(id, end, Label::REFRESH);
        for node in children.into_iter().chain([end]) {
            self.blockers[node] = self.plan.graph.before(node).count();
        }
    }

    fn add_outcome(&mut self) {
        self.outcomes.push(Outcome::default());
        self.blockers.push(0);
    }

    /// The nearest directory above a child among its siblings.
    fn nearest_above(&self, child: NodeId, children: &[NodeId]) -> Option<NodeId> {
        let resource = &self.plan.nodes[child].resource;
        let found = self
            .surroundings
            .run
            .types
            .find(&resource.reference.type_name)?;
        let relations = found.schema().relations_of(resource);
        relations.into_iter().find_map(|(_, target)| match target {
            Target::FirstOf(above) => above
                .iter()
                .filter_map(|reference| self.plan.declared.find(reference))
                .find(|found| children.contains(found)),
            _ => None,
        })
    }
}
