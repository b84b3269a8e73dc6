//! The parameters of a class or define as types, and what does not fit them.

use std::sync::Arc;

use ficelle_language::{
    Type, Value,
    types::mismatch::{self, Parameter},
    values::HashMap,
};

use crate::types::is_metaparameter;

/// The parameters of a definition.
#[derive(Debug)]
pub(super) struct Signature {
    members: Vec<Parameter>,
}

impl Signature {
    /// Takes names, types, and whether there is a default.
    pub(super) fn new(members: Vec<(Arc<str>, Type, bool)>) -> Self {
        let members = members
            .into_iter()
            .map(|(name, parameter_type, has_default)| Parameter {
                name,
                parameter_type,
                is_required: !has_default,
            })
            .collect();
        Self { members }
    }

    /// What is wrong with these values, in the reference's words.
    pub(super) fn mismatch(&self, subject: &str, values: &[(Arc<str>, Value)]) -> Option<String> {
        // The cheap question first: nearly every declaration is right.
        if self.fits(values) {
            return None;
        }
        let given: HashMap = values
            .iter()
            .filter(|(name, _)| self.has(name) || !is_everywhere(name))
            .map(|(name, value)| (Value::String(name.clone()), value.clone()))
            .collect();
        mismatch::describe_parameters(subject, &self.members, &given)
    }

    fn fits(&self, values: &[(Arc<str>, Value)]) -> bool {
        let every_member_fits = self.members.iter().all(|member| {
            match values.iter().find(|(name, _)| *name == member.name) {
                Some((_, value)) => member.parameter_type.is_instance(value),
                None => !member.is_required,
            }
        });
        every_member_fits
            && values
                .iter()
                .all(|(name, _)| self.has(name) || is_everywhere(name))
    }

    fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| *member.name == *name)
    }
}

/// Whether every class and define has this parameter.
fn is_everywhere(name: &str) -> bool {
    name == "name" || is_metaparameter(name)
}
