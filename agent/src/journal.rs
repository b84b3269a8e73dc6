//! Where a run speaks: lines of the shape that people know, on the terminal, in a file or to the
//! system's log; the same lines go into the report.

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal as _, Write as _},
    os::unix::net::UnixDatagram,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result};
use ficelle_model::{
    report::{Journal, Level, Log},
    settings::Settings,
};

/// Whether lines are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Where somebody sees them.
    Auto,
    /// Always: it was asked for.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// The setting `color`.
    pub fn from_settings(settings: &Settings) -> Result<Self> {
        Ok(match settings.text("color")?.as_str() {
            "false" | "no" => Self::Never,
            _ if settings.is_set("color") => Self::Always,
            _ => Self::Auto,
        })
    }
}

enum Destination {
    Console { out: bool, err: bool },
    File(Mutex<File>),
    System(UnixDatagram),
}

/// Writes lines and records them.
pub struct Console {
    level: Level,
    destination: Destination,
    recorded: Mutex<Option<Vec<Log>>>,
}

impl Console {
    /// Writes lines from `level` up to `destination`: nothing for the terminal, `syslog`, or a
    /// file.
    pub fn new(level: Level, colour: Colour, destination: &str) -> Result<Self> {
        let destination = match destination {
            "" | "console" => {
                let coloured = |is_terminal| match colour {
                    Colour::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none(),
                    Colour::Always => true,
                    Colour::Never => false,
                };
                Destination::Console {
                    out: coloured(io::stdout().is_terminal()),
                    err: coloured(io::stderr().is_terminal()),
                }
            }
            "syslog" => {
                let socket = UnixDatagram::unbound()?;
                socket.connect("/dev/log").context("cannot reach syslog")?;
                Destination::System(socket)
            }
            path => {
                let file = OpenOptions::new().create(true).append(true).open(path);
                let file = file.with_context(|| format!("cannot write to logdest {path}"))?;
                Destination::File(Mutex::new(file))
            }
        };
        Ok(Self {
            level,
            destination,
            recorded: Mutex::new(None),
        })
    }

    /// For what goes wrong before the settings are known.
    pub fn plain() -> Self {
        Self {
            level: Level::Notice,
            destination: Destination::Console {
                out: false,
                err: io::stderr().is_terminal(),
            },
            recorded: Mutex::new(None),
        }
    }

    /// An error that ends the command.
    pub fn failure(&self, error: &anyhow::Error) {
        self.error(format!("{error:#}"));
    }

    /// A line of a command's result.
    pub fn print(&self, text: &str) {
        // A reader that went away is no reason to fail.
        let _ = writeln!(io::stdout(), "{text}");
    }

    /// Keeps lines from now on, for a report.
    pub fn record(&self) {
        *self.recorded() = Some(Vec::new());
    }

    /// The lines that were kept.
    pub fn recorded_lines(&self) -> Vec<Log> {
        self.recorded().take().unwrap_or_default()
    }

    fn recorded(&self) -> std::sync::MutexGuard<'_, Option<Vec<Log>>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for Console {
    fn write(&self, log: Log) {
        if !self.listens(log.level) {
            return;
        }
        let text = line(&log);
        // Nothing can be done about a log that cannot be written; the run matters more.
        let _ = match &self.destination {
            Destination::Console { err, .. } if log.level >= Level::Warning => {
                writeln!(io::stderr(), "{}", paint(log.level, &text, *err))
            }
            Destination::Console { out, .. } => {
                writeln!(io::stdout(), "{}", paint(log.level, &text, *out))
            }
            Destination::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                writeln!(file, "{} {text}", log.time.strftime("%Y-%m-%d %H:%M:%S %z"))
            }
            Destination::System(socket) => {
                // RFC 3164: facility daemon (3), then the severity.
                let priority = 3 * 8 + severity(log.level);
                let identity = format!("<{priority}>ficelle-agent[{}]: ", std::process::id());
                socket.send((identity + &text).as_bytes()).map(drop)
            }
        };
        if let Some(recorded) = &mut *self.recorded() {
            recorded.push(log);
        }
    }

    fn listens(&self, level: Level) -> bool {
        level >= self.level
    }
}

/// `Notice: /Stage[main]/Main/File[/x]/ensure: created`
fn line(log: &Log) -> String {
    let label = match log.level {
        Level::Debug => "Debug",
        Level::Info => "Info",
        Level::Notice => "Notice",
        Level::Warning => "Warning",
        Level::Err => "Error",
        Level::Alert => "Alert",
        Level::Emerg => "Emergency",
        Level::Crit => "Critical",
    };
    if &*log.source == "Puppet" {
        format!("{label}: {}", log.message)
    } else {
        format!("{label}: {}: {}", log.source, log.message)
    }
}

fn paint(level: Level, text: &str, is_coloured: bool) -> String {
    if !is_coloured {
        return text.to_owned();
    }
    let code = match level {
        Level::Debug => "0;36",
        Level::Info => "0;32",
        Level::Notice => "",
        Level::Warning => "1;33",
        Level::Err | Level::Alert | Level::Emerg | Level::Crit => "1;31",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

fn severity(level: Level) -> u8 {
    match level {
        Level::Debug => 7,
        Level::Info => 6,
        Level::Notice => 5,
        Level::Warning => 4,
        Level::Err => 3,
        Level::Crit => 2,
        Level::Alert => 1,
        Level::Emerg => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_the_shape_that_people_know() {
        let mut log = Log {
            level: Level::Notice,
            message: "created".into(),
            source: "/Stage[main]/Main/File[/x]/ensure".into(),
            tags: Default::default(),
            time: jiff::Timestamp::UNIX_EPOCH,
            file: None,
            line: None,
        };
        assert_eq!(
            line(&log),
            "Notice: /Stage[main]/Main/File[/x]/ensure: created"
        );
        log.source = "Puppet".into();
        log.level = Level::Err;
        assert_eq!(line(&log), "Error: created");
        assert_eq!(paint(Level::Info, "x", true), "\u{1b}[0;32mx\u{1b}[0m");
        assert_eq!(paint(Level::Info, "x", false), "x");
    }
}
