//! One process of Ruby and the socket to it.
//!
//! Messages are JSON, each behind its length in four bytes. The socket is the process's standard
//! input; the script moves it away, so that nothing a function prints or reads can get into it.

use std::{
    env,
    ffi::OsString,
    io::{ErrorKind, Read as _, Write as _},
    os::{fd::OwnedFd, unix::net::UnixStream, unix::process::CommandExt as _},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use ficelle_model::ruby::{RubyEnvironment, RubyError};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open},
};
use serde_json::{Value, json};

use crate::pool::Settings;

/// Reads the script from the socket and runs it.
const BOOT: &str = "require 'socket'; socket = UNIXSocket.for_fd(0); socket.autoclose = false; \
    FICELLE_LINK = socket.dup; \
    eval(FICELLE_LINK.read(FICELLE_LINK.read(4).unpack1('N')).force_encoding('UTF-8'), \
    TOPLEVEL_BINDING, 'ficelle', 1)";

/// The script, part by part.
const SCRIPT: &str = concat!(
    include_str!("../helper/link.rb"),
    include_str!("../helper/values.rb"),
    include_str!("../helper/catalog.rb"),
    include_str!("../helper/scope.rb"),
    include_str!("../helper/calls.rb"),
    include_str!("../helper/main.rb"),
);

/// The longest message, either way.
const LONGEST: usize = 64 << 20;

/// How long a process may take to start: it loads a large library, and the machine may be busy.
const START: Duration = Duration::from_secs(60);

/// How long a process that closed its socket has to end.
const LAST_MOMENT: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

/// A process.
pub(crate) struct Process {
    /// Whose code it runs.
    pub environment: RubyEnvironment,
    child: Child,
    link: UnixStream,
}

impl Process {
    /// Starts one and waits until it is ready.
    pub fn start(
        program: &Path,
        settings: &Settings,
        environment: &RubyEnvironment,
    ) -> Result<Self, RubyError> {
        let failed = |error: std::io::Error| RubyError::Start {
            program: program.display().to_string(),
            reason: error.to_string(),
        };
        let (link, theirs) = UnixStream::pair().map_err(failed)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the pool is the one place that starts Ruby"
        )]
        let mut command = Command::new(program);
        command
            .args(["-W0", "-E", "UTF-8:UTF-8", "-e", BOOT])
            .env_clear()
            .envs(passed_on())
            .env("LANG", "C.UTF-8")
            // What a function prints is for whoever reads the master's log.
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .process_group(0);
        let child = command.spawn().map_err(failed)?;
        // The command still holds the other end; the end of the process is to be seen here.
        drop(command);
        let mut process = Self {
            environment: environment.clone(),
            child,
            link,
        };
        let until = Instant::now() + START;
        let too_late = RubyError::Deadline(START);
        process.send(SCRIPT.as_bytes(), until, &too_late)?;
        let start = json!({
            "name": environment.name,
            "directory": environment.directory.as_ref().map(|path| path.as_str()),
            "modulepath": environment.modulepath.iter().map(|path| path.as_str()).collect::<Vec<_>>(),
            "memory": settings.memory,
        });
        let ready = process.exchange(start.to_string().as_bytes(), until, too_late)?;
        let garbled = || RubyError::Garbled("at its start".to_owned());
        let ready: Value = serde_json::from_slice(&ready).map_err(|_| garbled())?;
        match ready.get("missing").and_then(Value::as_str) {
            None => Ok(process),
            Some(reason) => Err(RubyError::NoLibrary {
                program: program.display().to_string(),
                reason: reason.to_owned(),
            }),
        }
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a message and waits for one.
    pub fn exchange(
        &mut self,
        message: &[u8],
        until: Instant,
        too_late: RubyError,
    ) -> Result<Vec<u8>, RubyError> {
        self.send(message, until, &too_late)?;
        self.receive(until, &too_late)
    }

    fn send(
        &mut self,
        message: &[u8],
        until: Instant,
        too_late: &RubyError,
    ) -> Result<(), RubyError> {
        let length = u32::try_from(message.len())
            .ok()
            .filter(|_| message.len() <= LONGEST)
            .ok_or_else(|| RubyError::Garbled("a message is too long for it".to_owned()))?;
        let length = length.to_be_bytes();
        for mut part in [length.as_slice(), message] {
            while !part.is_empty() {
                let left = left(until, too_late)?;
                let timed = self.link.set_write_timeout(Some(left));
                match timed.and_then(|()| self.link.write(part)) {
                    Ok(0) => return Err(self.died()),
                    Ok(written) => part = &part[written..],
                    Err(error) if is_silence(error.kind()) => {}
                    Err(_) => return Err(self.died()),
                }
            }
        }
        Ok(())
    }

    fn receive(&mut self, until: Instant, too_late: &RubyError) -> Result<Vec<u8>, RubyError> {
        let mut length = [0; 4];
        self.fill(&mut length, until, too_late)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > LONGEST {
            return Err(RubyError::Garbled("a message is too long".to_owned()));
        }
        let mut message = vec![0; length];
        self.fill(&mut message, until, too_late)?;
        Ok(message)
    }

    fn fill(
        &mut self,
        mut buffer: &mut [u8],
        until: Instant,
        too_late: &RubyError,
    ) -> Result<(), RubyError> {
        while !buffer.is_empty() {
            let left = left(until, too_late)?;
            let timed = self.link.set_read_timeout(Some(left));
            match timed.and_then(|()| self.link.read(buffer)) {
                Ok(0) => return Err(self.died()),
                Ok(read) => buffer = &mut buffer[read..],
                Err(error) if is_silence(error.kind()) => {}
                Err(_) => return Err(self.died()),
            }
        }
        Ok(())
    }

    /// Why the socket was closed. One that ends closes it a moment before it has ended.
    fn died(&mut self) -> RubyError {
        let descriptor = self.pid().map(|pid| pidfd_open(pid, PidfdFlags::empty()));
        if let Some(Ok(descriptor)) = descriptor {
            let mut ends = [PollFd::new(&descriptor, PollFlags::IN)];
            // Whatever is not gone by then is made to go.
            let _ = poll(&mut ends, Some(&LAST_MOMENT));
        }
        self.kill();
        let status = self.child.wait();
        RubyError::Died(status.map_or_else(|error| error.to_string(), |status| status.to_string()))
    }

    /// Ends it, and what it started.
    fn kill(&mut self) {
        if let Some(group) = self.pid() {
            // It may be gone already.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.is_alive() {
            self.kill();
            let _ = self.child.wait();
        }
    }
}

/// How long there is to wait; never nothing, which would mean for ever.
fn left(until: Instant, too_late: &RubyError) -> Result<Duration, RubyError> {
    let left = until.saturating_duration_since(Instant::now());
    match left.is_zero() {
        true => Err(too_late.clone()),
        false => Ok(left),
    }
}

fn is_silence(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}

/// The few variables that a program needs; nothing that changes what Ruby loads.
fn passed_on() -> impl Iterator<Item = (&'static str, OsString)> {
    ["PATH", "HOME", "TZ", "TMPDIR"]
        .into_iter()
        .filter_map(|name| Some((name, env::var_os(name)?)))
}
