//! Private keys: files with mode 0600, made once and never sent.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use ficelle_model::atomic;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};
use thiserror::Error;

/// The kind of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyType {
    /// RSA with 4096 bits.
    Rsa4096,
    /// The NIST curve P-256.
    #[default]
    P256,
}

/// Why a key could not be made or read.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file.
    #[error("cannot read or write the key {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content.
    #[error("{path} holds no private key that can be used: {reason}")]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Making one.
    #[error("cannot make a key: {0}")]
    Generate(String),
}

/// Makes a key.
///
/// # Errors
/// The system's randomness failed.
pub fn generate(key_type: KeyType) -> Result<KeyPair, KeyError> {
    match key_type {
        KeyType::Rsa4096 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_4096),
        KeyType::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
    }
    .map_err(|error| KeyError::Generate(error.to_string()))
}

/// Reads the key at `path`; `None` where there is none.
///
/// # Errors
/// The file cannot be read, or holds no key.
pub fn read(path: &Path) -> Result<Option<KeyPair>, KeyError> {
    let pem = match fs::read_to_string(path) {
        Ok(pem) => pem,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(KeyError::File {
                path: path.to_owned(),
                source,
            });
        }
    };
    match KeyPair::from_pem(&pem) {
        Ok(key) => Ok(Some(key)),
        Err(error) => Err(KeyError::Content {
            path: path.to_owned(),
            reason: error.to_string(),
        }),
    }
}

/// Writes a key that is not there yet, mode 0600.
///
/// # Errors
/// There is one already, or the file cannot be written.
pub fn write_new(path: &Path, key: &KeyPair) -> Result<(), KeyError> {
    write_pem(path, &key.serialize_pem())
}

/// Writes the PEM of a key that is not there yet, mode 0600.
///
/// # Errors
/// There is one already, or the file cannot be written.
pub fn write_pem(path: &Path, pem: &str) -> Result<(), KeyError> {
    make_private_directory(path)
        .and_then(|()| atomic::create(path, pem.as_bytes(), 0o600))
        .map_err(|source| KeyError::File {
            path: path.to_owned(),
            source,
        })
}

/// The key at `path`, made where there is none.
///
/// # Errors
/// As [`read`] and [`write_new`].
pub fn read_or_generate(path: &Path, key_type: KeyType) -> Result<KeyPair, KeyError> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    let key = generate(key_type)?;
    match write_new(path, &key) {
        // Somebody else was first: theirs is the key.
        Err(KeyError::File { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| KeyError::Generate(format!("{} vanished", path.display())))
        }
        Err(error) => Err(error),
        Ok(()) => Ok(key),
    }
}

fn make_private_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => fs::DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(parent),
        None => Ok(()),
    }
}
