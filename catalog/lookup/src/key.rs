//! Keys: `profile::users.admin.0`, where quotes protect a dot.

use std::{fmt, sync::Arc};

use ficelle_language::{
    Value,
    error::{Error, ErrorKind, Evaluated, Location, Unwind},
};
use ficelle_model::qualified::split_first;

/// An error that is shown without a place, as those of the reference's data binding are.
pub(crate) fn failure(message: impl Into<String>) -> Error {
    let mut error = Error::complete(message);
    error.location = Some(Location::default());
    error
}

/// A failure that says all there is to say: none of the questions that led to it adds to it.
pub(crate) fn issue(message: impl Into<String>) -> Error {
    let mut error = failure(message);
    error.kind = ErrorKind::Issue;
    error
}

/// What is wrong with a file, as a failure.
pub(crate) fn failed(unwind: Unwind) -> Unwind {
    match unwind {
        Unwind::Error(error) if error.location.is_none() => failure(error.message).into(),
        other => other,
    }
}

/// A failure within the global layer: that names the key, unless it says all there is to say. It
/// gets the place of the call, unless other questions led to it (`depth` counts them all).
pub(crate) fn of_global(unwind: Unwind, key: &str, depth: usize) -> Unwind {
    let Unwind::Error(error) = &unwind else {
        return unwind;
    };
    if error.kind != ErrorKind::Final {
        return unwind;
    }
    let message = format!("Lookup of key '{key}' failed: {error}");
    match depth {
        0 | 1 => Error::new(message).into(),
        _ => failure(message).into(),
    }
}

/// A key: what is looked up, and the way into the value.
#[derive(Clone, Debug)]
pub struct Key {
    pub(crate) text: Arc<str>,
    pub(crate) root: Arc<str>,
    /// The module that the key belongs to: what stands before its first `::`.
    pub(crate) module: Option<Arc<str>>,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Name(Arc<str>),
    Index(i64),
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

impl Key {
    /// The key of a class's parameter: neither of their names has dots or quotes.
    pub fn of_parameter(class: &str, parameter: &str) -> Self {
        Self::plain(&[class, "::", parameter].concat())
    }

    fn plain(text: &str) -> Self {
        let text: Arc<str> = text.into();
        Self {
            root: Arc::clone(&text),
            module: module_of(&text),
            text,
            segments: Vec::new(),
        }
    }

    /// Reads a key.
    pub(crate) fn parse(text: &str) -> Evaluated<Self> {
        let malformed = || failure(format!("Syntax error in key: '{text}'"));
        Self::read(text, &malformed)
    }

    /// Reads the name of a variable that is to be interpolated in a string.
    pub(crate) fn in_string(text: &str, string: &str) -> Evaluated<Self> {
        let malformed = || failure(format!("Syntax error in string: {string}"));
        Self::read(text, &malformed)
    }

    fn read(text: &str, malformed: &dyn Fn() -> Error) -> Evaluated<Self> {
        if is_plain(text) {
            return Ok(Self::plain(text));
        }
        let mut parts = split(text, malformed)?.into_iter();
        let root = parts.next().unwrap_or_default().0;
        let segment = |(name, quoted): (String, bool)| match name.parse() {
            Ok(index) if !quoted => Segment::Index(index),
            _ => Segment::Name(name.into()),
        };
        Ok(Self {
            text: text.into(),
            module: module_of(&root),
            root: root.into(),
            segments: parts.map(segment).collect(),
        })
    }

    /// Follows the segments into a value; `None` where they lead nowhere. `seen` is told of each
    /// segment and what it led to.
    pub(crate) fn dig(
        &self,
        value: Value,
        seen: &dyn Fn(&Segment, Option<&Value>),
    ) -> Evaluated<Option<Value>> {
        let mut value = value;
        for segment in &self.segments {
            let next = match (&value, segment) {
                (Value::Undef, _) => return Ok(None),
                (Value::Hash(hash), Segment::Name(name)) => {
                    hash.get(&Value::String(Arc::clone(name))).cloned()
                }
                (Value::Hash(hash), Segment::Index(index)) => hash
                    .get(&Value::Integer(*index))
                    .or_else(|| hash.get(&Value::string(index.to_string())))
                    .cloned(),
                (Value::Array(elements), Segment::Index(index)) => {
                    // From its end nothing is counted here.
                    usize::try_from(*index)
                        .ok()
                        .and_then(|at| elements.get(at))
                        .cloned()
                }
                (other, segment) => {
                    return Err(failure(format!(
                        "Data Provider type mismatch: Got {} when a hash-like object was expected \
                         to access value using '{segment}' from key '{}'",
                        class_name(other),
                        self.text
                    ))
                    .into());
                }
            };
            seen(segment, next.as_ref());
            match next {
                Some(found) => value = found,
                None => return Ok(None),
            }
        }
        Ok(Some(value))
    }
}

/// Whether a key has neither segments nor quotes, so that it is its own root.
fn is_plain(key: &str) -> bool {
    !key.contains(['.', '\'', '"'])
}

fn module_of(root: &str) -> Option<Arc<str>> {
    let (module, _) = split_first(root)?;
    (!module.is_empty()).then(|| module.into())
}

/// The name of a value's class in the reference's host language, which its messages use.
pub(crate) fn class_name(value: &Value) -> &'static str {
    match value {
        Value::Undef => "NilClass",
        Value::Default => "Symbol",
        Value::Boolean(true) => "TrueClass",
        Value::Boolean(false) => "FalseClass",
        Value::Integer(_) => "Integer",
        Value::Float(_) => "Float",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        _ => "Object",
    }
}

/// The parts between dots, and whether each was quoted.
fn split(text: &str, malformed: &dyn Fn() -> Error) -> Evaluated<Vec<(String, bool)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let quote = rest.trim_start().chars().next();
        let quote = quote.filter(|c| matches!(c, '\'' | '"'));
        let (part, remainder) = match quote {
            Some(quote) => {
                let inner = &rest.trim_start()[1..];
                let end = inner.find(quote).ok_or_else(malformed)?;
                ((&inner[..end], true), inner[end + 1..].trim_start())
            }
            None => {
                let end = rest.find(['.', '\'', '"']).unwrap_or(rest.len());
                ((&rest[..end], false), &rest[end..])
            }
        };
        let (part, is_quoted) = part;
        if part.is_empty() {
            return Err(malformed().into());
        }
        let part = if is_quoted { part } else { part.trim() };
        parts.push((part.to_owned(), is_quoted));
        match remainder.strip_prefix('.') {
            Some(next) => rest = next,
            None if remainder.is_empty() => return Ok(parts),
            None => return Err(malformed().into()),
        }
    }
}
