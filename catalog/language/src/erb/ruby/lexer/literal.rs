//! Numbers, strings, regular expressions, word lists and heredocs.

use super::{DEPTH, LexError, Lexed, Lexer, Piece, Stop, TokenKind};

impl Lexer<'_> {
    pub(super) fn number(&mut self, is_spaced: bool) -> Lexed {
        let line = self.line;
        let rest = self.rest();
        let radix = match rest.as_bytes() {
            [b'0', b'x' | b'X', ..] => Some((16, 2)),
            [b'0', b'b' | b'B', ..] => Some((2, 2)),
            [b'0', b'o' | b'O', ..] => Some((8, 2)),
            [b'0', b'd' | b'D', ..] => Some((10, 2)),
            [b'0', b'0'..=b'9' | b'_', ..] => Some((8, 1)),
            _ => None,
        };
        if let Some((radix, prefix)) = radix {
            self.at += prefix;
            let digits = self.name().replace('_', "");
            let Ok(value) = i64::from_str_radix(&digits, radix) else {
                return self.error(format!("the number {digits}"));
            };
            self.push(TokenKind::Integer(value), is_spaced, line);
            return Ok(());
        }
        let bytes = rest.as_bytes();
        let digits = |mut at: usize| {
            while bytes
                .get(at)
                .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'_')
            {
                at += 1;
            }
            at
        };
        let mut end = digits(0);
        let mut is_float = false;
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            is_float = true;
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
                is_float = true;
                end = digits(end + 1 + sign);
            }
        }
        let text = rest[..end].replace('_', "");
        self.at += end;
        let kind = if is_float {
            text.parse().ok().map(TokenKind::Float)
        } else {
            text.parse().ok().map(TokenKind::Integer)
        };
        match kind {
            Some(kind) => {
                self.push(kind, is_spaced, line);
                Ok(())
            }
            None => self.error(format!("the number {text}")),
        }
    }

    pub(super) fn quoted(&mut self, is_spaced: bool) -> Lexed {
        let line = self.line;
        let quote = self.next().expect("the caller has seen it");
        if quote == '`' {
            return self.error("running commands");
        }
        let pieces = self.string(quote, quote, quote == '"')?;
        let is_label = self.peek() == Some(':')
            && self.peek_second() != Some(':')
            && matches!(
                self.tokens.last().map(|token| &token.kind),
                Some(TokenKind::Operator("{" | "," | "(") | TokenKind::End)
            );
        if is_label {
            self.at += 1;
            self.push(TokenKind::Label(pieces), is_spaced, line);
        } else {
            self.push(TokenKind::String(pieces), is_spaced, line);
        }
        Ok(())
    }

    /// The rest of a string up to `close`; brackets nest.
    pub(super) fn string(
        &mut self,
        open: char,
        close: char,
        interpolates: bool,
    ) -> Lexed<Vec<Piece>> {
        let start = self.line;
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut nested = 0_usize;
        loop {
            let Some(character) = self.next() else {
                return Err(LexError {
                    message: "unterminated string".to_owned(),
                    line: start,
                });
            };
            match character {
                '\\' if interpolates => {
                    if self.peek() == Some('\n') {
                        self.next();
                    } else {
                        text.push_str(&self.escape()?);
                    }
                }
                '\\' => match self.peek() {
                    Some(next) if next == open || next == close || next == '\\' => {
                        text.push(next);
                        self.next();
                    }
                    _ => text.push('\\'),
                },
                '#' if interpolates && self.peek() == Some('{') => {
                    self.at += 1;
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    pieces.push(self.interpolation()?);
                }
                '#' if interpolates && matches!(self.peek(), Some('@' | '$')) => {
                    let is_name = self
                        .peek_second()
                        .is_some_and(|next| next.is_alphabetic() || next == '_');
                    if !is_name {
                        text.push('#');
                        continue;
                    }
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    let count = self.tokens.len();
                    match self.peek() {
                        Some('@') => self.instance(true)?,
                        _ => self.global(true)?,
                    }
                    pieces.push(Piece::Code(self.tokens.split_off(count)));
                }
                other if other == close && nested == 0 => {
                    if !text.is_empty() || pieces.is_empty() {
                        pieces.push(Piece::Text(text));
                    }
                    return Ok(pieces);
                }
                other => {
                    if open != close {
                        if other == open {
                            nested += 1;
                        } else if other == close {
                            nested -= 1;
                        }
                    }
                    text.push(other);
                }
            }
        }
    }

    /// Behind `#{`.
    pub(super) fn interpolation(&mut self) -> Lexed<Piece> {
        if self.depth >= DEPTH {
            return self.error("strings nested that deep");
        }
        let mut inner = Self::new(
            self.text,
            self.line,
            std::mem::take(&mut self.variables),
            self.depth + 1,
        );
        inner.at = self.at;
        inner.run(Stop::AtBrace)?;
        self.at = inner.at;
        self.line = inner.line;
        self.variables = inner.variables;
        Ok(Piece::Code(inner.tokens))
    }

    /// Behind a backslash in a string that interpolates.
    pub(super) fn escape(&mut self) -> Lexed<String> {
        let Some(character) = self.next() else {
            return self.error("unterminated string");
        };
        let simple = match character {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0'..='7' => {
                let mut value = character.to_digit(8).expect("matched above");
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|next| next.to_digit(8)) else {
                        break;
                    };
                    value = value * 8 + digit;
                    self.at += 1;
                }
                return match char::from_u32(value).filter(char::is_ascii) {
                    Some(character) => Ok(character.to_string()),
                    None => self.error("bytes in strings"),
                };
            }
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1b}',
            'f' => '\u{c}',
            's' => ' ',
            'v' => '\u{b}',
            'x' => {
                let value = self.hexadecimal(2)?;
                return match char::from_u32(value).filter(char::is_ascii) {
                    Some(character) => Ok(character.to_string()),
                    None => self.error("bytes in strings"),
                };
            }
            'u' if self.peek() == Some('{') => {
                self.at += 1;
                let Some((codes, _)) = self.rest().split_once('}') else {
                    return self.error("unterminated Unicode escape");
                };
                self.at += codes.len() + 1;
                let decoded: Option<String> = codes
                    .split_whitespace()
                    .map(|code| u32::from_str_radix(code, 16).ok().and_then(char::from_u32))
                    .collect();
                return match decoded {
                    Some(text) => Ok(text),
                    None => self.error("invalid Unicode escape"),
                };
            }
            'u' => {
                let value = self.hexadecimal(4)?;
                match char::from_u32(value) {
                    Some(character) => character,
                    None => return self.error("invalid Unicode escape"),
                }
            }
            'c' | 'C' | 'M' => return self.error("control escapes"),
            other => other,
        };
        Ok(simple.to_string())
    }

    fn hexadecimal(&mut self, most: usize) -> Lexed<u32> {
        let mut value = 0;
        let mut count = 0;
        while count < most
            && let Some(digit) = self.peek().and_then(|next| next.to_digit(16))
        {
            value = value * 16 + digit;
            self.at += 1;
            count += 1;
        }
        if count == 0 {
            return self.error("invalid hexadecimal escape");
        }
        Ok(value)
    }

    /// The rest of a regular expression: escapes stay as they are.
    pub(super) fn regexp(&mut self, open: char, close: char, is_spaced: bool, line: u32) -> Lexed {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut nested = 0_usize;
        loop {
            let Some(character) = self.next() else {
                return Err(LexError {
                    message: "unterminated regular expression".to_owned(),
                    line,
                });
            };
            match character {
                '\\' => {
                    let Some(next) = self.next() else { continue };
                    if next != '/' {
                        text.push('\\');
                    }
                    text.push(next);
                }
                '#' if self.peek() == Some('{') => {
                    self.at += 1;
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    pieces.push(self.interpolation()?);
                }
                other if other == close && nested == 0 => break,
                other => {
                    if open != close {
                        if other == open {
                            nested += 1;
                        } else if other == close {
                            nested -= 1;
                        }
                    }
                    text.push(other);
                }
            }
        }
        if !text.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(text));
        }
        let rest = self.rest();
        let length = rest
            .find(|character: char| !character.is_ascii_lowercase())
            .unwrap_or(rest.len());
        let given = &rest[..length];
        self.at += length;
        let mut options = String::new();
        for option in given.chars() {
            match option {
                'm' | 'i' | 'x' => options.push(option),
                'o' | 'u' => {}
                other => return self.error(format!("the regular expression option '{other}'")),
            }
        }
        self.push(
            TokenKind::Regexp(pieces, options.as_str().into()),
            is_spaced,
            line,
        );
        Ok(())
    }

    /// `%w[…]` and its like; `false` where the percent sign is an operator.
    pub(super) fn percent(&mut self, is_spaced: bool) -> Lexed<bool> {
        let line = self.line;
        let rest = &self.rest()[1..];
        let mut characters = rest.chars();
        let Some(first) = characters.next() else {
            return Ok(false);
        };
        let (kind, open, length) = if first.is_ascii_alphabetic() {
            match characters.next() {
                Some(open) if !open.is_alphanumeric() && !open.is_whitespace() => {
                    (first, open, 2 + open.len_utf8())
                }
                _ => return Ok(false),
            }
        } else if first.is_ascii_punctuation() && first != '=' {
            ('Q', first, 2)
        } else {
            return Ok(false);
        };
        if !"wWiIqQrsx".contains(kind) {
            return Ok(false);
        }
        let close = match open {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            '<' => '>',
            other => other,
        };
        self.at += length;
        let token = match kind {
            'q' => TokenKind::String(self.string(open, close, false)?),
            'Q' => TokenKind::String(self.string(open, close, true)?),
            's' => TokenKind::Symbol(self.string(open, close, false)?),
            'r' => {
                self.regexp(open, close, is_spaced, line)?;
                return Ok(true);
            }
            'x' => return self.error("running commands"),
            'w' => TokenKind::Words(words(self.string(open, close, false)?)),
            'W' => TokenKind::Words(words(self.string(open, close, true)?)),
            'i' | 'I' => TokenKind::Symbols(words(self.string(open, close, kind == 'I')?)),
            _ => return Ok(false),
        };
        self.push(token, is_spaced, line);
        Ok(true)
    }

    /// `<<~NAME`; `false` where the sign is an operator.
    pub(super) fn heredoc(&mut self, is_spaced: bool) -> Lexed<bool> {
        let line = self.line;
        let mut rest = &self.rest()[2..];
        let mode = rest.chars().next().filter(|mode| matches!(mode, '~' | '-'));
        if mode.is_some() {
            rest = &rest[1..];
        }
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''));
        let name = match quote {
            Some(quote) => match rest[1..].split_once(quote) {
                Some((name, _)) => name,
                None => return Ok(false),
            },
            None => {
                let length = rest
                    .find(|character: char| !character.is_alphanumeric() && character != '_')
                    .unwrap_or(rest.len());
                &rest[..length]
            }
        };
        if name.is_empty() || (quote.is_none() && !name.starts_with(char::is_uppercase)) {
            return Ok(false);
        }
        let consumed =
            2 + usize::from(mode.is_some()) + name.len() + if quote.is_some() { 2 } else { 0 };
        self.at += consumed;
        // The body starts behind this line, or behind the heredoc before.
        let (mut at, mut body_line) = match self.resume {
            Some(resume) => resume,
            None => match self.rest().find('\n') {
                Some(length) => (self.at + length + 1, self.line + 1),
                None => return self.error("unterminated heredoc"),
            },
        };
        let mut lines = Vec::new();
        loop {
            if at >= self.text.len() {
                return self.error("unterminated heredoc");
            }
            let remaining = &self.text[at..];
            let length = remaining
                .find('\n')
                .map_or(remaining.len(), |length| length + 1);
            let text = &remaining[..length];
            at += length;
            body_line += 1;
            let ending = text.trim_end_matches(['\n', '\r']);
            let is_end = match mode {
                Some(_) => ending.trim_start() == name,
                None => ending == name,
            };
            if is_end {
                break;
            }
            lines.push(text);
        }
        self.resume = Some((at, body_line));
        let body = match mode {
            Some('~') => dedented(&lines),
            _ => lines.concat(),
        };
        let pieces = if quote == Some('\'') {
            vec![Piece::Text(body)]
        } else {
            // Read as a string that nothing but the end closes.
            let terminated = format!("{body}\0");
            let mut inner = Lexer::new(
                &terminated,
                line + 1,
                std::mem::take(&mut self.variables),
                self.depth + 1,
            );
            let pieces = inner.string('\0', '\0', true)?;
            self.variables = std::mem::take(&mut inner.variables);
            pieces
        };
        self.push(TokenKind::String(pieces), is_spaced, line);
        Ok(true)
    }
}

fn dedented(lines: &[&str]) -> String {
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    lines
        .iter()
        .map(|line| {
            let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
            &line[indent.min(blank)..]
        })
        .collect()
}

/// Splits the pieces of a word list at blanks.
fn words(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut words = Vec::new();
    let mut word: Vec<Piece> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Code(tokens) => word.push(Piece::Code(tokens)),
            Piece::Text(text) => {
                for (index, part) in text.split(char::is_whitespace).enumerate() {
                    if index > 0 && !word.is_empty() {
                        words.push(std::mem::take(&mut word));
                    }
                    if !part.is_empty() {
                        word.push(Piece::Text(part.to_owned()));
                    }
                }
            }
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
