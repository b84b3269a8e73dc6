//! JSON as Ruby's library writes and reads it.

use std::fmt::Write as _;

use super::{
    interpreter::{Run, Stop},
    text::{LONGEST, display},
    value::{Entries, Key, Value},
};
use crate::values::number::float_text;

/// How deep values nest; the library's own limit.
const DEPTH: usize = 100;

/// `JSON.generate`
pub(super) fn generate(value: &Value) -> Run<String> {
    let mut out = String::new();
    write(&mut out, value, None, 0)?;
    Ok(out)
}

/// `JSON.pretty_generate`
pub(super) fn pretty(value: &Value) -> Run<String> {
    let mut out = String::new();
    write(&mut out, value, Some("  "), 0)?;
    Ok(out)
}

fn write(out: &mut String, value: &Value, indent: Option<&str>, depth: usize) -> Run<()> {
    if depth > DEPTH {
        return Err(Stop::raise(
            "JSON::NestingError",
            format!("nesting of {depth} is too deep"),
        ));
    }
    if out.len() > LONGEST {
        return Err(Stop::limit("the JSON of a value is too long"));
    }
    let line = |out: &mut String, depth: usize| {
        if let Some(indent) = indent {
            out.push('\n');
            out.push_str(&indent.repeat(depth));
        }
    };
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(value) => write!(out, "{value}").expect("a String takes any text"),
        Value::Integer(value) => write!(out, "{value}").expect("a String takes any text"),
        Value::Float(value) if value.is_finite() => out.push_str(&float_text(*value)),
        Value::Float(value) => {
            let message = format!("{} not allowed in JSON", float_text(*value));
            return Err(Stop::raise("JSON::GeneratorError", message));
        }
        Value::Array(list) => {
            let list = list.0.borrow();
            if list.is_empty() {
                // The library writes the line's end of the elements that are not there.
                out.push('[');
                if indent.is_some() {
                    out.push('\n');
                }
                line(out, depth);
                out.push(']');
                return Ok(());
            }
            out.push('[');
            for (index, element) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                write(out, element, indent, depth + 1)?;
            }
            line(out, depth);
            out.push(']');
        }
        Value::Hash(map) => {
            let entries = map.entries.borrow();
            if entries.is_empty() {
                out.push('{');
                line(out, depth);
                out.push('}');
                return Ok(());
            }
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, depth + 1);
                write_string(out, &display(&key.0)?);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(out, value, indent, depth + 1)?;
            }
            line(out, depth);
            out.push('}');
        }
        other => write_string(out, &display(other)?),
    }
    Ok(())
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            '\u{8}' => out.push_str("\\b"),
            control if control < ' ' => {
                write!(out, "\\u{:04x}", u32::from(control)).expect("a String takes any text");
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// `JSON.parse`
pub(super) fn parse(text: &str) -> Run {
    let parsed: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| Stop::raise("JSON::ParserError", format!("unexpected token: {error}")))?;
    convert(&parsed)
}

/// The value with symbols for the keys of its hashes.
pub(super) fn with_symbols(value: &Value) -> Value {
    match value {
        Value::Array(list) => Value::list(list.0.borrow().iter().map(with_symbols).collect()),
        Value::Hash(map) => {
            let entries = map.entries.borrow();
            let entry = |(key, value): (&Key, &Value)| {
                let key = super::text::symbol_of(&key.0).map_or(key.0.clone(), Value::Symbol);
                (Key(key), with_symbols(value))
            };
            Value::map(entries.iter().map(entry).collect())
        }
        other => other.clone(),
    }
}

fn convert(value: &serde_json::Value) -> Run {
    Ok(match value {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Integer(number),
            (None, Some(_)) => return Err(Stop::big()),
            (None, None) => Value::Float(number.as_f64().unwrap_or(0.0)),
        },
        serde_json::Value::String(text) => Value::text(text.as_str()),
        serde_json::Value::Array(elements) => {
            Value::list(elements.iter().map(convert).collect::<Run<_>>()?)
        }
        serde_json::Value::Object(entries) => {
            let mut map = Entries::default();
            for (key, value) in entries {
                map.insert(Value::text(key.as_str()).into_key(), convert(value)?);
            }
            Value::map(map)
        }
    })
}
