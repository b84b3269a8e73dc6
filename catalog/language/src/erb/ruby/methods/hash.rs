//! Hashes.

use super::{Answer, Block, answer, argument, enumerator};
use crate::erb::ruby::{
    compare,
    interpreter::{Interpreter, Run, Stop},
    text::inspect,
    value::{Entries, Map, Value},
};

/// Methods that change the hash to what their namesake gives, and whether they give nil where
/// nothing has changed.
const IN_PLACE: &[(&str, &str, bool)] = &[
    ("select!", "select", true),
    ("filter!", "select", true),
    ("keep_if", "select", false),
    ("reject!", "reject", true),
    ("delete_if", "reject", false),
    ("compact!", "compact", true),
    ("merge!", "merge", false),
    ("update", "merge", false),
    ("transform_values!", "transform_values", false),
    ("transform_keys!", "transform_keys", false),
];

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    map: &Map,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let itself = || Value::Hash(map.clone());
    if let Some(value) = read(ruby, map, name, arguments, block)? {
        return Ok(Some(value));
    }
    if let Some(value) = derive(ruby, map, name, arguments, block)? {
        return Ok(Some(value));
    }
    if let Some((_, namesake, is_picky)) = IN_PLACE.iter().find(|(known, ..)| *known == name) {
        let Some(Value::Hash(changed)) = derive(ruby, map, namesake, arguments, block)? else {
            return Ok(None);
        };
        let changed = changed.entries.borrow().clone();
        let is_same = changed.len() == map.entries.borrow().len();
        *map.entries.borrow_mut() = changed;
        ruby.objects.is_changed = true;
        return answer(if *is_picky && is_same {
            Value::Nil
        } else {
            itself()
        });
    }
    let answer = change(ruby, map, name, arguments, block);
    ruby.objects.is_changed |= !matches!(answer, Ok(None));
    answer
}

fn pairs(map: &Map) -> Vec<(Value, Value)> {
    let entries = map.entries.borrow();
    entries
        .iter()
        .map(|(key, value)| (key.0.clone(), value.clone()))
        .collect()
}

/// `hash[key]`, with the default.
pub(super) fn get(ruby: &mut Interpreter<'_>, map: &Map, key: &Value) -> Run {
    if let Some(value) = map.entries.borrow().get(&compare::key(key)) {
        return Ok(value.clone());
    }
    let block = map.default_block.borrow().clone();
    match block {
        Some(block) => ruby.yield_to(&block, &[Value::Hash(map.clone()), key.clone()]),
        None => Ok(map.default.borrow().clone()),
    }
}

fn read(
    ruby: &mut Interpreter<'_>,
    map: &Map,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let itself = || Value::Hash(map.clone());
    match (name, arguments) {
        ("[]", [key]) => get(ruby, map, key).map(Some),
        ("each" | "each_pair", []) => match block {
            None => enumerator(&itself(), name, arguments),
            Some(block) => {
                for (key, value) in pairs(map) {
                    ruby.yield_to(block, &[Value::list(vec![key, value])])?;
                }
                answer(itself())
            }
        },
        ("each_key" | "each_value", []) => match block {
            None => enumerator(&itself(), name, arguments),
            Some(block) => {
                for (key, value) in pairs(map) {
                    let item = if name == "each_key" { key } else { value };
                    ruby.yield_to(block, &[item])?;
                }
                answer(itself())
            }
        },
        ("key?" | "has_key?" | "include?" | "member?", [key]) => {
            answer(map.entries.borrow().contains_key(&compare::key(key)))
        }
        ("value?" | "has_value?", [wanted]) => answer(
            map.entries
                .borrow()
                .values()
                .any(|value| compare::equal(value, wanted)),
        ),
        ("key", [wanted]) => {
            let entries = map.entries.borrow();
            let found = entries
                .iter()
                .find(|(_, value)| compare::equal(value, wanted));
            answer(found.map(|(key, _)| key.0.clone()))
        }
        ("keys", []) => {
            let keys = pairs(map).into_iter().map(|(key, _)| key).collect();
            ruby.list(keys).map(Some)
        }
        ("values", []) => {
            let values = map.entries.borrow().values().cloned().collect();
            ruby.list(values).map(Some)
        }
        ("values_at", keys) => {
            let values = keys.iter().map(|key| get(ruby, map, key));
            answer(values.collect::<Run<Vec<_>>>()?)
        }
        ("fetch_values", keys) => {
            let key = |key: &Value| {
                let found = map.entries.borrow().get(&compare::key(key)).cloned();
                found.ok_or_else(|| missing(key))
            };
            answer(keys.iter().map(key).collect::<Run<Vec<_>>>()?)
        }
        ("fetch", [key, rest @ ..]) => {
            let found = map.entries.borrow().get(&compare::key(key)).cloned();
            match (found, block, rest) {
                (Some(found), ..) => answer(found),
                (None, Some(block), _) => ruby.yield_to(block, std::slice::from_ref(key)).map(Some),
                (None, None, [default]) => answer(default.clone()),
                _ => Err(missing(key)),
            }
        }
        ("dig", [key, rest @ ..]) => match (get(ruby, map, key)?, rest) {
            (found, []) => answer(found),
            (Value::Nil, _) => answer(Value::Nil),
            (found, rest) => ruby.send(&found, "dig", rest, None).map(Some),
        },
        ("length" | "size", []) => answer(map.entries.borrow().len()),
        ("count", []) if block.is_none() => answer(map.entries.borrow().len()),
        ("empty?", []) => answer(map.entries.borrow().is_empty()),
        ("any?", []) if block.is_none() => answer(!map.entries.borrow().is_empty()),
        ("to_h" | "to_hash", []) if block.is_none() => answer(itself()),
        ("dup" | "clone", _) => {
            let copy = map.entries.borrow().clone();
            ruby.allocate(copy.len() * 2 * size_of::<Value>())?;
            let copy = Value::map(copy);
            if let Value::Hash(copy) = &copy {
                *copy.default.borrow_mut() = map.default.borrow().clone();
                *copy.default_block.borrow_mut() = map.default_block.borrow().clone();
            }
            answer(copy)
        }
        ("default", []) => answer(map.default.borrow().clone()),
        ("default=", [value]) => {
            *map.default.borrow_mut() = value.clone();
            answer(value.clone())
        }
        ("compare_by_identity", _) => Ok(None),
        _ => Ok(None),
    }
}

