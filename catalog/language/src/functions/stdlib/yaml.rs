//! Values as YAML, the way Ruby's writer lays it out.

use crate::values::{HashMap, Value};

/// A document.
pub(super) fn dump(value: &Value, options: Option<&Value>) -> String {
    let indent = match options {
        Some(Value::Hash(options)) => match options.get(&Value::string("indentation")) {
            Some(Value::Integer(width @ 2..=9)) => *width as usize,
            _ => 2,
        },
        _ => 2,
    };
    let mut text = String::from("---");
    write_value(&mut text, value, 0, indent, Position::Document);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Document,
    Entry,
    Element,
}

fn write_value(text: &mut String, value: &Value, column: usize, indent: usize, position: Position) {
    match value {
        Value::Array(elements) if elements.is_empty() => text.push_str(" []\n"),
        Value::Hash(entries) if entries.is_empty() => text.push_str(" {}\n"),
        Value::Array(elements) => {
            // Sequences in an entry stand in the entry's own column.
            let mut is_inline = position == Position::Element;
            if !is_inline {
                text.push('\n');
            }
            for element in elements.iter() {
                if is_inline {
                    text.push_str(" -");
                    is_inline = false;
                } else {
                    text.push_str(&" ".repeat(column));
                    text.push('-');
                }
                write_value(text, element, column + 2, indent, Position::Element);
            }
        }
        Value::Hash(entries) => {
            if position != Position::Element {
                text.push('\n');
            }
            write_entries(text, entries, column, indent, position);
        }
        Value::String(content) => {
            text.push(' ');
            write_string(text, content, column.max(indent));
            text.push('\n');
        }
        Value::Undef => text.push('\n'),
        Value::Default => text.push_str(" default\n"),
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e16 => {
            text.push_str(&format!(" {number:.1}\n"));
        }
        other => text.push_str(&format!(" {other}\n")),
    }
}

fn write_entries(
    text: &mut String,
    entries: &HashMap,
    column: usize,
    indent: usize,
    position: Position,
) {
    for (index, (key, value)) in entries.iter().enumerate() {
        match (index, position) {
            (0, Position::Element) => text.push(' '),
            _ => text.push_str(&" ".repeat(column)),
        }
        match key {
            Value::String(name) => write_string(text, name, column),
            Value::Undef => text.push_str("''"),
            other => text.push_str(&other.to_string()),
        }
        text.push(':');
        let inner = match value {
            Value::Array(_) => column,
            _ => column + indent,
        };
        write_value(text, value, inner, indent, Position::Entry);
    }
}

fn write_string(text: &mut String, content: &str, column: usize) {
    match Style::of(content) {
        Style::Plain => text.push_str(content),
        Style::Single => text.push_str(&format!("'{}'", content.replace('\'', "''"))),
        Style::Double => {
            text.push('"');
            for character in content.chars() {
                match character {
                    '"' => text.push_str("\\\""),
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    '\t' => text.push_str("\\t"),
                    '\r' => text.push_str("\\r"),
                    '\x1b' => text.push_str("\\e"),
                    '\0' => text.push_str("\\0"),
                    other if (other as u32) < 0x20 || other == '\x7f' => {
                        text.push_str(&format!("\\x{:02X}", other as u32));
                    }
                    other => text.push(other),
                }
            }
            text.push('"');
        }
        Style::Literal => {
            let body = content.trim_end_matches('\n');
            let ends = content.len() - body.len();
            text.push('|');
            if content.starts_with([' ', '\n']) {
                text.push('2');
            }
            text.push_str(match ends {
                0 => "-",
                1 => "",
                _ => "+",
            });
            for line in body.split('\n') {
                text.push('\n');
                if !line.is_empty() {
                    text.push_str(&" ".repeat(column));
                    text.push_str(line);
                }
            }
            for _ in 1..ends {
                text.push('\n');
            }
        }
    }
}

enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

impl Style {
    fn of(content: &str) -> Self {
        let is_control = |character: char| character.is_control() && character != '\n';
        if content.is_empty() {
            return Self::Single;
        }
        if content.contains(is_control) {
            return Self::Double;
        }
        if content.contains('\n') {
            return if content.trim_matches('\n').is_empty() {
                Self::Double
            } else {
                Self::Literal
            };
        }
        if !content.is_ascii() && content.contains(|character: char| is_special(character)) {
            return Self::Double;
        }
        if matches!(content, "y" | "n" | "Y" | "N") || looks_typed(content) {
            return Self::Single;
        }
        let starts_plain = !content.starts_with([
            '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%',
            '@', '`', ' ', '=', '~',
        ]) || starts_with_word(content);
        let is_plain = starts_plain
            && !content.contains(": ")
            && !content.contains(" #")
            && !content.ends_with([':', ' '])
            && !content.starts_with("---")
            && !content.starts_with("...");
        if is_plain { Self::Plain } else { Self::Single }
    }
}

/// `-x`, `?x`, `:x` may be plain: the sign is no indicator before a letter. A symbol is not.
fn starts_with_word(content: &str) -> bool {
    let mut characters = content.chars();
    let first = characters.next();
    matches!(first, Some('-' | '?')) && characters.next().is_some_and(|next| next != ' ')
}

/// What the writer takes for unprintable: symbols outside of letters of the basic plane.
fn is_special(character: char) -> bool {
    matches!(character, '\u{2200}'..='\u{22ff}' | '\u{10000}'..)
        || (!character.is_ascii() && !character.is_alphanumeric())
}

/// Whether a plain text would be read back as something else than text.
fn looks_typed(content: &str) -> bool {
    let lower = content.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "null"
            | "~"
            | "<<"
            | "="
            | ".nan"
            | ".inf"
            | "-.inf"
    ) {
        return true;
    }
    let unsigned = content.trim_start_matches(['-', '+']);
    let digits = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || b"_,.:".contains(&byte))
    };
    let starts = unsigned.starts_with(|first: char| first.is_ascii_digit());
    if starts && digits(unsigned) {
        return true;
    }
    let is_radix = ["0x", "0b", "0o"].iter().any(|prefix| {
        unsigned.strip_prefix(prefix).is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b'_')
        })
    });
    let is_exponent = starts && unsigned.parse::<f64>().is_ok();
    let is_date = content.len() >= 10
        && content
            .bytes()
            .take(10)
            .enumerate()
            .all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    let is_symbol = content.starts_with(':') && content.len() > 1;
    is_radix || is_exponent || is_date || is_symbol
}
