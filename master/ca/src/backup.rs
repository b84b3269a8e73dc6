//! The authority's key and certificate under a passphrase, for a second master or a safe.
//!
//! The form: one PEM block `FICELLE CA EXPORT`; in it a version byte, a salt of 16 octets, a nonce
//! of 12, and the certificate's and the key's PEM under AES-256-GCM. The key comes from the
//! passphrase by PBKDF2-HMAC-SHA-256.

use std::num::NonZeroU32;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    pbkdf2,
    rand::{SecureRandom as _, SystemRandom},
};
use thiserror::Error;

use crate::issue::Issuer;

const TAG: &str = "FICELLE CA EXPORT";
const VERSION: u8 = 1;
const SALT: usize = 16;
const NONCE: usize = 12;
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).expect("600,000 is not zero");
/// Shorter ones are guessed.
pub const SHORTEST_PASSPHRASE: usize = 12;

/// What an export holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Backup {
    /// The certificate in PEM.
    pub certificate_pem: String,
    /// The key in PEM.
    pub key_pem: String,
}

/// Why an export could not be made or read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BackupError {
    /// Too easy to guess.
    #[error("the passphrase needs at least {SHORTEST_PASSPHRASE} characters")]
    Passphrase,
    /// Not an export.
    #[error("this is no export of an authority: {0}")]
    Form(String),
    /// Wrong passphrase, or changed bytes.
    #[error("the passphrase is wrong, or the export was changed")]
    Sealed,
    /// The system's randomness failed.
    #[error("the system gave no randomness")]
    Randomness,
}

/// Seals the authority under a passphrase.
///
/// # Errors
/// The passphrase is too short, or the system gave no randomness.
pub fn export(issuer: &Issuer, passphrase: &str) -> Result<String, BackupError> {
    if passphrase.chars().count() < SHORTEST_PASSPHRASE {
        return Err(BackupError::Passphrase);
    }
    let mut head = [0_u8; 1 + SALT + NONCE];
    SystemRandom::new()
        .fill(&mut head)
        .map_err(|_| BackupError::Randomness)?;
    head[0] = VERSION;
    let mut sealed = format!("{}\n{}", issuer.certificate_pem(), issuer.key_pem()).into_bytes();
    let (cipher, nonce) = cipher(&head, passphrase);
    cipher
        .seal_in_place_append_tag(nonce, Aad::from(head), &mut sealed)
        .expect("a few kilobytes are within what the cipher takes");
    let mut content = head.to_vec();
    content.append(&mut sealed);
    let form = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    Ok(pem::encode_config(&pem::Pem::new(TAG, content), form))
}

/// Opens an export.
///
/// # Errors
/// It is none, or the passphrase is wrong.
pub fn import(text: &str, passphrase: &str) -> Result<Backup, BackupError> {
    let form = |why: &str| BackupError::Form(why.to_owned());
    let block = pem::parse(text).map_err(|error| BackupError::Form(error.to_string()))?;
    if block.tag() != TAG {
        return Err(form(&format!("it holds a {:?}", block.tag())));
    }
    let content = block.into_contents();
    let (head, sealed) = content
        .split_first_chunk::<{ 1 + SALT + NONCE }>()
        .ok_or_else(|| form("it is cut off"))?;
    if head[0] != VERSION {
        return Err(form("it was made by a newer version"));
    }
    let mut sealed = sealed.to_vec();
    let (cipher, nonce) = cipher(head, passphrase);
    let opened = cipher
        .open_in_place(nonce, Aad::from(*head), &mut sealed)
        .map_err(|_| BackupError::Sealed)?;
    let opened = String::from_utf8(opened.to_vec()).map_err(|_| form("it is no text"))?;
    let (certificate, key) = opened
        .find("-----BEGIN PRIVATE KEY-----")
        .map(|at| opened.split_at(at))
        .ok_or_else(|| form("it holds no key"))?;
    Ok(Backup {
        certificate_pem: certificate.to_owned(),
        key_pem: key.to_owned(),
    })
}

fn cipher(head: &[u8; 1 + SALT + NONCE], passphrase: &str) -> (LessSafeKey, Nonce) {
    let (salt, nonce) = head[1..].split_at(SALT);
    let mut key = [0_u8; 32];
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        ROUNDS,
        salt,
        passphrase.as_bytes(),
        &mut key,
    );
    let key = UnboundKey::new(&AES_256_GCM, &key).expect("the key has the cipher's length");
    let nonce = Nonce::try_assume_unique_for_key(nonce).expect("the nonce has 12 octets");
    (LessSafeKey::new(key), nonce)
}
