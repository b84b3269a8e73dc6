//! The format maps of `String.new`: which format a value of which type gets.
//!
//! Source: Puppet's documentation of the function `new`, "Conversion to String".

use std::{cmp::Ordering, sync::Arc};

use super::{FormatError, directive::Directive};
use crate::{
    types::Type,
    values::{HashMap, Value, inspect},
};

/// A format: `%` flags width precision letter, and what a container says of its elements.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub directive: Directive,
    /// The opening delimiter that was asked for.
    pub delimiter: Option<char>,
    pub separator: Option<Arc<str>>,
    pub separator2: Option<Arc<str>>,
    pub elements: Option<FormatMap>,
}

/// Formats by type, the most specific type first.
pub(super) type FormatMap = Vec<(Type, Format)>;

const DELIMITERS: [char; 5] = ['[', '{', '(', '<', '|'];

impl Format {
    /// Reads `%-10s` and its like.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let malformed = || {
            FormatError::new(format!(
                "The format '{text}' is not a valid format on the form \
                 '%<flags><width>.<prec><format>'"
            ))
        };
        let rest = text.strip_prefix('%').ok_or_else(malformed)?;
        let is_flag = |c: char| c.is_whitespace() || "[+#0{<(|-".contains(c);
        let (flags, rest) = rest.split_at(rest.find(|c| !is_flag(c)).unwrap_or(rest.len()));
        let digits = |text: &str| {
            text.find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len())
        };
        let (width, rest) = rest.split_at(digits(rest));
        let (precision, rest) = match rest.strip_prefix('.') {
            Some(rest) if digits(rest) > 0 => {
                let (precision, rest) = rest.split_at(digits(rest));
                (Some(precision), rest)
            }
            Some(_) => return Err(malformed()),
            None => (None, rest),
        };
        let mut letters = rest.chars();
        let letter = letters
            .next()
            .filter(char::is_ascii_alphabetic)
            .ok_or_else(malformed)?;
        if letters.next().is_some() {
            return Err(malformed());
        }
        let mut directive = Directive::of(letter);
        let mut delimiter = None;
        let mut seen = Vec::new();
        for flag in flags.chars() {
            if seen.contains(&flag) {
                return Err(FormatError::new(format!(
                    "The same flag can only be used once, got '{text}'"
                )));
            }
            seen.push(flag);
            if DELIMITERS.contains(&flag) {
                if delimiter.replace(flag).is_some() {
                    return Err(FormatError::new(format!(
                        "Only one of the delimiters [ {{ ( < | can be given in the format flags, \
                         got '{text}'"
                    )));
                }
            } else {
                directive.set_flag(flag);
            }
        }
        let size = |text: &str| text.parse().unwrap_or(usize::MAX);
        directive.width = (!width.is_empty()).then(|| size(width));
        directive.precision = precision.map(size);
        directive.check()?;
        Ok(Self {
            directive,
            delimiter,
            separator: None,
            separator2: None,
            elements: None,
        })
    }

    pub fn letter(&self) -> char {
        self.directive.letter
    }

    /// The directive for `sprintf`, to which delimiters of containers are names of arguments that
    /// do not end, or letters that it does not know.
    pub fn plain(&self) -> Result<&Directive, FormatError> {
        match self.delimiter {
            None => Ok(&self.directive),
            Some('<' | '{') => Err(FormatError::new("malformed name - unmatched parenthesis")),
            Some(delimiter) => Err(FormatError::new(format!(
                "malformed format string - %{delimiter}"
            ))),
        }
    }

    /// The delimiters; a blank as a flag asks for none.
    pub fn delimiters(
        &self,
        default: (&'static str, &'static str),
    ) -> (&'static str, &'static str) {
        match self.delimiter {
            Some('[') => ("[", "]"),
            Some('{') => ("{", "}"),
            Some('(') => ("(", ")"),
            Some('<') => ("<", ">"),
            Some(_) => ("|", "|"),
            None if self.directive.space => ("", ""),
            None => default,
        }
    }

    fn over(&self, lower: &Self) -> Self {
        let mut merged = self.clone();
        merged.separator = merged.separator.or_else(|| lower.separator.clone());
        merged.separator2 = merged.separator2.or_else(|| lower.separator2.clone());
        merged.elements = match (&lower.elements, merged.elements) {
            (Some(lower), Some(higher)) => Some(merge(lower, &higher)),
            (lower, higher) => higher.or_else(|| lower.clone()),
        };
        merged
    }
}

/// The format of a letter, without flags.
pub(super) fn simple(letter: char) -> Format {
    Format {
        directive: Directive::of(letter),
        delimiter: None,
        separator: None,
        separator2: None,
        elements: None,
    }
}

/// What elements of containers get by default: as they would stand in a manifest.
pub(super) fn element_formats() -> FormatMap {
    vec![(Type::Any, simple('p'))]
}

