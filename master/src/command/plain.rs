//! Values of the language as plain data, for YAML and JSON: what neither knows becomes its text.

use std::sync::Arc;

use ficelle_language::Value;
use ficelle_model::{
    Data,
    wire::{Richness, data::Form},
};

/// A value as plain data. What is sensitive stays hidden.
pub fn data(value: &Value) -> Data {
    match value {
        Value::Undef => Data::Undef,
        Value::Boolean(value) => Data::Boolean(*value),
        Value::Integer(value) => Data::Integer(*value),
        Value::Float(value) => Data::Float(*value),
        Value::String(text) => Data::String(Arc::clone(text)),
        Value::Array(elements) => Data::Array(elements.iter().map(data).collect()),
        Value::Hash(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.to_string().into(), data(value)));
            Data::hash(entries.collect())
        }
        other => Data::from(other.to_string()),
    }
}

/// The same in JSON.
pub fn json(value: &Value) -> serde_json::Value {
    let data = data(value);
    let form = Form {
        data: &data,
        richness: Richness::Plain,
    };
    serde_json::to_value(form).expect("plain data is JSON")
}
