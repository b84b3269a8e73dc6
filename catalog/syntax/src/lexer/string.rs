//! Quoted strings: their escapes, and the expressions inside the double-quoted.

use std::borrow::Cow;

use super::{Lexed, Lexer, STRING_NESTING_LIMIT, TokenKind, is_word};

/// Which characters a backslash may stand before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escapes(u16);

impl Escapes {
    const LETTERS: &'static [u8] = b"\\$'\"rntsu\n";
    /// None at all: backslashes are plain text.
    pub(super) const NONE: Escapes = Escapes(0);
    /// Those of a double-quoted string.
    pub(super) const DOUBLE_QUOTED: Escapes = Escapes((1 << Self::LETTERS.len()) - 1);

    /// These and the escape of `letter`.
    pub(super) fn with(self, letter: u8) -> Self {
        let at = Self::LETTERS.iter().position(|&known| known == letter);
        Escapes(self.0 | at.map_or(0, |at| 1 << at))
    }

    pub(super) fn has(self, letter: u8) -> bool {
        let at = Self::LETTERS.iter().position(|&known| known == letter);
        at.is_some_and(|at| self.0 & 1 << at != 0)
    }
}

/// What ends a piece of a string's text.
enum Terminator {
    /// The closing quote, or the end of the heredoc.
    End,
    /// `${`
    Brace,
    /// `$`
    Dollar,
}

/// What kind of string is being read.
#[derive(Clone, Copy)]
pub(super) enum Quoting {
    /// `"…"`
    Double,
    /// The text of a heredoc with interpolation.
    Heredoc(Escapes),
}

impl<'s> Lexer<'s> {
    pub(super) fn single_quoted(&mut self) -> Lexed<()> {
        let start = self.position;
        let rest = &self.text.as_bytes()[start + 1..self.end];
        let mut from = usize::from(begins_with_terminator(rest, b"'"));
        let mut escaped = false;
        let close = loop {
            match memchr::memchr2(b'\'', b'\\', &rest[from..]) {
                None => {
                    let message = self.unclosed("\"'\"", start + 1);
                    return Err(self.fatal_at(start + 1, "UNCLOSED_QUOTE", message));
                }
                Some(at) if rest[from + at] == b'\'' => break from + at,
                Some(at) => {
                    escaped = true;
                    from = (from + at + 2).min(rest.len());
                }
            }
        };
        let raw = self.without_margin(&self.text[start + 1..start + 1 + close], false);
        let text = if escaped { unescape_single(&raw) } else { raw };
        let end = start + close + 2;
        self.push_text(TokenKind::String, start, end, text.as_ref());
        self.after = Some(TokenKind::String);
        self.position = end;
        Ok(())
    }

    pub(super) fn double_quoted(&mut self) -> Lexed<()> {
        self.position += 1;
        self.interpolated(self.position - 1, Quoting::Double)
    }

    /// Reads the rest of a string whose first token starts at `start`.
    pub(super) fn interpolated(&mut self, start: usize, quoting: Quoting) -> Lexed<()> {
        if self.nesting >= STRING_NESTING_LIMIT {
            let message = "Strings are nested too deeply in interpolations".into();
            return Err(self.fatal_at(start, "NESTING_LIMIT", message));
        }
        self.nesting += 1;
        let mut from = start;
        let mut first = true;
        let mut last = Cow::Borrowed("\"");
        let mut text: Cow<'s, str> = Cow::Borrowed("");
        let at_line_start = matches!(quoting, Quoting::Heredoc(_));
        loop {
            let (piece, terminator) = self.slurp(quoting, first && at_line_start, &last)?;
            if text.is_empty() {
                text = piece;
            } else {
                text.to_mut().push_str(&piece);
            }
            let opening = if first {
                TokenKind::StringStart
            } else {
                TokenKind::StringMiddle
            };
            match terminator {
                Terminator::End => {
                    let kind = if first {
                        TokenKind::String
                    } else {
                        TokenKind::StringEnd
                    };
                    self.push_text(kind, from, self.position, text.as_ref());
                    self.after = Some(kind);
                    self.nesting -= 1;
                    return Ok(());
                }
                Terminator::Brace => {
                    self.push_text(opening, from, self.position, text.as_ref());
                    self.interpolation()?;
                    last = self.last_matched();
                }
                Terminator::Dollar => {
                    let Some(end) = self.variable_end(self.position) else {
                        text.to_mut().push('$');
                        continue;
                    };
                    let dollar = self.position - 1;
                    self.push_text(opening, from, dollar, text.as_ref());
                    last = Cow::Borrowed(&self.text[self.position..end]);
                    self.push(TokenKind::Variable, dollar, end);
                }
            }
            first = false;
            from = self.position;
            text = Cow::Borrowed("");
        }
    }

