//! The parameters of a class or define as types, and what does not fit them.

use std::sync::Arc;

use ficelle_language::{Type, Value};

use crate::types::is_metaparameter;

/// The parameters of a definition.
#[derive(Debug)]
pub(super) struct Signature {
    members: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    name: Arc<str>,
    expected: Type,
    has_default: bool,
}

impl Signature {
    /// Takes names, types, and whether there is a default.
    pub(super) fn new(members: Vec<(Arc<str>, Type, bool)>) -> Self {
        let members = members
            .into_iter()
            .map(|(name, expected, has_default)| Member {
                name,
                expected,
                has_default,
            })
            .collect();
        Self { members }
    }

    /// What is wrong with these values, in the reference's words.
    pub(super) fn mismatch(&self, subject: &str, values: &[(Arc<str>, Value)]) -> Option<String> {
        let mut problems = Vec::new();
        for (name, _) in values {
            let known = self.members.iter().any(|member| member.name == *name);
            if !known && &**name != "name" && !is_metaparameter(name) {
                problems.push(format!("has no parameter named '{name}'"));
            }
        }
        for member in &self.members {
            let name = &member.name;
            match values.iter().find(|(given, _)| given == name) {
                Some((_, value)) if !member.expected.is_instance(value) => {
                    problems.push(describe(name, &member.expected, value));
                }
                None if !member.has_default => {
                    problems.push(format!("expects a value for parameter '{name}'"));
                }
                _ => {}
            }
        }
        match problems.as_slice() {
            [] => None,
            [problem] => Some(format!("{subject}: {problem}")),
            problems => Some(format!("{subject}:\n  {}", problems.join("\n  "))),
        }
    }
}

fn describe(name: &str, expected: &Type, value: &Value) -> String {
    let (expected, actual) = (expected.simple_name(), value.infer());
    let article = super::texts::with_article(expected);
    let actual = actual.simple_name();
    format!("parameter '{name}' expects {article} value, got {actual}")
}
