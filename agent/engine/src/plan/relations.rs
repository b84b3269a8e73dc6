//! The edges: what manifests say, what types imply, and what containers make of both.
//!
//! A container has a beginning (its own node) and an end. Its contents come after the one and
//! before the other; what is said of the container is said of its beginning and end. Changes travel
//! the same way, which is how `notify` reaches into a class and out of it.

use ficelle_model::{
    Data, Reference, Resource,
    schema::{RelationKind, Target},
};
use ficelle_providers::Context;

use super::{Declarations, Graph, Kind, Label, Node, NodeId, Plan};
use crate::{
    error::{EngineError, place},
    types::Types,
};

/// `parameter`, whether the other one comes first, whether changes refresh.
const PARAMETERS: [(&str, Direction, Label); 4] = [
    ("before", Direction::Out, Label::ORDER),
    ("require", Direction::In, Label::ORDER),
    ("notify", Direction::Out, Label::REFRESH),
    ("subscribe", Direction::In, Label::REFRESH),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// The other one comes first.
    In,
    /// The other one comes after.
    Out,
}

impl Direction {
    fn ends(self, own: NodeId, other: NodeId) -> (NodeId, NodeId) {
        match self {
            Self::In => (other, own),
            Self::Out => (own, other),
        }
    }
}

pub(super) fn connect(
    plan: &mut Plan,
    types: &dyn Types,
    mut context: impl FnMut(&Node, &Declarations, &mut dyn FnMut(&Context<'_>)),
) -> Result<(), EngineError> {
    // Generated resources were put after their parents already.
    for id in 0..plan.nodes.len() {
        for (parameter, direction, label) in PARAMETERS {
            for target in targets(plan, id, parameter, direction)? {
                let (source, target) = direction.ends(id, target);
                plan.graph.add(source, target, label);
            }
        }
    }
    for id in 0..plan.nodes.len() {
        let mut relations = Vec::new();
        let node = &plan.nodes[id];
        if let Some(found) = types.find(&node.resource.reference.type_name) {
            relations = found.schema().relations_of(&node.resource);
        }
        if let Kind::Managed(managed) = &node.kind {
            context(node, &plan.declared, &mut |context| {
                relations.extend(managed.relations(context));
            });
        }
        for (kind, target) in relations {
            for other in implied(&plan.declared, &target) {
                imply(&mut plan.graph, id, other, kind);
            }
        }
    }
    enclose(plan);
    Ok(())
}

/// The nodes that a parameter names.
fn targets(
    plan: &Plan,
    id: NodeId,
    parameter: &'static str,
    direction: Direction,
) -> Result<Vec<NodeId>, EngineError> {
    let resource = &plan.nodes[id].resource;
    let Some(value) = resource.parameters.get(parameter) else {
        return Ok(Vec::new());
    };
    let mut references = Vec::new();
    gather(value, resource, parameter, &mut references)?;
    references
        .into_iter()
        .map(|target| {
            plan.declared
                .find(&target)
                .ok_or_else(|| EngineError::Missing {
                    role: match direction {
                        Direction::In => "dependency",
                        Direction::Out => "dependent",
                    },
                    target,
                    resource: resource.reference.clone(),
                    place: place(resource),
                })
        })
        .collect()
}

fn gather(
    value: &Data,
    resource: &Resource,
    parameter: &'static str,
    references: &mut Vec<Reference>,
) -> Result<(), EngineError> {
    let refuse = |value: &Data| EngineError::Relationship {
        parameter,
        resource: resource.reference.clone(),
        value: format!("{value:?}"),
        place: place(resource),
    };
    match value {
        Data::Undef => {}
        Data::Array(elements) => {
            for element in elements {
                gather(element, resource, parameter, references)?;
            }
        }
        Data::String(text) => {
            references.push(Reference::parse(text).ok_or_else(|| refuse(value))?);
        }
        Data::Typed(typed) => {
            let text = typed.value.as_str().and_then(Reference::parse);
            references.push(text.ok_or_else(|| refuse(value))?);
        }
        other => return Err(refuse(other)),
    }
    Ok(())
}

/// The nodes that a type's relation means.
fn implied(declared: &Declarations, target: &Target) -> Vec<NodeId> {
    match target {
        Target::One(reference) => declared.find(reference).into_iter().collect(),
        Target::FirstOf(references) => {
            let mut found = references.iter().filter_map(|one| declared.find(one));
            found.next().into_iter().collect()
        }
        Target::Below { type_name, path } => {
            let below = format!("{path}/");
            let mut found: Vec<NodeId> = declared
                .names_of(type_name)
                .filter(|(name, _)| name.starts_with(&below))
                .map(|(_, id)| id)
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        }
    }
}

/// What a type implies gives way to what a manifest says.
fn imply(graph: &mut Graph, own: NodeId, other: NodeId, kind: RelationKind) {
    let (direction, label) = match kind {
        RelationKind::Require => (Direction::In, Label::ORDER),
        RelationKind::Subscribe => (Direction::In, Label::REFRESH),
        RelationKind::Before => (Direction::Out, Label::ORDER),
        RelationKind::Notify => (Direction::Out, Label::REFRESH),
    };
    let (source, target) = direction.ends(own, other);
    if own != other && !graph.has(source, target) && !graph.has(target, source) {
        graph.add(source, target, label);
    }
}

/// Gives each container its end, and moves edges to where they belong.
fn enclose(plan: &mut Plan) {
    let containers: Vec<NodeId> = (0..plan.nodes.len())
        .filter(|&id| matches!(plan.nodes[id].kind, Kind::Container { .. }))
        .collect();
    for &id in &containers {
        let priority = plan.nodes[id].priority.clone();
        let exit = plan.add_exit(id, priority);
        plan.nodes[id].kind = Kind::Container { exit };
        // What comes after a container comes after its end.
        let after: Vec<_> = plan.graph.after(id).collect();
        for (target, label) in after {
            plan.graph.remove(id, target);
            plan.graph.add(exit, target, label);
        }
    }
    for &id in &containers {
        let exit = plan.exit_of(id);
        let contents = plan.nodes[id].contents.clone();
        if contents.is_empty() {
            plan.graph.add(id, exit, Label::ORDER);
        }
        for inner in contents {
            plan.graph.add(id, inner, Label::REFRESH);
            plan.graph.add(plan.exit_of(inner), exit, Label::REFRESH);
        }
    }
}
