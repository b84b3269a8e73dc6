//! Arrays and hashes from what can be iterated over.

use super::{Constructor, named, way};
use crate::{
    types::{Range, Type},
    values::{HashMap, Value, gather, too_many},
};

fn kind_of(value: &Value) -> String {
    value.infer().generalize().to_string()
}

pub(super) fn array() -> Constructor {
    let from = Type::Variant(
        vec![
            Type::any_array(),
            Type::any_hash(),
            Type::Binary,
            Type::Iterable(None),
        ]
        .into(),
    );
    Constructor::new(
        "new_array",
        vec![
            way(
                vec![("from", from), ("wrap", Type::Boolean(Some(false)))],
                1,
                |arguments, _| to_array(&arguments[0]),
            ),
            way(
                vec![("from", Type::Any), ("wrap", Type::Boolean(Some(true)))],
                2,
                |arguments, _| {
                    Ok(match &arguments[0] {
                        array @ Value::Array(_) => array.clone(),
                        other => Value::array([other.clone()]),
                    })
                },
            ),
        ],
    )
    .with_mismatch(|arguments| match arguments {
        [from] | [from, Value::Boolean(_)] => Some(Ok(format!(
            "Value of type {} cannot be converted to Array",
            kind_of(from)
        ))),
        _ => None,
    })
}

/// The elements of a value as an array.
fn to_array(from: &Value) -> Result<Value, String> {
    match from {
        Value::Array(_) => Ok(from.clone()),
        Value::Binary(bytes) => Ok(Value::array(
            bytes
                .iter()
                .map(|byte| i64::from(*byte).into())
                .collect::<Vec<_>>(),
        )),
        other => match other.elements() {
            Some(elements) => Ok(Value::array(gather(elements).ok_or_else(too_many)?)),
            None => Err(format!(
                "Value of type {} cannot be converted to Array",
                kind_of(from)
            )),
        },
    }
}

pub(super) fn hash() -> Constructor {
    let pairs = |key: Type| {
        let pair = Type::tuple(vec![key, Type::Any], None);
        Type::array_of(pair, Range::new(Some(1), None))
    };
    let options = named("NewHashOption", Type::enum_of(["tree", "hash_tree"]));
    Constructor::new(
        "new_hash",
        vec![
            way(
                vec![
                    ("from", named("TreeArray", pairs(Type::any_array()))),
                    ("build_option", options),
                ],
                1,
                |arguments, _| match arguments.get(1) {
                    None => Ok(from_pairs(&arguments[0])),
                    Some(option) => from_tree(&arguments[0], option.as_str() == Some("hash_tree")),
                },
            ),
            way(
                vec![("from", named("KeyValueArray", pairs(Type::Any)))],
                1,
                |arguments, _| Ok(from_pairs(&arguments[0])),
            ),
            way(vec![("from", Type::Any)], 1, |arguments, _| {
                from_any(&arguments[0])
            }),
        ],
    )
}

fn pairs(value: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    value
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter_map(|pair| match pair.as_array() {
            Some([key, value]) => Some((key, value)),
            _ => None,
        })
}

fn from_pairs(from: &Value) -> Value {
    Value::hash(
        pairs(from)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    )
}

fn from_any(from: &Value) -> Result<Value, String> {
    if let Value::Hash(_) = from {
        return Ok(from.clone());
    }
    let Some(elements) = from.elements() else {
        return Err(format!(
            "Value of type {} cannot be converted to Hash",
            kind_of(from)
        ));
    };
    let elements = gather(elements).ok_or_else(too_many)?;
    if !elements.len().is_multiple_of(2) {
        return Err("odd number of arguments for Hash".to_owned());
    }
    Ok(Value::hash(
        elements
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect(),
    ))
}

/// Puts values in at their paths. With `all_hashes`, arrays on the way become hashes by index.
fn from_tree(from: &Value, all_hashes: bool) -> Result<Value, String> {
    let mut root = Value::hash(HashMap::default());
    for (path, value) in pairs(from) {
        let path = path.as_array().unwrap_or_default();
        let value = if all_hashes {
            array_as_hash(value)
        } else {
            value.clone()
        };
        let Some((last, way)) = path.split_last() else {
            merge_root(&mut root, &value);
            continue;
        };
        let mut current = &mut root;
        for key in way {
            current = descend(current, key)
                .ok_or_else(|| format!("There is nothing to go into at {key} of a tree"))?;
        }
        insert(current, last, value)
            .ok_or_else(|| format!("There is nothing to put a value into at {last} of a tree"))?;
    }
    Ok(root)
}

fn array_as_hash(value: &Value) -> Value {
    match value {
        Value::Array(elements) => Value::hash(
            elements
                .iter()
                .enumerate()
                .map(|(index, element)| (index_key(index), array_as_hash(element)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn index_key(index: usize) -> Value {
    Value::Integer(i64::try_from(index).unwrap_or(i64::MAX))
}

fn merge_root(root: &mut Value, value: &Value) {
    let Value::Hash(entries) = root else {
        return;
    };
    let entries = std::sync::Arc::make_mut(entries);
    match value {
        Value::Array(elements) => entries.extend(
            elements
                .iter()
                .enumerate()
                .map(|(index, element)| (index_key(index), element.clone())),
        ),
        Value::Hash(more) => {
            entries.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        _ => {}
    }
}

fn descend<'a>(value: &'a mut Value, key: &Value) -> Option<&'a mut Value> {
    match value {
        Value::Hash(entries) => Some(
            std::sync::Arc::make_mut(entries)
                .entry(key.clone())
                .or_insert_with(|| Value::hash(HashMap::default())),
        ),
        Value::Array(elements) => {
            let index = array_index(elements.len(), key)?;
            std::sync::Arc::make_mut(elements).get_mut(index)
        }
        _ => None,
    }
}

fn array_index(length: usize, key: &Value) -> Option<usize> {
    let Value::Integer(index) = key else {
        return None;
    };
    if *index < 0 {
        return length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    }
    usize::try_from(*index).ok()
}

/// How far an array may be grown by naming an index beyond its end.
const MOST_ELEMENTS: usize = 1_000_000;

fn insert(value: &mut Value, key: &Value, new: Value) -> Option<()> {
    match value {
        Value::Hash(entries) => {
            std::sync::Arc::make_mut(entries).insert(key.clone(), new);
        }
        Value::Array(elements) => {
            let index = array_index(elements.len(), key).filter(|index| *index < MOST_ELEMENTS)?;
            let elements = std::sync::Arc::make_mut(elements);
            if index >= elements.len() {
                elements.resize(index + 1, Value::Undef);
            }
            elements[index] = new;
        }
        _ => return None,
    }
    Some(())
}
