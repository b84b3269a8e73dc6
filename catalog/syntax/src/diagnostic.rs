//! What is wrong with a piece of code, and how it is told: in the one-line form that people
//! search for, and with the line of source it is about.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use crate::source::{Position, Source, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Works today, will not work later.
    Deprecation,
    /// Suspicious.
    Warning,
    /// The code cannot be used.
    Error,
}

impl Severity {
    /// `error`, `warning` or `deprecation`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Deprecation => "deprecation",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The reference's name of the issue, such as `SYNTAX_ERROR`.
    pub code: &'static str,
    /// The reference's text, without the location.
    pub message: String,
    /// The code it is about.
    pub source: Arc<Source>,
    /// Where in it; `None` where only the file is known (the end of the input).
    pub span: Option<Span>,
}

impl Diagnostic {
    /// Line and column, where they are known.
    pub fn position(&self) -> Option<Position> {
        self.span.map(|span| self.source.position(span.start))
    }

    /// The message with the line of source under it and a mark under the place.
    pub fn render_pretty(&self) -> String {
        let mut out = format!("{}: {}\n", self.severity.name(), self.message);
        let path = self.source.path().map_or("<code>", |path| path.as_ref());
        let end = self.source.text().len() as u32;
        let span = self.span.unwrap_or(Span::new(end, end));
        let Position { line, column } = self.source.position(span.start);
        let text = self.source.text().lines().nth(line as usize - 1);
        let gutter = line.to_string();
        let pad = " ".repeat(gutter.len());
        let _ = writeln!(out, "{pad}--> {path}:{line}:{column}");
        if let Some(text) = text {
            let before: String = text
                .chars()
                .take(column as usize - 1)
                .map(|c| if c == '\t' { '\t' } else { ' ' })
                .collect();
            let rest = text.chars().count().saturating_sub(column as usize - 1);
            let wide = self
                .source
                .text()
                .get(span.start as usize..span.end as usize)
                .and_then(|slice| slice.lines().next())
                .map_or(1, |slice| slice.chars().count());
            let marks = "^".repeat(wide.min(rest).max(1));
            let _ = writeln!(out, "{pad} |\n{gutter} | {text}\n{pad} | {before}{marks}");
        }
        out
    }
}

/// The reference's form: the message and `(file: …, line: …, column: …)`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let path = self.source.path().filter(|path| !path.is_empty());
        match (path, self.position()) {
            (Some(path), Some(Position { line, column })) => {
                write!(f, " (file: {path}, line: {line}, column: {column})")
            }
            (Some(path), None) => write!(f, " (file: {path})"),
            (None, Some(Position { line, column })) => {
                write!(f, " (line: {line}, column: {column})")
            }
            (None, None) => Ok(()),
        }
    }
}

/// Why code could not be used: all that was found.
#[derive(Clone, Debug)]
pub struct Errors {
    /// What was found, in the order it was found; at least one error.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the code could be parsed and only validation refused it.
    pub parsed: bool,
}

impl Errors {
    /// The errors among the diagnostics.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|found| found.severity == Severity::Error)
    }
}

/// The reference's single message: a syntax error or the only error is told as it is; several
/// errors of validation are logged one by one, and the message only counts them.
impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.errors().count();
        let Some(first) = self.errors().next() else {
            return Ok(());
        };
        if !self.parsed || count == 1 {
            return write!(f, "{first}");
        }
        let warnings = self.diagnostics.len() - count;
        write!(f, "Language validation logged {count} errors")?;
        if warnings > 0 {
            write!(f, ", and {warnings} warnings")?;
        }
        f.write_str(". Giving up")?;
        match first.source.path().filter(|path| !path.is_empty()) {
            Some(path) => write!(f, " (file: {path})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Errors {}
