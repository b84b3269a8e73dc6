//! Node definitions: which one is the node's.
//!
//! Source: puppet-docs, `lang_node_definitions.md`, "Matching".

use std::sync::Arc;

use ficelle_language::{Error, Evaluated, Evaluator, scope::Matches, values::Regexp};
use ficelle_model::Reference;
use ficelle_syntax::ast::ResourceForm;

use super::{Compiler, declare::Site, kinds::Kind, resources::Parameters};
use crate::loader::{Node, NodeMatch};

impl Compiler<'_> {
    /// Declares and evaluates the node definition that fits: the name, else the first expression
    /// that matches, else `default`.
    pub(super) fn evaluate_node(&self, evaluator: &Evaluator<'_>) -> Evaluated<()> {
        let nodes = self.definitions.nodes();
        if nodes.is_empty() {
            return Ok(());
        }
        let Some(node) = self.matching_node(&nodes)? else {
            let name = &self.node_name;
            let mut error = Error::complete(format!(
                "Could not find node statement with name 'default' or '{name}'"
            ));
            error.location = Some(Default::default());
            return Err(error.into());
        };
        let reference = Reference {
            type_name: "Node".into(),
            title: node.name.clone(),
        };
        let top = self.top();
        let site = Site {
            evaluator,
            scope: &top,
            location: &Default::default(),
            form: ResourceForm::Regular,
        };
        let kind = Kind::Node(Arc::clone(node));
        let declared = self.declared(reference, kind, Parameters::default(), site)?;
        self.tag_catalog(&declared.tags);
        let id = self.add(declared)?;
        self.evaluate(id, evaluator)
    }

    fn matching_node<'n>(&self, nodes: &'n [Arc<Node>]) -> Evaluated<Option<&'n Arc<Node>>> {
        let name = self.node_name.to_lowercase();
        let named = |wanted: &str| {
            nodes
                .iter()
                .find(|node| matches!(node.matching, NodeMatch::Name) && *node.name == *wanted)
        };
        if let Some(node) = named(&name) {
            return Ok(Some(node));
        }
        for node in nodes {
            let NodeMatch::Regexp(source) = &node.matching else {
                continue;
            };
            if let Some(groups) = self.groups(source, &name)? {
                *self.node_groups.borrow_mut() = Some(groups);
                return Ok(Some(node));
            }
        }
        Ok(named("default"))
    }

    fn groups(&self, source: &Arc<str>, name: &str) -> Evaluated<Option<Matches>> {
        let groups = Regexp::of(source)
            .captures(name)
            .map_err(|error| Error::new(error.to_string()))?;
        Ok(groups.map(Matches::from))
    }
}
