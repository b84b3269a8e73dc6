//! Looking at files, and changing what is not content.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{Algorithm, Digest, System, SystemError};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block device.
    BlockDevice,
    /// A character device.
    CharacterDevice,
}

/// What the kernel knows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStat {
    /// What it is.
    pub kind: FileKind,
    /// Its permission bits, 07777.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// Its length in bytes.
    pub size: u64,
    /// The last change of its content.
    pub mtime: SystemTime,
    /// The last change of anything of it.
    pub ctime: SystemTime,
    /// The last reading.
    pub atime: SystemTime,
    /// The file system it is on.
    pub device: u64,
}

/// Whether a link is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Links {
    /// The link itself is meant.
    Manage,
    /// What it leads to is meant.
    Follow,
}

/// A new owner; `None` leaves as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub uid: Option<u32>,
    /// The group.
    pub gid: Option<u32>,
}

impl FileKind {
    /// As Puppet calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Link => "link",
            Self::Fifo => "fifo",
            Self::Socket => "socket",
            Self::BlockDevice => "blockSpecial",
            Self::CharacterDevice => "characterSpecial",
        }
    }

    fn of(kind: fs::FileType) -> Self {
        if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Link
        } else if kind.is_fifo() {
            Self::Fifo
        } else if kind.is_socket() {
            Self::Socket
        } else if kind.is_block_device() {
            Self::BlockDevice
        } else if kind.is_char_device() {
            Self::CharacterDevice
        } else {
            Self::File
        }
    }
}

/// `None` where nothing is there, a part of the path being a file included.
fn absent_as_none<T>(path: &Path, result: io::Result<T>) -> Result<Option<T>, SystemError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(source) => Err(SystemError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

fn time(seconds: i64, nanoseconds: i64) -> SystemTime {
    let part = Duration::from_nanos(nanoseconds.unsigned_abs());
    let whole = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        UNIX_EPOCH - whole + part
    } else {
        UNIX_EPOCH + whole + part
    }
}

impl System {
    /// What stands at a path; `None` where nothing does (a link to nowhere, looked through).
    ///
    /// # Errors
    /// It cannot be examined.
    pub fn stat(
        &self,
        path: impl AsRef<Path>,
        links: Links,
    ) -> Result<Option<FileStat>, SystemError> {
        let path = path.as_ref();
        let place = self.locate(path);
        let metadata = match links {
            Links::Follow => fs::metadata(&place),
            Links::Manage => fs::symlink_metadata(&place),
        };
        Ok(absent_as_none(path, metadata)?.map(|metadata| FileStat {
            kind: FileKind::of(metadata.file_type()),
            mode: metadata.permissions().mode() & 0o7777,
            uid: metadata.uid(),
            gid: metadata.gid(),
            size: metadata.len(),
            mtime: time(metadata.mtime(), metadata.mtime_nsec()),
            ctime: time(metadata.ctime(), metadata.ctime_nsec()),
            atime: time(metadata.atime(), metadata.atime_nsec()),
            device: metadata.dev(),
        }))
    }

    /// Whether anything stands at a path, links looked through.
    pub fn exists(&self, path: impl AsRef<Path>) -> bool {
        matches!(self.stat(path, Links::Follow), Ok(Some(_)))
    }

    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Option<Vec<u8>>, SystemError> {
        absent_as_none(path.as_ref(), fs::read(self.locate(path.as_ref())))
    }

