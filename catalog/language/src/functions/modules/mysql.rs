//! `puppetlabs-mysql`

use sha1::{Digest as _, Sha1};

use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::{Function, function, on},
    values::{HashMap, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "mysql::password",
        &[on(
            "Variant[String, Sensitive[String]] password, Boolean sensitive?",
            mysql_password,
        )],
    ),
    function("mysql::strip_hash", &[on("Hash hash", strip_hash)]),
    // Its predecessor of the old kind.
    function("mysql_password", &[on("String password", mysql_password)]),
];

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
