//! `String.new(value, formats)`: text from values by formats for their types.
//!
//! Source: puppet-docs, "Converting to String".

use std::cmp::Ordering;

use super::{Value, quote, quote_double};
use crate::types::Type;

mod containers;
mod scalars;
mod sprintf;

pub use sprintf::sprintf;

/// A format: `%<flags><width>.<precision><letter>`.
#[derive(Clone, Debug)]
struct Format {
    /// As written.
    text: String,
    letter: char,
    left: bool,
    alternative: bool,
    /// ` ` or `+`
    plus: Option<char>,
    width: Option<usize>,
    precision: Option<usize>,
    delimiter: Option<char>,
    separator: Option<String>,
    /// Between key and value.
    association: Option<String>,
    /// For what stands in a container.
    contained: Option<Formats>,
}

/// Formats by type; the first that fits is used.
type Formats = Vec<(Type, Format)>;

/// The most characters that a field may be wide.
const WIDEST: usize = 10_000;

/// The text of a value. `formats` is `default`, one format, or a hash of formats by type.
///
/// # Errors
/// A format is malformed, or not one for the type that it was given for.
pub fn convert(value: &Value, formats: &Value) -> Result<String, String> {
    let value_type = value.infer_set();
    let formats = match formats {
        Value::Default | Value::Undef => defaults(),
        Value::String(text) => {
            let format = Format::new(text)?;
            let of = if Type::any_array().is_assignable(&value_type) {
                Type::any_array()
            } else if Type::any_hash().is_assignable(&value_type) {
                Type::any_hash()
            } else {
                value_type.clone()
            };
            merge(&defaults(), &vec![(of, format)])
        }
        Value::Hash(_) => merge(&defaults(), &read_formats(formats)?),
        other => {
            return Err(format!(
                "string conversion expects a Default value or a Hash of type to format mappings, \
                 got a '{}'",
                crate::types::parameterize::class_name(other)
            ));
        }
    };
    write(value, &value_type, &formats, Indentation::default())
}

fn read_formats(formats: &Value) -> Result<Formats, String> {
    let mut read = Vec::new();
    for (key, value) in formats.as_hash().into_iter().flatten() {
        let Value::Type(of) = key else {
            return Err(format!(
                "top level keys in the format hash must be data types, got instance of '{}'",
                crate::types::parameterize::class_name(key)
            ));
        };
        let format = match value {
            Value::Hash(_) => read_container_format(value)?,
            other => Format::new(other.as_str().unwrap_or_default())?,
        };
        read.push((of.clone(), format));
    }
    Ok(read)
}

fn read_container_format(value: &Value) -> Result<Format, String> {
    const KEYS: [&str; 4] = ["separator", "separator2", "format", "string_formats"];
    let unknown = value
        .as_hash()
        .into_iter()
        .flatten()
        .any(|(key, _)| !key.as_str().is_some_and(|key| KEYS.contains(&key)));
    if unknown {
        return Err(format!(
            "only 'separator', 'separator2', 'format', 'string_formats' are allowed in a \
             container format, got {value}"
        ));
    }
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut format = match value.get("format") {
        Some(format) => Format::new(format.as_str().unwrap_or_default())?,
        None => Format::new("%p")?,
    };
    format.separator = text("separator");
    format.association = text("separator2");
    format.contained = value.get("string_formats").map(read_formats).transpose()?;
    Ok(format)
}

fn plain(text: &str) -> Format {
    Format::new(text).expect("a format of this module is right")
}

fn default_contained() -> Formats {
    vec![(Type::Any, plain("%p"))]
}

fn defaults() -> Formats {
    let container = |text: &str, association: &str| Format {
        separator: Some(", ".to_owned()),
        association: Some(association.to_owned()),
        contained: Some(default_contained()),
        ..plain(text)
    };
    vec![
        (Type::any_object(), plain("%p")),
        (Type::FLOAT, plain("%f")),
        (Type::Numeric, plain("%d")),
        (Type::any_array(), container("%a", ", ")),
        (Type::any_hash(), container("%h", " => ")),
        (Type::Binary, plain("%B")),
        (Type::Any, plain("%s")),
    ]
}

fn merge(lower: &Formats, higher: &Formats) -> Formats {
    let kept = lower.iter().filter(|(of, _)| {
        !higher
            .iter()
            .any(|(other, _)| other != of && other.is_assignable(of))
    });
    let mut merged: Formats = kept.cloned().collect();
    for (of, format) in higher {
        match merged.iter_mut().find(|(known, _)| known == of) {
            Some((_, known)) => *known = known.merged(format),
            None => merged.push((of.clone(), format.clone())),
        }
    }
    // An insertion sort: the order is partial, so only neighbours are compared.
    for index in 1..merged.len() {
        let mut position = index;
        while position > 0
            && compare_types(&merged[position].0, &merged[position - 1].0) == Ordering::Less
        {
            merged.swap(position, position - 1);
            position -= 1;
        }
    }
    merged
}

/// The narrower type first.
fn compare_types(a: &Type, b: &Type) -> Ordering {
    match (b.is_assignable(a), a.is_assignable(b)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ if a == b => Ordering::Equal,
        _ => match (rank(a), rank(b)) {
            (0, _) | (_, 0) => a.to_string().cmp(&b.to_string()),
            (a, b) => a.cmp(&b),
        },
    }
}

fn rank(of: &Type) -> u8 {
    match of {
        Type::Struct(_) => 1,
        Type::Hash(_) => 2,
        Type::Tuple(_) => 3,
        Type::Array(_) => 4,
        Type::Pattern(_) => 10,
        Type::Enum(_) => 11,
        Type::String(_) | Type::StringValue(_) => 12,
        _ => 0,
    }
}

