//! Child processes: started in a process group of their own, awaited with a limit, killed as a
//! group when they run into it.
//!
//! What a child writes goes into a file without a name rather than a pipe: a daemon that it leaves
//! behind with its output still open must not hold up the run.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open},
};

use crate::SystemError;

/// More output than this is cut off.
const OUTPUT_LIMIT: u64 = 32 * 1024 * 1024;

/// What runs commands: the kernel, or a test's script.
pub trait Runner: Send + Sync {
    /// Runs a command to its end.
    ///
    /// # Errors
    /// It could not be started, or ran into its limit.
    fn run(&self, command: &Command) -> Result<Output, SystemError>;
}

/// A command to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// A path, or a name to look for along `PATH`.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables set (or, with `None`, taken away) on top of the agent's own environment.
    pub environment: Vec<(OsString, Option<OsString>)>,
    /// Where it runs.
    pub directory: Option<PathBuf>,
    /// As whom.
    pub identity: Option<Identity>,
    /// Its file mode creation mask.
    pub umask: Option<u32>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// What it can read.
    pub input: Vec<u8>,
}

/// As whom a command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user, where it changes; the supplementary groups are then the user's.
    pub user: Option<u32>,
    /// The primary group.
    pub group: Option<u32>,
}

/// How a command ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Its exit status; 128 and the signal's number where a signal ended it.
    pub status: i32,
    /// What it wrote, standard output and standard error in the order of writing.
    pub combined: Vec<u8>,
}

impl Command {
    /// A command without arguments.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            directory: None,
            identity: None,
            umask: None,
            timeout: None,
            input: Vec::new(),
        }
    }

    /// A line for the shell.
    pub fn shell(line: &str) -> Self {
        Self::new("/bin/sh").arguments(["-c", line])
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), Some(value.into())));
        self
    }

    /// Takes a variable away.
    #[must_use]
    pub fn without_variable(mut self, name: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), None));
        self
    }

    /// Limits its time.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Gives it something to read.
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// As it would be typed.
    pub fn shown(&self) -> String {
        let mut shown = self.program.to_string_lossy().into_owned();
        for argument in &self.arguments {
            shown.push(' ');
            shown.push_str(&argument.to_string_lossy());
        }
        shown
    }
}

impl Output {
    /// What it wrote, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.combined).into_owned()
    }

    /// Whether it ended well.
    pub fn success(&self) -> bool {
        self.status == 0
    }

    /// Itself where it ended well.
    ///
    /// # Errors
    /// What it wrote, where it ended badly.
    pub fn successful(self, command: &Command) -> Result<Self, SystemError> {
        if self.success() {
            return Ok(self);
        }
        Err(SystemError::Failed {
            command: command.shown(),
            status: self.status,
            output: self.text().trim_end().to_owned(),
        })
    }
}

/// The kernel of this host.
pub(crate) struct Kernel;

impl Runner for Kernel {
    fn run(&self, command: &Command) -> Result<Output, SystemError> {
        let start = |source: io::Error| {
            let program = command.program.to_string_lossy().into_owned();
            match source.kind() {
                io::ErrorKind::NotFound => SystemError::NoProgram { program },
                _ => SystemError::Start { program, source },
            }
        };
        let mut output = tempfile::tempfile().map_err(start)?;
        let mut process = prepare(command);
        process
            .process_group(0)
            .stdin(input(&command.input).map_err(start)?)
            .stdout(output.try_clone().map_err(start)?)
            .stderr(output.try_clone().map_err(start)?);
        let mut child = process.spawn().map_err(start)?;
        let group = Pid::from_child(&child);
        let ended_in_time = match command.timeout {
            Some(limit) => wait_within(group, limit).map_err(start)?,
            None => true,
        };
        if !ended_in_time {
            // Nothing to do about a group that is gone already.
            let _gone = kill_process_group(group, Signal::KILL);
        }
        let status = child.wait().map_err(start)?;
        let mut combined = Vec::new();
        output.seek(SeekFrom::Start(0)).map_err(start)?;
        output
            .take(OUTPUT_LIMIT)
            .read_to_end(&mut combined)
            .map_err(start)?;
        match command.timeout {
            Some(after) if !ended_in_time => Err(SystemError::Timeout {
                after,
                output: combined,
            }),
            _ => Ok(Output {
                status: status
                    .code()
                    .unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
                combined,
            }),
        }
    }
}

