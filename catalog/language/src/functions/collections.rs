//! Functions on arrays and hashes, and on paths into them.

use std::{cmp::Ordering, sync::Arc};

use super::{Function, fail, function, iteration, on, refusal};
use crate::{
    error::{Error, Evaluated, Unwind},
    evaluator::{Call, comparison, flatten},
    host::Level,
    types::{Bounds, Type, builtin, mismatch},
    values::{HashMap, Value, inspect, merge_sort, ruby_string},
};

/// The dispatches of `min` and `max`.
macro_rules! extreme {
    ($function:ident) => {
        [
            on("Numeric values*", |call| $function(call, call.arguments)),
            on("String values*", |call| $function(call, call.arguments)),
            on("SemVer values*", |call| $function(call, call.arguments)),
            on("Timespan values*", |call| $function(call, call.arguments)),
            on("Timestamp values*", |call| $function(call, call.arguments)),
            on("Array[Numeric] values, Callable[2,2] &block?", |call| {
                $function(call, only(call))
            }),
            on("Array[String] values, Callable[2,2] &block?", |call| {
                $function(call, only(call))
            }),
            on("Array[SemVer] values, Callable[2,2] &block?", |call| {
                $function(call, only(call))
            }),
            on("Array[Timespan] values, Callable[2,2] &block?", |call| {
                $function(call, only(call))
            }),
            on("Array[Timestamp] values, Callable[2,2] &block?", |call| {
                $function(call, only(call))
            }),
            on("Array values, Callable[2,2] &block?", |call| {
                $function(call, only(call))
            }),
            on("Any values*, Callable[2,2] &block", |call| {
                $function(call, call.arguments)
            }),
            on("Any values*", |call| $function(call, call.arguments)),
        ]
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "keys",
        &[on("Hash hsh", |call| match &call.arguments[0] {
            Value::Hash(entries) => Ok(Value::array(entries.keys().cloned().collect::<Vec<_>>())),
            _ => Ok(Value::Undef),
        })],
    ),
    function(
        "values",
        &[on("Hash hsh", |call| match &call.arguments[0] {
            Value::Hash(entries) => Ok(Value::array(entries.values().cloned().collect::<Vec<_>>())),
            _ => Ok(Value::Undef),
        })],
    ),
    function(
        "flatten",
        &[on("Any args*", |call| {
            let mut values = call.arguments.to_vec();
            for value in &mut values {
                if let Value::Iterator(_) = value {
                    *value = Value::array(iteration::elements(value)?);
                }
            }
            Ok(Value::array(flatten(values)))
        })],
    ),
    function("length", LENGTH),
    function("size", LENGTH),
    function(
        "empty",
        &[
            on("Collection coll", empty),
            on("Sensitive[String] str", empty),
            on("String str", empty),
            on("Numeric num", empty),
            on("Binary bin", empty),
            on("Undef x", empty),
        ],
    ),
    function("join", &[on("Array arg, String delimiter?", join)]),
    function(
        "sort",
        &[
            on("String string_value, Callable[2,2] &block?", sort_string),
            on("Array array_value, Callable[2,2] &block?", sort),
        ],
    ),
    function(
        "unique",
        &[
            on("String string, Callable[String] &block?", unique),
            on("Hash hash, Callable[Any] &block?", unique_hash),
            on("Array array, Callable[Any] &block?", unique),
            on("Iterable iterable, Callable[Any] &block?", unique),
        ],
    ),
    function("min", &extreme!(min)),
    function("max", &extreme!(max)),
    function("dig", &[on("Optional[Collection] data, Any arg*", dig)]),
    function(
        "get",
        &[on(
            "Any value, String dotted_string, Any default_value?, Callable[1,1] &block?",
            get,
        )],
    ),
    function(
        "getvar",
        &[
            on(
                "Pattern[/\\A(?:::)?(?:[a-z]\\w*::)*[a-z_]\\w*(?:\\.|\\Z)/] get_string, \
                 Any default_value?, Callable[1,1] &block?",
                getvar,
            ),
            refusal(
                "String get_string, Any default_value?, Callable &block?",
                |_| fail!("'getvar' The given string does not start with a valid variable name"),
            ),
        ],
    ),
];

const LENGTH: &[super::Dispatch] = &[
    on("Collection arg", length),
    on("String arg", length),
    on("Binary arg", length),
];

fn length(call: &Call<'_, '_>) -> Evaluated {
    let count = match &call.arguments[0] {
        Value::Array(elements) => elements.len(),
        Value::Hash(entries) => entries.len(),
        Value::String(text) => text.chars().count(),
        Value::Binary(bytes) => bytes.len(),
        _ => 0,
    };
    Ok(Value::Integer(count as i64))
}

