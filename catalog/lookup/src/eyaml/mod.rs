//! Encrypted values: `ENC[PKCS7,…]`, as hiera-eyaml writes and reads them.
//!
//! A value is a PKCS#7 envelope: a random AES key, encrypted with an RSA key that a self-signed
//! certificate carries, and the text under it.

mod envelope;
mod keys;

use std::sync::Arc;

use camino::Utf8Path;
use ficelle_language::{Value, error::Evaluated, values::HashMap};
use ficelle_model::inputs::Inputs;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{hierarchy::texts, key::failure};

pub use envelope::{decrypt, encrypt};
pub use keys::{KeyPair, PrivateKey, PublicKey};

/// Why a value could not be encrypted or decrypted. Never holds any of it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EyamlError {
    /// A key cannot be read.
    #[error("cannot read the {kind} key: {reason}")]
    Key {
        /// `private` or `public`.
        kind: &'static str,
        /// Why.
        reason: String,
    },
    /// The text is no `ENC[PKCS7,…]`.
    #[error("not a PKCS7 value: {0}")]
    Format(String),
    /// The value was encrypted for another key.
    #[error("the value was encrypted for another key")]
    OtherKey,
    /// Making something failed.
    #[error("cannot {what}: {reason}")]
    Failed {
        /// What was tried.
        what: &'static str,
        /// Why.
        reason: String,
    },
}

/// Whether a text holds an encrypted value.
pub fn is_encrypted(text: &str) -> bool {
    text.contains("ENC[")
}

/// Replaces every `ENC[PKCS7,…]` of a text by what it holds. Of several keys, as they are there
/// while one takes over from another, the first that fits is used.
///
/// # Errors
/// One of them cannot be decrypted, or is of another scheme than PKCS7.
pub fn decrypt_text(keys: &[PrivateKey], text: &str) -> Result<String, EyamlError> {
    replace(text, |body| {
        let clear = open(keys, body)?;
        Ok(String::from_utf8_lossy(&clear).into_owned())
    })
}

/// Encrypts every `ENC[PKCS7,…]` of a text anew, for another key; all around them stays, and a
/// value that was folded over lines is folded again, as deep as it was.
///
/// # Errors
/// As [`decrypt_text`], or as [`encrypt`].
pub fn recrypt_text(keys: &[PrivateKey], to: &PublicKey, text: &str) -> Result<String, EyamlError> {
    replace(text, |body| {
        let value = encrypt(to, &open(keys, body)?)?;
        let Some((_, second)) = body.split_once('\n') else {
            return Ok(value);
        };
        let indent: String = second.chars().take_while(|c| *c == ' ').collect();
        Ok(folded(&value).join(&format!("\n{indent}")))
    })
}

/// A value in lines of the width that hiera-eyaml writes.
pub fn folded(value: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = value;
    while let Some((line, more)) = rest.split_at_checked(60) {
        lines.push(line);
        rest = more;
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// A text with each `ENC[…]` replaced by what its body (without the scheme) becomes.
fn replace(
    text: &str,
    mut changed: impl FnMut(&str) -> Result<String, EyamlError>,
) -> Result<String, EyamlError> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("ENC[") {
        let Some(end) = rest[start..].find(']') else {
            break;
        };
        result.push_str(&rest[..start]);
        let inner = &rest[start + 4..start + end];
        let body = match inner.split_once(',') {
            Some(("PKCS7", body)) => body,
            Some((scheme, _)) => {
                return Err(EyamlError::Format(format!(
                    "the scheme {scheme} is not supported, PKCS7 is"
                )));
            }
            // Without a scheme, PKCS7 is meant.
            None => inner,
        };
        result.push_str(&changed(body)?);
        rest = &rest[start + end + 1..];
    }
    result.push_str(rest);
    Ok(result)
}

/// What an envelope holds, by the first key that it is for.
fn open(keys: &[PrivateKey], body: &str) -> Result<Zeroizing<Vec<u8>>, EyamlError> {
    for key in keys {
        match decrypt(key, body) {
            Err(EyamlError::OtherKey) => {}
            opened => return opened,
        }
    }
    Err(EyamlError::OtherKey)
}

/// Decrypts every string in a value.
pub(crate) fn decrypt_value(
    inputs: &dyn Inputs,
    options: &HashMap,
    value: Value,
    key: &str,
    file: &str,
) -> Evaluated {
    if !holds_encrypted(&value) {
        return Ok(value);
    }
    let keys = private_keys(inputs, options)?;
    decrypt_all(&keys, value, key, file)
}

fn holds_encrypted(value: &Value) -> bool {
    match value {
        Value::String(text) => is_encrypted(text),
        Value::Array(elements) => elements.iter().any(holds_encrypted),
        Value::Hash(hash) => hash.values().any(holds_encrypted),
        _ => false,
    }
}

fn decrypt_all(keys: &[PrivateKey], value: Value, key: &str, file: &str) -> Evaluated {
    match value {
        Value::String(text) if is_encrypted(&text) => {
            let clear = decrypt_text(keys, &text).map_err(|error| {
                failure(format!(
                    "hiera-eyaml backend error decrypting value when looking up {key} in {file}. \
                     Error was {error}"
                ))
            })?;
            // As the reference: a trailing line break of the text that was encrypted goes.
            let clear = clear.strip_suffix('\n').unwrap_or(&clear);
            Ok(Value::string(clear))
        }
        Value::Array(elements) => {
            let elements = elements
                .iter()
                .map(|element| decrypt_all(keys, element.clone(), key, file))
                .collect::<Evaluated<Vec<_>>>()?;
            Ok(Value::array(elements))
        }
        Value::Hash(hash) => {
            let mut clear = HashMap::default();
            for (name, value) in hash.iter() {
                clear.insert(name.clone(), decrypt_all(keys, value.clone(), key, file)?);
            }
            Ok(Value::hash(clear))
        }
        other => Ok(other),
    }
}

/// The private keys that a level's options name: the paths of `pkcs7_private_key`, and the
/// environment variables of `pkcs7_private_key_env_var`; each is one name or several.
fn private_keys(inputs: &dyn Inputs, options: &HashMap) -> Evaluated<Vec<PrivateKey>> {
    let mut keys = Vec::new();
    for path in named(options, "pkcs7_private_key") {
        let pem = inputs
            .read(Utf8Path::new(&*path))
            .map_err(|error| failure(error.to_string()))?
            .ok_or_else(|| {
                failure(format!(
                    "the eyaml key {path} is not there: make one with `master eyaml createkeys`"
                ))
            })?;
        keys.push(private_key(&String::from_utf8_lossy(&pem), &path)?);
    }
    for name in named(options, "pkcs7_private_key_env_var") {
        let pem = inputs
            .environment_variable(&name)
            .ok_or_else(|| failure(format!("the environment variable {name} is not set")))?;
        keys.push(private_key(&pem, &name)?);
    }
    if keys.is_empty() {
        return Err(failure(
            "an eyaml level needs the option pkcs7_private_key (the path of the private key, or \
             the paths of several)",
        )
        .into());
    }
    Ok(keys)
}

fn private_key(pem: &str, source: &str) -> Evaluated<PrivateKey> {
    PrivateKey::from_pem(pem).map_err(|error| failure(format!("{error} ({source})")).into())
}

fn named(options: &HashMap, option: &str) -> Vec<Arc<str>> {
    options
        .get(&Value::string(option))
        .map(texts)
        .unwrap_or_default()
}