/// The process before it starts. Another user is entered through `setpriv`, which knows how to
/// take on a user's supplementary groups; a mask is set by a shell that then becomes the command.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the door through which all others go"
)]
fn prepare(command: &Command) -> std::process::Command {
    let mut words: Vec<OsString> = Vec::new();
    if let Some(umask) = command.umask {
        let script = format!("umask {umask:04o}; exec \"$@\"");
        words.extend(["/bin/sh", "-c", &script, "sh"].map(OsString::from));
    }
    if let Some(Identity { user, group }) = command.identity {
        words.push("/usr/bin/setpriv".into());
        if let Some(user) = user {
            words.push(format!("--reuid={user}").into());
        }
        if let Some(group) = group {
            words.push(format!("--regid={group}").into());
        }
        words.push(
            if user.is_some() {
                "--init-groups"
            } else {
                "--clear-groups"
            }
            .into(),
        );
        words.push("--".into());
    }
    words.push(command.program.clone());
    let mut words = words.into_iter();
    let mut process = std::process::Command::new(words.next().expect("the program is a word"));
    process.args(words).args(&command.arguments);
    for (name, value) in &command.environment {
        match value {
            Some(value) => process.env(name, value),
            None => process.env_remove(name),
        };
    }
    process.current_dir(
        command
            .directory
            .as_deref()
            .unwrap_or(std::path::Path::new("/")),
    );
    process
}

fn input(bytes: &[u8]) -> io::Result<Stdio> {
    if bytes.is_empty() {
        return Ok(Stdio::null());
    }
    let mut file: File = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file.into())
}

/// Whether a process ends within the limit. It stays to be reaped.
fn wait_within(process: Pid, limit: Duration) -> io::Result<bool> {
    let handle = pidfd_open(process, PidfdFlags::empty())?;
    let end = Instant::now() + limit;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let left = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let mut waiting = [PollFd::new(&handle, PollFlags::IN)];
        match poll(&mut waiting, Some(&left)) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_status_and_both_outputs_in_order() {
        let output = Kernel
            .run(&Command::shell("echo a; echo b >&2; exit 3"))
            .expect("it runs");
        assert_eq!((output.status, output.text().as_str()), (3, "a\nb\n"));
    }

    #[test]
    fn reads_what_it_is_given() {
        let output = Kernel
            .run(&Command::new("cat").input("hello"))
            .expect("it runs");
        assert_eq!(output.text(), "hello");
    }

    #[test]
    fn kills_the_whole_group_after_the_limit() {
        let command =
            Command::shell("echo $$; sleep 1000 & wait").timeout(Duration::from_millis(300));
        let Err(SystemError::Timeout { output, .. }) = Kernel.run(&command) else {
            panic!("it ran into its limit");
        };
        let group: i32 = String::from_utf8_lossy(&output)
            .trim()
            .parse()
            .expect("a number");
        let group = Pid::from_raw(group).expect("not zero");
        // A zombie that nobody has reaped yet answers too, hence the look at its state.
        let alive = kill_process_group(group, Signal::CONT).is_ok()
            && std::fs::read_to_string(format!("/proc/{}/stat", group.as_raw_nonzero()))
                .is_ok_and(|stat| !stat.contains(") Z"));
        assert!(!alive);
    }

    #[test]
    fn a_daemon_left_behind_does_not_hold_it_up() {
        let started = Instant::now();
        let output = Kernel
            .run(&Command::shell("sleep 30 & echo done"))
            .expect("it runs");
        assert_eq!(output.text(), "done\n");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn sets_the_mask() {
        let command = Command {
            umask: Some(0o027),
            ..Command::shell("umask")
        };
        assert_eq!(Kernel.run(&command).expect("it runs").text(), "0027\n");
    }

    #[test]
    fn says_what_is_not_there() {
        let error = Kernel
            .run(&Command::new("/no/such"))
            .expect_err("it is not there");
        assert_eq!(error.to_string(), "Could not find command '/no/such'");
    }
}
