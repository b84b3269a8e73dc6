//! Two equalities: the language's `==`, and Ruby's `eql?` that tells keys of a hash apart.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use indexmap::Equivalent;

use super::{HashMap, Iterator, Key, Object, Value};
use crate::types::Type;

impl Value {
    /// Whether both are one and the same string, array or hash in memory.
    pub fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::String(a), Self::String(b)) => Arc::ptr_eq(a, b),
            (Self::Array(a), Self::Array(b)) => Arc::ptr_eq(a, b),
            (Self::Hash(a), Self::Hash(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// The language's `==`: strings without regard to case, `1 == 1.0`, types by their instances,
    /// elements alike.
    pub fn equals(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::String(a), Self::String(b)) => a.eq_ignore_ascii_case(b),
            (Self::Integer(a), Self::Float(b)) | (Self::Float(b), Self::Integer(a)) => {
                *a as f64 == *b
            }
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b))
            }
            (Self::Hash(a), Self::Hash(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .all(|(key, value)| b.get(key).unwrap_or(&Value::Undef).equals(value))
            }
            (Self::Timestamp(a), Self::Integer(_) | Self::Float(_))
            | (Self::Timespan(a), Self::Integer(_) | Self::Float(_)) => {
                super::time::compare_with_number(**a, other) == Some(std::cmp::Ordering::Equal)
            }
            (Self::Integer(_) | Self::Float(_), Self::Timestamp(_) | Self::Timespan(_)) => {
                other.equals(self)
            }
            (Self::Type(a), Self::Type(b)) => a.is_equivalent(b),
            _ => self == other,
        }
    }
}

/// Ruby's `eql?`: `1` is not `1.0`, and strings differ by case.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Undef, Self::Undef) | (Self::Default, Self::Default) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits() || a == b,
            (Self::String(a), Self::String(b)) | (Self::Uri(a), Self::Uri(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Hash(a), Self::Hash(b)) => same_entries(a, b),
            (Self::Regexp(a), Self::Regexp(b)) => a == b,
            (Self::Type(a), Self::Type(b)) => a == b,
            (Self::Sensitive(a), Self::Sensitive(b)) => a == b,
            (Self::Binary(a), Self::Binary(b)) => a == b,
            (Self::Timestamp(a), Self::Timestamp(b)) | (Self::Timespan(a), Self::Timespan(b)) => {
                a == b
            }
            (Self::SemVer(a), Self::SemVer(b)) => a == b,
            (Self::SemVerRange(a), Self::SemVerRange(b)) => a == b,
            (Self::Iterator(a), Self::Iterator(b)) => same_iterator(a, b),
            (Self::Object(a), Self::Object(b)) => same_object(a, b),
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Self::String(text) = self {
            return hash_text(text, state);
        }
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Boolean(value) => value.hash(state),
            Self::Integer(value) => value.hash(state),
            // `0.0` and `-0.0` are equal.
            Self::Float(value) => (value + 0.0).to_bits().hash(state),
            Self::Array(elements) => elements.hash(state),
            Self::Hash(entries) => entries.len().hash(state),
            Self::Regexp(regexp) => regexp.source().hash(state),
            Self::Type(named) => named.hash_key().hash(state),
            Self::Sensitive(value) => value.hash(state),
            Self::Binary(bytes) => bytes.hash(state),
            Self::Timestamp(value) | Self::Timespan(value) => value.hash(state),
            Self::SemVer(version) => version.hash(state),
            Self::Uri(text) => text.hash(state),
            Self::String(_)
            | Self::Undef
            | Self::Default
            | Self::SemVerRange(_)
            | Self::Iterator(_)
            | Self::Object(_) => {}
        }
    }
}

fn hash_text<H: Hasher>(text: &str, state: &mut H) {
    text.hash(state);
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_text(self.0, state);
    }
}

impl Equivalent<Value> for Key<'_> {
    fn equivalent(&self, key: &Value) -> bool {
        key.as_str() == Some(self.0)
    }
}

fn same_entries(a: &HashMap, b: &HashMap) -> bool {
    a.len() == b.len() && a.iter().all(|(key, value)| b.get(key) == Some(value))
}

fn same_iterator(a: &Iterator, b: &Iterator) -> bool {
    std::ptr::eq(a, b)
}

/// Objects are equal by the attributes that their type names for it.
fn same_object(a: &Object, b: &Object) -> bool {
    let (Type::Object(first), Type::Object(second)) = (&a.object_type, &b.object_type) else {
        return a.object_type == b.object_type && a.attributes == b.attributes;
    };
    if first.equality_includes_type() && a.object_type != b.object_type {
        return false;
    }
    if !first.equality_includes_type() && !second.equality_includes_type() {
        return false;
    }
    first
        .equality_attributes()
        .iter()
        .all(|name| a.attribute(name) == b.attribute(name))
}

impl Object {
    /// The value of an attribute: its own, or its type's default or constant.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes
            .get(name)
            .or_else(|| match &self.object_type {
                Type::Object(object) => object.default_of(name),
                _ => None,
            })
    }
}
