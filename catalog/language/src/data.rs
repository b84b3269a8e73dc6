//! Values from data files: YAML's nodes and JSON.

use std::sync::Arc;

use ficelle_model::yaml::Node;
use serde_json::Value as Json;

use crate::values::{HashMap, Value};

/// A YAML node as a value; symbols become strings.
pub fn from_yaml(node: &Node) -> Value {
    match node {
        Node::Null => Value::Undef,
        Node::Boolean(value) => Value::Boolean(*value),
        Node::Integer(value) => Value::Integer(*value),
        Node::Float(value) => Value::Float(*value),
        Node::String(text) | Node::Symbol(text) => Value::String(Arc::clone(text)),
        Node::Binary(bytes) => Value::Binary(Arc::clone(bytes)),
        Node::Sequence(nodes) => Value::array(nodes.iter().map(from_yaml).collect::<Vec<_>>()),
        Node::Mapping(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (from_yaml(key), from_yaml(value)));
            Value::hash(entries.collect::<HashMap>())
        }
    }
}

/// JSON as a value. An integer too big for the language becomes a float.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Undef,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::Integer(value),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(elements) => Value::array(elements.iter().map(from_json).collect::<Vec<_>>()),
        Json::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (Value::string(key.as_str()), from_json(value)));
            Value::hash(entries.collect::<HashMap>())
        }
    }
}