fn empty(call: &Call<'_, '_>) -> Evaluated {
    let is_empty = |value: &Value| match value {
        Value::Array(elements) => elements.is_empty(),
        Value::Hash(entries) => entries.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Binary(bytes) => bytes.is_empty(),
        Value::Undef => true,
        _ => false,
    };
    let value = &call.arguments[0];
    if matches!(value, Value::Integer(_) | Value::Float(_)) {
        let message = "Calling function empty() with Numeric value is deprecated.";
        call.evaluator
            .host()
            .log(Level::Warning, message, Some(&call.location()));
    }
    Ok(Value::Boolean(match value {
        Value::Sensitive(inner) => is_empty(inner),
        other => is_empty(other),
    }))
}

fn join(call: &Call<'_, '_>) -> Evaluated {
    let separator = call.arguments.get(1).and_then(Value::as_str).unwrap_or("");
    Ok(Value::string(joined(&call.arguments[0], separator)))
}

/// Ruby's `join`: of an array within an array there is a text too, be it empty.
fn joined(value: &Value, separator: &str) -> String {
    match value {
        Value::Array(elements) => {
            let texts: Vec<String> = elements
                .iter()
                .map(|element| joined(element, separator))
                .collect();
            texts.join(separator)
        }
        other => ruby_string(other),
    }
}

fn sort_string(call: &Call<'_, '_>) -> Evaluated {
    let characters = iteration::elements(&call.arguments[0])?;
    let sorted = sorted(call, characters)?;
    Ok(Value::string(
        sorted.iter().map(ToString::to_string).collect::<String>(),
    ))
}

fn sort(call: &Call<'_, '_>) -> Evaluated {
    let elements = iteration::elements(&call.arguments[0])?;
    Ok(Value::array(sorted(call, elements)?))
}

/// Sorts by Ruby's order, or by the block's.
fn sorted(call: &Call<'_, '_>, values: Vec<Value>) -> Evaluated<Vec<Value>> {
    merge_sort(values, &mut |a, b| order(call, a, b))
}

fn order(call: &Call<'_, '_>, a: &Value, b: &Value) -> Evaluated<Ordering> {
    if call.block.is_some() {
        return match call.yield_block(&[a.clone(), b.clone()])? {
            Value::Integer(order) => Ok(order.cmp(&0)),
            Value::Float(order) => Ok(order.partial_cmp(&0.0).unwrap_or(Ordering::Equal)),
            other => fail!(
                "comparison of {} with {} failed: the block gave {}",
                inspect(a),
                inspect(b),
                crate::evaluator::label::type_name(&other)
            ),
        };
    }
    match ruby_order(a, b) {
        Some(order) => Ok(order),
        None => fail!(
            "comparison of {} with {} failed",
            crate::evaluator::label::type_name(a),
            shown_operand(b)
        ),
    }
}

fn shown_operand(value: &Value) -> String {
    match value {
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Undef => inspect(value),
        other => crate::evaluator::label::type_name(other),
    }
}

/// Ruby's `<=>`: strings by bytes, numbers, arrays element by element, versions and times.
pub(super) fn ruby_order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::String(_), _) => None,
        (Value::Array(a), Value::Array(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                let order = ruby_order(a, b)?;
                if order.is_ne() {
                    return Some(order);
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        _ if a == b => Some(Ordering::Equal),
        _ => comparison::compare(a, b).ok().flatten(),
    }
}

fn unique(call: &Call<'_, '_>) -> Evaluated {
    let elements = iteration::elements(&call.arguments[0])?;
    // Of one element the block is not asked.
    if let ([_], Value::String(_) | Value::Array(_)) = (elements.as_slice(), &call.arguments[0]) {
        return Ok(call.arguments[0].clone());
    }
    let mut seen = HashMap::default();
    for element in elements {
        let key = match call.block {
            Some(_) => call.yield_block(std::slice::from_ref(&element))?,
            None => element.clone(),
        };
        seen.entry(key).or_insert(element);
    }
    let kept = seen.into_values();
    Ok(match call.arguments[0] {
        Value::String(_) => Value::string(kept.map(|value| value.to_string()).collect::<String>()),
        _ => Value::array(kept.collect::<Vec<_>>()),
    })
}

fn unique_hash(call: &Call<'_, '_>) -> Evaluated {
    let Value::Hash(entries) = &call.arguments[0] else {
        return Ok(Value::Undef);
    };
    let mut groups: indexmap::IndexMap<Value, (Vec<Value>, Vec<Value>)> = Default::default();
    for (key, value) in entries.iter() {
        let group = match call.block {
            Some(_) => call.yield_block(std::slice::from_ref(value))?,
            None => value.clone(),
        };
        let (keys, values) = groups.entry(group).or_default();
        keys.push(key.clone());
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let inverted = groups.into_values();
    Ok(Value::hash(
        inverted
            .map(|(keys, values)| (Value::array(keys), Value::array(values)))
            .collect(),
    ))
}

fn only<'a>(call: &'a Call<'_, '_>) -> &'a [Value] {
    match call.arguments {
        [Value::Array(elements)] => elements,
        other => other,
    }
}

