//! An explanation as people read it.

use std::fmt;

use ficelle_language::Value;

use super::{Event, Explanation, Kind, Step};
use crate::merge::Merge;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| write(f, step, 0))
    }
}

fn write(f: &mut fmt::Formatter<'_>, step: &Step, indent: usize) -> fmt::Result {
    let mut line = |depth: usize, text: &str| writeln!(f, "{:1$}{text}", "", (indent + depth) * 2);
    match &step.kind {
        Kind::Key(key) => line(0, &format!("Searching for \"{key}\""))?,
        Kind::MergeSource => line(0, "Using merge options from \"lookup_options\" hash")?,
        Kind::Merge(merge) => {
            line(0, &format!("Merge strategy {}", merge.name()))?;
            if let Some(options) = options(merge) {
                line(1, &format!("Options: {}", dump(&options, indent + 1)))?;
            }
        }
        Kind::Layer {
            name,
            configuration,
            ..
        } => {
            line(0, name)?;
            if let Some(path) = configuration {
                line(1, &format!("Using configuration \"{path}\""))?;
            }
        }
        Kind::Module { name, exists: true } => {
            line(
                0,
                &format!("Module data provider for module \"{name}\" not found"),
            )?;
        }
        Kind::Module { name, .. } => line(0, &format!("Module \"{name}\" not found"))?,
        Kind::Level(name) => line(0, &format!("Hierarchy entry \"{name}\""))?,
        Kind::Path { original, path } => {
            line(0, &format!("Path \"{path}\""))?;
            line(1, &format!("Original path: \"{original}\""))?;
        }
        Kind::Uri { original, uri } => {
            line(0, &format!("URI \"{uri}\""))?;
            line(1, &format!("Original uri: \"{original}\""))?;
        }
        Kind::Interpolation(text) => line(0, &format!("Interpolation on \"{text}\""))?,
        Kind::Section(name) => line(0, name)?,
        Kind::SubKey(key) => line(0, &format!("Sub key: \"{key}\""))?,
        Kind::Conversion(arguments) => line(
            0,
            &format!("Applying convert_to lookup_option with arguments [{arguments}]"),
        )?,
        Kind::Segment => {}
    }
    // A part of a way has no line of its own.
    let inner = match step.kind {
        Kind::Segment => indent,
        _ => indent + 1,
    };
    step.steps
        .iter()
        .try_for_each(|step| write(f, step, inner))?;
    let pad = " ".repeat(inner * 2);
    match &step.event {
        None => {}
        Some(Event::Found { key, value }) => {
            writeln!(f, "{pad}Found key: \"{key}\" value: {}", dump(value, inner))?;
        }
        Some(Event::NotFound { key }) => writeln!(f, "{pad}No such key: \"{key}\"")?,
        Some(Event::LocationNotFound) => {
            let what = match step.kind {
                Kind::Uri { .. } => "URI",
                _ => "Path",
            };
            writeln!(f, "{pad}{what} not found")?;
        }
        Some(Event::Merged(value)) => {
            writeln!(f, "{pad}Merged result: {}", dump(value, inner))?;
        }
    }
    step.texts
        .iter()
        .try_for_each(|text| writeln!(f, "{pad}{text}"))
}

/// The options of a deep merge, as far as some were given.
pub(super) fn options(merge: &Merge) -> Option<Value> {
    let Merge::Deep(options) = merge else {
        return None;
    };
    let given = &options.given;
    (!given.is_empty()).then(|| Value::hash(given.clone()))
}

/// A value over several lines, the further ones indented.
fn dump(value: &Value, indent: usize) -> String {
    let lines = |parts: Vec<String>, open: char, close: char| {
        let pad = "  ".repeat(indent + 1);
        let parts: Vec<String> = parts.iter().map(|part| format!("{pad}{part}")).collect();
        format!(
            "{open}\n{}\n{}{close}",
            parts.join(",\n"),
            "  ".repeat(indent)
        )
    };
    match value {
        Value::Array(elements) if !elements.is_empty() => lines(
            elements
                .iter()
                .map(|element| dump(element, indent + 1))
                .collect(),
            '[',
            ']',
        ),
        Value::Hash(entries) if !entries.is_empty() => lines(
            entries
                .iter()
                .map(|(key, value)| {
                    format!("{} => {}", dump(key, indent + 1), dump(value, indent + 1))
                })
                .collect(),
            '{',
            '}',
        ),
        Value::Array(_) => "[]".to_owned(),
        Value::Hash(_) => "{}".to_owned(),
        Value::Undef => "nil".to_owned(),
        Value::Sensitive(_) => "Sensitive [value redacted]".to_owned(),
        Value::String(text) => inspect(text),
        other => other.to_string(),
    }
}

/// A text in double quotes, with what would mean something in them escaped.
fn inspect(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '#' if matches!(rest.peek(), Some('{' | '$' | '@')) => out.push_str("\\#"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
