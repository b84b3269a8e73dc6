//! `String.new(value, formats)`.
//!
//! Source: Puppet's documentation of the function `new`, "Conversion to String"; corner cases were
//! measured.

use std::sync::Arc;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

use super::{
    FormatError, float,
    map::{Format, FormatMap, default_formats, element_formats, find, merge, read, simple},
    sprintf::show,
};
use crate::{
    types::Type,
    values::{
        HashMap, Value, capitalize, downcase, gather, inspect, literal, number::float_text, quote,
        quote_double, too_many,
    },
};

/// A value as text: by default, or by a format, or by a map from types to formats.
///
/// # Errors
/// A format is malformed, or is none for a value of its type.
pub fn convert(value: &Value, formats: Option<&Value>) -> Result<String, FormatError> {
    let formats = match formats {
        None | Some(Value::Default | Value::Undef) => default_formats(),
        Some(Value::String(format)) => {
            let key = match value {
                Value::Array(_) => Type::any_array(),
                Value::Hash(_) => Type::any_hash(),
                other => other.infer_set(),
            };
            merge(&default_formats(), &vec![(key, Format::parse(format)?)])
        }
        Some(Value::Hash(map)) => merge(&default_formats(), &read(map)?),
        Some(other) => {
            return Err(FormatError::new(format!(
                "string conversion expects a Default value or a Hash of type to format mappings, \
                 got a '{}'",
                other.infer()
            )));
        }
    };
    Converter { depth: 0 }.convert(value, &formats, Indentation::default())
}

/// How deep the text is indented, and whether something stands before it on its level.
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
    fn deeper(self, indenting: bool) -> Self {
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

struct Converter {
    depth: usize,
}

impl Converter {
    fn convert(
        &mut self,
        value: &Value,
        formats: &FormatMap,
        indentation: Indentation,
    ) -> Result<String, FormatError> {
        if self.depth > 200 {
            return Err(FormatError::new("a value is nested too deeply to be shown"));
        }
        self.depth += 1;
        let text = self.shown(value, formats, indentation);
        self.depth -= 1;
        text
    }

    fn shown(
        &mut self,
        value: &Value,
        formats: &FormatMap,
        indentation: Indentation,
    ) -> Result<String, FormatError> {
        let fallback = simple('s');
        let format = find(formats, &value.infer_set()).unwrap_or(&fallback);
        match value {
            Value::Array(elements) => self.array(elements, format, formats, indentation),
            Value::Hash(entries) => self.hash(entries, format, formats, indentation),
            Value::Iterator(_) => {
                let elements = value.elements().and_then(gather);
                let elements = elements.ok_or_else(|| FormatError(too_many()))?;
                self.shown(&Value::array(elements), formats, indentation)
            }
            scalar => self::scalar(scalar, format),
        }
    }

    fn array(
        &mut self,
        elements: &Arc<Vec<Value>>,
        format: &Format,
        formats: &FormatMap,
        indentation: Indentation,
    ) -> Result<String, FormatError> {
        if !"asp".contains(format.letter()) {
            return Err(illegal("Array", format, "asp"));
        }
        let alternative = format.directive.alternative;
        let separator = format.separator.as_deref().unwrap_or(", ");
        let default = element_formats();
        let element_formats = format.elements.as_ref().unwrap_or(&default);
        let (open, close) = format.delimiters(("[", "]"));
        let indentation = Indentation {
            indenting: alternative || indentation.indenting,
            ..indentation
        };
        let mut text = String::new();
        if indentation.breaks() {
            text.push('\n');
            text.push_str(&indentation.padding());
        }
        text.push_str(open);
        let mut inner = indentation.deeper(alternative);
        let mut shown = Vec::with_capacity(elements.len());
        for element in elements.iter() {
            inner.first = false;
            let map = if is_container(element) {
                formats
            } else {
                element_formats
            };
            shown.push(self.convert(element, map, inner)?);
        }
        let too_wide = alternative
            && format
                .directive
                .width
                .is_some_and(|width| widest(elements, &shown) > width);
        for (index, (element, shown)) in elements.iter().zip(&shown).enumerate() {
            let plain = !is_collection(element);
            if index == 0 {
                if too_wide && plain {
                    text.push(' ');
                }
            } else {
                text.push_str(separator);
                let after_collection = alternative && is_collection(&elements[index - 1]);
                if plain && (too_wide || after_collection) {
                    trim_unless_broken(&mut text);
                    text.push('\n');
                    text.push_str(&inner.padding());
                }
            }
            if text.ends_with(' ') && shown.starts_with('\n') {
                text.truncate(text.trim_end().len());
            }
            text.push_str(shown);
        }
        text.push_str(close);
        Ok(text)
    }

    fn hash(
        &mut self,
        entries: &HashMap,
        format: &Format,
        formats: &FormatMap,
        indentation: Indentation,
    ) -> Result<String, FormatError> {
        if format.letter() == 'a' {
            let pairs = entries
                .iter()
                .map(|(key, value)| Value::array(vec![key.clone(), value.clone()]))
                .collect::<Vec<_>>();
            return self.shown(&Value::array(pairs), formats, indentation);
        }
        if !"hsp".contains(format.letter()) {
            return Err(illegal("Hash", format, "hasp"));
        }
        let alternative = format.directive.alternative;
        let mut separator = format.separator.as_deref().unwrap_or(", ").to_owned();
        let arrow = format.separator2.as_deref().unwrap_or(" => ");
        if alternative {
            if !separator.ends_with('\n') {
                separator.truncate(separator.trim_end().len());
            }
            separator.push('\n');
        }
        let default = element_formats();
        let element_formats = format.elements.as_ref().unwrap_or(&default);
        let (open, close) = format.delimiters(("{", "}"));
        let indentation = Indentation {
            indenting: alternative || indentation.indenting,
            ..indentation
        };
        let inner = indentation.deeper(false);
        let (line, padding) = if alternative {
            ("\n", inner.padding())
        } else {
            ("", String::new())
        };
        let mut text = String::new();
        if indentation.breaks() {
            text.push('\n');
            text.push_str(&indentation.padding());
        }
        text.push_str(open);
        text.push_str(line);
        let mut shown = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let mut side = |value: &Value| {
                let map = if is_container(value) {
                    formats
                } else {
                    element_formats
                };
                self.convert(value, map, inner)
            };
            shown.push(format!("{padding}{}{arrow}{}", side(key)?, side(value)?));
        }
        text.push_str(&shown.join(&separator));
        if alternative {
            text.push_str(line);
            text.push_str(&indentation.padding());
        }
        text.push_str(close);
        Ok(text)
    }
}

