//! YAML as Psych writes and reads it.

use std::sync::Arc;

use ficelle_model::yaml::{self, Node};

use super::{
    interpreter::{Run, Stop},
    text::class_name,
    value::{Entries, Value},
};
use crate::values::number::float_text;

/// How deep values nest.
const DEPTH: usize = 200;
/// Where libyaml folds long lines.
const WIDTH: usize = 80;

/// `to_yaml`
pub(super) fn dump(value: &Value, options: Option<&Value>) -> Run<String> {
    let mut width = WIDTH;
    if let Some(Value::Hash(map)) = options {
        for (key, value) in map.entries.borrow().iter() {
            match (&key.0, value) {
                (Value::Symbol(name), Value::Integer(wanted)) if &**name == "line_width" => {
                    width = usize::try_from(*wanted).unwrap_or(usize::MAX);
                }
                (Value::Symbol(name), Value::Integer(2)) if &**name == "indentation" => {}
                _ => return Err(Stop::unsupported("options of to_yaml")),
            }
        }
    }
    let mut writer = Writer {
        out: String::from("---"),
        width,
    };
    writer.value(value, 0, Place::Document, 0)?;
    Ok(writer.out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    /// Behind `key:`
    Entry,
    /// Behind `-`
    Element,
}

struct Writer {
    out: String,
    width: usize,
}

impl Writer {
    /// Writes a value whose children stand in `column`, behind what announces it.
    fn value(&mut self, value: &Value, column: usize, place: Place, depth: usize) -> Run<()> {
        if depth > DEPTH {
            return Err(Stop::Limit("a value is nested too deep".to_owned()));
        }
        match value {
            Value::Array(list) => {
                let list = list.0.borrow();
                if list.is_empty() {
                    self.out.push_str(" []\n");
                    return Ok(());
                }
                let mut is_inline = place == Place::Element;
                if !is_inline {
                    self.out.push('\n');
                }
                for element in list.iter() {
                    if std::mem::take(&mut is_inline) {
                        self.out.push_str(" -");
                    } else {
                        self.indent(column);
                        self.out.push('-');
                    }
                    self.value(element, column + 2, Place::Element, depth + 1)?;
                }
            }
            Value::Hash(map) => {
                let entries = map.entries.borrow();
                if entries.is_empty() {
                    self.out.push_str(" {}\n");
                    return Ok(());
                }
                let mut is_inline = place == Place::Element;
                if !is_inline {
                    self.out.push('\n');
                }
                for (key, value) in entries.iter() {
                    if std::mem::take(&mut is_inline) {
                        self.out.push(' ');
                    } else {
                        self.indent(column);
                    }
                    self.key(&key.0)?;
                    self.out.push(':');
                    // Sequences stand in the column of their key.
                    let inner = match value {
                        Value::Array(_) => column,
                        _ => column + 2,
                    };
                    self.value(value, inner, Place::Entry, depth + 1)?;
                }
            }
            Value::String(text) => {
                self.out.push(' ');
                let text = text.borrow();
                self.string(&text, column.max(2))?;
                self.out.push('\n');
            }
            other => {
                let text = scalar(other)?;
                if !text.is_empty() || place == Place::Document {
                    self.out.push(' ');
                }
                // An empty plain scalar keeps the blank behind a document's start only.
                if text.is_empty() && place == Place::Document {
                    self.out.pop();
                }
                self.out.push_str(&text);
                self.out.push('\n');
            }
        }
        Ok(())
    }

    fn indent(&mut self, column: usize) {
        self.out.extend(std::iter::repeat_n(' ', column));
    }

    fn key(&mut self, key: &Value) -> Run<()> {
        match key {
            Value::String(text) => {
                let text = text.borrow();
                if text.contains('\n') || text.len() > 128 {
                    return Err(Stop::unsupported("such keys in YAML"));
                }
                let width = std::mem::replace(&mut self.width, usize::MAX);
                self.string(&text, 0)?;
                self.width = width;
            }
            Value::Nil => self.out.push_str("''"),
            Value::Array(_) | Value::Hash(_) => return Err(Stop::unsupported("such keys in YAML")),
            other => self.out.push_str(&scalar(other)?),
        }
        Ok(())
    }

    fn string(&mut self, text: &str, column: usize) -> Run<()> {
        if text.is_empty() {
            self.out.push_str("''");
            return Ok(());
        }
        if !text.chars().all(is_printable) {
            return self.double(text, column);
        }
        // Text behind a line's end makes a block; a last line's end alone does not.
        let mut ends = text.match_indices('\n').map(|(at, _)| &text[at + 1..]);
        if ends.any(|rest| !rest.is_empty() && rest != "\n") {
            return self.literal(text, column);
        }
        if matches!(text, "y" | "Y" | "n" | "N") || is_special(text) {
            return self.double(text, column);
        }
        if text == "<<" {
            return Err(Stop::unsupported("'<<' in YAML"));
        }
        if text.contains('\n') {
            if text.ends_with("\n\n") || text.contains(" \n") {
                return self.double(text, column);
            }
            let (line, _) = text.split_once('\n').expect("it contains one");
            self.out.push('\'');
            self.out.push_str(&line.replace('\'', "''"));
            self.out.push_str("\n\n");
            self.indent(column);
            self.out.push('\'');
            return Ok(());
        }
        if is_plain(text) && !is_typed(text) {
            self.folded(text, column);
            return Ok(());
        }
        self.out.push('\'');
        self.folded(&text.replace('\'', "''"), column);
        self.out.push('\'');
        Ok(())
    }

    /// Writes words, with line breaks where a blank stands behind the width.
    fn folded(&mut self, text: &str, column: usize) {
        let start = self.out.rfind('\n').map_or(0, |at| at + 1);
        let mut position = self.out[start..].chars().count();
        let characters: Vec<char> = text.chars().collect();
        for (index, character) in characters.iter().enumerate() {
            let is_single_blank = *character == ' '
                && index > 0
                && characters.get(index + 1).is_some_and(|next| *next != ' ')
                && characters[index - 1] != ' ';
            if is_single_blank && position > self.width {
                self.out.push('\n');
                self.indent(column);
                position = column;
                continue;
            }
            self.out.push(*character);
            position += 1;
        }
    }

    fn double(&mut self, text: &str, _column: usize) -> Run<()> {
        if text.chars().count() + 10 > self.width {
            return Err(Stop::unsupported("long strings with escapes in YAML"));
        }
        self.out.push('"');
        for character in text.chars() {
            match character {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\t' => self.out.push_str("\\t"),
                '\r' => self.out.push_str("\\r"),
                '\u{7}' => self.out.push_str("\\a"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{b}' => self.out.push_str("\\v"),
                '\u{c}' => self.out.push_str("\\f"),
                '\u{1b}' => self.out.push_str("\\e"),
                '\0' => self.out.push_str("\\0"),
                control if control.is_control() => {
                    self.out.push_str(&format!("\\x{:02X}", u32::from(control)));
                }
                other if !is_printable(other) => {
                    let code = u32::from(other);
                    self.out.push_str(&match code > 0xffff {
                        true => format!("\\U{code:08X}"),
                        false => format!("\\u{code:04X}"),
                    });
                }
                other => self.out.push(other),
            }
        }
        self.out.push('"');
        Ok(())
    }

    fn literal(&mut self, text: &str, column: usize) -> Run<()> {
        let body = text.trim_end_matches('\n');
        if body.is_empty() {
            return self.double(text, column);
        }
        if body.lines().any(|line| line.ends_with([' ', '\t'])) && body.starts_with(' ') {
            return Err(Stop::unsupported("such a text in YAML"));
        }
        self.out.push('|');
        if body.starts_with([' ', '\n']) {
            self.out.push('2');
        }
        let ends = text.len() - body.len();
        self.out.push_str(match ends {
            0 => "-",
            1 => "",
            _ => "+",
        });
        for line in body.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(column);
                self.out.push_str(line);
            }
        }
        for _ in 1..ends {
            self.out.push('\n');
        }
        Ok(())
    }
}

