//! Timestamps and timespans from seconds, texts and fields.

use super::{Constructor, named, way};
use crate::{
    types::{Presence, Range, Type},
    values::{
        Value,
        time::{self, SECOND, strptime, timespan as spans},
    },
};

fn formats() -> Type {
    let format = Type::string_between(2, None);
    let several = Type::array_of(format.clone(), Range::new(Some(1), None));
    named("Formats", Type::Variant(vec![format, several].into()))
}

fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    match value {
        Some(Value::String(text)) => Some(vec![text.to_string()]),
        Some(Value::Array(texts)) => Some(
            texts
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        ),
        _ => None,
    }
}

fn seconds() -> Type {
    Type::Variant(vec![Type::INTEGER, Type::FLOAT].into())
}

pub(super) fn timespan() -> Constructor {
    let integer = || Type::INTEGER;
    let parse = |text: &Value, format: Option<&Value>| {
        parse_timespan(text.as_str().unwrap_or_default(), format).map(Value::timespan)
    };
    let string_hash = Type::struct_of([
        ("string", Presence::Required, Type::string_between(1, None)),
        ("format", Presence::Optional, formats()),
    ]);
    let mut members = vec![("negative", Presence::Optional, Type::BOOLEAN)];
    members.extend(FIELDS.map(|(name, _)| (name, Presence::Optional, Type::INTEGER)));
    let fields_hash = Type::struct_of(members);
    Constructor::new(
        "new_timespan",
        vec![
            way(vec![("seconds", seconds())], 1, |arguments, _| {
                Ok(Value::timespan(
                    time::from_seconds(&arguments[0]).unwrap_or(0),
                ))
            }),
            way(
                vec![
                    ("string", Type::string_between(1, None)),
                    ("format", formats()),
                ],
                1,
                move |arguments, _| parse(&arguments[0], arguments.get(1)),
            ),
            way(
                FIELDS.map(|(name, _)| (name, integer())).to_vec(),
                4,
                |arguments, _| {
                    let total = FIELDS
                        .iter()
                        .zip(arguments)
                        .map(|((_, unit), value)| field(value, *unit))
                        .sum();
                    Ok(Value::timespan(total))
                },
            ),
            way(vec![("hash_arg", string_hash)], 1, move |arguments, _| {
                let text = arguments[0].get("string").cloned().unwrap_or_default();
                parse(&text, arguments[0].get("format"))
            }),
            way(vec![("hash_arg", fields_hash)], 1, |arguments, _| {
                Ok(Value::timespan(from_fields(&arguments[0])))
            }),
        ],
    )
}

const FIELDS: [(&str, i128); 7] = [
    ("days", 86_400 * SECOND),
    ("hours", 3600 * SECOND),
    ("minutes", 60 * SECOND),
    ("seconds", SECOND),
    ("milliseconds", SECOND / 1000),
    ("microseconds", SECOND / 1_000_000),
    ("nanoseconds", 1),
];

fn field(value: &Value, unit: i128) -> i128 {
    match value {
        Value::Integer(count) => i128::from(*count) * unit,
        _ => 0,
    }
}

fn from_fields(hash: &Value) -> i128 {
    let total: i128 = FIELDS
        .iter()
        .filter_map(|(name, unit)| hash.get(name).map(|value| field(value, *unit)))
        .sum();
    if matches!(hash.get("negative"), Some(Value::Boolean(true))) {
        -total
    } else {
        total
    }
}

fn parse_timespan(text: &str, format: Option<&Value>) -> Result<i128, String> {
    match format {
        Some(Value::String(format)) => {
            spans::Format::new(format).and_then(|format| format.parse(text))
        }
        _ => match texts(format) {
            Some(formats) => spans::parse(text, &formats),
            None => spans::parse(text, &spans::DEFAULTS),
        },
    }
    .map_err(|error| error.to_string())
}

pub(super) fn timestamp() -> Constructor {
    let hash = Type::struct_of([
        ("string", Presence::Required, Type::string_between(1, None)),
        ("format", Presence::Optional, formats()),
        (
            "timezone",
            Presence::Optional,
            Type::string_between(1, None),
        ),
    ]);
    Constructor::new(
        "new_timestamp",
        vec![
            way(Vec::new(), 0, |_, context| {
                Ok(Value::timestamp(context.now()))
            }),
            way(vec![("seconds", seconds())], 1, |arguments, _| {
                Ok(Value::timestamp(
                    time::from_seconds(&arguments[0]).unwrap_or(0),
                ))
            }),
            way(
                vec![
                    ("string", Type::string_between(1, None)),
                    ("format", formats()),
                    ("timezone", Type::string_between(1, None)),
                ],
                1,
                |arguments, _| parse_timestamp(&arguments[0], arguments.get(1), arguments.get(2)),
            ),
            way(vec![("hash_arg", hash)], 1, |arguments, _| {
                let part = |name| arguments[0].get(name);
                let text = part("string").cloned().unwrap_or_default();
                parse_timestamp(&text, part("format"), part("timezone"))
            }),
        ],
    )
}

fn parse_timestamp(
    text: &Value,
    format: Option<&Value>,
    timezone: Option<&Value>,
) -> Result<Value, String> {
    let text = text.as_str().unwrap_or_default();
    let timezone = timezone.and_then(Value::as_str);
    match format {
        Some(Value::String(format)) => strptime::parse(text, format, timezone),
        _ => match texts(format) {
            Some(formats) => strptime::parse_any(text, &formats, timezone),
            None => strptime::parse_default(text, timezone),
        },
    }
    .map(Value::timestamp)
    .map_err(|error| error.to_string())
}

/// A bound of a range of timespans, in any of the forms that it may be written in.
///
/// # Errors
/// It cannot be read.
pub fn timespan_bound(value: &Value) -> Result<Option<i128>, String> {
    match value {
        Value::Timespan(bound) => Ok(Some(**bound)),
        Value::Default | Value::Undef => Ok(None),
        Value::String(text) => parse_timespan(text, None).map(Some),
        Value::Integer(_) | Value::Float(_) => Ok(time::from_seconds(value)),
        Value::Hash(_) => match value.get("string") {
            Some(text) => {
                parse_timespan(text.as_str().unwrap_or_default(), value.get("format")).map(Some)
            }
            None => Ok(Some(from_fields(value))),
        },
        other => Err(format!(
            "Unable to create a Puppet::Pops::Time::Timespan from a {}",
            crate::types::parameterize::class_name(other)
        )),
    }
}

/// A bound of a range of timestamps, in any of the forms that it may be written in.
///
/// # Errors
/// It cannot be read.
pub fn timestamp_bound(value: &Value) -> Result<Option<i128>, String> {
    let read = |value: Value| match value {
        Value::Timestamp(bound) => Some(*bound),
        _ => None,
    };
    match value {
        Value::Timestamp(bound) => Ok(Some(**bound)),
        Value::Default | Value::Undef => Ok(None),
        Value::String(_) => parse_timestamp(value, None, None).map(read),
        Value::Integer(_) | Value::Float(_) => Ok(time::from_seconds(value)),
        Value::Hash(_) => {
            let text = value.get("string").cloned().unwrap_or_default();
            parse_timestamp(&text, value.get("format"), value.get("timezone")).map(read)
        }
        other => Err(format!(
            "Unable to create a Puppet::Pops::Time::Timestamp from a {}",
            crate::types::parameterize::class_name(other)
        )),
    }
}
