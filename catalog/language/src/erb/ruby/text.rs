//! How objects read: `to_s` and `inspect`.

use std::{borrow::Cow, cell::Cell, sync::Arc};

use super::{
    interpreter::{Run, Stop},
    value::{RegexpValue, Value},
    walk::Walk,
};
use crate::values::{self, Value as PuppetValue, number::float_text};

/// How deep `inspect` goes.
const DEPTH: usize = 100;
/// How long a text of `inspect` may get.
pub(super) const LONGEST: usize = 16 << 20;

/// `to_s`
pub(super) fn display(value: &Value) -> Run<String> {
    Ok(match value {
        Value::Nil => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => float_text(*value),
        Value::String(text) => text.borrow().as_str().to_owned(),
        Value::Symbol(name) | Value::Class(name) => name.to_string(),
        Value::Range(range) => {
            let dots = if range.is_exclusive { "..." } else { ".." };
            format!("{}{dots}{}", display(&range.from)?, display(&range.to)?)
        }
        Value::Regexp(regexp) => embedded(regexp),
        Value::Match(found) => found.group(0).unwrap_or_default().to_owned(),
        Value::Time(time) => {
            let is_utc = time.time_zone() == &jiff::tz::TimeZone::UTC;
            let zone = if is_utc { "UTC" } else { "%z" };
            super::strftime::format(time, &format!("%Y-%m-%d %H:%M:%S {zone}"))?
        }
        Value::Exception(exception) => exception.message.clone(),
        Value::Foreign(value) => value.to_string(),
        Value::Address(address) => address.display(),
        Value::Array(_) | Value::Hash(_) => {
            // No part takes less than a character.
            if is_deep(value, Walk::new(DEPTH, &Cell::new(LONGEST))) {
                let message = "a value is nested too deep, or has too many parts";
                return Err(Stop::limit(message));
            }
            let text = inspect(value);
            if text.len() > LONGEST {
                return Err(Stop::limit("the text of a value is too long"));
            }
            text
        }
        // These show an address, which nobody can want in a file.
        Value::Proc(_) | Value::Enumerator(_) | Value::Scope | Value::Template => {
            return Err(Stop::unsupported(format!(
                "the text of a {}",
                class_name(value)
            )));
        }
    })
}

/// Whether a value is nested deeper, or has more parts, than can be shown.
fn is_deep(value: &Value, walk: Walk<'_>) -> bool {
    let Some(walk) = walk.enter() else {
        return true;
    };
    match value {
        Value::Array(list) => list.0.borrow().iter().any(|item| is_deep(item, walk)),
        Value::Hash(map) => {
            let entries = map.entries.borrow();
            entries.values().any(|item| is_deep(item, walk))
        }
        _ => false,
    }
}

/// `inspect`
pub(super) fn inspect(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    if depth > DEPTH || out.len() > LONGEST {
        out.push_str("...");
        return;
    }
    match value {
        Value::Nil => out.push_str("nil"),
        Value::String(text) => write_string(out, &text.borrow()),
        Value::Symbol(name) => write_symbol(out, name),
        Value::Array(list) => {
            out.push('[');
            for (index, element) in list.0.borrow().iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, element, depth + 1);
            }
            out.push(']');
        }
        Value::Hash(map) => {
            out.push('{');
            for (index, (key, value)) in map.entries.borrow().iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, &key.0, depth + 1);
                out.push_str("=>");
                write(out, value, depth + 1);
            }
            out.push('}');
        }
        Value::Range(range) => {
            if !range.from.is_nil() {
                write(out, &range.from, depth + 1);
            }
            out.push_str(if range.is_exclusive { "..." } else { ".." });
            if !range.to.is_nil() {
                write(out, &range.to, depth + 1);
            }
        }
        Value::Regexp(regexp) => {
            out.push('/');
            out.push_str(&between_slashes(&regexp.source));
            out.push('/');
            out.push_str(&regexp.options);
        }
        Value::Match(found) => {
            out.push_str("#<MatchData ");
            write_string(out, found.group(0).unwrap_or_default());
            for index in 1..found.groups.len() {
                let name = found.names.iter().find(|(_, at)| *at == index);
                out.push(' ');
                match name {
                    Some((name, _)) => out.push_str(name),
                    None => out.push_str(&index.to_string()),
                }
                out.push(':');
                match found.group(index) {
                    Some(text) => write_string(out, text),
                    None => out.push_str("nil"),
                }
            }
            out.push('>');
        }
        Value::Exception(exception) => {
            out.push_str("#<");
            out.push_str(&exception.class);
            out.push_str(": ");
            out.push_str(&exception.message);
            out.push('>');
        }
        Value::Foreign(value) => out.push_str(&values::inspect(value)),
        Value::Address(address) => out.push_str(&address.inspect()),
        Value::Proc(_) => out.push_str("#<Proc>"),
        Value::Enumerator(enumerator) => {
            out.push_str("#<Enumerator: ");
            write(out, &enumerator.receiver, depth + 1);
            out.push(':');
            out.push_str(&enumerator.method);
            out.push('>');
        }
        Value::Scope => out.push_str("Scope()"),
        Value::Template => out.push_str("#<Puppet::Parser::TemplateWrapper>"),
        other => out.push_str(&display(other).unwrap_or_default()),
    }
}

