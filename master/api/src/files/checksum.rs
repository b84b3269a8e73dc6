//! Checksums of files, in every kind that agents ask for; kept for as long as a file stays.

use std::{
    collections::HashMap,
    fs::{File, Metadata},
    io::{self, Read},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// A kind of checksum, by Puppet's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChecksumType {
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
    Sha256,
    /// `sha256lite`
    Sha256Lite,
    /// `sha384`
    Sha384,
    /// `sha512`
    Sha512,
    /// `mtime`
    Modified,
    /// `ctime`
    Changed,
    /// `none`
    None,
}

const NAMES: [(ChecksumType, &str); 12] = [
    (ChecksumType::Md5, "md5"),
    (ChecksumType::Md5Lite, "md5lite"),
    (ChecksumType::Sha1, "sha1"),
    (ChecksumType::Sha1Lite, "sha1lite"),
    (ChecksumType::Sha224, "sha224"),
    (ChecksumType::Sha256, "sha256"),
    (ChecksumType::Sha256Lite, "sha256lite"),
    (ChecksumType::Sha384, "sha384"),
    (ChecksumType::Sha512, "sha512"),
    (ChecksumType::Modified, "mtime"),
    (ChecksumType::Changed, "ctime"),
    (ChecksumType::None, "none"),
];

impl ChecksumType {
    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(kind, _)| *kind)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let found = NAMES.iter().find(|(kind, _)| *kind == self);
        found.map(|(_, name)| *name).expect("every kind has a name")
    }

    /// Something that takes the bytes one after another; nothing for a kind that looks at times.
    pub fn hasher(self) -> Option<Hasher> {
        Some(match self {
            Self::Md5 => Hasher::whole(Inner::Md5(Md5::new())),
            Self::Md5Lite => Hasher::lite(Inner::Md5(Md5::new())),
            Self::Sha1 => Hasher::whole(Inner::Sha1(Sha1::new())),
            Self::Sha1Lite => Hasher::lite(Inner::Sha1(Sha1::new())),
            Self::Sha224 => Hasher::whole(Inner::Sha224(Sha224::new())),
            Self::Sha256 => Hasher::whole(Inner::Sha256(Sha256::new())),
            Self::Sha256Lite => Hasher::lite(Inner::Sha256(Sha256::new())),
            Self::Sha384 => Hasher::whole(Inner::Sha384(Sha384::new())),
            Self::Sha512 => Hasher::whole(Inner::Sha512(Sha512::new())),
            Self::Modified | Self::Changed | Self::None => return None,
        })
    }
}

/// A checksum in the making.
pub struct Hasher {
    inner: Inner,
    left: u64,
}

enum Inner {
    Md5(Md5),
    Sha1(Sha1),
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hasher {
    fn whole(inner: Inner) -> Self {
        Self {
            inner,
            left: u64::MAX,
        }
    }

    fn lite(inner: Inner) -> Self {
        Self { inner, left: 512 }
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let taken = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.left -= taken as u64;
        let bytes = &bytes[..taken];
        match &mut self.inner {
            Inner::Md5(hasher) => hasher.update(bytes),
            Inner::Sha1(hasher) => hasher.update(bytes),
            Inner::Sha224(hasher) => hasher.update(bytes),
            Inner::Sha256(hasher) => hasher.update(bytes),
            Inner::Sha384(hasher) => hasher.update(bytes),
            Inner::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The checksum in hexadecimal.
    pub fn finish(self) -> String {
        match self.inner {
            Inner::Md5(hasher) => hex::encode(hasher.finalize()),
            Inner::Sha1(hasher) => hex::encode(hasher.finalize()),
            Inner::Sha224(hasher) => hex::encode(hasher.finalize()),
            Inner::Sha256(hasher) => hex::encode(hasher.finalize()),
            Inner::Sha384(hasher) => hex::encode(hasher.finalize()),
            Inner::Sha512(hasher) => hex::encode(hasher.finalize()),
        }
    }
}

/// Checksums that were made before, checked by each file's stamp.
#[derive(Debug, Default)]
pub struct Checksums {
    known: RwLock<HashMap<(PathBuf, ChecksumType), Known>>,
}

type Known = (Stamp, Arc<str>);

/// More files than any site serves; then the memory starts anew.
const MOST_KNOWN: usize = 200_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Checksums {
    /// `{sha256}…` of a file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn of(&self, path: &Path, metadata: &Metadata, kind: ChecksumType) -> io::Result<Arc<str>> {
        let Some(hasher) = kind.hasher() else {
            return Ok(time_of(metadata, kind).into());
        };
        let stamp = Stamp {
            size: metadata.size(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        };
        let key = (path.to_owned(), kind);
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some((before, checksum)) = known
            && before == stamp
        {
            return Ok(checksum);
        }
        let checksum: Arc<str> = format!("{{{}}}{}", kind.name(), read(path, hasher)?).into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(key, (stamp, Arc::clone(&checksum)));
        Ok(checksum)
    }
}

/// `{ctime}…`, also what stands for a directory.
pub fn time_of(metadata: &Metadata, kind: ChecksumType) -> String {
    let seconds = match kind {
        ChecksumType::None => return "{none}".to_owned(),
        ChecksumType::Modified => metadata.mtime(),
        _ => metadata.ctime(),
    };
    let name = if kind == ChecksumType::Modified {
        "mtime"
    } else {
        "ctime"
    };
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    format!("{{{name}}}{}", time.strftime("%Y-%m-%d %H:%M:%S +0000"))
}

fn read(path: &Path, mut hasher: Hasher) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            length => hasher.update(&buffer[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ChecksumType;

    #[test]
    fn the_lite_kinds_look_at_the_beginning() {
        let of = |name: &str, bytes: &[u8]| {
            let kind = ChecksumType::parse(name).expect("a known kind");
            let mut hasher = kind.hasher().expect("a kind that looks at bytes");
            hasher.update(bytes);
            hasher.finish()
        };
        assert_eq!(of("md5", b"one\n"), "5bbf5a52328e7439ae6e719dfe712200");
        assert_eq!(
            of("sha256", b"one\n"),
            "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806"
        );
        let (long, longer) = (vec![b'x'; 512], vec![b'x'; 5000]);
        assert_eq!(of("sha256lite", &longer), of("sha256", &long));
        assert_ne!(of("sha256", &longer), of("sha256", &long));
        assert_eq!(ChecksumType::parse("crc"), None);
    }
}