impl Format {
    fn new(text: &str) -> Result<Self, String> {
        let malformed = || {
            format!(
                "The format '{text}' is not a valid format on the form \
                 '%<flags><width>.<prec><format>'"
            )
        };
        let body = text.strip_prefix('%').ok_or_else(malformed)?;
        let is_flag = |c: char| c.is_whitespace() || "[+#0{<(|-".contains(c);
        let rest = body.trim_start_matches(is_flag);
        let flags = &body[..body.len() - rest.len()];
        let (rest, letter) = match rest.chars().last() {
            Some(letter) if letter.is_ascii_alphabetic() => (&rest[..rest.len() - 1], letter),
            _ => return Err(malformed()),
        };
        let (width, precision) = match rest.split_once('.') {
            Some((width, precision)) => (width, Some(precision)),
            None => (rest, None),
        };
        let number = |digits: &str| {
            digits
                .parse()
                .ok()
                .filter(|number: &usize| *number <= WIDEST)
                .ok_or_else(malformed)
        };
        let width = if width.is_empty() {
            None
        } else {
            Some(number(width)?)
        };
        let precision = precision.map(number).transpose()?;
        let mut seen: Vec<char> = Vec::new();
        for flag in flags.chars() {
            if seen.contains(&flag) {
                return Err(format!("The same flag can only be used once, got '{text}'"));
            }
            seen.push(flag);
        }
        let mut delimiters = seen.iter().copied().filter(|flag| "[{(<|".contains(*flag));
        let delimiter = delimiters.next();
        if delimiters.next().is_some() {
            return Err(format!(
                "Only one of the delimiters [ {{ ( < | can be given in the format flags, got \
                 '{text}'"
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            letter,
            left: seen.contains(&'-'),
            alternative: seen.contains(&'#'),
            plus: [' ', '+'].into_iter().find(|flag| seen.contains(flag)),
            width,
            precision,
            delimiter,
            separator: None,
            association: None,
            contained: None,
        })
    }

    fn merged(&self, higher: &Format) -> Format {
        Format {
            separator: higher.separator.clone().or_else(|| self.separator.clone()),
            association: higher
                .association
                .clone()
                .or_else(|| self.association.clone()),
            contained: match (&self.contained, &higher.contained) {
                (Some(lower), Some(higher)) => Some(merge(lower, higher)),
                (lower, higher) => higher.clone().or_else(|| lower.clone()),
            },
            ..higher.clone()
        }
    }

    fn delimiters(&self, default: (&'static str, &'static str)) -> (&'static str, &'static str) {
        match self.delimiter.or(self.plus.filter(|plus| *plus == ' ')) {
            Some('[') => ("[", "]"),
            Some('{') => ("{", "}"),
            Some('(') => ("(", ")"),
            Some('<') => ("<", ">"),
            Some('|') => ("|", "|"),
            Some(' ') => ("", ""),
            _ => default,
        }
    }

    /// The format with another letter, run by `sprintf` on a text.
    fn with_text(&self, text: &str) -> Result<String, String> {
        let mut format: String = self
            .text
            .chars()
            .filter(|flag| !"[{(<|#".contains(*flag))
            .collect();
        format.pop();
        format.push('s');
        sprintf(&format, &[Value::from(text)])
    }

    /// Width and precision, applied to a text.
    fn padded(&self, text: String) -> String {
        let text = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text,
        };
        let width = self.width.unwrap_or(0);
        if self.left {
            format!("{text:<width$}")
        } else {
            format!("{text:>width$}")
        }
    }

    fn refuse(&self, of: &str, letters: &str) -> String {
        format!(
            "Illegal format '{}' specified for value of {of} type - expected one of the \
             characters '{letters}'",
            self.letter
        )
    }
}

/// How deep in a container something stands, and whether it goes onto lines of its own.
#[derive(Clone, Copy, Debug)]
struct Indentation {
    level: usize,
    first: bool,
    indenting: bool,
}

impl Default for Indentation {
    fn default() -> Self {
        Self {
            level: 0,
            first: true,
            indenting: false,
        }
    }
}

impl Indentation {
    fn subsequent(self) -> Self {
        Self {
            first: false,
            ..self
        }
    }

    fn indenting(self, indenting: bool) -> Self {
        Self { indenting, ..self }
    }

    fn increase(self, indenting: bool) -> Self {
        Self {
            level: self.level + 1,
            first: true,
            indenting,
        }
    }

    fn breaks(self) -> bool {
        self.indenting && self.level > 0 && !self.first
    }

    fn padding(self) -> String {
        "  ".repeat(self.level)
    }
}

fn format_for<'a>(of: &Type, formats: &'a Formats, fallback: &'a Format) -> &'a Format {
    formats
        .iter()
        .find(|(wanted, _)| wanted.is_assignable(of))
        .map_or(fallback, |(_, format)| format)
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Hash(_) | Value::Object(_))
}

fn write(
    value: &Value,
    of: &Type,
    formats: &Formats,
    indentation: Indentation,
) -> Result<String, String> {
    let fallback = plain("%s");
    let format = format_for(of, formats, &fallback);
    match value {
        Value::Array(elements) => containers::array(elements, format, formats, indentation),
        Value::Hash(entries) => containers::hash(entries, format, formats, indentation),
        Value::Iterator(iterator) => {
            let elements: Vec<Value> = iterator
                .elements()
                .map(Iterator::collect)
                .unwrap_or_default();
            let value = Value::array(elements);
            write(&value, &value.infer_set(), formats, indentation)
        }
        _ => scalars::write(value, format, formats),
    }
}

fn quoted(text: &str, alternative: bool) -> String {
    if alternative {
        quote_double(text)
    } else {
        quote(text)
    }
}
