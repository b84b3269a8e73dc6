//! Heredocs: `@(END:syntax/escapes)`, with their text on the lines that follow.
//!
//! The text is read where it stands, so that places inside it are places in the file; a margin is
//! taken off as the pieces are read.

use super::string::{Escapes, Quoting};
use super::{Lexed, Lexer, TokenKind};

/// What stands between the parentheses.
struct Specification<'s> {
    end_tag: &'s str,
    syntax: &'s str,
    escapes: Escapes,
    interpolates: bool,
}

/// The line that ends a heredoc.
struct EndLine<'s> {
    margin: Option<&'s str>,
    removes_break: bool,
}

impl<'s> Lexer<'s> {
    pub(super) fn heredoc(&mut self) -> Lexed<()> {
        let start = self.position;
        let text = self.text;
        let Some(length) = text[start..self.end].find(')') else {
            let message = format!(
                "Unclosed parenthesis after '@(' followed by '{}'",
                self.followed_by(start)
            );
            return Err(self.fatal_at(start, "HEREDOC_UNCLOSED_PARENTHESIS", message));
        };
        let after = start + length + 1;
        let specification = self.heredoc_specification(&text[start + 2..after - 1], after)?;
        let body = match self.newline_jump {
            Some(jump) => jump,
            None => match memchr::memchr(b'\n', &text.as_bytes()[after..self.end]) {
                Some(at) => after + at + 1,
                None => {
                    let message = "Heredoc without any following lines of text".into();
                    return Err(self.fatal_at(after, "HEREDOC_WITHOUT_TEXT", message));
                }
            },
        };
        let mut line_start = body;
        let end_line = loop {
            if line_start >= self.end {
                let message = "Heredoc without end-tagged line".into();
                return Err(self.fatal_at(body, "HEREDOC_WITHOUT_END_TAGGED_LINE", message));
            }
            let rest = &text.as_bytes()[line_start..self.end];
            let next = line_start + memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            if let Some(found) = end_line(&text[line_start..next], specification.end_tag) {
                self.newline_jump = Some(next);
                break found;
            }
            line_start = next;
        };
        let mut end = line_start;
        if end_line.removes_break {
            let body_text = &text[body..end];
            let trimmed = body_text.strip_suffix('\n').unwrap_or(body_text);
            end = body + trimmed.strip_suffix('\r').unwrap_or(trimmed).len();
            if trimmed.len() == body_text.len() {
                end = line_start;
            }
        }
        self.push_text(TokenKind::Heredoc, start, after, specification.syntax);
        let read = self.heredoc_text(body, end, end_line.margin, &specification);
        // The text may stand before the tag, where a string reaches past the heredoc before: errors
        // in it do not lead back there.
        self.position = match read {
            Ok(()) => after,
            Err(_) => self.position.max(after),
        };
        read?;
        self.after = Some(TokenKind::String);
        Ok(())
    }

    /// Reads the text between two offsets with a state of its own.
    fn heredoc_text(
        &mut self,
        start: usize,
        end: usize,
        margin: Option<&'s str>,
        specification: &Specification<'s>,
    ) -> Lexed<()> {
        let outer = (
            self.end,
            self.newline_jump,
            self.line_start,
            self.brace_count,
            self.margin,
        );
        self.position = start;
        self.end = end;
        self.newline_jump = None;
        self.line_start = start;
        self.brace_count = 0;
        self.margin = margin;
        self.after = None;
        let read = if specification.interpolates {
            self.interpolated(start, Quoting::Heredoc(specification.escapes))
        } else {
            self.plain_text(start, end, specification.escapes)
        };
        (
            self.end,
            self.newline_jump,
            self.line_start,
            self.brace_count,
            self.margin,
        ) = outer;
        read
    }

    fn plain_text(&mut self, start: usize, end: usize, escapes: Escapes) -> Lexed<()> {
        let raw = self.without_margin(&self.text[start..end], true);
        if escapes == Escapes::NONE || !raw.contains('\\') {
            self.push_text(TokenKind::String, start, end, raw.as_ref());
        } else {
            let text = self.unescape(&raw, escapes, false)?;
            self.push_text(TokenKind::String, start, end, text);
        }
        Ok(())
    }

