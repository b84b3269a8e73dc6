//! Data files: read through the compile's inputs, parsed once for all compiles.

use std::{
    collections::HashMap as Map,
    sync::{Arc, Mutex, PoisonError},
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_language::{Value, values::HashMap};
use ficelle_model::{
    inputs::Inputs,
    yaml::{self, Node},
};

use crate::key::failure;
use ficelle_language::error::{Error, Evaluated};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    Yaml,
    Json,
}

/// A file, and how it is read.
type File = (Utf8PathBuf, Format);
/// The bytes that were parsed, and what they gave.
type Parsed = (Arc<[u8]>, Value);

/// Parsed data files and hierarchies, shared by compiles. An entry holds as long as the inputs
/// give the same bytes.
#[derive(Debug, Default)]
pub struct DataCache {
    parsed: Mutex<Map<File, Parsed>>,
}

impl DataCache {
    /// The data of a file; `None` where there is none.
    pub(crate) fn load(
        &self,
        inputs: &dyn Inputs,
        path: &Utf8Path,
        format: Format,
    ) -> Evaluated<Option<Value>> {
        let bytes = inputs
            .read(path)
            .map_err(|error| Error::new(error.to_string()))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let key = (path.to_owned(), format);
        {
            let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, value)) = parsed.get(&key)
                && (Arc::ptr_eq(known, &bytes) || known == &bytes)
            {
                return Ok(Some(value.clone()));
            }
        }
        let value = parse(path, &bytes, format)?;
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.insert(key, (bytes, value.clone()));
        Ok(Some(value))
    }
}

fn parse(path: &Utf8Path, bytes: &[u8], format: Format) -> Evaluated {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| failure(format!("Unable to parse ({path}): {error}")))?;
    match format {
        Format::Yaml => {
            let node = yaml::parse(text)
                .map_err(|error| failure(format!("Unable to parse ({path}): {error}")))?;
            Ok(from_node(&node))
        }
        Format::Json => {
            let json: serde_json::Value = serde_json::from_str(text)
                .map_err(|error| failure(format!("Unable to parse ({path}): {error}")))?;
            Ok(from_json(&json))
        }
    }
}

/// A YAML node as a value; symbols become strings.
pub fn from_node(node: &Node) -> Value {
    match node {
        Node::Null => Value::Undef,
        Node::Boolean(value) => Value::Boolean(*value),
        Node::Integer(value) => Value::Integer(*value),
        Node::Float(value) => Value::Float(*value),
        Node::String(text) | Node::Symbol(text) => Value::String(Arc::clone(text)),
        Node::Binary(bytes) => Value::Binary(Arc::clone(bytes)),
        Node::Sequence(nodes) => Value::array(nodes.iter().map(from_node).collect::<Vec<_>>()),
        Node::Mapping(entries) => {
            let mut hash = HashMap::default();
            hash.extend(
                entries
                    .iter()
                    .map(|(key, value)| (from_node(key), from_node(value))),
            );
            Value::hash(hash)
        }
    }
}

pub(crate) fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Undef,
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => {
            Value::array(items.iter().map(from_json).collect::<Vec<_>>())
        }
        serde_json::Value::Object(entries) => {
            let mut hash = HashMap::default();
            hash.extend(
                entries
                    .iter()
                    .map(|(key, value)| (Value::string(key.as_str()), from_json(value))),
            );
            Value::hash(hash)
        }
    }
}
