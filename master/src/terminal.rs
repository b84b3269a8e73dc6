//! The one way in which commands write: results to standard output, trouble to standard error,
//! colours only where somebody sees them.

use std::{
    fmt::Display,
    io::{self, Write},
};

use anstream::AutoStream;
use owo_colors::OwoColorize as _;

/// Where a command writes.
pub struct Terminal {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
}

impl Terminal {
    /// The process's own streams.
    pub fn new() -> Self {
        Self {
            out: AutoStream::auto(io::stdout()),
            err: AutoStream::auto(io::stderr()),
        }
    }

    /// A line of the result.
    pub fn line(&mut self, text: impl Display) {
        let written = writeln!(self.out, "{text}");
        self.written(written);
    }

    /// Bytes of the result, as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let written = self.out.write_all(bytes).and_then(|()| self.out.flush());
        self.written(written);
    }

    /// A reader that went away ends the command, as it ends others; what cannot be written for
    /// another reason is a failure.
    fn written(&mut self, written: io::Result<()>) {
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            Err(error) => {
                self.error(&anyhow::Error::new(error).context("cannot write the result"));
                std::process::exit(1);
            }
        }
    }

    /// Lines of a table: columns as wide as their widest cell.
    pub fn table(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
        };
        let widths: Vec<_> = (0..columns)
            .map(|column| width(column).unwrap_or_default())
            .collect();
        for row in rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(&format!("{cell:<width$}  "));
            }
            self.line(line.trim_end());
        }
    }

    /// What a diagnostic shows.
    pub fn diagnostic(&mut self, text: impl Display) {
        let _ = writeln!(self.err, "{text}");
    }

    /// Why the command failed, with its causes.
    pub fn error(&mut self, error: &anyhow::Error) {
        let _ = writeln!(self.err, "{} {error:#}", "Error:".red());
    }
}