fn scalar(value: &Value) -> Run<String> {
    Ok(match value {
        Value::Nil => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) if value.is_nan() => ".nan".to_owned(),
        Value::Float(value) if value.is_infinite() => {
            if *value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
        }
        Value::Float(value) => float_text(*value),
        Value::Symbol(name) if is_plain(name) && !name.is_empty() => format!(":{name}"),
        other => {
            return Err(Stop::unsupported(format!(
                "a {} in YAML",
                class_name(other)
            )));
        }
    })
}

fn is_printable(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
}

/// What libyaml takes for a plain scalar in a block.
fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return false;
    };
    let second = characters.next();
    let opens = match first {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
        | '@' | '`' | ' ' => false,
        '-' | '?' | ':' => second.is_some_and(|second| second != ' '),
        '=' => text != "=",
        _ => true,
    };
    opens
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains('\t')
        && !text.starts_with("---")
        && !text.starts_with("...")
}

/// What Psych puts in double quotes: a line that starts with no word and holds no double quote.
fn is_special(text: &str) -> bool {
    let starts_with_no_word = |line: &str| {
        let mut characters = line.chars();
        let first = characters.next();
        first.is_some_and(|first| !first.is_alphanumeric() && first != '_')
            && !characters.as_str().contains('"')
    };
    text.contains('\t') || text.split('\n').any(starts_with_no_word)
}

/// Whether a plain text would be read back as something else.
fn is_typed(text: &str) -> bool {
    match text {
        "~" | "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE"
        | "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "on" | "On" | "ON" | "off" | "Off"
        | "OFF" | "<<" => return true,
        _ => {}
    }
    if text.starts_with(':') {
        return true;
    }
    match yaml::plain(text) {
        Ok(Node::String(_)) => false,
        Ok(_) | Err(_) => true,
    }
}

/// `YAML.load`
pub(super) fn load(text: &str) -> Run {
    let node =
        yaml::parse(text).map_err(|error| Stop::raise("Psych::SyntaxError", error.to_string()))?;
    convert(&node)
}

fn convert(node: &Node) -> Run {
    Ok(match node {
        Node::Null => Value::Nil,
        Node::Boolean(value) => Value::Bool(*value),
        Node::Integer(value) => Value::Integer(*value),
        Node::Float(value) => Value::Float(*value),
        Node::String(text) => Value::text(&**text),
        Node::Symbol(name) => Value::Symbol(Arc::clone(name)),
        Node::Binary(_) => return Err(Stop::unsupported("bytes in strings")),
        Node::Sequence(nodes) => Value::list(nodes.iter().map(convert).collect::<Run<_>>()?),
        Node::Mapping(pairs) => {
            let mut entries = Entries::default();
            for (key, value) in pairs.iter() {
                entries.insert(convert(key)?.into_key(), convert(value)?);
            }
            Value::map(entries)
        }
    })
}
