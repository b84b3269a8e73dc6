//! Functions that the language itself has replaced since.

use super::{
    super::{Function, fail, function, legacy, on},
    class_of, deprecation, wrong_number,
};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    formats::sprintf,
    functions::digest::to_integer,
    host::Level,
    values::{Value, inspect, number::float_text},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("dig44", &[legacy(dig44)]),
    function("has_key", &[legacy(has_key)]),
    function("type3x", &[legacy(type3x)]),
    function("try_get_value", &[legacy(try_get_value)]),
    function(
        "sprintf_hash",
        &[on("String format, Hash arguments", |call| {
            let message = "This method is deprecated. From Puppet 4.10.10/5.3.4 please use the \
                           built-in sprintf instead";
            deprecation::warn(call, "sprintf_hash", message, true)?;
            let format = call.arguments[0].as_str().unwrap_or_default();
            let shown = sprintf(format, &call.arguments[1..]);
            Ok(Value::string(
                shown.map_err(|error| Error::new(error.to_string()))?,
            ))
        })],
    ),
];

fn has_key(call: &Call<'_, '_>) -> Evaluated {
    let [hash, key] = call.arguments else {
        fail!(
            "has_key(): wrong number of arguments ({}; must be 2)",
            call.arguments.len()
        );
    };
    match hash {
        Value::Hash(entries) => Ok(Value::Boolean(entries.contains_key(key))),
        other => fail!(
            "has_key(): expects the first argument to be a hash, got {} which is of type {}",
            inspect(other),
            class_of(other)
        ),
    }
}

/// What a value is in the terms of Puppet 3, where numbers were strings.
fn type3x(call: &Call<'_, '_>) -> Evaluated {
    let [value] = call.arguments else {
        return Err(wrong_number(call, "1").into());
    };
    Ok(Value::string(match value {
        Value::Array(_) => "array",
        Value::Hash(_) => "hash",
        Value::Boolean(_) => "boolean",
        Value::Integer(_) => "integer",
        Value::Float(_) => "float",
        Value::String(text) if to_integer(value).to_string() == **text => "integer",
        Value::String(text)
            if text
                .parse()
                .is_ok_and(|number: f64| float_text(number) == **text) =>
        {
            "float"
        }
        Value::String(_) => "string",
        _ => fail!("type3x(): Unknown type"),
    }))
}

fn dig44(call: &Call<'_, '_>) -> Evaluated {
    let (data, path, default) = match call.arguments {
        [data, path] => (data, path, Value::Undef),
        [data, path, default, ..] => (data, path, default.clone()),
        [] => return Err(wrong_number(call, "minimum 1").into()),
        [_] => return Err(wrong_number(call, "at least 2").into()),
    };
    if !matches!(data, Value::Hash(_) | Value::Array(_)) {
        fail!(
            "dig44(): first argument must be a hash or an array, given {}",
            class_of(data)
        );
    }
    let Value::Array(path) = path else {
        fail!(
            "dig44(): second argument must be an array, given {}",
            class_of(path)
        );
    };
    Ok(or(walk(data, path), default))
}

fn or(found: Value, default: Value) -> Value {
    if found.is_undef() { default } else { found }
}

/// The value at a path; the index of an array may be a text of digits.
fn walk(data: &Value, path: &[Value]) -> Value {
    let step = |value: Value, key: &Value| match &value {
        Value::Hash(entries) => entries.get(key).cloned().unwrap_or_default(),
        Value::Array(elements) => {
            let is_index = match key {
                Value::Integer(_) | Value::Float(_) => true,
                Value::String(text) => to_integer(key).to_string() == **text,
                _ => false,
            };
            let index = to_integer(key);
            let at = if index < 0 {
                index + elements.len() as i64
            } else {
                index
            };
            usize::try_from(at)
                .ok()
                .filter(|_| is_index)
                .and_then(|at| elements.get(at))
                .cloned()
                .unwrap_or_default()
        }
        _ => Value::Undef,
    };
    path.iter().fold(data.clone(), step)
}

fn try_get_value(call: &Call<'_, '_>) -> Evaluated {
    let [data, rest @ ..] = call.arguments else {
        return Err(wrong_number(call, "minimum 1").into());
    };
    let host = call.evaluator.host();
    let message =
        "try_get_value() DEPRECATED: this function is deprecated, please use dig() instead.";
    host.log(Level::Warning, message, Some(&call.location()));
    let path = rest.first().and_then(Value::as_str).unwrap_or_default();
    let default = rest.get(1).cloned().unwrap_or_default();
    let separator = rest.get(2).and_then(Value::as_str).unwrap_or("/");
    if !matches!(data, Value::Hash(_) | Value::Array(_)) || path.is_empty() {
        return Ok(or(default, data.clone()));
    }
    let keys: Vec<Value> = path.split(separator).map(Value::string).collect();
    Ok(or(walk(data, &keys), default))
}