fn min(call: &Call<'_, '_>, values: &[Value]) -> Evaluated {
    extreme(call, values, Ordering::Less)
}

fn max(call: &Call<'_, '_>, values: &[Value]) -> Evaluated {
    extreme(call, values, Ordering::Greater)
}

fn extreme(call: &Call<'_, '_>, values: &[Value], wanted: Ordering) -> Evaluated {
    let Some((first, rest)) = values.split_first() else {
        if call.block.is_some() {
            return Ok(Value::Undef);
        }
        fail!(
            "{}(): Wrong number of arguments need at least one",
            call.name
        );
    };
    let mut best = first;
    for value in rest {
        let order = match call.block {
            Some(_) => order(call, value, best)?,
            None => loose_order(call, value, best),
        };
        if order == wanted {
            best = value;
        }
    }
    Ok(best.clone())
}

/// Numbers, versions and times by value, numbers also where strings stand for both; anything else
/// by its text.
fn loose_order(call: &Call<'_, '_>, a: &Value, b: &Value) -> Ordering {
    let coerced = |conversion: &str| {
        call.evaluator.deprecate(&format!(
            "The {}() function's auto conversion of {conversion} is deprecated - change to convert \
             input before calling, or use lambda",
            call.name
        ));
    };
    let are_texts = matches!((a, b), (Value::String(_), Value::String(_)));
    let are_alike = matches!(
        (a, b),
        (
            Value::Integer(_) | Value::Float(_),
            Value::Integer(_) | Value::Float(_)
        ) | (Value::SemVer(_), Value::SemVer(_))
            | (Value::Timestamp(_), Value::Timestamp(_))
            | (Value::Timespan(_), Value::Timespan(_))
    );
    if are_alike {
        return comparison::compare(a, b)
            .ok()
            .flatten()
            .unwrap_or(Ordering::Equal);
    }
    // The text of a regular expression is the one that its language gives it.
    let text = |value: &Value| match value {
        Value::Regexp(regexp) => regexp.grouped(),
        other => other.to_string(),
    };
    let (a, b) = (text(a), text(b));
    match (decimal(&a), decimal(&b)) {
        (Some(a), Some(b)) => {
            coerced("String to Numeric");
            a.partial_cmp(&b).unwrap_or(Ordering::Equal)
        }
        _ => {
            if !are_texts {
                coerced("Any to String");
            }
            a.cmp(&b)
        }
    }
}

/// `/\A-?\d+([._eE]\d+)?\z/` as a number.
fn decimal(text: &str) -> Option<f64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let fits = match unsigned.split_once(['.', '_', 'e', 'E']) {
        Some((whole, rest)) => digits(whole) && digits(rest),
        None => digits(unsigned),
    };
    fits.then(|| text.replace('_', "").parse().ok()).flatten()
}

fn dig(call: &Call<'_, '_>) -> Evaluated {
    match dig_into(&call.arguments[0], &call.arguments[1..]) {
        Ok(value) => Ok(value),
        Err(obstacle) => Err(Error::new(obstacle.message).into()),
    }
}

/// Why a path cannot be followed.
struct Obstacle {
    message: String,
    issue_code: &'static str,
    walked: Vec<Value>,
    type_key: &'static str,
    found: Type,
}

