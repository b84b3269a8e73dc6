//! How values read: in interpolation, quoted in code, and as Ruby's `inspect` shows them.

use std::fmt::{self, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Iterator, Value, number::float_text, time};
use crate::types::uri;

/// The text of a value in a string: `undef` is empty, strings in arrays and hashes are bare.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undef => Ok(()),
            Self::Default => f.write_str("default"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => f.write_str(&float_text(*value)),
            Self::String(text) | Self::Uri(text) => f.write_str(text),
            Self::Array(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    let separator = if index > 0 { ", " } else { "" };
                    write!(f, "{separator}{element}")?;
                }
                f.write_str("]")
            }
            Self::Hash(entries) => {
                f.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    let separator = if index > 0 { ", " } else { "" };
                    write!(f, "{separator}{key} => {value}")?;
                }
                f.write_str("}")
            }
            Self::Regexp(regexp) => f.write_str(&regexp.delimited()),
            Self::Type(value) => write!(f, "{value}"),
            Self::Sensitive(_) => f.write_str("Sensitive [value redacted]"),
            Self::Binary(bytes) => f.write_str(&STANDARD.encode(bytes)),
            Self::Timestamp(nanoseconds) => f.write_str(&time::timestamp_text(**nanoseconds)),
            Self::Timespan(nanoseconds) => f.write_str(&time::timespan_text(**nanoseconds)),
            Self::SemVer(version) => write!(f, "{version}"),
            Self::SemVerRange(range) => write!(f, "{range}"),
            Self::Iterator(iterator) => iterator.fmt(f),
            Self::Object(_) => f.write_str(&literal(self)),
        }
    }
}

impl fmt::Display for Iterator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iterator[{}]-Value", self.element_type().generalize())
    }
}

/// The value as it would be written in code.
pub fn literal(value: &Value) -> String {
    let mut text = String::new();
    write_literal(&mut text, value).expect("writing to a string does not fail");
    text
}

/// Writes the value as it would be written in code.
pub(crate) fn write_literal(out: &mut String, value: &Value) -> fmt::Result {
    match value {
        Value::Undef => out.push_str("undef"),
        Value::String(text) => out.push_str(&quote(text)),
        Value::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_literal(out, element)?;
            }
            out.push(']');
        }
        Value::Hash(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_literal(out, key)?;
                out.push_str(" => ");
                write_literal(out, value)?;
            }
            out.push('}');
        }
        Value::Timestamp(_) | Value::Timespan(_) | Value::SemVer(_) | Value::SemVerRange(_) => {
            write!(out, "'{value}'")?;
        }
        Value::Sensitive(_) => out.push_str("#<Sensitive [value redacted]>"),
        Value::Uri(text) => write!(out, "URI({})", quote(text))?,
        Value::Binary(_) => write!(out, "Binary(\"{value}\")")?,
        Value::Object(object) => {
            write!(out, "{}({{", object.object_type.name())?;
            for (index, (name, value)) in object.init_attributes().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write!(out, "{} => ", quote(name))?;
                write_literal(out, value)?;
            }
            out.push_str("})");
        }
        other => write!(out, "{other}")?,
    }
    Ok(())
}

/// The string in single quotes, or in double quotes where it holds control characters.
pub fn quote(text: &str) -> String {
    if text.chars().any(|character| character < ' ') {
        return quote_double(text);
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    let mut backslash = false;
    for character in text.chars() {
        if std::mem::take(&mut backslash) {
            quoted.push('\\');
            quoted.push(character);
            continue;
        }
        match character {
            '\'' => quoted.push_str("\\'"),
            '\\' => backslash = true,
            other => quoted.push(other),
        }
    }
    if backslash {
        quoted.push('\\');
    }
    quoted.push('\'');
    quoted
}

/// The string in double quotes, with escapes.
pub fn quote_double(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '"' => quoted.push_str("\\\""),
            '$' => quoted.push_str("\\$"),
            '\\' => quoted.push_str("\\\\"),
            control if control < ' ' => {
                quoted.push_str(&format!("\\u{{{:X}}}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Ruby's `to_s` of a value: containers as Ruby's `inspect` shows them.
pub(crate) fn ruby_string(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Hash(_) => inspect(value),
        Value::Regexp(regexp) => regexp.grouped(),
        other => other.to_string(),
    }
}

/// Ruby's `inspect`, which some messages show.
pub fn inspect(value: &Value) -> String {
    match value {
        Value::Undef => "nil".to_owned(),
        Value::Default => ":default".to_owned(),
        Value::String(text) => inspect_string(text),
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(inspect).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Hash(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}=>{}", inspect(key), inspect(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Sensitive(_) => "#<Sensitive [value redacted]>".to_owned(),
        Value::Regexp(regexp) => regexp.inspected(),
        Value::Uri(text) => format!("#<URI::{} {text}>", uri::class(text)),
        other => other.to_string(),
    }
}

fn inspect_string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{b}' => quoted.push_str("\\v"),
            '\u{c}' => quoted.push_str("\\f"),
            '\u{1b}' => quoted.push_str("\\e"),
            '#' if matches!(characters.peek(), Some('{' | '$' | '@')) => quoted.push_str("\\#"),
            control if control.is_control() => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