    /// Reads `END:syntax/escapes`.
    fn heredoc_specification(&self, inside: &'s str, after: usize) -> Lexed<Specification<'s>> {
        let invalid = || {
            let message = "Invalid syntax in heredoc expected @(endtag[:syntax][/escapes])".into();
            self.error_at(after, "HEREDOC_INVALID_SYNTAX", message)
        };
        let tag_end = inside.find([':', '/', '\r', '\n']).unwrap_or(inside.len());
        let (tag, mut rest) = inside.split_at(tag_end);
        if tag.is_empty() {
            return Err(invalid());
        }
        let mut syntax = "";
        if let Some(tail) = rest.strip_prefix(':') {
            let end = tail.find('/').unwrap_or(tail.len());
            syntax = tail[..end].trim_matches(is_blank);
            rest = &tail[end..];
            let valid = syntax.len() > 1
                && syntax.starts_with(|c: char| c.is_ascii_lowercase())
                && syntax
                    .bytes()
                    .all(|byte| super::is_word(byte) || byte == b'+');
            if !valid {
                return Err(invalid());
            }
        }
        let flags = match rest.strip_prefix('/') {
            Some(flags) => Some(flags.trim_end_matches(is_blank)),
            None if rest.is_empty() => None,
            None => return Err(invalid()),
        };
        let is_flag = |byte: u8| super::is_word(byte) || byte == b'$';
        if flags.is_some_and(|flags| !flags.bytes().all(is_flag)) {
            return Err(invalid());
        }
        let mut end_tag = tag.trim();
        let quoted = end_tag
            .strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'));
        if let Some(quoted) = quoted {
            end_tag = quoted.trim();
        }
        if end_tag.is_empty() {
            let message = "Heredoc with an empty endtag".into();
            return Err(self.error_at(after, "HEREDOC_EMPTY_ENDTAG", message));
        }
        let escapes = self.heredoc_escapes(flags, after)?;
        Ok(Specification {
            end_tag,
            syntax,
            escapes,
            interpolates: quoted.is_some(),
        })
    }

    fn heredoc_escapes(&self, flags: Option<&str>, after: usize) -> Lexed<Escapes> {
        let Some(flags) = flags else {
            return Ok(Escapes::NONE);
        };
        let flags = if flags.is_empty() { "trnsuL$" } else { flags };
        let repeated = flags
            .char_indices()
            .any(|(at, flag)| flags[..at].contains(flag));
        if repeated {
            let listed: Vec<String> = flags.chars().map(String::from).collect();
            let message = format!(
                "An escape char for @() may only appear once. Got '{}'",
                listed.join(", ")
            );
            return Err(self.error_at(after, "HEREDOC_MULTIPLE_AT_ESCAPES", message));
        }
        let mut escapes = Escapes::NONE.with(b'\\');
        for flag in flags.bytes() {
            escapes = match flag {
                b't' | b'r' | b'n' | b's' | b'u' | b'$' => escapes.with(flag),
                b'L' => escapes.with(b'\n'),
                _ => {
                    let message = format!(
                        "Invalid heredoc escape char. Only t, r, n, s,  u, L, $ allowed. Got '{}'",
                        char::from(flag)
                    );
                    return Err(self.error_at(after, "HEREDOC_INVALID_ESCAPE", message));
                }
            };
        }
        Ok(escapes)
    }
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// Whether a line ends a heredoc. Like the reference this looks at how the line ends and not at
/// how it starts, so that text before the tag does not keep it from being one.
fn end_line<'s>(line: &'s str, tag: &str) -> Option<EndLine<'s>> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut before = line.trim_end_matches(is_blank).strip_suffix(tag)?;
    let mut removes_break = false;
    let mut has_margin = false;
    if let Some(rest) = before.trim_end_matches(is_blank).strip_suffix('-') {
        removes_break = true;
        before = rest;
    }
    if let Some(rest) = before.trim_end_matches(is_blank).strip_suffix('|') {
        has_margin = true;
        before = rest;
    }
    let leading = &before[before.trim_end_matches(is_blank).len()..];
    let margin = (has_margin && !leading.is_empty()).then_some(leading);
    Some(EndLine {
        margin,
        removes_break,
    })
}
