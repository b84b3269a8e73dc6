//! One run at a time (`agent_catalog_run_lockfile`), and none while somebody forbids it
//! (`agent_disabled_lockfile`).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
};

use anyhow::{Context as _, Result};
use camino::Utf8PathBuf;
use ficelle_model::atomic;
use rustix::fs::{FlockOperation, flock};

/// The right to run. The kernel takes it back when the process ends, however it ends, so a file
/// that was left behind stands in nobody's way.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
    path: Utf8PathBuf,
}

impl RunLock {
    /// Takes the lock; none while another process holds it.
    pub fn take(path: Utf8PathBuf) -> Result<Option<Self>> {
        let context = || format!("cannot take the lock {path}");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(context)?;
        }
        loop {
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .mode(0o644)
                .open(&path)
                .with_context(context)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
                Err(error) => return Err(error).with_context(context),
            }
            // Whoever held it may have removed the file between our opening and our locking.
            let ours = file.metadata().with_context(context)?.ino();
            if fs::metadata(&path).map(|there| there.ino()).ok() != Some(ours) {
                continue;
            }
            file.set_len(0).with_context(context)?;
            write!(file, "{}", std::process::id()).with_context(context)?;
            return Ok(Some(Self { _file: file, path }));
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Left behind it does no harm.
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether runs are forbidden.
#[derive(Debug)]
pub struct Disabled(Utf8PathBuf);

impl Disabled {
    /// The file that forbids.
    pub fn new(path: Utf8PathBuf) -> Self {
        Self(path)
    }

    /// Why runs are forbidden; none where they are not.
    pub fn reason(&self) -> Option<String> {
        let text = fs::read_to_string(&self.0).ok()?;
        let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
        let reason = json
            .as_ref()
            .and_then(|json| json["disabled_message"].as_str());
        Some(reason.unwrap_or("reason not specified").to_owned())
    }

    /// Forbids runs.
    pub fn set(&self, reason: &str) -> Result<()> {
        if let Some(parent) = self.0.parent() {
            fs::create_dir_all(parent)?;
        }
        let text = serde_json::json!({"disabled_message": reason}).to_string();
        atomic::replace(self.0.as_std_path(), text.as_bytes(), 0o644)
            .with_context(|| format!("cannot write {}", self.0))
    }

    /// Allows runs.
    pub fn clear(&self) -> Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.0))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> (tempfile::TempDir, Utf8PathBuf) {
        let kept = tempfile::tempdir().expect("a directory");
        let path = Utf8PathBuf::from_path_buf(kept.path().to_owned()).expect("UTF-8");
        (kept, path)
    }

    #[test]
    fn one_at_a_time_and_nothing_stale() {
        let (_kept, directory) = directory();
        let path = directory.join("state/run.lock");
        fs::create_dir_all(directory.join("state")).expect("made");
        atomic::replace(path.as_std_path(), b"1", 0o644).expect("left behind");
        let first = RunLock::take(path.clone())
            .expect("works")
            .expect("it is free");
        assert!(RunLock::take(path.clone()).expect("works").is_none());
        drop(first);
        assert!(!path.exists());
        assert!(RunLock::take(path).expect("works").is_some());
    }

    #[test]
    fn forbidden_and_allowed_again() {
        let (_kept, directory) = directory();
        let disabled = Disabled::new(directory.join("state/disabled.lock"));
        assert_eq!(disabled.reason(), None);
        disabled.set("work on the disks").expect("written");
        assert_eq!(disabled.reason().as_deref(), Some("work on the disks"));
        disabled.clear().expect("removed");
        disabled.clear().expect("it is gone already");
        assert_eq!(disabled.reason(), None);
    }
}
