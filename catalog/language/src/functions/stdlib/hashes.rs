//! Hashes: merging, picking, flattening.

use super::{
    super::{Function, fail, function, legacy, on},
    class_of,
};
use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::iteration,
    values::{HashMap, Value, ruby_string},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("deep_merge", &[legacy(deep_merge)]),
    function("stdlib::deep_merge", &[legacy(deep_merge)]),
    function("delete_values", &[legacy(delete_values)]),
    function("join_keys_to_values", &[legacy(join_keys_to_values)]),
    function("merge", MERGE),
    function("stdlib::merge", MERGE),
    function("stdlib::nested_values", &[on("Hash hash", nested_values)]),
    function(
        "stdlib::rewrap_sensitive_data",
        &[on("Any data, Callable[Any] &block?", rewrap)],
    ),
];

const MERGE: &[super::super::Dispatch] = &[
    on(
        "Variant[Hash[Scalar, Any], Undef, String[0, 0]] args*",
        merge,
    ),
    on("Iterable args*, Callable[3,3] &block", merge_results),
    on("Iterable args*, Callable[2,2] &block", merge_results),
];

fn merge(call: &Call<'_, '_>) -> Evaluated {
    let mut merged = HashMap::default();
    for argument in call.arguments {
        if let Value::Hash(entries) = argument {
            merged.extend(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
        }
    }
    Ok(Value::hash(merged))
}

fn merge_results(call: &Call<'_, '_>) -> Evaluated {
    let mut merged = HashMap::default();
    let Some(subject) = call.arguments.first() else {
        return Ok(Value::hash(merged));
    };
    let takes_three = call
        .block
        .is_some_and(|block| block.arity().1.is_none_or(|most| most >= 3));
    for (index, item) in iteration::elements(subject)?.into_iter().enumerate() {
        let so_far = Value::hash(merged.clone());
        let arguments = match (&item, takes_three) {
            (Value::Array(pair), true) if matches!(subject, Value::Hash(_)) => {
                [&[so_far], pair.as_slice()].concat()
            }
            (_, true) => vec![so_far, Value::Integer(index as i64), item],
            (_, false) => vec![so_far, item],
        };
        if let Value::Hash(entries) = call.yield_block(&arguments)? {
            merged.extend(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
        }
    }
    Ok(Value::hash(merged))
}

fn deep_merge(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.len() < 2 {
        fail!(
            "deep_merge(): wrong number of arguments ({}; must be at least 2)",
            call.arguments.len()
        );
    }
    let mut merged = HashMap::default();
    for argument in call.arguments {
        match argument {
            Value::Hash(entries) => merge_into(&mut merged, entries),
            Value::Undef => {}
            Value::String(text) if text.is_empty() => {}
            other => fail!(
                "deep_merge: unexpected argument type {}, only expects hash arguments",
                class_of(other)
            ),
        }
    }
    Ok(Value::hash(merged))
}

fn merge_into(merged: &mut HashMap, others: &HashMap) {
    for (key, value) in others {
        match (merged.get_mut(key), value) {
            (Some(Value::Hash(inner)), Value::Hash(more)) => {
                merge_into(std::sync::Arc::make_mut(inner), more);
            }
            _ => {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
}

fn delete_values(call: &Call<'_, '_>) -> Evaluated {
    let [hash, item] = call.arguments else {
        fail!(
            "delete_values(): Wrong number of arguments given ({} of 2)",
            call.arguments.len()
        );
    };
    let Value::Hash(entries) = hash else {
        fail!(
            "delete_values(): First argument must be a Hash. Given an argument of class {}.",
            class_of(hash)
        );
    };
    let mut entries = HashMap::clone(entries);
    entries.retain(|_, value| value != item);
    Ok(Value::hash(entries))
}

fn join_keys_to_values(call: &Call<'_, '_>) -> Evaluated {
    let [hash, separator] = call.arguments else {
        fail!(
            "join_keys_to_values(): Takes exactly two arguments, but {} given.",
            call.arguments.len()
        );
    };
    let Value::Hash(entries) = hash else {
        fail!(
            "join_keys_to_values(): The first argument must be a hash, but a {} was given.",
            class_of(hash)
        );
    };
    let Value::String(separator) = separator else {
        fail!(
            "join_keys_to_values(): The second argument must be a string, but a {} was given.",
            class_of(separator)
        );
    };
    let mut joined = Vec::new();
    for (key, value) in entries.iter() {
        match value {
            Value::Array(elements) => {
                let texts = elements
                    .iter()
                    .map(|element| format!("{key}{separator}{element}"));
                joined.extend(texts.map(Value::string));
            }
            other if other.as_str() == Some("undef") => joined.push(Value::string(key.to_string())),
            other => joined.push(Value::string(format!(
                "{key}{separator}{}",
                ruby_string(other)
            ))),
        }
    }
    Ok(Value::array(joined))
}

fn nested_values(call: &Call<'_, '_>) -> Evaluated {
    fn collect(entries: &HashMap, found: &mut Vec<Value>) {
        for value in entries.values() {
            match value {
                Value::Hash(inner) => collect(inner, found),
                Value::Array(elements) => found.extend(elements.iter().cloned()),
                other => found.push(other.clone()),
            }
        }
    }
    let mut found = Vec::new();
    if let Value::Hash(entries) = &call.arguments[0] {
        collect(entries, &mut found);
    }
    Ok(Value::array(found))
}

/// Takes every secret out of its wrapping (through the block, where there is one) and wraps the
/// whole, where anything in it was secret.
fn rewrap(call: &Call<'_, '_>) -> Evaluated {
    fn unwrap(call: &Call<'_, '_>, value: &Value, is_secret: &mut bool) -> Evaluated {
        Ok(match value {
            Value::Sensitive(inner) => {
                *is_secret = true;
                let inner = unwrap(call, inner, is_secret)?;
                match call.block {
                    Some(_) => call.yield_block(&[inner])?,
                    None => inner,
                }
            }
            Value::Hash(entries) => {
                let mut bare = HashMap::default();
                for (key, value) in entries.iter() {
                    bare.insert(
                        unwrap(call, key, is_secret)?,
                        unwrap(call, value, is_secret)?,
                    );
                }
                Value::hash(bare)
            }
            Value::Array(elements) => {
                let bare = elements.iter().map(|value| unwrap(call, value, is_secret));
                Value::array(bare.collect::<Evaluated<Vec<_>>>()?)
            }
            other => other.clone(),
        })
    }
    let mut is_secret = false;
    let bare = unwrap(call, &call.arguments[0], &mut is_secret)?;
    Ok(match is_secret {
        true => Value::Sensitive(std::sync::Arc::new(bare)),
        false => bare,
    })
}
