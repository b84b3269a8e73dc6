//! Putting fragments together: end to end, or merged as JSON or YAML.

use serde_json::{Map, Value};

use crate::ProviderError;

/// What the fragments are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Plain,
    Yaml,
    Json,
    JsonPretty,
    JsonArray,
    JsonArrayPretty,
}

pub(super) const FORMATS: &[(&str, Format)] = &[
    ("plain", Format::Plain),
    ("yaml", Format::Yaml),
    ("json", Format::Json),
    ("json-pretty", Format::JsonPretty),
    ("json-array", Format::JsonArray),
    ("json-array-pretty", Format::JsonArrayPretty),
];

/// One text of many; `forces` lets the first of two values for one key win.
pub(super) fn join(
    format: Format,
    pieces: Vec<String>,
    forces: bool,
) -> Result<String, ProviderError> {
    let failed = |error: &dyn std::fmt::Display| {
        ProviderError::failed(format!("Could not parse a fragment: {error}"))
    };
    if format == Format::Plain {
        return Ok(pieces.concat());
    }
    let mut values = Vec::new();
    for piece in &pieces {
        values.push(if format == Format::Yaml {
            yaml(piece)?
        } else {
            serde_json::from_str(piece).map_err(|error| failed(&error))?
        });
    }
    let value = if matches!(format, Format::JsonArray | Format::JsonArrayPretty) {
        Value::Array(values)
    } else {
        let mut merged = Value::Object(Map::new());
        for value in values {
            merged = merge(merged, value, forces)?;
        }
        merged
    };
    let text = match format {
        Format::JsonPretty | Format::JsonArrayPretty => serde_json::to_string_pretty(&value),
        // JSON is YAML: readers of the one read the other.
        _ => serde_json::to_string(&value),
    };
    let mut text = text.map_err(|error| failed(&error))?;
    if format == Format::Yaml {
        text = format!("---\n{text}\n");
    }
    Ok(text)
}

/// The value of a YAML text.
fn yaml(text: &str) -> Result<Value, ProviderError> {
    let data = ficelle_model::yaml::parse(text)
        .map_err(|error| ProviderError::failed(format!("Could not parse a fragment: {error}")))?;
    Ok(crate::parameters::json(&data.to_data()))
}

fn merge(one: Value, other: Value, forces: bool) -> Result<Value, ProviderError> {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (key, value) in other {
                let merged = match one.get_mut(&key).map(Value::take) {
                    None => value,
                    Some(known) => match (&known, &value) {
                        (Value::Object(_), Value::Object(_))
                        | (Value::Array(_), Value::Array(_)) => merge(known, value, forces)?,
                        _ if known == value || forces => known,
                        _ => {
                            return Err(ProviderError::failed(format!(
                                "Duplicate key '{key}' found with values '{known}' and {value}. \
                                 Use 'force' attribute to merge keys."
                            )));
                        }
                    },
                };
                one.insert(key, merged);
            }
            Ok(Value::Object(one))
        }
        (Value::Array(mut one), Value::Array(other)) => {
            for value in other {
                if !one.contains(&value) {
                    one.push(value);
                }
            }
            Ok(Value::Array(one))
        }
        (Value::Object(one), other) if one.is_empty() => Ok(other),
        (one, _) => Ok(one),
    }
}