fn missing(key: &Value) -> Stop {
    Stop::raise("KeyError", format!("key not found: {}", inspect(key)))
}

/// Methods that make another hash.
fn derive(
    ruby: &mut Interpreter<'_>,
    map: &Map,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    let mut entries = Entries::default();
    match (name, block) {
        ("select" | "filter" | "reject", Some(block)) => {
            for (key, value) in pairs(map) {
                let holds = ruby.holds(block, &[key.clone(), value.clone()])?;
                if holds == (name != "reject") {
                    entries.insert(key.into_key(), value);
                }
            }
        }
        ("select" | "filter" | "reject" | "transform_values" | "map", None) => {
            return enumerator(&Value::Hash(map.clone()), name, arguments);
        }
        ("min_by" | "max_by" | "sort_by" | "partition" | "find" | "detect", _) => return Ok(None),
        ("merge", _) => {
            entries = map.entries.borrow().clone();
            for other in arguments {
                let other = argument::map(other)?;
                for (key, value) in pairs(&other) {
                    let key = key.into_key();
                    let value = match (block, entries.get(&key)) {
                        (Some(block), Some(old)) => {
                            let arguments = [key.0.clone(), old.clone(), value];
                            ruby.yield_to(block, &arguments)?
                        }
                        _ => value,
                    };
                    entries.insert(key, value);
                }
            }
        }
        ("compact", _) => {
            entries = map.entries.borrow().clone();
            entries.retain(|_, value| !value.is_nil());
        }
        ("invert", _) => {
            for (key, value) in pairs(map) {
                entries.insert(value.into_key(), key);
            }
        }
        ("slice", _) => {
            for key in arguments {
                let key = compare::key(key);
                if let Some(value) = map.entries.borrow().get(&key) {
                    entries.insert(key.0.into_key(), value.clone());
                }
            }
        }
        ("except", _) => {
            entries = map.entries.borrow().clone();
            for key in arguments {
                entries.shift_remove(&compare::key(key));
            }
        }
        ("transform_values", Some(block)) => {
            for (key, value) in pairs(map) {
                let value = ruby.yield_to(block, &[value])?;
                entries.insert(key.into_key(), value);
            }
        }
        ("transform_keys", _) => {
            let names = match arguments.first() {
                Some(names) => Some(argument::map(names)?),
                None => None,
            };
            for (key, value) in pairs(map) {
                let named = names
                    .as_ref()
                    .and_then(|names| names.entries.borrow().get(&compare::key(&key)).cloned());
                let key = match (named, block) {
                    (Some(named), _) => named,
                    (None, Some(block)) => ruby.yield_to(block, &[key])?,
                    (None, None) => key,
                };
                entries.insert(key.into_key(), value);
            }
        }
        ("sort", None) => return Ok(None),
        _ => return Ok(None),
    }
    ruby.allocate(entries.len() * 2 * size_of::<Value>())?;
    answer(Value::map(entries))
}

fn change(
    ruby: &mut Interpreter<'_>,
    map: &Map,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    match (name, arguments) {
        ("[]=" | "store", [key, value]) => {
            ruby.allocate(2 * size_of::<Value>())?;
            let before = map
                .entries
                .borrow_mut()
                .insert(key.clone().into_key(), value.clone());
            drop(before);
            answer(value.clone())
        }
        ("delete", [key]) => {
            let gone = map.entries.borrow_mut().shift_remove(&compare::key(key));
            match (gone, block) {
                (Some(value), _) => answer(value),
                (None, Some(block)) => ruby.yield_to(block, std::slice::from_ref(key)).map(Some),
                (None, None) => answer(Value::Nil),
            }
        }
        ("shift", []) => {
            let first = map.entries.borrow_mut().shift_remove_index(0);
            answer(first.map(|(key, value)| Value::list(vec![key.0, value])))
        }
        ("clear", []) => {
            map.entries.borrow_mut().clear();
            answer(Value::Hash(map.clone()))
        }
        ("replace", [other]) => {
            let other = argument::map(other)?.entries.borrow().clone();
            *map.entries.borrow_mut() = other;
            answer(Value::Hash(map.clone()))
        }
        _ => Ok(None),
    }
}