pub(super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            '#' if matches!(characters.peek(), Some('{' | '$' | '@')) => out.push_str("\\#"),
            hidden if hidden.is_control() || matches!(hidden, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04X}", u32::from(hidden)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

fn write_symbol(out: &mut String, name: &str) {
    let body = name.strip_suffix(['?', '!', '=']).unwrap_or(name);
    let is_name = !body.is_empty()
        && !body.starts_with(|first: char| first.is_ascii_digit())
        && body
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_');
    let is_operator = matches!(
        name,
        "[]" | "[]="
            | "+"
            | "-"
            | "*"
            | "/"
            | "%"
            | "**"
            | "=="
            | "!="
            | "<"
            | ">"
            | "<="
            | ">="
            | "<=>"
            | "==="
            | "=~"
            | "!~"
            | "<<"
            | ">>"
            | "!"
            | "&"
            | "|"
            | "^"
            | "~"
            | "+@"
            | "-@"
    );
    out.push(':');
    if is_name || is_operator {
        out.push_str(name);
    } else {
        write_string(out, name);
    }
}

/// A regular expression within another, as `to_s` shows it.
pub(super) fn embedded(regexp: &RegexpValue) -> String {
    let off: String = "mix"
        .chars()
        .filter(|option| !regexp.options.contains(*option))
        .collect();
    let minus = if off.is_empty() { "" } else { "-" };
    let source = between_slashes(&regexp.source);
    format!("(?{}{minus}{off}:{source})", regexp.options)
}

/// The source of a regular expression as it stands between slashes.
fn between_slashes(source: &str) -> Cow<'_, str> {
    if !source.contains('/') {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len() + 4);
    let mut is_escaped = false;
    for character in source.chars() {
        if character == '/' && !is_escaped {
            out.push('\\');
        }
        is_escaped = character == '\\' && !is_escaped;
        out.push(character);
    }
    Cow::Owned(out)
}

/// The name in a symbol or string.
pub(super) fn symbol_of(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Symbol(name) => Some(name.clone()),
        Value::String(text) => Some(text.borrow().share()),
        _ => None,
    }
}

/// The name of an object's class.
pub(super) fn class_name(value: &Value) -> Arc<str> {
    match value {
        Value::Nil => "NilClass",
        Value::Bool(true) => "TrueClass",
        Value::Bool(false) => "FalseClass",
        Value::Integer(_) => "Integer",
        Value::Float(_) => "Float",
        Value::String(_) => "String",
        Value::Symbol(_) => "Symbol",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Range(_) => "Range",
        Value::Regexp(_) => "Regexp",
        Value::Match(_) => "MatchData",
        Value::Proc(_) => "Proc",
        Value::Time(_) => "Time",
        Value::Enumerator(_) => "Enumerator",
        Value::Exception(exception) => return exception.class.clone(),
        Value::Class(_) => "Class",
        Value::Scope => "Puppet::Parser::Scope",
        Value::Template => "Puppet::Parser::TemplateWrapper",
        Value::Address(_) => "IPAddr",
        Value::Foreign(value) => match &**value {
            PuppetValue::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive",
            PuppetValue::Binary(_) => "Puppet::Pops::Types::PBinaryType::Binary",
            PuppetValue::Timestamp(_) => "Puppet::Pops::Time::Timestamp",
            PuppetValue::Timespan(_) => "Puppet::Pops::Time::Timespan",
            PuppetValue::SemVer(_) => "SemanticPuppet::Version",
            PuppetValue::SemVerRange(_) => "SemanticPuppet::VersionRange",
            PuppetValue::Uri(_) => "URI::Generic",
            PuppetValue::Type(_) => "Puppet::Pops::Types::PAnyType",
            _ => "Object",
        },
    }
    .into()
}

/// The classes and modules that a class is one of, itself first.
pub(super) fn is_of_class(value: &Value, class: &str) -> bool {
    let own = class_name(value);
    if &*own == class || matches!(class, "Object" | "BasicObject" | "Kernel") {
        return true;
    }
    match value {
        Value::Integer(_) => matches!(class, "Numeric" | "Comparable" | "Fixnum"),
        Value::Float(_) => matches!(class, "Numeric" | "Comparable"),
        Value::String(_) | Value::Symbol(_) | Value::Time(_) => class == "Comparable",
        Value::Array(_) | Value::Hash(_) | Value::Range(_) | Value::Enumerator(_) => {
            class == "Enumerable"
        }
        Value::Class(_) => class == "Module",
        Value::Exception(exception) => super::methods::exception::descends(&exception.class, class),
        _ => false,
    }
}