fn trim_unless_broken(text: &mut String) {
    if !text.ends_with('\n') {
        text.truncate(text.trim_end().len());
    }
}

/// The widest run of elements that are no collections.
fn widest(elements: &[Value], shown: &[String]) -> usize {
    let (mut widest, mut run) = (0, 0);
    for (element, shown) in elements.iter().zip(shown) {
        run = if is_collection(element) {
            0
        } else {
            run + shown.chars().count()
        };
        widest = widest.max(run);
    }
    widest
}

fn is_collection(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Hash(_))
}

fn is_container(value: &Value) -> bool {
    is_collection(value) || matches!(value, Value::Object(_))
}

fn illegal(kind: &str, format: &Format, expected: &str) -> FormatError {
    FormatError::new(format!(
        "Illegal format '{}' specified for value of {kind} type - expected one of the characters \
         '{expected}'",
        format.letter()
    ))
}

fn scalar(value: &Value, format: &Format) -> Result<String, FormatError> {
    let directive = &format.directive;
    let alternative = directive.alternative;
    match value {
        Value::Undef => undef(format),
        Value::Default => match format.letter() {
            'd' | 's' | 'p' => Ok(directive.text(if alternative {
                "\"default\""
            } else {
                "default"
            })),
            'D' => Ok(directive.text(if alternative {
                "\"Default\""
            } else {
                "Default"
            })),
            _ => Err(illegal("Default", format, "dDsp")),
        },
        Value::Boolean(value) => boolean(*value, format),
        Value::Integer(number) => integer(*number, format),
        Value::Float(number) => match format.letter() {
            'd' | 'x' | 'X' | 'o' | 'b' | 'B' => {
                show(format.plain()?, &Value::Integer(number.trunc() as i64))
            }
            'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' => Ok(float::format(format.plain()?, *number)),
            's' if alternative => {
                let text = format!("\"{}\"", float_text(*number));
                Ok(format.plain()?.text(&text))
            }
            's' | 'p' => Ok(format.plain()?.text(&float_text(*number))),
            _ => Err(illegal("Float", format, "dxXobBeEfgGaAsp")),
        },
        Value::String(text) => string(text, format),
        Value::Regexp(regexp) => match format.letter() {
            'p' => Ok(format.plain()?.text(&regexp.delimited())),
            's' if alternative => Ok(format.plain()?.text(&quote(&regexp.pattern()))),
            's' => Ok(format.plain()?.text(&regexp.pattern())),
            _ => Err(illegal("Regexp", format, "sp")),
        },
        Value::Binary(bytes) => binary(bytes, format),
        Value::Type(shown) => match format.letter() {
            's' if alternative => Ok(format.plain()?.text(&format!("\"{shown}\""))),
            's' | 'p' => Ok(format.plain()?.text(&shown.to_string())),
            _ => Err(illegal("Type", format, "sp")),
        },
        Value::Uri(uri) => match format.letter() {
            'p' => Ok(literal(value)),
            's' if alternative => Ok(directive.text(&quote(uri))),
            's' => Ok(directive.text(uri)),
            _ => Err(illegal("URI", format, "sp")),
        },
        Value::Object(_) => match format.letter() {
            'p' => Ok(literal(value)),
            's' => Ok(value.to_string()),
            'q' => Ok(inspect(value)),
            _ => Err(illegal("Object", format, "spq")),
        },
        version @ (Value::SemVer(_) | Value::SemVerRange(_)) if format.letter() == 'p' => {
            Ok(format.plain()?.text(&version.to_string()))
        }
        other if format.letter() == 'p' => Ok(format.plain()?.text(&literal(other))),
        // Times are numbers too.
        time @ (Value::Timestamp(_) | Value::Timespan(_)) => show(format.plain()?, time),
        other => show(format.plain()?, &Value::string(other.to_string())),
    }
}

