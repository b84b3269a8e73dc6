//! Checksums under the names they have in manifests: `sha256`, `md5lite`, `mtime`, …

use std::{fmt, io::Read, str::FromStr};

use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use thiserror::Error;

/// The `lite` kinds look at this much of a file.
const LITE_LENGTH: u64 = 512;

/// How files are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `md5`
    Md5,
    /// `md5lite`: of the first 512 bytes.
    Md5Lite,
    /// `sha1`
    Sha1,
    /// `sha1lite`
    Sha1Lite,
    /// `sha224`
    Sha224,
    /// `sha256`
    #[default]
    Sha256,
    /// `sha256lite`
    Sha256Lite,
    /// `sha384`
    Sha384,
    /// `sha512`
    Sha512,
    /// The time of the last change of the content.
    Mtime,
    /// The time of the last change of anything.
    Ctime,
    /// Never compared.
    None,
}

/// A name that is no checksum's.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0} is not a checksum type")]
pub struct ParseAlgorithmError(pub String);

/// A checksum: `{sha256}9f86…`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digest {
    /// How it was made.
    pub algorithm: Algorithm,
    /// Hexadecimal digits; a time for the kinds that are times.
    pub value: String,
}

const NAMES: [(Algorithm, &str); 12] = [
    (Algorithm::Md5, "md5"),
    (Algorithm::Md5Lite, "md5lite"),
    (Algorithm::Sha1, "sha1"),
    (Algorithm::Sha1Lite, "sha1lite"),
    (Algorithm::Sha224, "sha224"),
    (Algorithm::Sha256, "sha256"),
    (Algorithm::Sha256Lite, "sha256lite"),
    (Algorithm::Sha384, "sha384"),
    (Algorithm::Sha512, "sha512"),
    (Algorithm::Mtime, "mtime"),
    (Algorithm::Ctime, "ctime"),
    (Algorithm::None, "none"),
];

impl Algorithm {
    /// Its name in manifests.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("none", |(_, name)| name)
    }

    /// Whether it looks at content rather than at times.
    pub fn reads_content(self) -> bool {
        !matches!(self, Self::Mtime | Self::Ctime | Self::None)
    }

    /// The checksum of bytes; empty for the kinds that do not look at content.
    pub fn of(self, bytes: &[u8]) -> Digest {
        self.of_reader(bytes).expect("memory can be read")
    }

    /// The checksum of what a reader gives.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of_reader(self, reader: impl Read) -> std::io::Result<Digest> {
        let value = match self {
            Self::Md5 => digest::<Md5>(reader)?,
            Self::Md5Lite => digest::<Md5>(reader.take(LITE_LENGTH))?,
            Self::Sha1 => digest::<Sha1>(reader)?,
            Self::Sha1Lite => digest::<Sha1>(reader.take(LITE_LENGTH))?,
            Self::Sha224 => digest::<Sha224>(reader)?,
            Self::Sha256 => digest::<Sha256>(reader)?,
            Self::Sha256Lite => digest::<Sha256>(reader.take(LITE_LENGTH))?,
            Self::Sha384 => digest::<Sha384>(reader)?,
            Self::Sha512 => digest::<Sha512>(reader)?,
            Self::Mtime | Self::Ctime | Self::None => String::new(),
        };
        Ok(Digest {
            algorithm: self,
            value,
        })
    }
}

fn digest<D: sha2::Digest>(mut reader: impl Read) -> std::io::Result<String> {
    let mut state = D::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hex::encode(state.finalize())),
            Ok(count) => state.update(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl FromStr for Algorithm {
    type Err = ParseAlgorithmError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = NAMES.iter().find(|(_, name)| *name == text);
        found
            .map(|(kind, _)| *kind)
            .ok_or_else(|| ParseAlgorithmError(text.to_owned()))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Digest {
    /// Reads `{sha256}9f86…`.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, value) = text.strip_prefix('{')?.split_once('}')?;
        Some(Self {
            algorithm: algorithm.parse().ok()?,
            value: value.to_owned(),
        })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}{}", self.algorithm, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_kind_in_front() {
        assert_eq!(
            Algorithm::Md5.of(b"").to_string(),
            "{md5}d41d8cd98f00b204e9800998ecf8427e"
        );
        let lite = Algorithm::Sha256Lite.of(&[b'x'; 600]);
        assert_eq!(lite.value, Algorithm::Sha256.of(&[b'x'; 512]).value);
        assert_eq!(Digest::parse(&lite.to_string()), Some(lite));
    }

    #[test]
    fn every_name_is_read_back() {
        for (kind, name) in NAMES {
            assert_eq!(name.parse(), Ok(kind));
        }
        assert!("sha3".parse::<Algorithm>().is_err());
    }
}
