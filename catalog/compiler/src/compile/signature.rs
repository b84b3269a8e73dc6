//! The parameters of a class or define as types, and what does not fit them.

use std::sync::Arc;

use ficelle_language::{
    Type, Value,
    scope::Places,
    types::mismatch::{self, Parameter},
    values::HashMap,
};

use ficelle_model::Reference;

use super::layout::Layout;
use crate::types::is_metaparameter;

/// The parameters of a definition.
#[derive(Debug)]
pub(super) struct Signature {
    members: Vec<Parameter>,
    /// Those of the members, in order, and others after them.
    places: Arc<Places>,
    /// For each member, whether its default is a literal and of its type.
    literal_fits: Vec<bool>,
}

impl Signature {
    /// Takes names, types, and whether there is a default.
    pub(super) fn new(members: Vec<(Arc<str>, Type, bool)>, layout: &Layout) -> Self {
        let members: Vec<Parameter> = members
            .into_iter()
            .map(|(name, parameter_type, has_default)| Parameter {
                name,
                parameter_type,
                is_required: !has_default,
            })
            .collect();
        let both = members.iter().zip(&layout.parameters);
        let literal_fits = both.map(|(member, parameter)| {
            let literal = parameter.literal.as_ref();
            literal.is_some_and(|literal| member.parameter_type.is_instance(literal))
        });
        Self {
            literal_fits: literal_fits.collect(),
            members,
            places: Arc::clone(&layout.places),
        }
    }

    /// Whether what the variables of a body hold, now that the defaults are among them, is right.
    pub(super) fn fits_body(&self, variables: &[Option<Value>], layout: &Layout) -> bool {
        let mut members = self.members.iter().zip(&layout.parameters);
        let mut literal_fits = self.literal_fits.iter();
        members.all(|(member, parameter)| {
            let literal_fits = literal_fits.next().is_some_and(|fits| *fits);
            match (&variables[parameter.place], &parameter.literal) {
                (None, _) => !member.is_required,
                (Some(value), Some(literal)) if literal_fits && is_alike(value, literal) => true,
                (Some(value), _) => member.parameter_type.is_instance(value),
            }
        })
    }

    /// What is wrong with the values of a resource's parameters, in the reference's words.
    pub(super) fn mismatch<'v>(
        &self,
        subject: &Reference,
        values: impl Iterator<Item = (&'v Arc<str>, &'v Value)> + Clone,
    ) -> Option<String> {
        // The cheap question first: nearly every declaration is right.
        if self.fits(values.clone()) {
            return None;
        }
        let given: HashMap = values
            .filter(|(name, _)| self.has(name) || !is_everywhere(name))
            .map(|(name, value)| (Value::String(name.clone()), value.clone()))
            .collect();
        mismatch::describe_parameters(&subject.to_string(), &self.members, &given)
    }

    fn fits<'v>(&self, mut values: impl Iterator<Item = (&'v Arc<str>, &'v Value)>) -> bool {
        let mut given = vec![false; self.members.len()];
        let every_value_fits = values.all(|(name, value)| match self.place(name) {
            Some(at) => {
                given[at] = true;
                self.members[at].parameter_type.is_instance(value)
            }
            None => is_everywhere(name),
        });
        let mut members = self.members.iter().zip(given);
        every_value_fits && members.all(|(member, given)| given || !member.is_required)
    }

    fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Where a member stands among the others.
    fn place(&self, name: &str) -> Option<usize> {
        self.places.of_parameter(name)
    }
}

/// Whether a value is a literal's, as far as a glance tells.
fn is_alike(value: &Value, literal: &Value) -> bool {
    match (value, literal) {
        (Value::Undef, Value::Undef) => true,
        (Value::Boolean(value), Value::Boolean(literal)) => value == literal,
        _ => value.is_same(literal),
    }
}

/// Whether every class and define has this parameter.
pub(super) fn is_everywhere(name: &str) -> bool {
    name == "name" || is_metaparameter(name)
}
