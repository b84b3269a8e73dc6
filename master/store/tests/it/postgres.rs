//! A PostgreSQL server of the test's own: a cluster in a temporary directory, on a socket there.

#![expect(clippy::disallowed_methods, reason = "the test starts a real server")]

use std::{path::PathBuf, process::Command};

pub struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
}

impl Server {
    /// `None` where PostgreSQL's programs are not installed.
    pub fn start() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let programs = versions
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .filter(|path| path.join("initdb").exists())
            .max()?;
        let folder = tempfile::tempdir().unwrap();
        let server = Self { folder, programs };
        let data = server.folder.path().join("data");
        // As root, PostgreSQL refuses to run: its own user does.
        run(Command::new("chmod").arg("0777").arg(server.folder.path()));
        let mut initdb = server.command("initdb");
        run(initdb
            .args(["--no-sync", "-A", "trust", "-U", "ficelle", "-D"])
            .arg(&data));
        let options = format!(
            "-c listen_addresses='' -c fsync=off -c unix_socket_directories='{}'",
            server.folder.path().display()
        );
        let mut start = server.command("pg_ctl");
        let log = server.folder.path().join("log");
        run(start
            .args(["-w", "-o", &options, "-l"])
            .arg(log)
            .arg("-D")
            .arg(&data)
            .arg("start"));
        Some(server)
    }

    pub fn url(&self) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://ficelle@{folder}/postgres")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let is_root = std::process::Command::new("id")
            .arg("-u")
            .output()
            .unwrap()
            .stdout
            == b"0\n";
        if !is_root {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--init-groups"])
            .arg(program);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        let _ = stop
            .args(["-m", "immediate", "stop", "-D"])
            .arg(self.folder.path().join("data"))
            .output();
    }
}

fn run(command: &mut Command) {
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
