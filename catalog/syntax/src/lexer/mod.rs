//! From text to tokens. The whole source is cut before parsing starts: tokens are 16 bytes, and
//! the parser may look ahead as far as it likes.
//!
//! What cannot be read becomes an [`TokenKind::Error`] token, so that the parser tells about it
//! when it gets there and errors come in the order of the text.

mod cursor;
mod epp;
mod heredoc;
mod number;
mod string;
mod token;

pub(crate) use cursor::is_word;
pub(crate) use token::{LexerIssue, Token, TokenKind, Tokens};

use std::{ops::Range, sync::Arc};

use self::epp::EppMode;
use self::token::keyword;

/// How deep strings may be nested in interpolations.
const STRING_NESTING_LIMIT: u32 = 64;
/// How many times its own length of a source may be read again, where strings and comments reach
/// past heredocs: what bounds the work, and the tokens.
const REREADING_LIMIT: usize = 8;

/// What could not be read, and where reading may go on.
#[derive(Debug)]
struct LexerError {
    issue: LexerIssue,
    resume: usize,
}

type Lexed<T> = Result<T, LexerError>;

/// Cuts a source into tokens.
pub(crate) struct Lexer<'s> {
    text: &'s str,
    position: usize,
    /// Where to stop: the end of the text, or of the heredoc being read.
    end: usize,
    /// The token before, which tells a division from a regular expression.
    after: Option<TokenKind>,
    /// Where the current line starts, heredoc texts left out.
    line_start: usize,
    /// Where to go on at the next line break: after the texts of this line's heredocs.
    newline_jump: Option<usize>,
    /// How many bytes were gone back in all.
    reread: usize,
    /// Where no slash ends a regular expression: none needs to be searched for again.
    without_slash: Range<usize>,
    brace_count: i32,
    /// What is taken off the start of lines, inside a heredoc with a margin.
    margin: Option<&'s str>,
    nesting: u32,
    epp: EppMode,
    tasks: bool,
    tokens: Tokens,
}

impl<'s> Lexer<'s> {
    /// A lexer of `text`; `tasks` adds the keywords of plans.
    pub(crate) fn new(text: &'s str, tasks: bool) -> Self {
        let mut tokens = Tokens::default();
        tokens.list.reserve(text.len() / 5 + 4);
        Self {
            text,
            position: 0,
            end: text.len(),
            after: None,
            line_start: 0,
            newline_jump: None,
            reread: 0,
            without_slash: 0..0,
            brace_count: 0,
            margin: None,
            nesting: 0,
            epp: EppMode::Off,
            tasks,
            tokens,
        }
    }

    /// Cuts a manifest.
    pub(crate) fn manifest(mut self) -> Tokens {
        if self.byte_order_mark() {
            self.drain();
        }
        self.finish()
    }

    /// Cuts a template.
    pub(crate) fn template(mut self) -> Tokens {
        if self.byte_order_mark() {
            self.epp = EppMode::Text;
            if let Err(error) = self.epp_text(false) {
                self.fail(0, error);
            }
            self.drain();
            if matches!(self.epp, EppMode::Code | EppMode::Expression) {
                let error = self.error_at(
                    self.end,
                    "EPP_UNBALANCED_TAG",
                    "Unbalanced epp tag, reached <eof> without closing tag.".into(),
                );
                self.fail(self.tokens.list.len(), error);
            }
        }
        self.finish()
    }

    /// Reads to the end. That there is one: every turn moves on, or goes back by a line break,
    /// which `line_break` counts and bounds.
    fn drain(&mut self) {
        while self.position < self.end {
            let mark = self.tokens.list.len();
            let before = (self.position, self.reread);
            if let Err(error) = self.token() {
                self.fail(mark, error);
                self.nesting = 0;
            }
            debug_assert!(
                self.position > before.0 || self.reread > before.1,
                "the lexer moves on, or counts that it goes back"
            );
        }
    }

    fn finish(mut self) -> Tokens {
        let end = self.text.len() as u32;
        self.tokens.list.push(Token {
            kind: TokenKind::End,
            start: end,
            end,
            data: 0,
        });
        self.tokens
    }

    /// Replaces the tokens from `mark` on with an error.
    fn fail(&mut self, mark: usize, error: LexerError) {
        self.tokens.list.truncate(mark);
        let data = self.tokens.errors.len() as u32;
        let start = error
            .issue
            .offset
            .unwrap_or(self.position as u32)
            .min(self.end as u32);
        self.tokens.errors.push(error.issue);
        self.tokens.list.push(Token {
            kind: TokenKind::Error,
            start,
            end: start,
            data,
        });
        self.after = None;
        self.position = self.boundary(error.resume.max(self.position + 1).min(self.end));
    }

    /// Refuses the marks that editors of other systems put before the text.
    fn byte_order_mark(&mut self) -> bool {
        if !self.text.starts_with('\u{feff}') {
            return true;
        }
        let message = "Illegal UTF-8 Byte Order mark at beginning of input: [EF BB BF] - \
                       remove these from the puppet source";
        let issue = LexerIssue {
            code: "ILLEGAL_BOM",
            message: message.into(),
            offset: None,
        };
        self.fail(
            0,
            LexerError {
                issue,
                resume: self.end,
            },
        );
        false
    }

