//! Commands of the master: classifiers, `generate`, `config_version`. One that does not end is
//! ended: a thread that compiles waits for it.

use std::{
    io::Read,
    os::unix::process::CommandExt as _,
    process::Stdio,
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use ficelle_model::inputs::{CommandOutput, InputError};
use rustix::process::{Pid, Signal, kill_process_group};

/// Runs a command, for so long at most.
pub(super) fn run(command: &[String], limit: Duration) -> Result<CommandOutput, InputError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(InputError::Command("an empty command".to_owned()));
    };
    let failed = |error: std::io::Error| InputError::Command(format!("{program}: {error}"));
    #[expect(
        clippy::disallowed_methods,
        reason = "the recorded door for classifiers, `generate` and `config_version`"
    )]
    let mut child = std::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A shell's children hold the pipes too: all of them are ended together.
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    let ends = Instant::now() + limit;
    let stdout = reading(child.stdout.take());
    let stderr = reading(child.stderr.take());
    let read = |from: Receiver<Vec<u8>>| from.recv_timeout(ends.duration_since(Instant::now()));
    if let (Ok(stdout), Ok(stderr)) = (read(stdout), read(stderr)) {
        let status = child.wait().map_err(failed)?;
        return Ok(CommandOutput {
            status: status.code().unwrap_or(-1),
            stdout,
            stderr,
        });
    }
    // It may have ended just now.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    child.wait().map_err(failed)?;
    Err(InputError::Command(format!(
        "{program} did not end within {limit:?} and was killed"
    )))
}

/// What comes out of a pipe, read beside the command: a full pipe would stop it.
fn reading(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read until then is what there is.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // Whoever asked may have given up.
        let _ = sender.send(bytes);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::run;

    fn words(command: &[&str]) -> Vec<String> {
        command.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_command_says_what_it_says() {
        let output = run(
            &words(&["/bin/sh", "-c", "echo out; echo err >&2; exit 3"]),
            Duration::from_secs(60),
        );
        let output = output.expect("it runs");
        assert_eq!(
            (output.status, &*output.stdout, &*output.stderr),
            (3, &b"out\n"[..], &b"err\n"[..])
        );
    }

    #[test]
    fn a_command_without_end_is_ended() {
        let error = run(&words(&["/bin/sleep", "100000"]), Duration::from_millis(10));
        let error = error.expect_err("it does not end").to_string();
        assert_eq!(error, "/bin/sleep did not end within 10ms and was killed");
        assert!(run(&words(&["/no/such/command"]), Duration::from_secs(60)).is_err());
    }

    #[test]
    fn what_a_shell_started_is_ended_with_it() {
        let folder = tempfile::tempdir().expect("it can be made");
        let pipe = folder.path().join("pipe");
        let command = format!("mkfifo {0}; (sleep 100000; : >{0}) | cat", pipe.display());
        let ended = run(
            &words(&["/bin/sh", "-c", &command]),
            Duration::from_millis(300),
        );
        assert!(ended.is_err());
        let sleeps = |process: &std::path::Path| {
            let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&command).contains(&*pipe.to_string_lossy())
        };
        let left = || {
            let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
            processes.filter(|process| sleeps(&process.path())).count()
        };
        // The kernel takes a moment to bury them.
        let gone = (0..1000).any(|_| {
            std::thread::yield_now();
            left() == 0
        });
        assert!(gone, "{} are left", left());
    }
}