    /// The text of a file, whatever is not UTF-8 in it replaced; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read_text(&self, path: impl AsRef<Path>) -> Result<Option<String>, SystemError> {
        Ok(self
            .read(path)?
            .map(|bytes| match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            }))
    }

    /// A file opened for reading.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<fs::File, SystemError> {
        fs::File::open(self.locate(path.as_ref())).map_err(SystemError::file(path.as_ref()))
    }

    /// The checksum of a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn digest(
        &self,
        path: impl AsRef<Path>,
        algorithm: Algorithm,
    ) -> Result<Digest, SystemError> {
        let path = path.as_ref();
        algorithm
            .of_reader(self.open(path)?)
            .map_err(SystemError::file(path))
    }

    /// The names in a directory, sorted; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn list(&self, path: impl AsRef<Path>) -> Result<Option<Vec<String>>, SystemError> {
        let path = path.as_ref();
        let Some(entries) = absent_as_none(path, fs::read_dir(self.locate(path)))? else {
            return Ok(None);
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(SystemError::file(path))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(Some(names))
    }

    /// Where a link leads; `None` where there is no link.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read_link(&self, path: impl AsRef<Path>) -> Result<Option<PathBuf>, SystemError> {
        let path = path.as_ref();
        match fs::read_link(self.locate(path)) {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(None),
            result => absent_as_none(path, result),
        }
    }

    /// Makes a directory; those above it must be there.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn make_directory(&self, path: impl AsRef<Path>, mode: u32) -> Result<(), SystemError> {
        let path = path.as_ref();
        fs::DirBuilder::new()
            .mode(mode)
            .create(self.locate(path))
            .map_err(SystemError::file(path))
    }

    /// Makes a directory and those above it that are missing.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn make_directories(&self, path: impl AsRef<Path>, mode: u32) -> Result<(), SystemError> {
        let path = path.as_ref();
        fs::DirBuilder::new()
            .recursive(true)
            .mode(mode)
            .create(self.locate(path))
            .map_err(SystemError::file(path))
    }

    /// Makes a link, in place of another link or of nothing.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn make_link(
        &self,
        path: impl AsRef<Path>,
        target: impl AsRef<Path>,
    ) -> Result<(), SystemError> {
        let path = path.as_ref();
        std::os::unix::fs::symlink(target, self.locate(path)).map_err(SystemError::file(path))
    }

    /// Removes a file or a link.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn remove_file(&self, path: impl AsRef<Path>) -> Result<(), SystemError> {
        let path = path.as_ref();
        fs::remove_file(self.locate(path)).map_err(SystemError::file(path))
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn remove_directory(&self, path: impl AsRef<Path>) -> Result<(), SystemError> {
        let path = path.as_ref();
        fs::remove_dir(self.locate(path)).map_err(SystemError::file(path))
    }

    /// Removes a directory and everything in it; links are removed, never followed.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn remove_tree(&self, path: impl AsRef<Path>) -> Result<(), SystemError> {
        let path = path.as_ref();
        fs::remove_dir_all(self.locate(path)).map_err(SystemError::file(path))
    }

    /// Moves a file within a file system.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<(), SystemError> {
        let from = from.as_ref();
        fs::rename(self.locate(from), self.locate(to)).map_err(SystemError::file(from))
    }

    /// Sets the permission bits; a link is looked through.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn set_mode(&self, path: impl AsRef<Path>, mode: u32) -> Result<(), SystemError> {
        let path = path.as_ref();
        fs::set_permissions(self.locate(path), fs::Permissions::from_mode(mode))
            .map_err(SystemError::file(path))
    }

    /// Sets owner and group.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn set_owner(
        &self,
        path: impl AsRef<Path>,
        owner: Owner,
        links: Links,
    ) -> Result<(), SystemError> {
        let path = path.as_ref();
        let place = self.locate(path);
        let result = match links {
            Links::Follow => std::os::unix::fs::chown(&place, owner.uid, owner.gid),
            Links::Manage => std::os::unix::fs::lchown(&place, owner.uid, owner.gid),
        };
        result.map_err(SystemError::file(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_stands_for_the_host() {
        let directory = tempfile::tempdir().expect("a directory");
        let system = System::under(directory.path());
        assert_eq!(system.read("/etc/motd").expect("readable"), None);
        system.make_directories("/etc/x", 0o755).expect("made");
        system.make_link("/etc/here", "x").expect("made");
        assert_eq!(
            system.list("/etc").expect("readable").expect("there"),
            ["here", "x"]
        );
        let link = system
            .stat("/etc/here", Links::Manage)
            .expect("readable")
            .expect("there");
        assert_eq!(link.kind, FileKind::Link);
        let behind = system
            .stat("/etc/here", Links::Follow)
            .expect("readable")
            .expect("there");
        assert_eq!(behind.kind, FileKind::Directory);
        assert_eq!(system.read_link("/etc/x").expect("readable"), None);
    }

    #[test]
    fn refusals_name_the_path() {
        let error = System::host()
            .remove_file("/no/such")
            .expect_err("it is not there");
        assert_eq!(error.to_string(), "No such file or directory @ /no/such");
    }
}