/// What values get by default.
pub(super) fn default_formats() -> FormatMap {
    let container = |letter, separator: &str, separator2: &str| {
        let mut format = simple(letter);
        format.separator = Some(separator.into());
        format.separator2 = Some(separator2.into());
        format.elements = Some(element_formats());
        format
    };
    vec![
        (Type::any_object(), simple('p')),
        (Type::FLOAT, simple('f')),
        (Type::Numeric, simple('d')),
        (Type::any_array(), container('a', ", ", ", ")),
        (Type::any_hash(), container('h', ", ", " => ")),
        (Type::Binary, simple('B')),
        (Type::Any, simple('s')),
    ]
}

/// Reads a map from types to formats.
pub(super) fn read(hash: &HashMap) -> Result<FormatMap, FormatError> {
    let entry = |(key, value): (&Value, &Value)| {
        let Value::Type(key) = key else {
            return Err(FormatError::new(format!(
                "top level keys in the format hash must be data types, got instance of '{}'",
                class(key)
            )));
        };
        let format = match value {
            Value::Hash(container) => read_container(container)?,
            Value::String(text) => Format::parse(text)?,
            other => Format::parse(&other.to_string())?,
        };
        Ok((key.clone(), format))
    };
    hash.iter().map(entry).collect()
}

fn read_container(hash: &HashMap) -> Result<Format, FormatError> {
    let known = ["separator", "separator2", "format", "string_formats"];
    if hash
        .keys()
        .any(|key| key.as_str().is_none_or(|key| !known.contains(&key)))
    {
        let known: Vec<String> = known.iter().map(|key| format!("'{key}'")).collect();
        return Err(FormatError::new(format!(
            "only {} are allowed in a container format, got {}",
            known.join(", "),
            inspect(&Value::hash(hash.clone()))
        )));
    }
    let text = |key: &str| hash.get(&Value::string(key)).and_then(Value::as_str);
    let mut format = Format::parse(text("format").unwrap_or_default())?;
    format.separator = text("separator").map(Into::into);
    format.separator2 = text("separator2").map(Into::into);
    format.elements = match hash.get(&Value::string("string_formats")) {
        Some(Value::Hash(elements)) => Some(read(elements)?),
        Some(Value::Undef) | None => None,
        Some(other) => {
            return Err(FormatError::new(format!(
                "expected a hash with type to format mappings, got instance of '{}'",
                class(other)
            )));
        }
    };
    Ok(format)
}

fn class(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "String",
        Value::Integer(_) => "Integer",
        Value::Float(_) => "Float",
        Value::Boolean(true) => "TrueClass",
        Value::Boolean(false) => "FalseClass",
        Value::Undef => "NilClass",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        _ => "Object",
    }
}

/// `higher` over `lower`: what a wider type of `higher` covers goes from `lower`.
pub(super) fn merge(lower: &FormatMap, higher: &FormatMap) -> FormatMap {
    let mut merged: FormatMap = Vec::new();
    for (key, format) in lower {
        let same = higher.iter().find(|(other, _)| other == key);
        let covered = higher
            .iter()
            .any(|(other, _)| other != key && other.is_assignable(key));
        match same {
            _ if covered => {}
            Some((_, above)) => merged.push((key.clone(), above.over(format))),
            None => merged.push((key.clone(), format.clone())),
        }
    }
    for (key, format) in higher {
        if !merged.iter().any(|(other, _)| other == key) {
            merged.push((key.clone(), format.clone()));
        }
    }
    sort(merged)
}

/// Puts narrower types before those that cover them. The order of the others is no order in
/// the strict sense (disjoint types go by name), so that what comes out hangs on how it is
/// sorted: by halves, which are merged.
fn sort(mut map: FormatMap) -> FormatMap {
    if map.len() < 2 {
        return map;
    }
    let right = sort(map.split_off(map.len() / 2));
    let mut right = right.into_iter().peekable();
    let mut merged = Vec::with_capacity(right.len() + map.len());
    for left in sort(map) {
        while let Some(entry) = right.next_if(|(key, _)| order(&left.0, key).is_gt()) {
            merged.push(entry);
        }
        merged.push(left);
    }
    merged.extend(right);
    merged
}

fn order(key: &Type, other: &Type) -> Ordering {
    if key == other {
        return Ordering::Equal;
    }
    match (other.is_assignable(key), key.is_assignable(other)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => match (rank(key), rank(other)) {
            (0, _) | (_, 0) => key.to_string().cmp(&other.to_string()),
            (left, right) => left.cmp(&right),
        },
    }
}

fn rank(key: &Type) -> u8 {
    match key {
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

/// The format of a value's type.
pub(super) fn find<'m>(map: &'m FormatMap, value_type: &Type) -> Option<&'m Format> {
    map.iter()
        .find(|(key, _)| key.is_assignable(value_type))
        .map(|(_, format)| format)
}
