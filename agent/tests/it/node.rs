//! A directory in which an agent keeps everything, and what its program says.

use std::process::{Command, Output, Stdio};

use camino::Utf8PathBuf;

pub struct Node {
    pub directory: Utf8PathBuf,
    _kept: tempfile::TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Node {
    pub fn new() -> Self {
        let kept = tempfile::tempdir().expect("a directory");
        let directory = Utf8PathBuf::from_path_buf(kept.path().to_owned()).expect("UTF-8");
        Self {
            directory,
            _kept: kept,
        }
    }

    pub fn path(&self, name: &str) -> Utf8PathBuf {
        self.directory.join(name)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a test prepares and starts what it tests"
    )]
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> Utf8PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("readable")
    }

    /// The program with its places below the directory.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test prepares and starts what it tests"
    )]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent"));
        command
            .args(arguments)
            .args(["--certname", "node1.example.com", "--color=false"]);
        for (setting, place) in [
            ("confdir", "etc"),
            ("codedir", "code"),
            ("vardir", "var"),
            ("ssldir", "ssl"),
            ("rundir", "run"),
            ("logdir", "log"),
        ] {
            command.arg(format!("--{setting}={}", self.path(place)));
        }
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output();
        said(output.expect("the program starts"))
    }

    /// Applies a manifest, in which `@` stands for the directory.
    pub fn apply(&self, manifest: &str, more: &[&str]) -> Said {
        let manifest = manifest.replace('@', self.directory.as_str());
        let file = self.write("site.pp", manifest);
        let mut arguments = vec!["apply", file.as_str(), "--detailed-exitcodes"];
        arguments.extend(more);
        self.run(&arguments)
    }
}

fn said(output: Output) -> Said {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Said {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}
