//! The only door to the host: files, child processes, accounts and the clock.
//!
//! A [`System`] may stand on a root other than `/`, and may run commands through something else
//! than the kernel, so that whatever changes a host can be tested without changing one.

mod account;
mod checksum;
mod command;
mod error;
mod file;
pub mod itself;
mod stage;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

pub use account::{Group, User};
pub use checksum::{Algorithm, Digest, ParseAlgorithmError};
pub use command::{Command, Identity, Output, Runner};
pub use error::SystemError;
pub use file::{FileKind, FileStat, Links, Owner};
pub use stage::Staged;

/// A host.
#[derive(Clone)]
pub struct System {
    root: PathBuf,
    runner: Arc<dyn Runner>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl System {
    /// This host.
    pub fn host() -> Self {
        Self::under("/")
    }

    /// What stands under a directory, as if it were `/`. Commands run on this host all the same.
    pub fn under(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            runner: Arc::new(command::Kernel),
            clock: Arc::new(SystemTime::now),
        }
    }

    /// The same with another way to run commands.
    #[must_use]
    pub fn with_runner(mut self, runner: Arc<dyn Runner>) -> Self {
        self.runner = runner;
        self
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Fn() -> SystemTime + Send + Sync>) -> Self {
        self.clock = clock;
        self
    }

    /// Where a path of the host really lies.
    pub fn locate(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        if self.root.as_os_str() == "/" {
            return path.to_owned();
        }
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Whether this is the host itself rather than a directory that stands for one.
    pub fn is_host(&self) -> bool {
        self.root.as_os_str() == "/"
    }

    /// The time.
    pub fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// Lets time pass, where a catalog asks for it (`try_sleep`).
    #[expect(
        clippy::disallowed_methods,
        reason = "a catalog names the time, not a condition"
    )]
    pub fn pause(&self, time: std::time::Duration) {
        std::thread::sleep(time);
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// It could not be started, or ran into its time limit.
    pub fn run(&self, command: &Command) -> Result<Output, SystemError> {
        tracing::debug!(command = %command.shown(), "executing");
        self.runner.run(command)
    }

    /// The program of a name in the directories of a search path; a name with a slash is the
    /// program itself.
    pub fn find_program(&self, name: &str, directories: &[impl AsRef<Path>]) -> Option<PathBuf> {
        let fits = |path: &Path| {
            matches!(self.stat(path, Links::Follow), Ok(Some(stat))
                if stat.kind == FileKind::File && stat.mode & 0o111 != 0)
        };
        if name.contains('/') {
            return fits(Path::new(name)).then(|| PathBuf::from(name));
        }
        directories
            .iter()
            .map(|directory| directory.as_ref().join(name))
            .find(|path| fits(path))
    }
}

impl std::fmt::Debug for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("System")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}
