//! The type of a value: as one of its kind (`infer`), or in all detail (`infer_set`).

use std::sync::Arc;

use super::{Presence, Range, StructMember, Type, builtin, make::length};
use crate::values::{HashMap, Interval, SemVerRange, Value};

impl Value {
    /// The type of the value, with one type for all elements of a collection.
    pub fn infer(&self) -> Type {
        match self {
            Self::Undef => Type::Undef,
            Self::Default => Type::Default,
            Self::Boolean(value) => Type::Boolean(Some(*value)),
            Self::Integer(value) => Type::Integer(Range::exactly(*value).into()),
            Self::Float(value) => Type::Float(Range::exactly(*value).into()),
            Self::String(text) => Type::StringValue(text.clone()),
            Self::Array(elements) => match Type::common(elements.iter().map(Value::infer)) {
                Some(element) => Type::array_of(element, Range::exactly(length(elements.len()))),
                None => Type::empty_array(),
            },
            Self::Hash(entries) => {
                let key = Type::common(entries.keys().map(Value::infer));
                let value = Type::common(entries.values().map(Value::infer));
                match (key, value) {
                    (Some(key), Some(value)) => {
                        Type::hash_of(key, value, Range::exactly(length(entries.len())))
                    }
                    _ => Type::empty_hash(),
                }
            }
            Self::Regexp(regexp) => Type::Regexp(Some(regexp.clone())),
            Self::Type(of) => Type::type_of(of.clone()),
            Self::Sensitive(value) => Type::sensitive_of(&value.infer()),
            Self::Binary(_) => Type::Binary,
            Self::Timestamp(value) => Type::Timestamp(Arc::new(Range::exactly(**value))),
            Self::Timespan(value) => Type::Timespan(Arc::new(Range::exactly(**value))),
            Self::SemVer(_) => Type::SemVer(Arc::default()),
            Self::SemVerRange(_) => Type::SemVerRange,
            Self::Uri(text) => super::uri::type_of(text),
            Self::Iterator(iterator) => Type::Iterator(Some(Arc::new(iterator.element_type()))),
            Self::Object(object) => super::object::type_of(object),
        }
    }

    /// The type of the value in all detail: tuples and structs instead of arrays and hashes.
    pub fn infer_set(&self) -> Type {
        match self {
            Self::Array(elements) if elements.is_empty() => Type::empty_array(),
            Self::Array(elements) => {
                Type::tuple(elements.iter().map(Value::infer_set).collect(), None)
            }
            Self::Hash(entries) => infer_hash_set(entries),
            Self::SemVer(version) => {
                let range = SemVerRange {
                    text: format!("{version} - {version}").into(),
                    alternatives: vec![Interval::exactly((**version).clone())],
                };
                Type::SemVer(Arc::new(vec![range]))
            }
            other => other.infer(),
        }
    }
}

fn infer_hash_set(entries: &HashMap) -> Type {
    if entries.is_empty() {
        return Type::empty_hash();
    }
    let named = |key: &Value| key.as_str().filter(|key| !key.is_empty()).map(Arc::from);
    let members: Option<Vec<StructMember>> = entries
        .iter()
        .map(|(key, value)| {
            let presence = Presence::Required;
            Some(StructMember {
                name: named(key)?,
                presence,
                value: value.infer_set(),
            })
        })
        .collect();
    match members {
        Some(members) => Type::Struct(Arc::new(members)),
        None => Type::hash_of(
            Type::variant_of(entries.keys().map(Value::infer_set)),
            Type::variant_of(entries.values().map(Value::infer_set)),
            Range::exactly(length(entries.len())),
        ),
    }
}

impl Type {
    /// Whether the type is one of data, as `Data` says.
    pub fn is_data(&self) -> bool {
        builtin::data().is_assignable(self)
    }
}
