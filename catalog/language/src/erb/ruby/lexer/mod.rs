//! A template's code as tokens.
//!
//! Ruby's lexer and parser are one knot: whether `/` divides or opens a regular expression hangs
//! on what stands before it and on which names are variables. Templates need little of that: the
//! token before, the blanks around, and the names that have been assigned to so far decide.

mod literal;
mod token;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use token::{KEYWORDS, OPERATORS};
pub(super) use token::{Piece, Token, TokenKind};

use super::super::template::Segment;

/// How deep interpolations nest.
const DEPTH: usize = 20;

/// What the lexer cannot read, and where.
#[derive(Debug)]
pub(super) struct LexError {
    pub message: String,
    pub line: u32,
}

type Lexed<T = ()> = Result<T, LexError>;

/// The tokens of all segments of a template.
pub(super) fn tokens(segments: &[Segment<'_>]) -> Lexed<Vec<Token>> {
    let mut all = Vec::new();
    let mut variables = FxHashSet::default();
    for segment in segments {
        let mut push = |kind, line| {
            all.push(Token {
                kind,
                line,
                is_spaced: true,
            });
        };
        match segment {
            Segment::Text { text, line } => {
                push(TokenKind::Text(text.as_str().into()), *line);
                push(TokenKind::End, *line);
            }
            Segment::Code { code, line } => {
                let mut lexer = Lexer::new(code, *line, variables, 0);
                lexer.run(Stop::AtEnd)?;
                let last = lexer.line;
                variables = lexer.variables;
                all.append(&mut lexer.tokens);
                all.push(Token {
                    kind: TokenKind::End,
                    line: last,
                    is_spaced: true,
                });
            }
            Segment::Output { code, line } => {
                push(TokenKind::OutputStart, *line);
                let mut lexer = Lexer::new(code, *line, variables, 0);
                lexer.run(Stop::AtEnd)?;
                let last = lexer.line;
                variables = lexer.variables;
                all.append(&mut lexer.tokens);
                for kind in [TokenKind::OutputEnd, TokenKind::End] {
                    all.push(Token {
                        kind,
                        line: last,
                        is_spaced: true,
                    });
                }
            }
        }
    }
    let line = all.last().map_or(1, |token| token.line);
    all.push(Token {
        kind: TokenKind::EndOfInput,
        line,
        is_spaced: true,
    });
    Ok(all)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    AtEnd,
    /// At the brace that closes an interpolation.
    AtBrace,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    tokens: Vec<Token>,
    variables: FxHashSet<Arc<str>>,
    /// Where the lexer goes on behind the current line: heredocs stand there.
    resume: Option<(usize, u32)>,
    depth: usize,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, line: u32, variables: FxHashSet<Arc<str>>, depth: usize) -> Self {
        Self {
            text,
            at: 0,
            line,
            tokens: Vec::new(),
            variables,
            resume: None,
            depth,
        }
    }

    fn error<T>(&self, message: impl Into<String>) -> Lexed<T> {
        Err(LexError {
            message: message.into(),
            line: self.line,
        })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        if character == '\n' {
            self.line += 1;
        }
        Some(character)
    }

    fn push(&mut self, kind: TokenKind, is_spaced: bool, line: u32) {
        self.tokens.push(Token {
            kind,
            line,
            is_spaced,
        });
    }

    /// Reads tokens up to the end, or to the brace that closes an interpolation (which it takes).
    fn run(&mut self, stop: Stop) -> Lexed {
        let mut braces = 0_usize;
        loop {
            let is_spaced = self.blanks();
            let line = self.line;
            let Some(character) = self.peek() else {
                return match stop {
                    Stop::AtEnd => Ok(()),
                    Stop::AtBrace => self.error("unterminated interpolation"),
                };
            };
            match character {
                '\n' => {
                    self.next();
                    if let Some((at, line)) = self.resume.take() {
                        self.at = at;
                        self.line = line;
                    }
                    self.push(TokenKind::End, is_spaced, line);
                }
                ';' => {
                    self.next();
                    self.push(TokenKind::End, is_spaced, line);
                }
                '{' => {
                    braces += 1;
                    self.at += 1;
                    self.push(TokenKind::Operator("{"), is_spaced, line);
                }
                '}' => {
                    self.at += 1;
                    if braces == 0 && stop == Stop::AtBrace {
                        return Ok(());
                    }
                    braces = braces.saturating_sub(1);
                    self.push(TokenKind::Operator("}"), is_spaced, line);
                }
                '@' => self.instance(is_spaced)?,
                '$' => self.global(is_spaced)?,
                '0'..='9' => self.number(is_spaced)?,
                '"' | '\'' | '`' => self.quoted(is_spaced)?,
                first if first.is_alphabetic() || first == '_' => self.word(is_spaced)?,
                _ => self.punctuation(is_spaced)?,
            }
        }
    }

    /// Skips blanks, comments and continued lines; says whether there were any.
    fn blanks(&mut self) -> bool {
        let start = self.at;
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r' | '\u{b}' | '\u{c}') => self.at += 1,
                Some('\\') if self.rest().starts_with("\\\n") => {
                    self.next();
                    self.next();
                }
                Some('\\') if self.rest().starts_with("\\\r\n") => {
                    self.at += 2;
                    self.next();
                }
                Some('#') => {
                    let length = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.at += length;
                }
                _ => return self.at > start || start == 0,
            }
        }
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest
            .find(|character: char| !character.is_alphanumeric() && character != '_')
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn instance(&mut self, is_spaced: bool) -> Lexed {
        self.at += 1;
        if self.peek() == Some('@') {
            return self.error("class variables");
        }
        let name = self.name();
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            return self.error("a name is missing behind '@'");
        }
        self.push(TokenKind::Instance(name.into()), is_spaced, self.line);
        Ok(())
    }

    fn global(&mut self, is_spaced: bool) -> Lexed {
        self.at += 1;
        let mut name = self.name();
        if name.is_empty() {
            let rest = self.rest();
            let length = self.peek().map_or(0, char::len_utf8);
            name = &rest[..length];
            self.at += length;
        }
        self.push(TokenKind::Global(name.into()), is_spaced, self.line);
        Ok(())
    }

    /// Whether a value can be expected here, rather than an operator on the value before.
    fn expects_value(&self) -> bool {
        match self.tokens.last().map(|token| &token.kind) {
            None | Some(TokenKind::End | TokenKind::Label(_) | TokenKind::OutputStart) => true,
            Some(TokenKind::Keyword(word)) => !matches!(
                *word,
                "end" | "self" | "true" | "false" | "nil" | "__FILE__" | "__LINE__"
            ),
            Some(TokenKind::Operator(sign)) => !matches!(*sign, ")" | "]" | "}"),
            _ => false,
        }
    }

    /// Whether a value ends here that takes no arguments, so that a colon is that of `? :`.
    fn ends_value(&self) -> bool {
        match self.tokens.last().map(|token| &token.kind) {
            Some(TokenKind::Name(_) | TokenKind::Constant(_)) => false,
            _ => !self.expects_value(),
        }
    }

    /// Whether the value before is a name that may be a method with arguments behind a blank.
    fn follows_method(&self) -> bool {
        let Some(Token {
            kind: TokenKind::Name(name),
            ..
        }) = self.tokens.last()
        else {
            return false;
        };
        !self.variables.contains(name)
    }

    /// Whether an ambiguous sign opens a literal.
    fn opens_literal(&self, is_spaced: bool) -> bool {
        let followed_by_blank = self
            .peek_second()
            .is_none_or(|next| next.is_whitespace() || next == '=');
        self.expects_value() || (is_spaced && !followed_by_blank && self.follows_method())
    }

    fn is_behind_dot(&self) -> bool {
        matches!(
            self.tokens.last().map(|token| &token.kind),
            Some(TokenKind::Operator("." | "&."))
        )
    }

    fn word(&mut self, is_spaced: bool) -> Lexed {
        let line = self.line;
        let start = self.at;
        let plain = self.name();
        let mut end = self.at;
        if let Some('?' | '!') = self.peek() {
            let next = self.peek_second();
            let is_comparison = next == Some('=')
                && !matches!(self.rest().as_bytes().get(2), Some(b'=' | b'~' | b'>'));
            // `a ?b : c` has a blank; `x?1:2` would be read as a method by Ruby too.
            if !is_comparison && !self.rest().starts_with("?::") {
                self.at += 1;
                end = self.at;
            }
        }
        let mut name = &self.text[start..end];
        if self.is_behind_dot() {
            self.push(TokenKind::Name(name.into()), is_spaced, line);
            return Ok(());
        }
        let after_def = matches!(
            self.tokens.last().map(|token| &token.kind),
            Some(TokenKind::Keyword("def"))
        );
        // `name: value`, but not `a ? b : c` nor `A::B`.
        let rest = self.rest();
        let in_ternary = || {
            matches!(
                self.tokens.last().map(|token| &token.kind),
                Some(TokenKind::Operator("?"))
            )
        };
        if rest.starts_with(':') && !rest.starts_with("::") && !after_def && !in_ternary() {
            self.at += 1;
            self.push(
                TokenKind::Label(vec![Piece::Text(name.into())]),
                is_spaced,
                line,
            );
            return Ok(());
        }
        if name != plain && name != "defined?" && KEYWORDS.contains(&plain) {
            // `nil?` alone is a method; `end!` is none.
            if !after_def && !matches!(plain, "nil") {
                self.at = start + plain.len();
                name = plain;
            }
        }
        if let Some(keyword) = KEYWORDS.iter().find(|keyword| **keyword == name)
            && !after_def
        {
            self.push(TokenKind::Keyword(keyword), is_spaced, line);
            return Ok(());
        }
        let kind = if name.starts_with(char::is_uppercase) {
            TokenKind::Constant(name.into())
        } else {
            self.note_variable(name);
            // One name for all places of a variable: it is known at a glance.
            let known = self.variables.get(name).cloned();
            TokenKind::Name(known.unwrap_or_else(|| name.into()))
        };
        self.push(kind, is_spaced, line);
        Ok(())
    }

    /// Remembers a name that becomes a variable here.
    fn note_variable(&mut self, name: &str) {
        let rest = self.rest().trim_start_matches([' ', '\t']);
        let bytes = rest.as_bytes();
        let assigns = match bytes.first() {
            Some(b'=') => !matches!(bytes.get(1), Some(b'=' | b'~' | b'>')),
            Some(b'+' | b'-' | b'*' | b'/' | b'%') => bytes.get(1) == Some(&b'='),
            Some(b'|' | b'&') if bytes.get(1) == bytes.first() => bytes.get(2) == Some(&b'='),
            // A block's last parameter, or one before a comma.
            Some(b'|' | b',' | b')') => true,
            _ => rest.starts_with("in "),
        };
        if assigns {
            self.variables.insert(name.into());
        }
    }

    fn punctuation(&mut self, is_spaced: bool) -> Lexed {
        let line = self.line;
        let rest = self.rest();
        let second = self.peek_second();
        match self.peek().expect("the caller has seen it") {
            '/' if !self.is_behind_dot() && self.opens_literal(is_spaced) => {
                self.at += 1;
                return self.regexp('/', '/', is_spaced, line);
            }
            '%' if !self.is_behind_dot()
                && self.opens_literal(is_spaced)
                && self.percent(is_spaced)? =>
            {
                return Ok(());
            }
            '<' if rest.starts_with("<<")
                && (self.expects_value() || (is_spaced && self.follows_method()))
                && self.heredoc(is_spaced)? =>
            {
                return Ok(());
            }
            '?' if self.expects_value() || (is_spaced && self.follows_method()) => {
                if let Some(literal) = second
                    && !literal.is_whitespace()
                    && rest[1 + literal.len_utf8()..]
                        .chars()
                        .next()
                        .is_none_or(|next| !next.is_alphanumeric() && next != '_')
                {
                    self.at += 1;
                    let text = if literal == '\\' {
                        self.at += 1;
                        self.escape()?
                    } else {
                        self.at += literal.len_utf8();
                        literal.to_string()
                    };
                    self.push(TokenKind::String(vec![Piece::Text(text)]), is_spaced, line);
                    return Ok(());
                }
            }
            ':' if matches!(second, Some('"' | '\''))
                && !self.ends_value()
                && (is_spaced || self.expects_value()) =>
            {
                self.at += 1;
                let quote = self.next().expect("seen");
                let pieces = self.string(quote, quote, quote == '"')?;
                self.push(TokenKind::Symbol(pieces), is_spaced, line);
                return Ok(());
            }
            ':' if second.is_some_and(|next| next.is_alphabetic() || next == '_')
                && !self.ends_value() =>
            {
                self.at += 1;
                let start = self.at;
                self.name();
                let mut end = self.at;
                if let Some('?' | '!' | '=') = self.peek() {
                    let next = self.peek_second();
                    if !matches!(next, Some('=' | '~' | '>')) {
                        self.at += 1;
                        end = self.at;
                    }
                }
                let name = self.text[start..end].to_owned();
                self.push(TokenKind::Symbol(vec![Piece::Text(name)]), is_spaced, line);
                return Ok(());
            }
            ':' if second != Some(':') && self.expects_value() => {
                let operators = [
                    "[]=", "[]", "<=>", "===", "==", "=~", "!=", "!~", "**", "<<", ">>", "<=",
                    ">=", "+@", "-@", "+", "-", "*", "/", "%", "<", ">", "!", "&", "|", "^", "~",
                ];
                let found = operators.iter().find(|sign| rest[1..].starts_with(**sign));
                if let Some(sign) = found {
                    self.at += 1 + sign.len();
                    let name = (*sign).to_owned();
                    self.push(TokenKind::Symbol(vec![Piece::Text(name)]), is_spaced, line);
                    return Ok(());
                }
            }
            '=' if rest.starts_with("=begin")
                && (self.at == 0 || self.text[..self.at].ends_with('\n')) =>
            {
                let Some(end) = rest.find("\n=end") else {
                    return self.error("embedded document meets end of file");
                };
                for _ in rest[..end + 5].chars() {
                    self.next();
                }
                let length = self.rest().find('\n').unwrap_or(self.rest().len());
                self.at += length;
                return Ok(());
            }
            _ => {}
        }
        let Some(sign) = OPERATORS.iter().find(|sign| rest.starts_with(**sign)) else {
            let character = self.peek().expect("the caller has seen it");
            return self.error(format!("unexpected character '{character}'"));
        };
        self.at += sign.len();
        self.push(TokenKind::Operator(sign), is_spaced, line);
        Ok(())
    }
}
