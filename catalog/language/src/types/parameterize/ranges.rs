//! Bounds and sizes in brackets.

use super::{Refusal, arity, class_name, label, with_article};
use crate::{
    types::{Range, Type},
    values::{Value, time},
};

pub(super) fn integer_bound(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Integer(value) => Some(Some(*value)),
        Value::Default => Some(None),
        _ => None,
    }
}

pub(super) fn float_bound(value: &Value) -> Option<Option<f64>> {
    match value {
        Value::Float(value) => Some(Some(*value)),
        Value::Integer(value) => Some(Some(*value as f64)),
        Value::Default => Some(None),
        _ => None,
    }
}

pub(super) fn range_of<T>(
    keys: &[Value],
    label: &str,
    expected: &str,
    bound: impl Fn(&Value) -> Option<Option<T>>,
) -> Result<Range<T>, Refusal> {
    if keys.is_empty() || keys.len() > 2 {
        return Err(Refusal::count(format!(
            "{label}-Type supports [] with one or two arguments (from, to). Got {}",
            keys.len()
        )));
    }
    let mut bounds = Vec::with_capacity(2);
    for (index, key) in keys.iter().enumerate() {
        bounds.push(bound(key).ok_or_else(|| {
            Refusal::kind(
                index,
                format!(
                    "{label}-Type [] requires all arguments to be {expected}. Got {}",
                    class_name(key)
                ),
            )
        })?);
    }
    let to = if bounds.len() == 2 {
        bounds.pop().flatten()
    } else {
        None
    };
    Ok(Range {
        from: bounds.pop().flatten(),
        to,
    })
}

pub(super) fn check_order<T: PartialOrd + Copy + std::fmt::Debug>(
    range: &Range<T>,
) -> Result<Range<T>, Refusal> {
    match (range.from, range.to) {
        (Some(from), Some(to)) if from > to => Err(Refusal::raised(format!(
            "'from' must be less or equal to 'to'. Got ({from:?}, {to:?}"
        ))),
        _ => Ok(*range),
    }
}

/// A size from an `Integer` type or one or two integers. `first` is where they stand.
pub(super) fn size(first: usize, keys: &[Value]) -> Result<Range<i64>, Refusal> {
    if let [Value::Type(Type::Integer(range))] = keys {
        return Ok(range.as_size());
    }
    let mut bounds = [None, None];
    for (index, key) in keys.iter().enumerate() {
        bounds[index.min(1)] = integer_bound(key).ok_or_else(|| {
            let label = match key {
                Value::Type(of) => format!("{}-Type", of.simple_name()),
                other => class_name(other).into_owned(),
            };
            Refusal::kind(
                first + index,
                format!(
                    "A Type's size constraint arguments must be a single Integer type, or 1-2 \
                     integers (or default). Got {}",
                    with_article(&label)
                ),
            )
        })?;
    }
    let [from, to] = bounds;
    check_order(&Range { from, to }).map(|range| range.as_size())
}

pub(super) fn times(
    base: &Type,
    keys: &[Value],
    bound: fn(&Value) -> Result<Option<i128>, String>,
) -> Result<Range<i128>, Refusal> {
    if keys.len() > 2 {
        return Err(arity(&label(base), 0, Some(2), keys.len()));
    }
    let read = |index: usize| match keys.get(index) {
        None => Ok(None),
        Some(key) => bound(key).map_err(Refusal::raised),
    };
    let range = Range {
        from: read(0)?,
        to: read(1)?,
    };
    match (range.from, range.to) {
        (Some(from), Some(to)) if from > to => {
            let text = match base {
                Type::Timestamp(_) => time::timestamp_text,
                _ => time::timespan_text,
            };
            Err(Refusal::raised(format!(
                "'from' must be less or equal to 'to'. Got ({}, {}",
                text(from),
                text(to)
            )))
        }
        _ => Ok(range),
    }
}