    /// What the reference names as the thing before an unclosed string: the last token.
    fn last_matched(&self) -> Cow<'s, str> {
        match self.tokens.list.last() {
            Some(token) if token.data == 0 => {
                Cow::Borrowed(&self.text[token.start as usize..token.end as usize])
            }
            _ => Cow::Borrowed(""),
        }
    }

    /// Reads text up to an unescaped `$`, `${` or the end.
    fn slurp(
        &mut self,
        quoting: Quoting,
        at_line_start: bool,
        last: &str,
    ) -> Lexed<(Cow<'s, str>, Terminator)> {
        let start = self.position;
        let text = self.text;
        let rest = &text.as_bytes()[start..self.end];
        let escapes = match quoting {
            Quoting::Double => Escapes::DOUBLE_QUOTED,
            Quoting::Heredoc(escapes) => escapes,
        };
        let mut from = match quoting {
            Quoting::Double => usize::from(begins_with_terminator(rest, b"\"$")),
            Quoting::Heredoc(_) => 0,
        };
        let mut escaped = false;
        let (length, terminator) = loop {
            let found = match quoting {
                Quoting::Double => memchr::memchr3(b'"', b'$', b'\\', &rest[from..]),
                Quoting::Heredoc(_) if escapes.has(b'$') => {
                    memchr::memchr2(b'$', b'\\', &rest[from..])
                }
                Quoting::Heredoc(_) => memchr::memchr(b'$', &rest[from..]),
            };
            match found.map(|at| (from + at, rest[from + at])) {
                None if matches!(quoting, Quoting::Heredoc(_)) => {
                    break (rest.len(), Terminator::End);
                }
                None => {
                    let after = if last == "'" {
                        "\"'\"".into()
                    } else {
                        format!("'{last}'")
                    };
                    let message = self.unclosed(&after, start);
                    return Err(self.fatal_at(start, "UNCLOSED_QUOTE", message));
                }
                Some((at, b'\\')) => {
                    escaped = true;
                    from = (at + 2).min(rest.len());
                }
                Some((at, b'$')) if rest.get(at + 1) == Some(&b'{') => {
                    break (at, Terminator::Brace);
                }
                Some((at, b'$')) => break (at, Terminator::Dollar),
                Some((at, _)) => break (at, Terminator::End),
            }
        };
        self.position = start
            + length
            + match (&terminator, quoting) {
                (Terminator::Brace, _) => 2,
                (Terminator::End, Quoting::Heredoc(_)) => 0,
                _ => 1,
            };
        let raw = self.without_margin(&text[start..start + length], at_line_start);
        let escaped = escaped || (escapes != Escapes::NONE && raw.contains('\\'));
        if !escaped || escapes == Escapes::NONE {
            return Ok((raw, terminator));
        }
        let strict = matches!(quoting, Quoting::Double);
        let piece = self.unescape(&raw, escapes, strict)?;
        Ok((Cow::Owned(piece), terminator))
    }

    /// Takes the margin of the heredoc around off the lines of a text.
    pub(super) fn without_margin(&self, raw: &'s str, at_line_start: bool) -> Cow<'s, str> {
        let Some(margin) = self.margin else {
            return Cow::Borrowed(raw);
        };
        let mut out = String::with_capacity(raw.len());
        for (number, line) in raw.split_inclusive('\n').enumerate() {
            let starts = number > 0 || at_line_start;
            let stripped = if starts {
                line.strip_prefix(margin)
            } else {
                None
            };
            out.push_str(stripped.unwrap_or(line));
        }
        Cow::Owned(out)
    }

    /// Resolves the escapes of a text; in a `strict` one, unknown escapes are warned about.
    pub(super) fn unescape(&mut self, raw: &str, escapes: Escapes, strict: bool) -> Lexed<String> {
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let Some(next) = rest.chars().next() else {
                out.push('\\');
                break;
            };
            if next == '\r' && !rest.starts_with("\r\n") {
                out.push('\\');
                continue;
            }
            let length = if next == '\r' { 2 } else { next.len_utf8() };
            let letter = if next == '\r' {
                b'\n'
            } else {
                u8::try_from(next).unwrap_or(0)
            };
            if !escapes.has(letter) || !next.is_ascii() {
                if strict {
                    let code = "UNRECOGNIZED_ESCAPE";
                    self.warn(code, format!("Unrecognized escape sequence '\\{next}'"));
                }
                out.push('\\');
                out.push_str(&rest[..length]);
                rest = &rest[length..];
                continue;
            }
            rest = &rest[length..];
            match letter {
                b'r' => out.push('\r'),
                b'n' => out.push('\n'),
                b't' => out.push('\t'),
                b's' => out.push(' '),
                b'\n' => {}
                b'u' => match unicode_escape(rest) {
                    Some((code, length)) => {
                        let Some(c) = char::from_u32(code) else {
                            return Err(self.error_at(
                                self.position,
                                "ILLEGAL_UNICODE_ESCAPE",
                                ILLEGAL_UNICODE_ESCAPE.into(),
                            ));
                        };
                        out.push(c);
                        rest = &rest[length..];
                    }
                    None => {
                        self.warn("ILLEGAL_UNICODE_ESCAPE", ILLEGAL_UNICODE_ESCAPE.into());
                        out.push_str("\\u");
                    }
                },
                _ => out.push(next),
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// Reads the tokens of `${…}` up to its closing brace, which is no token.
    fn interpolation(&mut self) -> Lexed<()> {
        let outer = self.brace_count;
        self.brace_count += 1;
        let first = self.tokens.list.len();
        while self.position < self.end {
            if self.byte(0) == b'}' && self.brace_count == outer + 1 {
                self.brace_count = outer;
                self.position += 1;
                self.name_to_variable(first);
                return Ok(());
            }
            self.token()?;
        }
        Ok(())
    }

    /// A name that is all of an interpolation, or is followed by `.` or `[`, is a variable.
    fn name_to_variable(&mut self, first: usize) {
        let inside = &mut self.tokens.list[first..];
        let follower = inside.get(1).map(|token| token.kind);
        let Some(token) = inside.first_mut() else {
            return;
        };
        if !matches!(
            follower,
            None | Some(TokenKind::Dot | TokenKind::LeftBracket)
        ) {
            return;
        }
        let word = matches!(
            token.kind,
            TokenKind::Number | TokenKind::Name | TokenKind::Word | TokenKind::Boolean
        );
        if word || token.kind.is_keyword() {
            token.kind = TokenKind::Variable;
        }
    }

    /// The text of the error about a string without an end.
    fn unclosed(&self, after: &str, at: usize) -> String {
        format!(
            "Unclosed quote after {after} followed by '{}'",
            self.followed_by(at)
        )
    }

    /// The next five characters, spelled so that they fit on a line.
    pub(super) fn followed_by(&self, at: usize) -> String {
        let rest = self.text.get(at..self.end).unwrap_or("");
        if rest.is_empty() {
            return "<eof>".into();
        }
        let mut out: String = rest.chars().take(5).collect();
        out.push_str("...");
        out.replace('\t', "\\t")
            .replace('\n', "\\n")
            .replace('\r', "\\r")
    }
}

/// Whether the first character is text although it is a terminator. As in the reference a
/// terminator has a character before it where there is one that could stand there: `'''` is a
/// string that holds one quote.
fn begins_with_terminator(rest: &[u8], terminators: &[u8]) -> bool {
    let [first, behind @ ..] = rest else {
        return false;
    };
    if !terminators.contains(first) {
        return false;
    }
    let backslashes = behind.iter().take_while(|&&byte| byte == b'\\').count();
    let next = behind.get(backslashes);
    backslashes % 2 == 0 && next.is_some_and(|next| terminators.contains(next))
}

const ILLEGAL_UNICODE_ESCAPE: &str =
    "Unicode escape '\\u' was not followed by 4 hex digits or 1-6 hex digits in {} or was > 10ffff";

/// The code point after `\u`, and how many bytes it took.
fn unicode_escape(rest: &str) -> Option<(u32, usize)> {
    if let Some(braced) = rest.strip_prefix('{') {
        let digits = &braced[..braced.find('}')?];
        let valid =
            (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        return valid
            .then(|| u32::from_str_radix(digits, 16).ok())
            .flatten()
            .map(|code| (code, digits.len() + 2));
    }
    let digits = rest.get(..4)?;
    let valid = digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() && is_word(byte));
    valid
        .then(|| u32::from_str_radix(digits, 16).ok())
        .flatten()
        .map(|code| (code, 4))
}

/// Resolves `\\` and `\'`.
fn unescape_single(raw: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        match rest.as_bytes().get(at + 1) {
            Some(&escaped @ (b'\\' | b'\'')) => {
                out.push(char::from(escaped));
                rest = &rest[at + 2..];
            }
            _ => {
                out.push('\\');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
