//! This very program, started anew: neither is a command of the host's to manage.

use std::{io, os::unix::process::CommandExt as _, process::Stdio};

/// Starts this program again without a terminal, in `/`, with one more variable by which it
/// knows that it was.
///
/// # Errors
/// It could not be started.
#[expect(
    clippy::disallowed_methods,
    reason = "what is started outlives this process, so nobody waits for it"
)]
pub fn detach(arguments: &[String], variable: (&str, &str)) -> io::Result<()> {
    std::process::Command::new(std::env::current_exe()?)
        .args(arguments)
        .env(variable.0, variable.1)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}

/// Becomes a new process of this program, of the same number; comes back with an error alone.
#[expect(
    clippy::disallowed_methods,
    reason = "no process is started: this one goes on as another"
)]
pub fn restart(arguments: &[String]) -> io::Error {
    match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program).args(arguments).exec(),
        Err(error) => error,
    }
}
