//! From nodes to values: substitutions, concatenation, merging.

use super::Node;
use crate::values::{HashMap, Value};

/// The value of a whole text.
pub(super) fn resolve(root: &Node) -> Result<Value, String> {
    let mut resolver = Resolver {
        root,
        open: Vec::new(),
        place: Vec::new(),
        steps: 0,
    };
    Ok(resolver.value(root, None)?.unwrap_or_default())
}

/// How many nodes are looked at: each substitution copies what it names.
const MOST_STEPS: usize = 1_000_000;

struct Resolver<'n> {
    root: &'n Node,
    /// The substitutions that are being made.
    open: Vec<&'n [String]>,
    /// The keys that lead to the value that is being made.
    place: Vec<&'n String>,
    steps: usize,
}

impl<'n> Resolver<'n> {
    /// The value of a node; `None` where it is an optional substitution of nothing. `before` is
    /// what stood at the same place earlier, which a substitution of the place itself means.
    fn value(&mut self, node: &'n Node, before: Option<&Value>) -> Result<Option<Value>, String> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err("String: the substitutions make the text too large".to_owned());
        }
        Ok(match node {
            Node::Plain(value) => Some(value.clone()),
            Node::Array(elements) => {
                let mut values = Vec::with_capacity(elements.len());
                for element in elements {
                    values.extend(self.value(element, None)?);
                }
                Some(Value::array(values))
            }
            Node::Object(entries) => {
                let mut values = HashMap::default();
                for (key, entry) in entries {
                    self.place.push(key);
                    let value = self.value(entry, None)?;
                    self.place.pop();
                    if let Some(value) = value {
                        values.insert(Value::string(key.as_str()), value);
                    }
                }
                Some(Value::hash(values))
            }
            Node::Substitution { path, is_optional } => {
                self.substituted(path, *is_optional, before)?
            }
            Node::Concatenation(parts) => {
                let mut values = Vec::with_capacity(parts.len());
                for part in parts {
                    values.extend(self.value(part, before)?);
                }
                joined(values)?
            }
            Node::Over(first, second) => {
                let first = self.value(first, before)?;
                let second = self.value(second, first.as_ref())?;
                match (first, second) {
                    (Some(Value::Hash(first)), Some(Value::Hash(second))) => {
                        Some(Value::hash(merged(&first, &second)))
                    }
                    (first, None) => first,
                    (_, second) => second,
                }
            }
        })
    }

    fn substituted(
        &mut self,
        path: &'n [String],
        is_optional: bool,
        before: Option<&Value>,
    ) -> Result<Option<Value>, String> {
        if let Some(before) = before.filter(|_| self.place.iter().copied().eq(path)) {
            return Ok(Some(before.clone()));
        }
        if self.open.contains(&path) || self.place.iter().copied().eq(path) {
            return match is_optional {
                true => Ok(None),
                false => Err(format!(
                    "String: ${{{}}} was part of a cycle of substitutions",
                    path.join(".")
                )),
            };
        }
        let found = path.iter().try_fold(self.root, |node, key| match node {
            Node::Object(entries) => {
                let mut entries = entries.iter();
                entries
                    .find(|(known, _)| known == key)
                    .map(|(_, node)| node)
            }
            _ => None,
        });
        let Some(found) = found else {
            return match is_optional {
                true => Ok(None),
                false => Err(format!(
                    "Could not resolve substitution to a value: ${{{}}}",
                    path.join(".")
                )),
            };
        };
        self.open.push(path);
        let place = std::mem::replace(&mut self.place, path.iter().collect());
        let value = self.value(found, None);
        self.place = place;
        self.open.pop();
        value
    }
}

fn merged(first: &HashMap, second: &HashMap) -> HashMap {
    let mut all = first.clone();
    for (key, value) in second {
        let value = match (all.get(key), value) {
            (Some(Value::Hash(known)), Value::Hash(more)) => Value::hash(merged(known, more)),
            (_, value) => value.clone(),
        };
        all.insert(key.clone(), value);
    }
    all
}

/// Values side by side: lists in one, objects merged, anything else as text. Blanks between lists
/// or objects mean nothing.
fn joined(mut values: Vec<Value>) -> Result<Option<Value>, String> {
    let is_collection = |value: &Value| matches!(value, Value::Array(_) | Value::Hash(_));
    if values.iter().any(is_collection) {
        values.retain(|value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
    }
    if values.len() < 2 {
        return Ok(values.pop());
    }
    let is_array = |value: &Value| matches!(value, Value::Array(_));
    let is_hash = |value: &Value| matches!(value, Value::Hash(_));
    if values.iter().all(is_array) {
        let lists = values.iter().filter_map(|value| match value {
            Value::Array(elements) => Some(elements.iter().cloned()),
            _ => None,
        });
        return Ok(Some(Value::array(lists.flatten().collect::<Vec<_>>())));
    }
    if values.iter().all(is_hash) {
        let hashes = values.iter().filter_map(Value::as_hash);
        let all = hashes.fold(HashMap::default(), |all, entries| merged(&all, entries));
        return Ok(Some(Value::hash(all)));
    }
    if values.iter().any(is_collection) {
        return Err(
            "String: Cannot concatenate object or list with a non-object-or-list".to_owned(),
        );
    }
    let texts = values.iter().map(|value| match value {
        Value::Undef => "null".to_owned(),
        other => other.to_string(),
    });
    Ok(Some(Value::string(texts.collect::<String>())))
}
