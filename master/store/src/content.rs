//! Bodies, kept by content: a digest names them, gzip makes them small.

use std::io::{Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use crate::StoreError;

/// The most that a body may unpack to: a bomb in the database is refused.
const LARGEST: u64 = 256 * 1024 * 1024;

/// BLAKE3 of all pieces together, in hexadecimal. Every request takes it of a whole catalog; of
/// the cryptographic digests it is the fastest. It names bodies in the database and is compared
/// nowhere else: one that went by its SHA-256, as in the past, is kept anew when it next comes.
pub(crate) fn digest(pieces: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for piece in pieces {
        hasher.update(piece);
    }
    hasher.finalize().to_string()
}

pub(crate) fn pack(pieces: &[&[u8]]) -> Vec<u8> {
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    let mut encoder = GzEncoder::new(Vec::with_capacity(length / 4), Compression::fast());
    for piece in pieces {
        encoder
            .write_all(piece)
            .expect("writing to memory cannot fail");
    }
    encoder.finish().expect("writing to memory cannot fail")
}

pub(crate) fn unpack(what: &str, body: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut json = Vec::with_capacity(body.len() * 4);
    let read = GzDecoder::new(body).take(LARGEST).read_to_end(&mut json);
    read.map_err(|error| StoreError::Corrupt {
        what: what.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(json)
}
