//! What goes wrong while code is evaluated, and the control flow that leaves an expression early.
//!
//! An [`Error`] is raised bare by whoever notices it (a function, a type) and gets its place at
//! the innermost expression that knows one: there the reference's wording is added
//! (`Evaluation Error: Error while evaluating a Function Call, …`).

use std::{fmt, sync::Arc};

use ficelle_syntax::source::{Source, Span};

use crate::values::Value;

/// What evaluation gives: a value, or the reason why there is none.
pub type Evaluated<T = Value> = Result<T, Unwind>;

/// Why an expression did not give a value.
#[derive(Clone, Debug)]
pub enum Unwind {
    /// Something is wrong.
    Error(Box<Error>),
    /// `next(value)`: the block or body that is being called gives this value.
    Next(Box<Leave>),
    /// `return(value)`: the function, class or define is left.
    Return(Box<Leave>),
    /// `break()`: the iteration is left.
    Break(Box<Location>),
}

/// A call that leaves what surrounds it.
#[derive(Clone, Debug)]
pub struct Leave {
    /// The value that is given.
    pub value: Value,
    /// Where the call stands.
    pub at: Location,
}

/// A place in a file of code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The file, where the code came from one.
    pub file: Option<Arc<str>>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

/// How the message of an error is completed when its place becomes known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// About the expression as such: `Evaluation Error: <message>`.
    Issue,
    /// Raised below an expression: `Evaluation Error: Error while evaluating <what>, <message>`.
    Raised,
    /// Complete as it is, but for the place.
    Final,
}

/// An error with what a person needs to find its cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// How far its message has got.
    pub kind: ErrorKind,
    /// The message, without the place.
    pub message: String,
    /// Where it happened.
    pub location: Option<Location>,
    /// The calls that led there, innermost first.
    pub stack: Vec<Location>,
    /// The span of the guilty operand, where it is another than the expression that raises it.
    pub at: Option<Span>,
}

impl Error {
    // What makes errors is cold, so that what leads to it is kept out of the way of everything else.

    /// An error raised below an expression, as a function does it.
    #[cold]
    pub fn new(message: impl Into<String>) -> Self {
        Self::of_kind(ErrorKind::Raised, message.into())
    }

    /// An error about an expression.
    #[cold]
    pub fn issue(message: impl Into<String>) -> Self {
        Self::of_kind(ErrorKind::Issue, message.into())
    }

    /// An error whose message is complete; a place is still added where it has none.
    #[cold]
    pub fn complete(message: impl Into<String>) -> Self {
        Self::of_kind(ErrorKind::Final, message.into())
    }

    #[cold]
    #[inline(never)]
    fn of_kind(kind: ErrorKind, message: String) -> Self {
        Self {
            kind,
            message,
            location: None,
            stack: Vec::new(),
            at: None,
        }
    }

    /// Names the guilty operand of the expression that is being evaluated.
    #[must_use]
    #[cold]
    pub fn at(mut self, span: Span) -> Self {
        self.at.get_or_insert(span);
        self
    }

    /// Gives the error its place and completes its message. `what` names the expression with an
    /// article (`a Function Call`). Does nothing where the place is known already.
    #[must_use]
    #[cold]
    pub fn placed(mut self, source: &Source, span: Span, what: &str) -> Self {
        if self.location.is_some() {
            return self;
        }
        self.location = Some(Location::of(source, self.at.unwrap_or(span)));
        match self.kind {
            ErrorKind::Issue => self.message.insert_str(0, "Evaluation Error: "),
            ErrorKind::Raised => {
                let message = &self.message;
                self.message =
                    format!("Evaluation Error: Error while evaluating {what}, {message}");
            }
            ErrorKind::Final => {}
        }
        self.kind = ErrorKind::Final;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.location {
            Some(location) if !location.is_unknown() => write!(f, " {location}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for Unwind {
    #[cold]
    #[inline(never)]
    fn from(error: Error) -> Self {
        Self::Error(Box::new(error))
    }
}

impl Unwind {
    /// The error that this is to somebody who can do nothing with control flow.
    #[cold]
    pub fn into_error(self) -> Error {
        let stray = |message: &str, location: Location| {
            let mut error = Error::complete(message);
            let file = location.file.unwrap_or_else(|| "unknown".into());
            error.location = Some(Location {
                file: Some(file),
                line: location.line,
                column: None,
            });
            error
        };
        match self {
            Self::Error(error) => *error,
            Self::Next(leave) => stray("next() from context where this is illegal", leave.at),
            Self::Return(leave) => stray("return() from context where this is illegal", leave.at),
            Self::Break(at) => stray("break() from context where this is illegal", *at),
        }
    }
}

impl Location {
    /// The start of `span`.
    pub fn of(source: &Source, span: Span) -> Self {
        let position = source.position(span.start);
        Self {
            file: source.path().cloned(),
            line: Some(position.line),
            column: Some(position.column),
        }
    }

    fn is_unknown(&self) -> bool {
        self.file.is_none() && self.line.is_none()
    }
}

/// `(file: F, line: L, column: C)`, without what is not known.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "(";
        if let Some(file) = &self.file {
            write!(f, "{separator}file: {file}")?;
            separator = ", ";
        }
        if let Some(line) = self.line {
            write!(f, "{separator}line: {line}")?;
            separator = ", ";
            if let Some(column) = self.column {
                write!(f, "{separator}column: {column}")?;
            }
        }
        if separator == ", " {
            f.write_str(")")
        } else {
            Ok(())
        }
    }
}
