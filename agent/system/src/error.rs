//! What can go wrong at the door, in the words people know: `No such file or directory - /x`.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use thiserror::Error;

/// Why something could not be done.
#[derive(Debug, Error)]
pub enum SystemError {
    /// The kernel refused.
    #[error("{} @ {}", reason(.source), .path.display())]
    File {
        /// The path that was asked for.
        path: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("Could not find command '{program}'")]
    NoProgram {
        /// As it was given.
        program: String,
    },
    /// A program could not be started for another reason than that it is not there.
    #[error("Could not execute '{program}': {}", reason(.source))]
    Start {
        /// As it was given.
        program: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// A command took too long and was killed, with everything it had started.
    #[error("Command exceeded timeout of {} seconds", .after.as_secs_f64())]
    Timeout {
        /// The limit.
        after: Duration,
        /// What it had written by then.
        output: Vec<u8>,
    },
    /// A command ended badly.
    #[error("Execution of '{command}' returned {status}: {output}")]
    Failed {
        /// As it would be typed.
        command: String,
        /// Its exit status; 128 and the signal's number where a signal ended it.
        status: i32,
        /// What it wrote, both ways.
        output: String,
    },
}

impl SystemError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn errno(path: &Path) -> impl FnOnce(rustix::io::Errno) -> Self + '_ {
        move |source| Self::File {
            path: path.to_owned(),
            source: source.into(),
        }
    }

    /// The kind of the kernel's refusal.
    pub fn kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::File { source, .. } | Self::Start { source, .. } => Some(source.kind()),
            Self::NoProgram { .. } => Some(io::ErrorKind::NotFound),
            _ => None,
        }
    }
}

/// `No such file or directory (os error 2)` without the number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}
