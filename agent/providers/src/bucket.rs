//! The filebucket: every file that is replaced or removed, under its checksum, so that it can be
//! brought back. The layout is Puppet's (`a/b/c/d/e/f/0/1/abcdef01…/{contents,paths}`), so that
//! people find it where they look.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use ficelle_system::{Algorithm, Digest, System, SystemError};

use crate::ProviderError;

/// A directory of replaced files.
#[derive(Clone, Debug)]
pub struct FileBucket {
    directory: PathBuf,
}

impl FileBucket {
    /// The bucket in a directory, which is made when it is first used.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// Keeps a file.
    ///
    /// # Errors
    /// The file cannot be read or the bucket not be written.
    pub fn keep(&self, system: &System, path: &Path) -> Result<Digest, ProviderError> {
        let digest = system.digest(path, Algorithm::Sha256)?;
        let folder = self.folder(&digest.value);
        let contents = folder.join("contents");
        if !system.exists(&contents) {
            system.make_directories(&folder, 0o750)?;
            let mut staged = system.stage(&contents)?;
            let failed = |source| SystemError::File {
                path: contents.clone(),
                source,
            };
            io::copy(&mut system.open(path)?, &mut staged).map_err(failed)?;
            staged.set_mode(0o440)?;
            staged.commit()?;
        }
        let paths = folder.join("paths");
        let mut known = system.read_text(&paths)?.unwrap_or_default();
        let line = path.to_string_lossy();
        if !known.lines().any(|known| known == line) {
            known.push_str(&line);
            known.push('\n');
            system.replace(&paths, known.as_bytes(), 0o640)?;
        }
        Ok(digest)
    }

    /// A kept file, opened; `None` where the bucket has none of this checksum.
    ///
    /// # Errors
    /// The bucket cannot be read.
    pub fn open(
        &self,
        system: &System,
        sum: &str,
    ) -> Result<Option<impl Read + use<>>, ProviderError> {
        if sum.len() < 8 || !sum.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let contents = self.folder(sum).join("contents");
        Ok(if system.exists(&contents) {
            Some(system.open(&contents)?)
        } else {
            None
        })
    }

    fn folder(&self, sum: &str) -> PathBuf {
        let mut folder = self.directory.clone();
        folder.extend(sum.chars().take(8).map(|digit| digit.to_string()));
        folder.push(sum);
        folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_it_keeps() {
        let root = tempfile::tempdir().expect("a directory");
        let system = System::under(root.path());
        system.replace("/a", b"old", 0o644).expect("written");
        let bucket = FileBucket::new("/bucket");
        let digest = bucket.keep(&system, Path::new("/a")).expect("kept");
        bucket.keep(&system, Path::new("/a")).expect("kept again");
        let mut text = String::new();
        let mut kept = bucket
            .open(&system, &digest.value)
            .expect("readable")
            .expect("there");
        kept.read_to_string(&mut text).expect("readable");
        assert_eq!(text, "old");
        let paths = bucket.folder(&digest.value).join("paths");
        assert_eq!(
            system.read_text(paths).expect("readable").expect("there"),
            "/a\n"
        );
        assert!(
            bucket
                .open(&system, "../../../../etc")
                .expect("readable")
                .is_none()
        );
    }
}