fn dig_into(data: &Value, keys: &[Value]) -> Result<Value, Obstacle> {
    let mut current = data.clone();
    for (depth, key) in keys.iter().enumerate() {
        if matches!(current, Value::Undef) || matches!(key, Value::Undef) {
            return Ok(Value::Undef);
        }
        let walked = |count: usize| {
            let walked = keys[..count].to_vec();
            let shown = inspect(&Value::array(&walked[..]));
            (walked, shown)
        };
        current = match (&current, key) {
            (Value::Array(elements), Value::Integer(index)) => {
                let index = if *index < 0 {
                    elements.len() as i64 + index
                } else {
                    *index
                };
                let element = usize::try_from(index)
                    .ok()
                    .and_then(|index| elements.get(index));
                element.cloned().unwrap_or_default()
            }
            (Value::Array(_), other) => {
                let (walked, shown) = walked(depth + 1);
                let found = other.infer();
                return Err(Obstacle {
                    message: format!(
                        "The given data requires an Integer index at {shown}, got '{found}'"
                    ),
                    issue_code: "EXPECTED_INTEGER_INDEX",
                    walked,
                    type_key: "index_type",
                    found,
                });
            }
            (Value::Hash(entries), key) => entries.get(key).cloned().unwrap_or_default(),
            (other, _) => {
                let (walked, shown) = walked(depth);
                let found = other.infer();
                return Err(Obstacle {
                    message: format!(
                        "The given data does not contain a Collection at {shown}, got '{found}'"
                    ),
                    issue_code: "EXPECTED_COLLECTION",
                    walked,
                    type_key: "value_type",
                    found,
                });
            }
        };
    }
    Ok(current)
}

fn get(call: &Call<'_, '_>) -> Evaluated {
    let path = call.arguments[1].as_str().unwrap_or_default();
    let default = call.arguments.get(2).cloned().unwrap_or_default();
    navigate(call, &call.arguments[0], path, default)
}

fn getvar(call: &Call<'_, '_>) -> Evaluated {
    let text = call.arguments[0].as_str().unwrap_or_default();
    let default = call.arguments.get(1).cloned().unwrap_or_default();
    let is_name =
        |character: char| character == ':' || character == '_' || character.is_alphanumeric();
    let end = text
        .find(|character| !is_name(character))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path = match rest.strip_prefix('.') {
        Some(path) => path,
        None if rest.is_empty() => "",
        None => fail!(
            "First character after var name in get string must be a '.' - got {}",
            rest.chars().next().unwrap_or_default()
        ),
    };
    match call.evaluator.variable(name, call.scope) {
        Some(value) => navigate(call, &value, path, default),
        None => Ok(default),
    }
}

fn navigate(call: &Call<'_, '_>, value: &Value, path: &str, default: Value) -> Evaluated {
    if matches!(value, Value::Undef) {
        return Ok(default);
    }
    if path.is_empty() {
        return Ok(value.clone());
    }
    let Some(keys) = split_path(path) else {
        fail!("Syntax error in dotted-navigation string");
    };
    if !matches!(value, Value::Array(_) | Value::Hash(_)) {
        let expected = Type::Optional(Some(Arc::new(Type::Collection(Bounds::NONE))));
        fail!(
            "{}",
            mismatch::describe_mismatch("'dig' parameter 'data'", &expected, &value.infer_set())
        );
    }
    match dig_into(value, &keys) {
        Ok(Value::Undef) => Ok(default),
        Ok(found) => Ok(found),
        Err(obstacle) if call.block.is_some() => call.yield_block(&[error_object(obstacle)]),
        Err(obstacle) => Err(Unwind::from(Error::new(obstacle.message))),
    }
}

/// `a.'b.c'.0` as keys; `None` where quotes or dots do not fit.
pub(super) fn split_path(path: &str) -> Option<Vec<Value>> {
    let mut keys = Vec::new();
    let mut rest = path;
    loop {
        let (key, after) = match rest.chars().next() {
            Some(quote @ ('\'' | '"')) => {
                let end = rest[1..].find(quote)? + 1;
                (Value::string(&rest[1..end]), &rest[end + 1..])
            }
            _ => {
                let end = rest.find('.').unwrap_or(rest.len());
                let text = &rest[..end];
                if text.is_empty() || text.contains(['\'', '"']) {
                    return None;
                }
                let key = match text.parse::<i64>() {
                    Ok(index) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                        Value::Integer(index)
                    }
                    _ => Value::string(text.trim()),
                };
                (key, &rest[end..])
            }
        };
        keys.push(key);
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None if after.is_empty() => return Some(keys),
            None => return None,
        }
    }
}

/// What the block of `get` is given: an `Error`.
fn error_object(obstacle: Obstacle) -> Value {
    let details = HashMap::from_iter([
        (Value::string("walked_path"), Value::array(obstacle.walked)),
        (
            Value::string(obstacle.type_key),
            Value::Type(obstacle.found),
        ),
    ]);
    let attributes = [
        ("msg", Value::string(obstacle.message)),
        ("kind", Value::string("SLICE_ERROR")),
        ("details", Value::hash(details)),
        ("issue_code", Value::string(obstacle.issue_code)),
    ];
    let attributes = attributes.map(|(name, value)| (Arc::from(name), value));
    Value::Object(Arc::new(crate::values::Object {
        object_type: builtin::error(),
        attributes: attributes.into_iter().collect(),
    }))
}
