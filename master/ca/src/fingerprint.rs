//! Fingerprints as people compare them: `AB:CD:…`, over the DER.

use sha2::{Digest as _, Sha256};

/// The SHA-256 of some DER, in upper-case hexadecimal with colons.
pub fn sha256(der: &[u8]) -> String {
    let digest = Sha256::digest(der);
    let mut text = String::with_capacity(digest.len() * 3);
    for (index, byte) in digest.iter().enumerate() {
        if index > 0 {
            text.push(':');
        }
        text.push_str(&hex::encode_upper([*byte]));
    }
    text
}