    fn error_at(&self, offset: usize, code: &'static str, message: String) -> LexerError {
        let issue = LexerIssue {
            code,
            message,
            offset: Some(offset as u32),
        };
        let rest = &self.text.as_bytes()[offset.min(self.end)..self.end];
        let word = rest.iter().take_while(|&&byte| is_word(byte)).count();
        LexerError {
            issue,
            resume: offset + word,
        }
    }

    /// An error after which nothing more can be read.
    fn fatal_at(&self, offset: usize, code: &'static str, message: String) -> LexerError {
        LexerError {
            resume: self.end,
            ..self.error_at(offset, code, message)
        }
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.after = Some(kind);
        self.position = end;
        self.tokens.list.push(Token {
            kind,
            start: start as u32,
            end: end as u32,
            data: 0,
        });
    }

    /// Adds a token with a text, leaving `after` and the position alone.
    fn push_text(&mut self, kind: TokenKind, start: usize, end: usize, text: impl Into<Arc<str>>) {
        let data = self.tokens.texts.len() as u32;
        self.tokens.texts.push(text.into());
        self.tokens.list.push(Token {
            kind,
            start: start as u32,
            end: end as u32,
            data,
        });
    }

    fn warn(&mut self, code: &'static str, message: String) {
        let offset = Some(self.position as u32);
        self.tokens.warnings.push(LexerIssue {
            code,
            message,
            offset,
        });
    }

    /// Reads one token, or skips what is no token.
    fn token(&mut self) -> Lexed<()> {
        use TokenKind as T;
        let start = self.position;
        let byte = self.text.as_bytes()[start];
        let (kind, length) = match byte {
            b' ' | b'\t' | b'\r' => {
                self.skip_blanks();
                return Ok(());
            }
            b'\n' => return self.line_break(),
            b'#' => {
                let rest = &self.text.as_bytes()[start..self.end];
                self.position = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                return Ok(());
            }
            b'a'..=b'z' | b'_' => return self.bare_word(),
            b'A'..=b'Z' => return self.class_reference(start, 1),
            b'0'..=b'9' => return self.number(),
            b'$' => {
                let end = self.variable_end(start + 1).unwrap_or(start + 1);
                (T::Variable, end - start)
            }
            b'\'' => return self.single_quoted(),
            b'"' => return self.double_quoted(),
            b'.' => (T::Dot, 1),
            b',' => (T::Comma, 1),
            b'[' => (
                if self.after_blank(start) {
                    T::ListStart
                } else {
                    T::LeftBracket
                },
                1,
            ),
            b']' => (T::RightBracket, 1),
            b'(' => (
                if self.first_on_line(start) {
                    T::LineLeftParen
                } else {
                    T::LeftParen
                },
                1,
            ),
            b')' => (T::RightParen, 1),
            b';' => (T::Semicolon, 1),
            b'?' => (T::Question, 1),
            b'*' => (T::Star, 1),
            b'{' => {
                self.brace_count += 1;
                (T::LeftBrace, 1)
            }
            b'}' => {
                self.brace_count -= 1;
                (T::RightBrace, 1)
            }
            b'%' if self.epp != EppMode::Off && self.byte(1) == b'>' => {
                return self.epp_close(start, 2, false);
            }
            b'-' if self.epp != EppMode::Off && self.starts_with("-%>") => {
                return self.epp_close(start, 3, true);
            }
            b'%' => (T::Percent, 1),
            b'@' => match self.byte(1) {
                b'@' => (T::AtAt, 2),
                b'(' => return self.heredoc(),
                _ => (T::At, 1),
            },
            b'|' => match (self.byte(1), self.byte(2)) {
                (b'>', b'>') => (T::RightRightCollect, 3),
                (b'>', _) => (T::RightCollect, 2),
                _ => (T::Pipe, 1),
            },
            b'=' => match self.byte(1) {
                b'=' => (T::IsEqual, 2),
                b'>' => (T::FatArrow, 2),
                b'~' => (T::Match, 2),
                _ => (T::Equals, 1),
            },
            b'+' => match self.byte(1) {
                b'=' => (T::Appends, 2),
                b'>' => (T::PlusArrow, 2),
                _ => (T::Plus, 1),
            },
            b'-' => match self.byte(1) {
                b'>' => (T::InEdge, 2),
                b'=' => (T::Deletes, 2),
                _ => (T::Minus, 1),
            },
            b'!' => match self.byte(1) {
                b'=' => (T::NotEqual, 2),
                b'~' => (T::NotMatch, 2),
                _ => (T::Not, 1),
            },
            b'~' => match self.byte(1) {
                b'>' => (T::InEdgeSub, 2),
                _ => (T::Tilde, 1),
            },
            b'/' => return self.slash(),
            b'<' => match (self.byte(1), self.byte(2)) {
                (b'<', b'|') => (T::LeftLeftCollect, 3),
                (b'<', _) => (T::LeftShift, 2),
                (b'=', _) => (T::LessEqual, 2),
                (b'|', _) => (T::LeftCollect, 2),
                (b'-', _) => (T::OutEdge, 2),
                (b'~', _) => (T::OutEdgeSub, 2),
                _ => (T::Less, 1),
            },
            b'>' => match self.byte(1) {
                b'>' => (T::RightShift, 2),
                b'=' => (T::GreaterEqual, 2),
                _ => (T::Greater, 1),
            },
            b':' if self.byte(1) == b':' => return self.qualified(),
            b':' => (T::Colon, 1),
            _ => {
                if self.skip_blanks() {
                    return Ok(());
                }
                let end = self.boundary(start + 1);
                (T::Other, end - start)
            }
        };
        self.push(kind, start, start + length);
        Ok(())
    }

