//! A catalog as a graph: what is managed, and what has to come before what.

mod cycles;
mod declared;
mod graph;
mod node;
mod relations;

use std::{collections::HashMap, sync::Arc};

use ficelle_model::{Catalog, Reference, Resource, schema::Titles};
use ficelle_providers::{Context, Managed, Parameters};

pub(crate) use cycles::find as find_cycles;
pub(crate) use declared::Declarations;
pub(crate) use graph::{Graph, Label, NodeId};
pub(crate) use node::{Audit, Kind, Node, Priority};

use crate::{
    deferred,
    error::{EngineError, place},
    types::Types,
};

/// Types that stand for something to others and do nothing themselves.
const INERT: [&str; 5] = ["Schedule", "Filebucket", "Whit", "Anchor", "Component"];

/// A catalog that can be applied.
pub(crate) struct Plan {
    pub(crate) nodes: Vec<Node>,
    pub(crate) graph: Graph,
    pub(crate) declared: Declarations,
    /// The container of a node.
    pub(crate) parents: HashMap<NodeId, NodeId>,
}

impl Plan {
    /// Reads a catalog: parameters, names, containment. Relationships follow in
    /// [`relations::connect`], once generated resources are in.
    pub(crate) fn read(
        catalog: &Catalog,
        types: &dyn Types,
        noop: bool,
    ) -> Result<Self, EngineError> {
        let mut plan = Self {
            nodes: Vec::with_capacity(catalog.resources.len() * 2),
            graph: Graph::default(),
            declared: Declarations::default(),
            parents: HashMap::new(),
        };
        for resource in &catalog.resources {
            if resource.is_virtual {
                continue;
            }
            let priority = Priority::of(plan.nodes.len());
            plan.declare(resource.clone(), types, noop, priority)?;
        }
        for edge in &catalog.edges {
            let source = plan.declared.find(&edge.source);
            let target = plan.declared.find(&edge.target);
            if let (Some(source), Some(target)) = (source, target) {
                plan.parents.entry(target).or_insert(source);
                plan.nodes[source].contents.push(target);
                plan.nodes[source].kind = Kind::Container { exit: source };
            }
        }
        for id in 0..plan.nodes.len() {
            plan.settle_path(id);
        }
        Ok(plan)
    }

    /// Adds a resource, under its title, its name and its aliases.
    pub(crate) fn declare(
        &mut self,
        resource: Resource,
        types: &dyn Types,
        noop: bool,
        priority: Priority,
    ) -> Result<NodeId, EngineError> {
        let kind = kind_of(&resource, types)?;
        let id = self.nodes.len();
        let mut names = node::aliases(&resource);
        names.extend(types.find(&resource.reference.type_name).and_then(|found| {
            // Where a part of the title is another attribute, the name alone is not the thing.
            let schema = found.schema();
            let is_whole = !matches!(schema.titles, Titles::Split { .. });
            (found.is_isomorphic() && is_whole).then(|| schema.name_of(&resource))
        }));
        names.retain(|name| **name != *resource.reference.title);
        for name in &names {
            let reference = Reference::new(&resource.reference.type_name, name.as_str());
            if let Some(other) = self.declared.find(&reference)
                && !differs_by_provider(&resource, &self.nodes[other].resource)
            {
                let other = &self.nodes[other].resource;
                return Err(EngineError::Duplicate {
                    place: place(&resource),
                    resource: resource.reference,
                    name: name.clone(),
                    other: other.reference.clone(),
                    other_place: place(other),
                });
            }
        }
        self.declared.insert(id, &resource, &names);
        self.nodes.push(Node::new(resource, kind, noop, priority));
        self.graph.add_node();
        Ok(id)
    }

    /// Adds a node that is no resource: the end of a container.
    pub(crate) fn add_exit(&mut self, of: NodeId, priority: Priority) -> NodeId {
        let id = self.nodes.len();
        let exit = self.nodes[of].exit(priority);
        self.nodes.push(exit);
        self.graph.add_node();
        id
    }

    /// Where a node begins: itself.
    pub(crate) fn exit_of(&self, id: NodeId) -> NodeId {
        match self.nodes[id].kind {
            Kind::Container { exit } => exit,
            _ => id,
        }
    }

