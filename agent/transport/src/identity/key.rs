//! The node's private key.

use std::str::FromStr;

use camino::Utf8Path;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};

use super::{read, write};
use crate::error::TransportError;

/// Which kind of key a node makes for itself (`key_type`, `keylength`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyType {
    /// P-256.
    #[default]
    Ec,
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 4096 bits.
    Rsa4096,
}

impl KeyType {
    /// From the settings `key_type` and `keylength`.
    pub fn from_settings(kind: &str, bits: i64) -> Self {
        match (kind, bits) {
            ("rsa", ..=3071) => Self::Rsa2048,
            ("rsa", _) => Self::Rsa4096,
            _ => Self::Ec,
        }
    }
}

impl FromStr for KeyType {
    type Err = TransportError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ec" => Ok(Self::Ec),
            "rsa" => Ok(Self::Rsa4096),
            other => Err(TransportError::Identity(format!(
                "key_type {other:?} is neither ec nor rsa"
            ))),
        }
    }
}

/// A private key that can sign requests.
#[derive(Debug)]
pub struct PrivateKey {
    pair: KeyPair,
    pem: String,
}

impl PrivateKey {
    /// Makes one.
    ///
    /// # Errors
    /// The random numbers gave out.
    pub fn generate(kind: KeyType) -> Result<Self, TransportError> {
        let pair = match kind {
            KeyType::Ec => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            KeyType::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
            KeyType::Rsa4096 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_4096),
        };
        let pair =
            pair.map_err(|error| TransportError::Identity(format!("cannot make a key: {error}")))?;
        let pem = pair.serialize_pem();
        Ok(Self { pair, pem })
    }

    /// Reads one; none where there is no file.
    ///
    /// # Errors
    /// The file is no key that can sign.
    pub fn load(path: &Utf8Path) -> Result<Option<Self>, TransportError> {
        let Some(pem) = read(path)? else {
            return Ok(None);
        };
        let pair = KeyPair::from_pem(&pem).map_err(|error| {
            TransportError::Identity(format!("Failed to load private key {path}: {error}"))
        })?;
        Ok(Some(Self { pair, pem }))
    }

    /// Writes it so that its owner alone can read it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Utf8Path) -> Result<(), TransportError> {
        write(path, &self.pem, 0o600)
    }

    /// PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    pub(super) fn pair(&self) -> &KeyPair {
        &self.pair
    }
}
