//! The report's JSON: times with nanoseconds, values as plain JSON, and a bound on what is read.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};
use serde_json::Value;
use std::sync::Arc;
use thiserror::Error;

use super::{Report, ResourceStatus};
use crate::data::Data;

/// The largest report that is read: a catalog of 50,000 resources that all change fits.
pub const MAX_BYTES: usize = 128 * 1024 * 1024;

/// Why a report could not be read.
#[derive(Debug, Error)]
pub enum ReportError {
    /// It is larger than [`MAX_BYTES`].
    #[error("the report has {0} bytes, more than the {MAX_BYTES} that are read")]
    Size(usize),
    /// It is no report.
    #[error("cannot read the report: {0}")]
    Json(#[from] serde_json::Error),
}

impl Report {
    /// The JSON that travels.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a report's keys are texts and its floats are finite")
    }

    /// Reads what [`Report::to_json`] or a Puppet agent wrote.
    ///
    /// # Errors
    /// It is too large, or no report.
    pub fn from_json(json: &[u8]) -> Result<Self, ReportError> {
        if json.len() > MAX_BYTES {
            return Err(ReportError::Size(json.len()));
        }
        Ok(serde_json::from_slice(json)?)
    }
}

/// Times as `2026-11-21T08:36:07.207233819+00:00`.
pub(super) mod time {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(time: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&time.strftime("%Y-%m-%dT%H:%M:%S.%9f+00:00"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Values as plain JSON: what has no form there goes as its text, as the format asks.
pub(super) mod data {
    use super::{Data, Deserialize, Deserializer, Serializer, Value, plain, read};
    use serde::Serialize as _;

    pub fn serialize<S: Serializer>(data: &Data, to: S) -> Result<S::Ok, S::Error> {
        plain(data).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Data, D::Error> {
        Ok(read(Value::deserialize(from)?))
    }
}

/// Puppet writes `null` for a flag that nobody set.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Option::<bool>::deserialize(from)?.unwrap_or_default())
}

/// Puppet writes `null` or `{}` for a resource it has nothing to say of; such are left out.
pub(super) fn statuses<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<IndexMap<Arc<str>, ResourceStatus>, D::Error> {
    let entries = IndexMap::<Arc<str>, Value>::deserialize(from)?;
    let says_something = |value: &Value| value.as_object().is_none_or(|hash| !hash.is_empty());
    entries
        .into_iter()
        .filter(|(_, value)| !value.is_null() && says_something(value))
        .map(|(name, value)| {
            Ok((
                name,
                serde_json::from_value(value).map_err(D::Error::custom)?,
            ))
        })
        .collect()
}

fn plain(data: &Data) -> Value {
    match data {
        Data::Undef => Value::Null,
        Data::Default => "default".into(),
        Data::Boolean(value) => (*value).into(),
        Data::Integer(value) => (*value).into(),
        Data::Float(value) => (*value).into(),
        Data::String(text) => Value::from(&**text),
        Data::Array(elements) => elements.iter().map(plain).collect(),
        Data::Hash(hash) => hash
            .iter()
            .map(|(key, value)| (key.to_string(), plain(value)))
            .collect(),
        Data::Sensitive(_) => "[redacted]".into(),
        Data::Typed(typed) => plain(&typed.value),
    }
}

fn read(value: Value) -> Data {
    match value {
        Value::Null => Data::Undef,
        Value::Bool(value) => Data::Boolean(value),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Data::Integer(integer),
            None => Data::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Data::from(text),
        Value::Array(elements) => Data::Array(elements.into_iter().map(read).collect()),
        Value::Object(hash) => {
            let pairs = hash.into_iter();
            Data::hash(
                pairs
                    .map(|(key, value)| (key.into(), read(value)))
                    .collect(),
            )
        }
    }
}
