//! Replacing a file as a whole: write a new one beside it, fsync, rename. A host that dies at any
//! moment has the old file or the new one, never half.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{PermissionsExt, fchown},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{Owner, System, SystemError};

/// A new file beside the one it will replace. Dropped without [`Staged::commit`], it goes away.
#[derive(Debug)]
pub struct Staged {
    file: NamedTempFile,
    path: PathBuf,
    place: PathBuf,
}

impl System {
    /// Starts a new file that is to stand at a path; nobody else can read it for now.
    ///
    /// # Errors
    /// The directory does not take one.
    pub fn stage(&self, path: impl AsRef<Path>) -> Result<Staged, SystemError> {
        let path = path.as_ref();
        let place = self.locate(path);
        let directory = place.parent().unwrap_or(Path::new("/"));
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        // A name has at most 255 bytes, and ours adds to it.
        let kept = &name[..name.floor_char_boundary(200)];
        let file = tempfile::Builder::new()
            .prefix(&format!(".{kept}.ficelle-"))
            .rand_bytes(8)
            .tempfile_in(directory)
            .map_err(SystemError::file(path))?;
        Ok(Staged {
            file,
            path: path.to_owned(),
            place,
        })
    }

    /// Replaces a file by bytes, keeping the mode and owner of the one that was there; a new one
    /// gets `mode`.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn replace(
        &self,
        path: impl AsRef<Path>,
        content: &[u8],
        mode: u32,
    ) -> Result<(), SystemError> {
        let path = path.as_ref();
        let before = self.stat(path, crate::Links::Follow)?;
        // What a link leads to is replaced, not the link.
        let target = fs::canonicalize(self.locate(path)).ok();
        let mut staged = self.stage(path)?;
        if let Some(target) = target.filter(|target| *target != self.locate(path)) {
            staged = stage_at(path, target)?;
        }
        staged.write_all(content).map_err(SystemError::file(path))?;
        if let Some(before) = &before {
            staged.set_owner(Owner {
                uid: Some(before.uid),
                gid: Some(before.gid),
            })?;
        }
        staged.set_mode(before.map_or(mode, |before| before.mode))?;
        staged.commit()
    }
}

fn stage_at(path: &Path, place: PathBuf) -> Result<Staged, SystemError> {
    let directory = place.parent().unwrap_or(Path::new("/"));
    let file = tempfile::Builder::new()
        .prefix(".ficelle-")
        .tempfile_in(directory)
        .map_err(SystemError::file(path))?;
    Ok(Staged {
        file,
        path: path.to_owned(),
        place,
    })
}

impl Staged {
    /// Where it is until it takes its place, for a program that checks it.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Sets its permission bits.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn set_mode(&self, mode: u32) -> Result<(), SystemError> {
        self.file
            .as_file()
            .set_permissions(fs::Permissions::from_mode(mode))
            .map_err(SystemError::file(&self.path))
    }

    /// Sets its owner and group.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn set_owner(&self, owner: Owner) -> Result<(), SystemError> {
        if owner == Owner::default() {
            return Ok(());
        }
        fchown(self.file.as_file(), owner.uid, owner.gid).map_err(SystemError::file(&self.path))
    }

    /// Lets it take its place.
    ///
    /// # Errors
    /// The disk is full, or the kernel refuses; what was there stays.
    pub fn commit(self) -> Result<(), SystemError> {
        let path = self.path;
        self.file
            .as_file()
            .sync_all()
            .map_err(SystemError::file(&path))?;
        self.file
            .persist(&self.place)
            .map_err(|error| SystemError::File {
                path: path.clone(),
                source: error.error,
            })?;
        let directory = self.place.parent().unwrap_or(Path::new("/"));
        let directory = rustix::fs::open(
            directory,
            rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY,
            rustix::fs::Mode::empty(),
        )
        .map_err(SystemError::errno(&path))?;
        // Some file systems cannot sync a directory; the rename holds there all the same.
        let _unsupported = rustix::fs::fsync(directory);
        Ok(())
    }
}

impl Write for Staged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Links;

    #[test]
    fn the_old_file_stays_until_the_new_one_is_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let system = System::under(directory.path());
        system.replace("/a", b"old", 0o640).expect("written");
        let mut staged = system.stage("/a").expect("staged");
        staged.write_all(b"ne").expect("written");
        assert_eq!(system.read("/a").expect("readable").expect("there"), b"old");
        drop(staged);
        assert_eq!(system.list("/").expect("readable").expect("there"), ["a"]);
    }

    #[test]
    fn mode_is_kept_and_links_are_looked_through() {
        let directory = tempfile::tempdir().expect("a directory");
        let system = System::under(directory.path());
        system.replace("/a", b"1", 0o600).expect("written");
        system.make_link("/b", "a").expect("linked");
        system.replace("/b", b"2", 0o644).expect("written");
        assert_eq!(system.read("/a").expect("readable").expect("there"), b"2");
        let stat = system
            .stat("/b", Links::Manage)
            .expect("readable")
            .expect("there");
        assert_eq!(stat.kind, crate::FileKind::Link);
        let stat = system
            .stat("/a", Links::Manage)
            .expect("readable")
            .expect("there");
        assert_eq!(stat.mode, 0o600);
    }
}
