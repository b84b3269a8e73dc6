//! Files that are the old one or the new one and never half: written beside, flushed, renamed.
//!
//! For the state that the master and the commands keep; files of a managed host go through
//! `agent/system`.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
};

/// Replaces the file at `path`, or makes it, with these bytes and this mode.
///
/// # Errors
/// What the system said; the old file is then still there.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = write_beside(path, bytes, mode)?;
    finish(path, &beside, fs::rename(&beside, path))
}

/// Makes the file at `path` with these bytes and this mode.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where there is one, which is left alone; else what the system
/// said.
pub fn create(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let beside = write_beside(path, bytes, mode)?;
    let linked = fs::hard_link(&beside, path);
    let unlinked = fs::remove_file(&beside);
    linked?;
    unlinked?;
    flush_directory(path)
}

fn finish(path: &Path, beside: &Path, renamed: io::Result<()>) -> io::Result<()> {
    if let Err(error) = renamed {
        // The error that matters is the rename's; a leftover is only untidy.
        let _ = fs::remove_file(beside);
        return Err(error);
    }
    flush_directory(path)
}

fn write_beside(path: &Path, bytes: &[u8], mode: u32) -> io::Result<PathBuf> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(format!(
        ".{}-{}",
        process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    ));
    let beside = path.with_file_name(beside);
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()
    })();
    match written {
        Ok(()) => Ok(beside),
        Err(error) => {
            let _ = fs::remove_file(&beside);
            Err(error)
        }
    }
}

fn flush_directory(path: &Path) -> io::Result<()> {
    match path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        Some(parent) => fs::File::open(parent)?.sync_all(),
        None => fs::File::open(".")?.sync_all(),
    }
}