fn undef(format: &Format) -> Result<String, FormatError> {
    let alternative = format.directive.alternative;
    let text = match (format.letter(), alternative) {
        ('n', true) => "null",
        ('n', false) => "nil",
        ('u', true) => "undefined",
        ('u', false) => "undef",
        ('d' | 'x' | 'X' | 'o' | 'b' | 'B' | 'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A', _) => "NaN",
        ('v', _) => "n/a",
        ('V', _) => "N/A",
        ('s', true) => "\"\"",
        ('s', false) => "",
        ('p', true) => "\"undef\"",
        ('p', false) => "undef",
        _ => return Err(illegal("Undef", format, "nudxXobBeEfgGaAvVsp")),
    };
    Ok(format.directive.text(text))
}

fn boolean(value: bool, format: &Format) -> Result<String, FormatError> {
    let directive = &format.directive;
    let word = match (format.letter(), value) {
        ('t', true) => "true",
        ('t', false) => "false",
        ('T', true) => "True",
        ('T', false) => "False",
        ('y', true) => "yes",
        ('y', false) => "no",
        ('Y', true) => "Yes",
        ('Y', false) => "No",
        ('d' | 'x' | 'X' | 'o' | 'b' | 'B', _) => return integer(i64::from(value), format),
        ('e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A', _) => {
            return Ok(float::format(format.plain()?, f64::from(u8::from(value))));
        }
        ('s' | 'p', _) => return Ok(directive.text(if value { "true" } else { "false" })),
        _ => return Err(illegal("Boolean", format, "tTyYdxXobBeEfgGaAsp")),
    };
    Ok(directive.text(if directive.alternative {
        &word[..1]
    } else {
        word
    }))
}

fn integer(number: i64, format: &Format) -> Result<String, FormatError> {
    if !"dxXobBeEfgGaAspc".contains(format.letter()) {
        return Err(illegal("Integer", format, "dxXobBeEfgGaAspc"));
    }
    let directive = format.plain()?;
    match format.letter() {
        'c' => {
            let character = u32::try_from(number).ok().and_then(char::from_u32);
            let character = character
                .ok_or_else(|| FormatError::new(format!("{number} is no character")))?
                .to_string();
            let quoted = if directive.alternative {
                format!("\"{character}\"")
            } else {
                character
            };
            Ok(directive.text(&quoted))
        }
        's' if directive.alternative => {
            Ok(directive.text(&inspect(&Value::string(number.to_string()))))
        }
        's' | 'p' => Ok(directive.text(&number.to_string())),
        _ => show(directive, &Value::Integer(number)),
    }
}

fn string(text: &str, format: &Format) -> Result<String, FormatError> {
    let directive = &format.directive;
    let changed = match format.letter() {
        's' => return Ok(format.plain()?.text(text)),
        'p' if directive.alternative => return Ok(directive.text(&quote_double(text))),
        'p' => return Ok(directive.text(&quote(text))),
        'c' => capitalize(text),
        'C' => {
            let segments: Vec<String> = text.split("::").map(capitalize).collect();
            segments.join("::")
        }
        'u' => text.to_uppercase(),
        'd' => downcase(text),
        't' => text
            .trim_matches(|c: char| c.is_ascii_whitespace() || c == '\0')
            .to_owned(),
        _ => return Err(illegal("String", format, "cCudspt")),
    };
    if directive.alternative {
        return Ok(directive.text(&quote(&changed)));
    }
    Ok(format.plain()?.text(&changed))
}

fn binary(bytes: &[u8], format: &Format) -> Result<String, FormatError> {
    let directive = &format.directive;
    let text = match format.letter() {
        's' => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                return Err(FormatError::new(
                    "a Binary that is no UTF-8 cannot be shown as text",
                ));
            }
        },
        'p' => {
            let inner = format.plain()?.with_letter('s');
            return Ok(format!(
                "Binary(\"{}\")",
                inner.text(&STANDARD.encode(bytes))
            ));
        }
        'b' => {
            let encoded = STANDARD.encode(bytes);
            let lines: Vec<&str> = encoded
                .as_bytes()
                .chunks(60)
                .map(|line| std::str::from_utf8(line).expect("Base64 is ASCII"))
                .collect();
            lines.iter().map(|line| format!("{line}\n")).collect()
        }
        'B' => STANDARD.encode(bytes),
        'u' => URL_SAFE.encode(bytes),
        't' => "Binary".to_owned(),
        'T' => "BINARY".to_owned(),
        _ => return Err(illegal("Binary", format, "bButTsp")),
    };
    let shown = if directive.alternative {
        inspect(&Value::string(text))
    } else {
        text
    };
    Ok(format.plain()?.text(&shown))
}
