//! Values of the Puppet language as Ruby's, and back.

use std::{cell::Cell, rc::Rc, sync::Arc};

use super::{
    interpreter::{Run, Stop},
    value::{Entries, RegexpValue, Value},
    walk::Walk,
};
use crate::values::{HashMap, Regexp, Value as PuppetValue};

/// How deep objects are converted.
const DEPTH: usize = 200;
/// How many parts an object may have: there, each of them takes room of its own.
const PARTS: usize = 1 << 20;

/// The object for a value. What Ruby has no class for stays what it is.
pub(super) fn to_ruby(value: &PuppetValue) -> Value {
    match value {
        PuppetValue::Undef => Value::Nil,
        PuppetValue::Default => Value::symbol("default"),
        PuppetValue::Boolean(value) => Value::Bool(*value),
        PuppetValue::Integer(value) => Value::Integer(*value),
        PuppetValue::Float(value) => Value::Float(*value),
        PuppetValue::String(text) => Value::text(text.clone()),
        PuppetValue::Array(elements) => Value::list(elements.iter().map(to_ruby).collect()),
        PuppetValue::Hash(entries) => {
            let entry = |(key, value): (&PuppetValue, &PuppetValue)| {
                (to_ruby(key).into_key(), to_ruby(value))
            };
            Value::map(entries.iter().map(entry).collect::<Entries>())
        }
        PuppetValue::Regexp(regexp) => Value::Regexp(Arc::new(RegexpValue {
            source: regexp.source().clone(),
            options: String::new(),
            compiled: regexp.clone(),
        })),
        other => Value::Foreign(Rc::new(other.clone())),
    }
}

/// Whether an object surely stands for this very value still; of some it takes [`to_puppet`] to
/// tell.
pub(super) fn is_plainly(object: &Value, value: &PuppetValue) -> bool {
    is_at(object, value, Walk::new(DEPTH, &Cell::new(PARTS)))
}

fn is_at(object: &Value, value: &PuppetValue, walk: Walk<'_>) -> bool {
    let inner = |object: &Value, value: &PuppetValue| {
        walk.enter().is_some_and(|walk| is_at(object, value, walk))
    };
    match (object, value) {
        (Value::Nil, PuppetValue::Undef) => true,
        (Value::Bool(object), PuppetValue::Boolean(value)) => object == value,
        (Value::Integer(object), PuppetValue::Integer(value)) => object == value,
        (Value::String(object), PuppetValue::String(value)) => **object.borrow() == **value,
        (Value::Array(list), PuppetValue::Array(elements)) => {
            let list = list.0.borrow();
            let mut pairs = list.iter().zip(elements.iter());
            list.len() == elements.len() && pairs.all(|(object, value)| inner(object, value))
        }
        (Value::Hash(map), PuppetValue::Hash(entries)) => {
            let map = map.entries.borrow();
            let mut pairs = map.iter().zip(entries.iter());
            map.len() == entries.len()
                && pairs.all(|((key, object), (name, value))| {
                    inner(&key.0, name) && inner(object, value)
                })
        }
        _ => false,
    }
}

/// The value for an object, where there is one.
pub(super) fn to_puppet(value: &Value) -> Run<PuppetValue> {
    convert(value, Walk::new(DEPTH, &Cell::new(PARTS)))
}

fn convert(value: &Value, walk: Walk<'_>) -> Run<PuppetValue> {
    let inner = |value: &Value| match walk.enter() {
        Some(walk) => convert(value, walk),
        None => Err(Stop::limit(
            "a value is nested too deep, or has too many parts",
        )),
    };
    Ok(match value {
        Value::Nil => PuppetValue::Undef,
        Value::Bool(value) => PuppetValue::Boolean(*value),
        Value::Integer(value) => PuppetValue::Integer(*value),
        Value::Float(value) => PuppetValue::Float(*value),
        Value::String(text) => PuppetValue::string(text.borrow().as_str()),
        Value::Symbol(name) => match &**name {
            "undef" => PuppetValue::Undef,
            "default" => PuppetValue::Default,
            other => PuppetValue::string(other),
        },
        Value::Array(list) => {
            let list = list.0.borrow();
            let elements = list.iter().map(inner);
            PuppetValue::array(elements.collect::<Run<Vec<_>>>()?)
        }
        Value::Hash(map) => {
            let mut entries = HashMap::default();
            for (key, value) in map.entries.borrow().iter() {
                entries.insert(inner(&key.0)?, inner(value)?);
            }
            PuppetValue::hash(entries)
        }
        Value::Regexp(regexp) => {
            let source = match regexp.options.is_empty() {
                true => regexp.source.to_string(),
                false => super::text::embedded(regexp),
            };
            PuppetValue::Regexp(Regexp::of(&source))
        }
        Value::Foreign(value) => (**value).clone(),
        other => {
            let class = super::text::class_name(other);
            return Err(Stop::unsupported(format!(
                "handing a {class} to a function"
            )));
        }
    })
}