    /// Works out from the containers above where a node stands.
    pub(crate) fn settle_path(&mut self, id: NodeId) {
        let mut above = Vec::new();
        let mut next = self.parents.get(&id).copied();
        while let Some(parent) = next {
            // A circle of containers is found as a cycle later; here it must only end.
            if above.len() > self.nodes.len() {
                break;
            }
            above.push(self.nodes[parent].segment());
            next = self.parents.get(&parent).copied();
        }
        above.reverse();
        above.push(self.nodes[id].segment());
        self.nodes[id].path = format!("/{}", above.join("/")).into();
        self.nodes[id].containment = above;
    }

    /// Adds what resources bring in before anything is applied. The errors are of those that could
    /// not say.
    pub(crate) fn generate(
        &mut self,
        types: &dyn Types,
        noop: bool,
        mut context: impl for<'c> FnMut(&Node, &Declarations, &mut dyn FnMut(&Context<'_>)),
    ) -> Result<Vec<(NodeId, String)>, EngineError> {
        let mut failures = Vec::new();
        let mut at = 0;
        // What is generated may generate in turn.
        while at < self.nodes.len() {
            let node = &self.nodes[at];
            let mut generated = Vec::new();
            if let Kind::Managed(managed) = &node.kind {
                context(
                    node,
                    &self.declared,
                    &mut |context| match managed.generate(context) {
                        Ok(resources) => generated = resources,
                        Err(error) => failures.push((at, error.to_string())),
                    },
                );
            }
            for (index, resource) in generated.into_iter().enumerate() {
                if self.declared.find(&resource.reference).is_some() {
                    continue;
                }
                let priority = self.nodes[at].priority.below(index);
                let child = self.adopt(at, resource, types, noop, priority)?;
                self.graph.add(at, child, Label::ORDER);
            }
            at += 1;
        }
        Ok(failures)
    }

    /// Adds a generated resource beside its parent, with the parent's tags.
    pub(crate) fn adopt(
        &mut self,
        parent: NodeId,
        mut resource: Resource,
        types: &dyn Types,
        noop: bool,
        priority: Priority,
    ) -> Result<NodeId, EngineError> {
        let origin = &self.nodes[parent].resource;
        resource.tags.extend(origin.tags.iter().cloned());
        if resource.file.is_none() {
            resource.file.clone_from(&origin.file);
            resource.line = origin.line;
        }
        let type_tag: Arc<str> = resource.reference.type_name.to_ascii_lowercase().into();
        resource.tags.insert(type_tag);
        let child = self.declare(resource, types, noop, priority)?;
        if let Some(&container) = self.parents.get(&parent) {
            self.parents.insert(child, container);
            self.nodes[container].contents.push(child);
        }
        self.settle_path(child);
        Ok(child)
    }

    /// Draws every relationship.
    pub(crate) fn connect(
        &mut self,
        types: &dyn Types,
        context: impl FnMut(&Node, &Declarations, &mut dyn FnMut(&Context<'_>)),
    ) -> Result<(), EngineError> {
        relations::connect(self, types, context)
    }
}

/// Packages of the same name from two package managers are two things.
fn differs_by_provider(left: &Resource, right: &Resource) -> bool {
    let provider = |resource: &Resource| resource.parameters.get("provider").cloned();
    &*left.reference.type_name == "Package" && provider(left) != provider(right)
}

/// What a resource is to the engine.
fn kind_of(resource: &Resource, types: &dyn Types) -> Result<Kind, EngineError> {
    let type_name = &*resource.reference.type_name;
    if matches!(type_name, "Class" | "Stage" | "Node") {
        return Ok(Kind::Container { exit: 0 });
    }
    if let Some(found) = types.find(type_name) {
        if deferred::is_pending(resource) {
            return Ok(Kind::Deferred);
        }
        return parse(found, resource).map(Kind::Managed);
    }
    if INERT.contains(&type_name) {
        return Ok(Kind::Inert);
    }
    if ficelle_model::schema::lookup(type_name).is_some() {
        return Ok(Kind::Unsuitable);
    }
    match resource.kind.as_deref() {
        Some("compilable_type" | "unknown") => Err(EngineError::UnknownType {
            type_name: type_name.to_owned(),
            place: place(resource),
        }),
        // A define. Servers before version 8 do not say what a type is.
        _ => Ok(Kind::Container { exit: 0 }),
    }
}

/// Reads a resource's parameters.
pub(crate) fn parse(
    found: &dyn ficelle_providers::ResourceType,
    resource: &Resource,
) -> Result<Box<dyn Managed>, EngineError> {
    let failed = |error| EngineError::Parameter {
        error,
        place: place(resource),
    };
    let parameters = Parameters::new(found.schema(), resource).map_err(failed)?;
    found.parse(&parameters).map_err(failed)
}
