//! Functions on text.

use std::sync::Arc;

use super::{Function, fail, function, iteration, legacy, on};
use crate::{
    error::Evaluated,
    evaluator::Call,
    values::{Value, capitalize, downcase},
};

/// The dispatches of a function that changes strings, in arrays and other sequences too.
macro_rules! each_string {
    ($change:ident) => {
        [
            on("Numeric arg", same),
            on("String arg", |call| each(call, $change)),
            on("Iterable[Variant[String, Numeric]] arg", |call| {
                each(call, $change)
            }),
        ]
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "upcase",
        &[
            on("Numeric arg", same),
            on("String arg", |call| Ok(cased(call, str::to_uppercase))),
            on("Array[StringData] arg", |call| {
                Ok(cased(call, str::to_uppercase))
            }),
            on("Hash[StringData, StringData] arg", |call| {
                Ok(cased(call, str::to_uppercase))
            }),
        ],
    ),
    function(
        "downcase",
        &[
            on("Numeric arg", same),
            on("String arg", |call| Ok(cased(call, downcase))),
            on("Array[StringData] arg", |call| Ok(cased(call, downcase))),
            on("Hash[StringData, StringData] arg", |call| {
                Ok(cased(call, downcase))
            }),
        ],
    ),
    function("capitalize", &each_string!(capitalize)),
    function("camelcase", &each_string!(camelcase)),
    function("strip", &each_string!(strip)),
    function("lstrip", &each_string!(lstrip)),
    function("rstrip", &each_string!(rstrip)),
    function("chomp", &each_string!(chomp)),
    function("chop", &each_string!(chop)),
    function("shellquote", &[legacy(shellquote)]),
];

fn same(call: &Call<'_, '_>) -> Evaluated {
    Ok(call.arguments[0].clone())
}

fn each(call: &Call<'_, '_>, change: fn(&str) -> String) -> Evaluated {
    let changed = |value: &Value| match value {
        Value::String(text) => Value::string(change(text)),
        other => other.clone(),
    };
    Ok(match &call.arguments[0] {
        text @ Value::String(_) => changed(text),
        other => Value::array(
            iteration::elements(other)?
                .iter()
                .map(changed)
                .collect::<Vec<_>>(),
        ),
    })
}

/// Changes strings at any depth of arrays and hashes; numbers stay.
fn cased(call: &Call<'_, '_>, change: fn(&str) -> String) -> Value {
    fn walk(value: &Value, change: fn(&str) -> String) -> Value {
        match value {
            Value::String(text) => Value::string(change(text)),
            Value::Array(elements) => {
                let changed = elements.iter().map(|value| walk(value, change));
                Value::Array(Arc::new(changed.collect()))
            }
            Value::Hash(entries) => {
                let changed = entries
                    .iter()
                    .map(|(key, value)| (walk(key, change), walk(value, change)));
                Value::Hash(Arc::new(changed.collect()))
            }
            other => other.clone(),
        }
    }
    walk(&call.arguments[0], change)
}

fn camelcase(text: &str) -> String {
    text.split('_').map(capitalize).collect()
}

/// What Ruby strips: white space of ASCII, and NUL.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' | '\0')
}

/// Ruby's `strip`.
pub(super) fn strip(text: &str) -> String {
    text.trim_matches(is_space).to_owned()
}

fn lstrip(text: &str) -> String {
    text.trim_start_matches(is_space).to_owned()
}

fn rstrip(text: &str) -> String {
    text.trim_end_matches(is_space).to_owned()
}

/// Ruby's `chomp`: one line ending less.
pub(super) fn chomp(text: &str) -> String {
    let shorter = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix(['\n', '\r']));
    shorter.unwrap_or(text).to_owned()
}

/// Ruby's `chop`: one character (or `\r\n`) less.
pub(super) fn chop(text: &str) -> String {
    let mut shorter = text;
    if let Some(stripped) = text.strip_suffix("\r\n") {
        shorter = stripped;
    } else if let Some((last, _)) = text.char_indices().next_back() {
        shorter = &text[..last];
    }
    shorter.to_owned()
}

fn shellquote(call: &Call<'_, '_>) -> Evaluated {
    let words = crate::evaluator::flatten(call.arguments.to_vec());
    let mut quoted = Vec::with_capacity(words.len());
    for word in &words {
        let Value::String(word) = word else {
            fail!("undefined method `length' for {word}");
        };
        quoted.push(quote(word));
    }
    Ok(Value::string(quoted.join(" ")))
}

fn quote(word: &str) -> String {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"@%_+=:,./-".contains(&byte);
    let is_dangerous = |character: char| "!\"`$\\".contains(character);
    if !word.is_empty() && word.bytes().all(is_safe) {
        word.to_owned()
    } else if !word.contains(is_dangerous) {
        format!("\"{word}\"")
    } else if !word.contains('\'') {
        format!("'{word}'")
    } else {
        let mut quoted = String::from("\"");
        for character in word.chars() {
            if is_dangerous(character) {
                quoted.push('\\');
            }
            quoted.push(character);
        }
        quoted.push('"');
        quoted
    }
}
