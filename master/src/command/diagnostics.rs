//! What commands that read code have to say: for people, or as one JSON document for editors.
//!
//! The document is a contract: `{"version": 1, "command", "diagnostics": [{"severity", "code",
//! "message", "file", "line", "column", "end": {"line", "column"}, "excerpt"}], …}`. Lines and
//! columns count from 1, columns in characters; what is not known is null.

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;
use ficelle_compiler::{CompileError, Level, LogMessage};
use ficelle_syntax::{diagnostic::Diagnostic, source::Span};
use serde_json::{Map, Value, json};

use crate::terminal::Terminal;

/// For whom diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: to standard error.
    #[default]
    Human,
    /// For editors: one JSON document to standard output, with the result in it.
    Json,
}

/// Tells of diagnostics as the format says; in JSON all at once, at the end.
pub struct Diagnostics {
    command: &'static str,
    format: Format,
    found: Vec<Value>,
}

impl Diagnostics {
    pub fn new(command: &'static str, format: Format) -> Self {
        Self {
            command,
            format,
            found: Vec::new(),
        }
    }

    /// Something that is wrong with code.
    pub fn code(&mut self, found: &Diagnostic, terminal: &mut Terminal) {
        match self.format {
            Format::Human => terminal.diagnostic(found.render_pretty()),
            Format::Json => self.found.push(code(found)),
        }
    }

    /// What was said while code was evaluated.
    pub fn logs(&mut self, logs: &[LogMessage], terminal: &mut Terminal) {
        for log in logs {
            match self.format {
                Format::Human => terminal.diagnostic(human(log)),
                Format::Json => self.found.push(entry(
                    log.level.as_str(),
                    &log.message,
                    log.file.as_deref(),
                    log.line,
                    None,
                )),
            }
        }
    }

    /// Why nothing came of it.
    pub fn failure(&mut self, error: &CompileError, terminal: &mut Terminal) {
        self.logs(&error.logs, terminal);
        match self.format {
            Format::Human => terminal.error(&anyhow::Error::new(error.clone())),
            Format::Json => self.found.push(entry(
                "error",
                &error.message,
                error.file.as_deref(),
                error.line,
                error.column,
            )),
        }
    }

    /// A file that cannot be read.
    pub fn unread(&mut self, file: &str, error: &anyhow::Error, terminal: &mut Terminal) {
        match self.format {
            Format::Human => terminal.error(error),
            Format::Json => self.broken(Some(file), error),
        }
    }

    fn broken(&mut self, file: Option<&str>, error: &anyhow::Error) {
        let message = format!("{error:#}");
        self.found.push(entry("error", &message, file, None, None));
    }

    /// The document, with what the command adds to it.
    pub fn finish(self, more: Map<String, Value>, terminal: &mut Terminal) {
        if self.format == Format::Human {
            return;
        }
        let mut document = Map::new();
        document.insert("version".into(), json!(1));
        document.insert("command".into(), json!(self.command));
        document.insert("diagnostics".into(), Value::Array(self.found));
        document.extend(more);
        terminal.line(format_args!("{:#}", Value::Object(document)));
    }

    /// Whether people read it.
    pub fn is_human(&self) -> bool {
        self.format == Format::Human
    }
}

/// Runs a command; editors are told in their document why it could not begin, too.
pub fn told(
    command: &'static str,
    format: Format,
    terminal: &mut Terminal,
    run: impl FnOnce(&mut Terminal) -> Result<ExitCode>,
) -> Result<ExitCode> {
    match (run(terminal), format) {
        (Err(error), Format::Json) => {
            let mut diagnostics = Diagnostics::new(command, format);
            diagnostics.broken(None, &error);
            diagnostics.finish(Map::new(), terminal);
            Ok(ExitCode::FAILURE)
        }
        (done, _) => done,
    }
}

fn code(found: &Diagnostic) -> Value {
    // Where only the file is known, it is its end that is wrong.
    let end = u32::try_from(found.source.text().len()).unwrap_or(u32::MAX);
    let span = found.span.unwrap_or(Span::new(end, end));
    let (from, to) = (
        found.source.position(span.start),
        found.source.position(span.end),
    );
    let excerpt = found.source.text().lines().nth(from.line as usize - 1);
    json!({
        "severity": found.severity.name(),
        "code": found.code,
        "message": found.message,
        "file": found.source.path().map(|path| path.as_ref()),
        "line": from.line,
        "column": from.column,
        "end": {"line": to.line, "column": to.column},
        "excerpt": excerpt,
    })
}

fn entry(
    severity: &str,
    message: &str,
    file: Option<&str>,
    line: Option<u32>,
    column: Option<u32>,
) -> Value {
    json!({
        "severity": if severity == "err" { "error" } else { severity },
        "code": null,
        "message": message,
        "file": file,
        "line": line,
        "column": column,
        "end": null,
        "excerpt": null,
    })
}

/// `Notice: Scope(Class[main]): hello`
fn human(log: &LogMessage) -> String {
    let level = match log.level {
        Level::Error => "Error".to_owned(),
        other => {
            let name = other.as_str();
            name[..1].to_uppercase() + &name[1..]
        }
    };
    match &*log.source {
        "" => format!("{level}: {}", log.message),
        source => format!("{level}: {source}: {}", log.message),
    }
}
