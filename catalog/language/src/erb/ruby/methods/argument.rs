//! Reading arguments, with Ruby's words where they are wrong.

use crate::erb::ruby::{
    interpreter::{Run, Stop},
    text::{class_name, inspect},
    value::Value,
};

/// The argument at an index; nil where there is none.
pub(super) fn at(arguments: &[Value], index: usize) -> Value {
    arguments.get(index).cloned().unwrap_or_default()
}

fn described(value: &Value) -> String {
    match value {
        Value::Nil => "nil".to_owned(),
        Value::Bool(value) => value.to_string(),
        other => class_name(other).to_string(),
    }
}

/// What an error names where a value could not be compared: itself where it is small.
pub(super) fn uncompared(value: &Value) -> String {
    match value {
        Value::Nil | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => inspect(value),
        other => class_name(other).to_string(),
    }
}

fn refused(value: &Value, wanted: &str) -> Stop {
    let from = described(value);
    match value {
        Value::Nil | Value::Bool(_) if wanted == "Integer" => {
            Stop::of_type(format!("no implicit conversion from {from} to integer"))
        }
        _ => Stop::of_type(format!("no implicit conversion of {from} into {wanted}")),
    }
}

pub(super) fn integer(value: &Value) -> Run<i64> {
    match value {
        Value::Integer(value) => Ok(*value),
        Value::Float(value) if value.is_finite() => Ok(value.trunc() as i64),
        other => Err(refused(other, "Integer")),
    }
}

/// A count or a length.
pub(super) fn size(value: &Value) -> Run<usize> {
    let value = integer(value)?;
    usize::try_from(value).map_err(|_| Stop::argument(format!("negative argument ({value})")))
}

pub(super) fn string(value: &Value) -> Run<String> {
    match value {
        Value::String(text) => Ok(text.borrow().as_str().to_owned()),
        other => Err(refused(other, "String")),
    }
}

pub(super) fn list(value: &Value) -> Run<Vec<Value>> {
    match value {
        Value::Array(list) => Ok(list.0.borrow().clone()),
        other => Err(refused(other, "Array")),
    }
}

pub(super) fn map(value: &Value) -> Run<crate::erb::ruby::value::Map> {
    match value {
        Value::Hash(map) => Ok(map.clone()),
        other => Err(refused(other, "Hash")),
    }
}

/// The start and length that an index with a length, or a range, stands for in something of
/// `length` elements.
pub(super) fn span(start: i64, count: i64, length: usize) -> Option<(usize, usize)> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let start = if start < 0 { start + length } else { start };
    if start < 0 || start > length || count < 0 {
        return None;
    }
    let count = count.min(length - start);
    Some((usize::try_from(start).ok()?, usize::try_from(count).ok()?))
}

/// As [`span`], for a range.
pub(super) fn range_span(
    range: &crate::erb::ruby::value::RangeValue,
    length: usize,
) -> Run<Option<(usize, usize)>> {
    let whole = i64::try_from(length).unwrap_or(i64::MAX);
    let from = match &range.from {
        Value::Nil => 0,
        other => integer(other)?,
    };
    let from = if from < 0 { from + whole } else { from };
    let to = match &range.to {
        Value::Nil => whole,
        other => {
            let to = integer(other)?;
            let to = if to < 0 { to.saturating_add(whole) } else { to };
            if range.is_exclusive {
                to
            } else {
                to.saturating_add(1)
            }
        }
    };
    if from < 0 {
        return Ok(None);
    }
    Ok(span(from, to.saturating_sub(from).max(0), length))
}

/// An index from the end where it is negative.
pub(super) fn index(value: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let at = if value < 0 { value + length } else { value };
    (0..length)
        .contains(&at)
        .then(|| usize::try_from(at).ok())?
}
