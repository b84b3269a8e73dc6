//! The old calling convention.
//!
//! A function of the old kind knows no `undef` (it is given an empty string, except inside
//! collections) and none of the younger scalar types (it is given their text).

use std::borrow::Cow;

use super::fail;
use crate::{
    error::Evaluated,
    values::{HashMap, Value},
};

/// Arguments as a function of the old kind gets them.
///
/// # Errors
/// One of them is an iterator, which the convention has no form for.
pub(super) fn arguments(given: &[Value]) -> Evaluated<Cow<'_, [Value]>> {
    if given.iter().all(is_plain) {
        return Ok(Cow::Borrowed(given));
    }
    let converted = given.iter().map(|value| match value {
        // A string of its own: a template may change it in place.
        Value::Undef => Ok(Value::string("")),
        other => converted(other),
    });
    converted.collect::<Evaluated<Vec<_>>>().map(Cow::Owned)
}

/// Whether a value is the same in both conventions.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Default
        | Value::Type(_)
        | Value::Sensitive(_)
        | Value::Uri(_)
        | Value::Object(_) => true,
        Value::Array(elements) => elements
            .iter()
            .all(|value| value.is_undef() || is_plain(value)),
        Value::Hash(entries) => entries
            .iter()
            .all(|(key, value)| is_plain(key) && (value.is_undef() || is_plain(value))),
        _ => false,
    }
}

fn converted(value: &Value) -> Evaluated {
    Ok(match value {
        Value::Regexp(regexp) => Value::string(regexp.inspected()),
        Value::SemVer(_)
        | Value::SemVerRange(_)
        | Value::Timestamp(_)
        | Value::Timespan(_)
        | Value::Binary(_) => Value::string(value.to_string()),
        Value::Array(elements) => Value::array(
            elements
                .iter()
                .map(converted)
                .collect::<Evaluated<Vec<_>>>()?,
        ),
        Value::Hash(entries) => {
            let pairs = entries
                .iter()
                .map(|(key, value)| Ok((converted(key)?, converted(value)?)));
            Value::hash(pairs.collect::<Evaluated<HashMap>>()?)
        }
        Value::Iterator(_) => fail!("Use of an Iterator is not supported here"),
        other => other.clone(),
    })
}
