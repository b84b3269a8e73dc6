//! Bodies, kept by content: a digest names them, gzip makes them small.

use std::io::{Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// The most that a body may unpack to: a bomb in the database is refused.
const LARGEST: u64 = 256 * 1024 * 1024;

/// SHA-256 in hexadecimal.
pub(crate) fn digest(json: &[u8]) -> String {
    hex::encode(Sha256::digest(json))
}

pub(crate) fn pack(json: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::fast());
    encoder
        .write_all(json)
        .expect("writing to memory cannot fail");
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
