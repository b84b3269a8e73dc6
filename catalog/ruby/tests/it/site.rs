//! An environment with one module on the disk, and the messages of a compile.

use std::fs;

use camino::Utf8PathBuf;
use ficelle_model::ruby::{Ruby as _, RubyEnvironment, RubyError, RubySession};
use ficelle_ruby::{Pool, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

/// An environment with the module `m`.
pub struct Site {
    folder: TempDir,
    /// As the pool is told.
    pub environment: RubyEnvironment,
}

impl Site {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
        let environment = RubyEnvironment {
            name: "production".to_owned(),
            modulepath: vec![root.join("modules")],
            directory: Some(root),
        };
        Self {
            folder,
            environment,
        }
    }

    /// With the function `m::NAME`.
    pub fn function(self, name: &str, body: &str) -> Self {
        let code = format!("Puppet::Functions.create_function(:'m::{name}') do\n{body}\nend\n");
        self.file(
            &format!("modules/m/lib/puppet/functions/m/{name}.rb"),
            &code,
        );
        self
    }

    pub fn file(&self, path: &str, content: &str) -> Utf8PathBuf {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a fresh folder of our own")]
        fs::write(&path, content).unwrap();
        path.try_into().unwrap()
    }

    /// A file that can be run.
    pub fn program(&self, content: &str) -> Utf8PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.file("program", content);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }
}

/// A pool; `None` where there is no Ruby that could be used.
pub fn pool(settings: Settings) -> Option<Pool> {
    let pool = Pool::new(settings);
    let site = Site::new();
    match pool.session(&site.environment, None).map(drop) {
        Ok(()) => Some(pool),
        Err(error @ (RubyError::Missing { .. } | RubyError::NoLibrary { .. })) => {
            #[expect(clippy::print_stderr, reason = "whoever runs the tests is to know")]
            {
                eprintln!("left out: {error}");
            }
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// The message that calls a function of the module.
pub fn message(name: &str, arguments: Value) -> Vec<u8> {
    let name = format!("m::{name}");
    json!({"do": "call", "name": name, "module": "m", "arguments": arguments, "scope": 0})
        .to_string()
        .into_bytes()
}

/// The message with which a compile begins.
pub fn begin() -> Vec<u8> {
    json!({"do": "begin", "settings": {}, "node": "web1"})
        .to_string()
        .into_bytes()
}

/// Begins a compile and calls a function; gives what comes first.
pub fn call(session: &mut dyn RubySession, name: &str, arguments: Value) -> Value {
    session.exchange(&begin()).unwrap();
    let answer = session.exchange(&message(name, arguments)).unwrap();
    serde_json::from_slice(&answer).unwrap()
}

/// Begins a compile and calls a function that never answers.
pub fn call_in_vain(session: &mut dyn RubySession, name: &str) -> RubyError {
    let message = message(name, json!([]));
    let answer = session.exchange(&begin());
    answer.and_then(|_| session.exchange(&message)).unwrap_err()
}

/// Sends a message and gives the next one.
pub fn done(session: &mut dyn RubySession, message: &Value) -> Value {
    let answer = session.exchange(message.to_string().as_bytes()).unwrap();
    serde_json::from_slice(&answer).unwrap()
}
