//! Where a run says what it does: the terminal, the log and the report listen through this.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Level, Log};
use crate::tags::Tags;

/// Who listens to a run.
pub trait Journal: Send + Sync {
    /// Takes one line.
    fn write(&self, log: Log);

    /// Whether a line of this level is of use to anyone; spares making those that are not.
    fn listens(&self, level: Level) -> bool {
        level > Level::Debug
    }

    /// A line of the run itself, not of a resource.
    fn say(&self, level: Level, message: String) {
        if !self.listens(level) {
            return;
        }
        self.write(Log {
            level,
            message: message.into(),
            source: Arc::from("Puppet"),
            tags: Tags::from_iter([Arc::from(level.name())]),
            time: Timestamp::now(),
            file: None,
            line: None,
        });
    }

    /// For who looks for a fault.
    fn debug(&self, message: String) {
        self.say(Level::Debug, message);
    }

    /// What is going on.
    fn info(&self, message: String) {
        self.say(Level::Info, message);
    }

    /// Something worth knowing.
    fn notice(&self, message: String) {
        self.say(Level::Notice, message);
    }

    /// Something is odd.
    fn warning(&self, message: String) {
        self.say(Level::Warning, message);
    }

    /// Something failed.
    fn error(&self, message: String) {
        self.say(Level::Err, message);
    }
}

/// Keeps every line, for tests and for who writes them later.
#[derive(Debug, Default)]
pub struct Memory(std::sync::Mutex<Vec<Log>>);

impl Memory {
    /// What was written so far.
    pub fn logs(&self) -> Vec<Log> {
        self.0.lock().expect("no writer panics").clone()
    }
}

impl Journal for Memory {
    fn write(&self, log: Log) {
        self.0.lock().expect("no writer panics").push(log);
    }

    fn listens(&self, _level: Level) -> bool {
        true
    }
}