    /// Goes on at the next line, behind the heredocs of this one. A string or a comment may reach
    /// past the heredoc whose line it starts on; as in the reference this then leads back.
    fn line_break(&mut self) -> Lexed<()> {
        let start = self.position;
        let next = self.newline_jump.take().unwrap_or(start + 1);
        if next <= start {
            self.reread += start + 1 - next;
            if self.reread > REREADING_LIMIT * self.text.len() {
                let message = "Strings or comments reach past the heredocs of their lines too \
                               often: begin the text of a heredoc on the line after its '@()'";
                return Err(self.fatal_at(start, "REREADING_LIMIT", message.into()));
            }
        }
        self.position = next;
        self.line_start = next;
        Ok(())
    }

    /// A name, a keyword or a bare word.
    fn bare_word(&mut self) -> Lexed<()> {
        let start = self.position;
        let (end, is_name) = self.bare_word_end(start).expect("a letter begins a word");
        let kind = if is_name {
            keyword(&self.text[start..end], self.tasks).unwrap_or(TokenKind::Name)
        } else {
            TokenKind::Word
        };
        self.push(kind, start, end);
        Ok(())
    }

    /// What begins with `::`.
    fn qualified(&mut self) -> Lexed<()> {
        let start = self.position;
        if self.byte(2).is_ascii_uppercase() {
            return self.class_reference(start, 3);
        }
        let Some((end, is_name)) = self.bare_word_end(start) else {
            let message = "Illegal fully qualified name".into();
            return Err(self.error_at(start + 2, "ILLEGAL_FULLY_QUALIFIED_NAME", message));
        };
        let kind = if is_name {
            TokenKind::Name
        } else {
            TokenKind::Word
        };
        self.push(kind, start, end);
        Ok(())
    }

    /// A capitalised name; `faulty` is how far behind it the reference points when it ends in `::`.
    fn class_reference(&mut self, start: usize, faulty: usize) -> Lexed<()> {
        let bytes = &self.text.as_bytes()[..self.end];
        let mut end = start;
        loop {
            let segment = end
                + if bytes[end..].starts_with(b"::") {
                    2
                } else {
                    0
                };
            if !bytes.get(segment).is_some_and(u8::is_ascii_uppercase) {
                break;
            }
            end = self.word_end(segment);
        }
        if bytes[end..].starts_with(b"::") {
            let (code, message) = if faulty == 3 {
                (
                    "ILLEGAL_FULLY_QUALIFIED_CLASS_REFERENCE",
                    "Illegal fully qualified class reference",
                )
            } else {
                ("ILLEGAL_CLASS_REFERENCE", "Illegal class reference")
            };
            return Err(self.error_at(end + faulty, code, message.into()));
        }
        self.push(TokenKind::ClassReference, start, end);
        Ok(())
    }

    /// A comment, a regular expression or a division.
    fn slash(&mut self) -> Lexed<()> {
        let start = self.position;
        let rest = &self.text.as_bytes()[start..self.end];
        if rest.get(1) == Some(&b'*') {
            let Some(length) = memchr::memmem::find(&rest[2..], b"*/") else {
                let message = "Unclosed multiline comment".into();
                return Err(self.fatal_at(start, "UNCLOSED_MLCOMMENT", message));
            };
            self.position = start + 2 + length + 2;
            return Ok(());
        }
        let searched = self.without_slash.start <= start && self.end <= self.without_slash.end;
        if !searched && !self.after.is_some_and(TokenKind::ends_operand) {
            let mut from = 1;
            while let Some(at) = memchr::memchr(b'/', &rest[from..]) {
                let close = from + at;
                let escapes = rest[1..close]
                    .iter()
                    .rev()
                    .take_while(|&&b| b == b'\\')
                    .count();
                if escapes % 2 == 0 {
                    let pattern = self.text[start + 1..start + close].replace("\\/", "/");
                    self.push_text(TokenKind::Regexp, start, start + close + 1, pattern);
                    self.after = Some(TokenKind::Regexp);
                    self.position = start + close + 1;
                    return Ok(());
                }
                from = close + 1;
            }
            self.without_slash = start..self.end;
        }
        self.push(TokenKind::Slash, start, start + 1);
        Ok(())
    }
}
