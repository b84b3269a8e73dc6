//! Functions that popular modules bring along in Ruby, so that these modules need none.
//!
//! They are found by [`find_of_module`] alone: whoever asks has seen that the module is there and
//! has such a function in Ruby, of which this is the native twin.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use sha1::{Digest as _, Sha1};

use super::{Function, Registered, function, on};
use crate::{
    error::Evaluated,
    evaluator::Call,
    values::{HashMap, Value},
};

const FUNCTIONS: &[Function] = &[
    function("apache::bool2httpd", &[on("Any arg", bool_to_httpd)]),
    // OpenStack's mark for "leave the option out of the file".
    function(
        "is_service_default",
        &[on("Any value", |call| {
            Ok((call.arguments[0].as_str() == Some("<SERVICE DEFAULT>")).into())
        })],
    ),
    function(
        "mysql::password",
        &[on(
            "Variant[String, Sensitive[String]] password, Boolean sensitive?",
            mysql_password,
        )],
    ),
    function("mysql::strip_hash", &[on("Hash hash", strip_hash)]),
];

static REGISTRY: LazyLock<FxHashMap<&'static str, Registered>> =
    LazyLock::new(|| super::registered(FUNCTIONS.iter()));

/// The native twin of a module's function.
pub fn find_of_module(name: &str) -> Option<&'static Registered> {
    REGISTRY.get(name)
}

/// `On` and `Off`, whichever way they are said.
fn bool_to_httpd(call: &Call<'_, '_>) -> Evaluated {
    let says = |text: &str, word: &str| text.to_ascii_lowercase().contains(word);
    Ok(match &call.arguments[0] {
        Value::Undef | Value::Boolean(false) => "Off".into(),
        Value::Boolean(true) => "On".into(),
        Value::String(text) if says(text, "false") => "Off".into(),
        Value::String(text) if says(text, "true") => "On".into(),
        other => super::collections::ruby_text(other).into(),
    })
}

/// What MySQL's `PASSWORD()` makes of a text; what it made already stays.
fn mysql_password(call: &Call<'_, '_>) -> Evaluated {
    let given = match &call.arguments[0] {
        Value::Sensitive(inner) => inner.as_ref(),
        plain => plain,
    };
    let hashed: Value = hashed(given.as_str().unwrap_or_default()).into();
    Ok(match call.arguments.get(1) {
        Some(Value::Boolean(true)) => Value::Sensitive(hashed.into()),
        _ => hashed,
    })
}

fn hashed(password: &str) -> String {
    let is_hash = password.lines().any(|line| {
        let tail = line.len().checked_sub(41).and_then(|at| line.get(at..));
        tail.and_then(|tail| tail.strip_prefix('*'))
            .is_some_and(|digits| {
                digits
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'))
            })
    });
    if password.is_empty() || is_hash {
        return password.to_owned();
    }
    let twice = Sha1::digest(Sha1::digest(password.as_bytes()));
    format!("*{}", hex::encode_upper(twice))
}

/// A hash without empty texts, one level down too.
fn strip_hash(call: &Call<'_, '_>) -> Evaluated {
    let is_empty = |value: &Value| value.as_str() == Some("");
    let kept = |entries: &HashMap| -> HashMap {
        let entries = entries.iter().filter(|(_, value)| !is_empty(value));
        entries
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let Some(entries) = call.arguments[0].as_hash() else {
        return Ok(call.arguments[0].clone());
    };
    let mut stripped = kept(entries);
    for value in stripped.values_mut() {
        if let Value::Hash(inner) = value {
            *value = Value::hash(kept(inner));
        }
    }
    Ok(Value::hash(stripped))
}

#[cfg(test)]
mod tests {
    use super::hashed;

    #[test]
    fn passwords_are_hashed_once() {
        let hash = "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7";
        assert_eq!(hashed("secret"), hash);
        assert_eq!(hashed(hash), hash);
        assert_eq!(hashed(""), "");
    }
}
