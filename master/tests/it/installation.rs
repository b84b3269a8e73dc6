//! A master's folders under one temporary directory, and its command.

use std::{
    io::Read as _,
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;

pub struct Installation {
    directory: TempDir,
}

impl Installation {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a directory above")).expect("made");
        ficelle_model::atomic::replace(&path, text.as_bytes(), 0o644).expect("written");
        path
    }

    #[expect(clippy::disallowed_methods, reason = "the command under test")]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_master"));
        command
            .args(arguments)
            .env_remove("NOTIFY_SOCKET")
            .env_remove("INVOCATION_ID");
        command.args(["--certname", "control", "--user", "root"]);
        for name in ["confdir", "vardir", "codedir", "rundir", "logdir"] {
            command.arg(format!("--{name}")).arg(self.path(name));
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments)
            .output()
            .expect("the command starts")
    }

    /// What a command that succeeds prints.
    pub fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// What a command that fails says.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            !output.status.success(),
            "{arguments:?}: {}",
            text(&output.stdout)
        );
        text(&output.stderr)
    }

    /// Serves on a free port; comes back when it is ready.
    pub fn serve(&self) -> Serving {
        let port = free_port();
        let notify = self.path("notify.sock");
        let socket = UnixDatagram::bind(&notify).expect("a socket");
        socket
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a timeout");
        let child = self
            .command(&[
                "serve",
                "--masterport",
                &port.to_string(),
                "--bindaddress",
                "127.0.0.1",
            ])
            .env("NOTIFY_SOCKET", &notify)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut serving = Serving {
            child,
            port,
            socket,
        };
        assert_eq!(serving.told(), "READY=1");
        serving
    }
}

pub struct Serving {
    child: Child,
    pub port: u16,
    socket: UnixDatagram,
}

impl Serving {
    fn told(&mut self) -> String {
        let mut buffer = [0; 256];
        match self.socket.recv(&mut buffer) {
            Ok(length) => text(&buffer[..length]),
            Err(error) => {
                let _ = self.child.kill();
                let mut log = String::new();
                let stderr = self.child.stderr.as_mut().expect("it is piped");
                let _ = stderr.read_to_string(&mut log);
                panic!("{error}\n{log}");
            }
        }
    }

    /// Asks it to end, as systemd does; gives its log.
    pub fn stop(mut self) -> String {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it runs");
        assert_eq!(self.told(), "STOPPING=1");
        let mut log = String::new();
        let stderr = self.child.stderr.as_mut().expect("it is piped");
        stderr.read_to_string(&mut log).expect("a log");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}\n{log}");
        log
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
