//! The helper that runs what modules write in Ruby, as a compile sees it.
//!
//! Nothing below `catalog` but `catalog/ruby` starts a process. A compile asks its
//! [`Inputs`](crate::inputs::Inputs) for the helper and talks to it in messages; what they say is
//! between the compiler and the helper's own script, here they are bytes.

use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use thiserror::Error;

/// Whose code a helper's process runs. Processes are never shared by two that differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RubyEnvironment {
    /// The name.
    pub name: String,
    /// Its own directory, where it has one.
    pub directory: Option<Utf8PathBuf>,
    /// Where its modules are.
    pub modulepath: Vec<Utf8PathBuf>,
}

/// Why the helper gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RubyError {
    /// No Ruby was found.
    #[error(
        "Ruby is not installed ({searched}); install the package 'puppet-agent' (or \
         'openvox-agent'), or name the program with the setting 'ruby'"
    )]
    Missing {
        /// Where it was looked for.
        searched: String,
    },
    /// There is a Ruby, without Puppet's library.
    #[error(
        "{program} has no library 'puppet' ({reason}); install the package 'puppet-agent' (or \
         'openvox-agent'), or name another program with the setting 'ruby'"
    )]
    NoLibrary {
        /// The program.
        program: String,
        /// What Ruby said.
        reason: String,
    },
    /// The process could not be started.
    #[error("{program} cannot be started: {reason}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        reason: String,
    },
    /// It took too long, and was ended.
    #[error("it ran longer than {} seconds and was ended (setting 'ruby_timeout')", .0.as_secs())]
    Deadline(Duration),
    /// The compile's own time was up.
    #[error("the compile took longer than it may")]
    OutOfTime,
    /// The process went away.
    #[error("the Ruby process went away ({0})")]
    Died(String),
    /// What came over the pipe is no message.
    #[error("the Ruby process gave no sensible answer ({0})")]
    Garbled(String),
}

/// A pool of processes.
pub trait Ruby: Send + Sync {
    /// A process for an environment, for the caller alone until it is dropped. Waits while all
    /// are in use.
    ///
    /// # Errors
    /// There is no Ruby, it cannot be started, or none became free in time.
    fn session(
        &self,
        environment: &RubyEnvironment,
        deadline: Option<Instant>,
    ) -> Result<Box<dyn RubySession + '_>, RubyError>;
}

/// A process at work for one compile.
pub trait RubySession {
    /// Sends a message and waits for the next one.
    ///
    /// # Errors
    /// The process took too long or went away; the session is of no use any more.
    fn exchange(&mut self, message: &[u8]) -> Result<Vec<u8>, RubyError>;

    /// The process is to serve nobody else: its code is not what is on the disk any more.
    fn discard(&mut self);
}
