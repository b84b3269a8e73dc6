//! Writing YAML: block style, strings quoted wherever a plain one would be read as something else.

use std::fmt::Write;

use super::{Node, plain};
use crate::data::Data;

/// A document, from `---` on.
pub fn emit(data: &Data) -> String {
    let mut text = String::from("---");
    value(&mut text, data, 0, Position::Root);
    text
}

/// What a value follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// `---`
    Root,
    /// `key:`
    Key,
    /// `-`, or the `:` of a key that began with `?`
    Dash,
}

fn value(text: &mut String, data: &Data, indent: usize, position: Position) {
    match data {
        Data::Hash(hash) if !hash.is_empty() => {
            for (index, (key, item)) in hash.iter().enumerate() {
                if index == 0 && position == Position::Dash {
                    text.push(' ');
                } else {
                    line(text, indent);
                }
                if !is_simple(key) {
                    text.push_str("? ");
                    string(text, key, indent + 1);
                    line(text, indent);
                    text.push(':');
                    value(text, item, indent + 1, Position::Dash);
                    continue;
                }
                scalar(text, key);
                text.push(':');
                // A sequence below a key stands at the key's own depth, as Psych writes it.
                let deeper = if matches!(item, Data::Array(_)) {
                    indent
                } else {
                    indent + 1
                };
                value(text, item, deeper, Position::Key);
            }
            if position == Position::Root {
                text.push('\n');
            }
        }
        Data::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                if index == 0 && position == Position::Dash {
                    text.push(' ');
                } else {
                    line(text, indent);
                }
                text.push('-');
                value(text, item, indent + 1, Position::Dash);
            }
            if position == Position::Root {
                text.push('\n');
            }
        }
        leaf => {
            text.push(' ');
            match leaf {
                Data::Undef => text.truncate(text.trim_end_matches(' ').len()),
                Data::Default => text.push_str("default"),
                Data::Boolean(value) => drop(write!(text, "{value}")),
                Data::Integer(value) => drop(write!(text, "{value}")),
                Data::Float(value) => drop(write!(text, "{value:?}")),
                Data::String(value) => string(text, value, indent),
                Data::Sensitive(_) => text.push_str("'[value redacted]'"),
                Data::Typed(typed) => scalar(text, typed.value.as_str().unwrap_or_default()),
                Data::Hash(_) => text.push_str("{}"),
                Data::Array(_) => text.push_str("[]"),
            }
            if position == Position::Root {
                text.push('\n');
            }
        }
    }
}

fn line(text: &mut String, indent: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", indent));
}

/// Whether a key can stand before its colon without `?`: what is read ends such keys at a line
/// break and after 1,024 characters; Psych writes none beyond 128 bytes.
fn is_simple(key: &str) -> bool {
    key.len() <= 128 && !key.contains('\n')
}

fn string(text: &mut String, string: &str, indent: usize) {
    if string.contains('\n') && is_block(string) {
        block(text, string, indent);
    } else {
        scalar(text, string);
    }
}

/// Whether a text can stand as it is in a `|` block.
fn is_block(string: &str) -> bool {
    !string.starts_with([' ', '\n', '\t'])
        && string.chars().all(|c| c == '\n' || c == '\t' || !is_odd(c))
}

fn block(text: &mut String, string: &str, indent: usize) {
    let trimmed = string.trim_end_matches('\n');
    text.push_str(match string.len() - trimmed.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    let body = string.strip_suffix('\n').unwrap_or(string);
    for row in body.split('\n') {
        if row.is_empty() {
            text.push('\n');
        } else {
            line(text, indent.max(1));
            text.push_str(row);
        }
    }
}

/// Whether a character can only stand escaped: YAML takes it for a line break or a mark.
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

fn scalar(text: &mut String, string: &str) {
    let is_same = matches!(plain(string), Ok(Node::String(_)));
    let starts_plain = !string.starts_with([
        '!', '&', '*', '-', '?', ':', '[', ']', '{', '}', ',', '#', '|', '>', '@', '`', '"', '\'',
        '%', ' ', '=',
    ]);
    // At the start of a line it ends the document.
    let is_mark = string.starts_with("...");
    let is_plain = is_same
        && starts_plain
        && !is_mark
        && !string.ends_with([' ', ':'])
        && !string.contains(": ")
        && !string.contains(" #")
        && !string.chars().any(is_odd);
    // What YAML 1.1 might take for a truth value or a mark, Psych quotes like this.
    let is_letter = matches!(string, "y" | "n" | "Y" | "N");
    let is_double = is_letter || is_mark && !string.contains('"');
    if is_plain && !is_letter {
        text.push_str(string);
    } else if is_double || string.chars().any(is_odd) {
        text.push('"');
        for c in string.chars() {
            match c {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\r' => text.push_str("\\r"),
                c if is_odd(c) => drop(write!(text, "\\u{:04X}", c as u32)),
                c => text.push(c),
            }
        }
        text.push('"');
    } else {
        text.push('\'');
        text.push_str(&string.replace('\'', "''"));
        text.push('\'');
    }
}
