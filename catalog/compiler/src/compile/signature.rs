//! The parameters of a class or define as types, and what does not fit them.

use std::sync::Arc;

use ficelle_language::{
    Type, Value,
    types::mismatch::{self, Parameter},
    values::HashMap,
};

use ficelle_model::Reference;
use rustc_hash::FxHashMap;

use super::resources::Parameter as Given;
use crate::types::is_metaparameter;

/// The parameters of a definition.
#[derive(Debug)]
pub(super) struct Signature {
    members: Vec<Parameter>,
    /// Where each name stands in `members`: some defines have hundreds.
    places: FxHashMap<Arc<str>, usize>,
}

impl Signature {
    /// Takes names, types, and whether there is a default.
    pub(super) fn new(members: Vec<(Arc<str>, Type, bool)>) -> Self {
        let members: Vec<Parameter> = members
            .into_iter()
            .map(|(name, parameter_type, has_default)| Parameter {
                name,
                parameter_type,
                is_required: !has_default,
            })
            .collect();
        let names = members.iter().map(|member| member.name.clone());
        let places = names.zip(0..).collect();
        Self { members, places }
    }

    /// What is wrong with the values of a resource's parameters, in the reference's words.
    pub(super) fn mismatch<'v>(
        &self,
        subject: &Reference,
        values: impl Iterator<Item = (&'v Arc<str>, &'v Given)> + Clone,
    ) -> Option<String> {
        // The cheap question first: nearly every declaration is right.
        if self.fits(values.clone()) {
            return None;
        }
        let given: HashMap = values
            .filter(|(name, _)| self.has(name) || !is_everywhere(name))
            .map(|(name, given)| (Value::String(name.clone()), given.value.clone()))
            .collect();
        mismatch::describe_parameters(&subject.to_string(), &self.members, &given)
    }

    fn fits<'v>(&self, mut values: impl Iterator<Item = (&'v Arc<str>, &'v Given)>) -> bool {
        let mut given = vec![false; self.members.len()];
        let every_value_fits = values.all(|(name, value)| match self.places.get(name) {
            Some(&at) => {
                given[at] = true;
                self.members[at].parameter_type.is_instance(&value.value)
            }
            None => is_everywhere(name),
        });
        let mut members = self.members.iter().zip(given);
        every_value_fits && members.all(|(member, given)| given || !member.is_required)
    }

    fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }
}

/// Whether every class and define has this parameter.
fn is_everywhere(name: &str) -> bool {
    name == "name" || is_metaparameter(name)
}
