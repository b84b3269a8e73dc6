//! What the catalog declares, by title, name and alias.

use std::collections::HashMap;

use ficelle_model::{Reference, Resource};
use ficelle_providers::Declared;
use indexmap::IndexMap;

use super::NodeId;

/// What is declared.
#[derive(Default)]
pub(crate) struct Declarations {
    places: HashMap<Reference, NodeId>,
    /// Copies by type: providers look at them while the nodes change.
    by_type: IndexMap<String, Vec<Resource>>,
}

impl Declarations {
    pub(super) fn insert(&mut self, id: NodeId, resource: &Resource, names: &[String]) {
        let type_name = &resource.reference.type_name;
        self.places.insert(resource.reference.clone(), id);
        for name in names {
            self.places
                .insert(Reference::new(type_name, name.as_str()), id);
        }
        self.by_type
            .entry(type_name.to_string())
            .or_default()
            .push(resource.clone());
    }

    /// The node of a reference; paths may end in slashes.
    pub(crate) fn find(&self, reference: &Reference) -> Option<NodeId> {
        if let Some(&found) = self.places.get(reference) {
            return Some(found);
        }
        let bare = reference.title.trim_end_matches('/');
        if &*reference.type_name == "File" && !bare.is_empty() && bare.len() < reference.title.len()
        {
            return self.places.get(&Reference::new("File", bare)).copied();
        }
        if &*reference.type_name == "Class" {
            let title = ficelle_model::qualified::capitalize(&reference.title);
            return self.places.get(&Reference::new("Class", title)).copied();
        }
        None
    }

    /// Every name of a type, with its node.
    pub(crate) fn names_of<'a>(
        &'a self,
        type_name: &'a str,
    ) -> impl Iterator<Item = (&'a str, NodeId)> + 'a {
        self.places
            .iter()
            .filter(move |(reference, _)| &*reference.type_name == type_name)
            .map(|(reference, id)| (&*reference.title, *id))
    }
}

impl Declared for Declarations {
    fn contains(&self, reference: &Reference) -> bool {
        self.find(reference).is_some()
    }

    fn of_type(&self, type_name: &str) -> Vec<&Resource> {
        let found = self.by_type.get(type_name);
        found.into_iter().flatten().collect()
    }
}
