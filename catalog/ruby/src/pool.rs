//! Who gets which process.
//!
//! A process is of one environment for life. A compile has it for itself from its first function in
//! Ruby to its end; then it waits for the next compile of the same environment. When as many run
//! as may, the one that has waited longest makes room; when all are at work, the compile waits.

use std::{
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ficelle_model::{
    ruby::{Ruby, RubyEnvironment, RubyError, RubySession},
    settings::SettingsError,
};

use crate::process::Process;

/// Where Puppet's own packages keep their Ruby.
const PACKAGED: &str = "/opt/puppetlabs/puppet/bin/ruby";

/// What `unlimited` means: the compile's own deadline is there still.
const FOREVER: Duration = Duration::from_secs(24 * 60 * 60);

/// How helpers are started, and what they may use.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program: a path, or a name to be looked for in `PATH` and where Puppet's packages keep
    /// theirs.
    pub program: PathBuf,
    /// How long a process may take for one answer.
    pub timeout: Duration,
    /// How much address space a process may have, in bytes; 0 for as much as there is.
    pub memory: u64,
    /// How many processes there may be.
    pub processes: usize,
}

impl Settings {
    /// What the settings of that name say: `ruby`, `ruby_timeout`, `ruby_memory` (in MiB).
    ///
    /// # Errors
    /// A value is none of its kind.
    pub fn read(settings: &ficelle_model::settings::Settings) -> Result<Self, SettingsError> {
        let default = Self::default();
        let memory = settings.integer("ruby_memory")?;
        Ok(Self {
            program: settings.text("ruby")?.into(),
            timeout: settings.duration("ruby_timeout")?.unwrap_or(FOREVER),
            memory: u64::try_from(memory).map_or(0, |mebibytes| mebibytes << 20),
            ..default
        })
    }
}

impl Default for Settings {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            program: "ruby".into(),
            timeout: Duration::from_secs(30),
            memory: 2 << 30,
            processes: cores.max(2),
        }
    }
}

/// A pool of processes. None is started before one is needed.
pub struct Pool {
    settings: Settings,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    /// Those that wait, the longest first.
    idle: Vec<Process>,
    /// How many there are, waiting or at work.
    count: usize,
}

impl Pool {
    /// A pool without processes.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that waits for this environment, or leave to start one.
    fn claim(
        &self,
        environment: &RubyEnvironment,
        deadline: Option<Instant>,
    ) -> Result<Option<Process>, RubyError> {
        let mut state = self.state();
        loop {
            // One that was ended from outside while it waited is of no use.
            let before = state.idle.len();
            state.idle.retain_mut(Process::is_alive);
            state.count -= before - state.idle.len();
            // The last one that was used is the likeliest to be in the machine's caches.
            let mine = |process: &Process| process.environment == *environment;
            if let Some(at) = state.idle.iter().rposition(mine) {
                return Ok(Some(state.idle.remove(at)));
            }
            if state.count < self.settings.processes.max(1) {
                state.count += 1;
                return Ok(None);
            }
            if !state.idle.is_empty() {
                let oldest = state.idle.remove(0);
                drop(state);
                drop(oldest);
                return Ok(None);
            }
            state = match deadline {
                None => self
                    .freed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(RubyError::OutOfTime);
                    }
                    let waited = self.freed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    fn give_back(&self, process: Option<Process>) {
        let mut state = self.state();
        match process {
            Some(process) => state.idle.push(process),
            None => state.count -= 1,
        }
        drop(state);
        self.freed.notify_one();
    }
}

impl Ruby for Pool {
    fn session(
        &self,
        environment: &RubyEnvironment,
        deadline: Option<Instant>,
    ) -> Result<Box<dyn RubySession + '_>, RubyError> {
        // From here on the session holds a place in the count, whatever happens.
        let claimed = self.claim(environment, deadline)?;
        let mut session = Session {
            pool: self,
            process: claimed,
            deadline,
            failure: None,
        };
        if session.process.is_none() {
            let program = program(&self.settings.program)?;
            let process = Process::start(&program, &self.settings, environment)?;
            session.process = Some(process);
        }
        Ok(Box::new(session))
    }
}

/// The program that a setting means.
fn program(wanted: &Path) -> Result<PathBuf, RubyError> {
    let missing = |searched: String| RubyError::Missing { searched };
    if wanted.components().count() > 1 {
        return match wanted.is_file() {
            true => Ok(wanted.to_owned()),
            false => Err(missing(format!("there is no {}", wanted.display()))),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(wanted))
        .chain([PathBuf::from(PACKAGED)])
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| {
            let name = wanted.display();
            missing(format!("no '{name}' in PATH, no {PACKAGED}"))
        })
}

/// A process, and its way back.
struct Session<'p> {
    pool: &'p Pool,
    process: Option<Process>,
    deadline: Option<Instant>,
    failure: Option<RubyError>,
}

impl RubySession for Session<'_> {
    fn exchange(&mut self, message: &[u8]) -> Result<Vec<u8>, RubyError> {
        let Some(process) = &mut self.process else {
            let gone = || RubyError::Died("it was ended".to_owned());
            return Err(self.failure.clone().unwrap_or_else(gone));
        };
        let own = Instant::now() + self.pool.settings.timeout;
        let (until, too_late) = match self.deadline {
            Some(deadline) if deadline < own => (deadline, RubyError::OutOfTime),
            _ => (own, RubyError::Deadline(self.pool.settings.timeout)),
        };
        let answer = process.exchange(message, until, too_late);
        if let Err(failure) = &answer {
            // Whatever it is doing, nobody waits for it any more.
            self.process = None;
            self.failure = Some(failure.clone());
        }
        answer
    }

    fn discard(&mut self) {
        self.process = None;
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.pool.give_back(self.process.take());
    }
}
