//! Source text and positions in it: a [`Span`] is two byte offsets, a line and a column are
//! computed from it when somebody has to read them.

use std::sync::Arc;

/// A half-open range of byte offsets into one [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` up to `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest range that holds both.
    pub fn to(self, other: Span) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A line and a column, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One file (or string) of Puppet code, with the index that turns offsets into positions.
#[derive(Debug)]
pub struct Source {
    path: Option<Arc<str>>,
    text: Arc<str>,
    lines: Vec<u32>,
}

impl Source {
    /// Takes the text of `path` (`None` for code that is in no file).
    pub fn new(path: Option<Arc<str>>, text: impl Into<Arc<str>>) -> Arc<Self> {
        let text: Arc<str> = text.into();
        let mut lines = vec![0];
        lines.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Arc::new(Self { path, text, lines })
    }

    /// The path as it was given, if the code came from a file.
    pub fn path(&self) -> Option<&Arc<str>> {
        self.path.as_ref()
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text of `span`.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.lines.partition_point(|&start| start <= offset) as u32
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.lines[line as usize - 1] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(0, |before| before.chars().count()) as u32
            + 1;
        Position { line, column }
    }
}
