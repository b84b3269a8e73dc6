//! The text of object types and type sets.

use super::{Detail, Writer};
use crate::{
    types::{ObjectType, TypeSetType},
    values::{HashMap, Key, Value, quote},
};

impl Writer {
    pub(super) fn write_object(&mut self, object: &ObjectType) {
        if self.detail == Detail::Names {
            let name = self
                .shown_name(object.label(), object.membership)
                .to_owned();
            self.push(&name);
            return;
        }
        self.detail = Detail::Names;
        let mut hash = object.init_hash();
        if self.is_simple(object.membership) {
            hash.shift_remove(&Key("name"));
        }
        let entries: Vec<String> = hash
            .iter()
            .map(|(key, value)| format!("{key} => {}", self.object_entry(key, value)))
            .collect();
        self.push(&format!("Object[{{{}}}]", entries.join(", ")));
        self.detail = Detail::Definitions;
    }

    fn object_entry(&mut self, key: &Value, value: &Value) -> String {
        match (key.as_str(), value) {
            (Some("attributes" | "functions" | "type_parameters"), Value::Hash(members)) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, member)| {
                        let name = quote(name.as_str().unwrap_or_default());
                        format!("{name} => {}", self.member(member))
                    })
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            _ => self.value(value),
        }
    }

    /// A type, or a hash of one and what else there is to say of a member.
    fn member(&mut self, member: &Value) -> String {
        let Value::Hash(details) = member else {
            return self.value(member);
        };
        let details: Vec<String> = details
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                (Some("kind"), Value::String(kind)) => format!("kind => {kind}"),
                _ => format!("{key} => {}", self.value(value)),
            })
            .collect();
        format!("{{{}}}", details.join(", "))
    }

    pub(super) fn write_type_set(&mut self, set: &TypeSetType) {
        let detail = self.detail;
        let entries: Vec<String> = set
            .init_hash()
            .iter()
            .map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    (Some("types" | "references"), Value::Hash(members)) => {
                        self.bare_entries(members)
                    }
                    _ => self.value(value),
                };
                format!("{key} => {value}")
            })
            .collect();
        self.detail = detail;
        self.push(&format!("TypeSet[{{{}}}]", entries.join(", ")));
    }

    fn bare_entries(&mut self, entries: &HashMap) -> String {
        let entries: Vec<String> = entries
            .iter()
            .map(|(name, value)| format!("{name} => {}", self.value(value)))
            .collect();
        format!("{{{}}}", entries.join(", "))
    }
}
