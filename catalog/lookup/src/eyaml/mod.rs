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

use crate::{hierarchy::text, key::failure};

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

/// Replaces every `ENC[PKCS7,…]` of a text by what it holds.
///
/// # Errors
/// One of them cannot be decrypted, or is of another scheme than PKCS7.
pub fn decrypt_text(key: &PrivateKey, text: &str) -> Result<String, EyamlError> {
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
        let bytes = decrypt(key, body)?;
        result.push_str(&String::from_utf8_lossy(&bytes));
        rest = &rest[start + end + 1..];
    }
    result.push_str(rest);
    Ok(result)
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
    let private = private_key(inputs, options)?;
    decrypt_all(&private, value, key, file)
}

fn holds_encrypted(value: &Value) -> bool {
    match value {
        Value::String(text) => is_encrypted(text),
        Value::Array(elements) => elements.iter().any(holds_encrypted),
        Value::Hash(hash) => hash.values().any(holds_encrypted),
        _ => false,
    }
}

fn decrypt_all(private: &PrivateKey, value: Value, key: &str, file: &str) -> Evaluated {
    match value {
        Value::String(text) if is_encrypted(&text) => {
            let clear = decrypt_text(private, &text).map_err(|error| {
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
                .map(|element| decrypt_all(private, element.clone(), key, file))
                .collect::<Evaluated<Vec<_>>>()?;
            Ok(Value::array(elements))
        }
        Value::Hash(hash) => {
            let mut clear = HashMap::default();
            for (name, value) in hash.iter() {
                clear.insert(
                    name.clone(),
                    decrypt_all(private, value.clone(), key, file)?,
                );
            }
            Ok(Value::hash(clear))
        }
        other => Ok(other),
    }
}

/// The private key that a level's options name: `pkcs7_private_key`, or the name of an
/// environment variable in `pkcs7_private_key_env_var`.
fn private_key(inputs: &dyn Inputs, options: &HashMap) -> Evaluated<PrivateKey> {
    let pem: Arc<[u8]> = if let Some(path) = text(options, "pkcs7_private_key") {
        let bytes = inputs
            .read(Utf8Path::new(path))
            .map_err(|error| failure(error.to_string()))?;
        bytes.ok_or_else(|| {
            failure(format!(
                "the eyaml key {path} is not there: make one with `master eyaml createkeys`"
            ))
        })?
    } else if let Some(name) = text(options, "pkcs7_private_key_env_var") {
        let value = inputs.environment_variable(name);
        let value =
            value.ok_or_else(|| failure(format!("the environment variable {name} is not set")))?;
        value.into_bytes().into()
    } else {
        return Err(failure(
            "an eyaml level needs the option pkcs7_private_key (the path of the private key)",
        )
        .into());
    };
    let pem = String::from_utf8_lossy(&pem);
    PrivateKey::from_pem(&pem).map_err(|error| failure(error.to_string()).into())
}
