//! Numbers, and what looks like one and is none.

use super::{Lexed, Lexer, LexerError, TokenKind};

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> Lexed<()> {
        let start = self.position;
        if let Some(end) = self.number_end(start) {
            if let Some(error) = self.numeric_error(start, end, start) {
                return Err(error);
            }
            self.push(TokenKind::Number, start, end);
            return Ok(());
        }
        // The reference looks back over `12.` when `3x` of `12.3x` turns out to be no number.
        let bytes = self.text.as_bytes();
        let end = self.word_end(start);
        let mut from = start;
        if start > 1 && bytes[start - 1] == b'.' {
            let mut at = start - 1;
            while at > 0 && bytes[at - 1].is_ascii_digit() {
                at -= 1;
                from = at;
            }
        }
        Err(self.numeric_error(from, end, from).unwrap_or_else(|| {
            let message = format!("Illegal number '{}'", &self.text[from..end]);
            self.error_at(from + 1, "ILLEGAL_NUMBER", message)
        }))
    }

    /// Where the longest number that ends at a word's end ends.
    fn number_end(&self, start: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[..self.end];
        // Letters of any script make words here.
        let is_letter = |c: char| c.is_alphanumeric() || c == '_';
        if self.text[..start].ends_with(is_letter) {
            return None;
        }
        let at_border = |at: usize| !self.text[at..self.end].starts_with(is_letter);
        let digits = |from: usize| {
            from + bytes[from..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        if bytes[start] == b'0' && matches!(bytes.get(start + 1), Some(b'x' | b'X')) {
            let hex = &bytes[start + 2..];
            let end = start
                + 2
                + hex
                    .iter()
                    .take_while(|byte| byte.is_ascii_hexdigit())
                    .count();
            return (end > start + 2 && at_border(end)).then_some(end);
        }
        let exponent = |from: usize| {
            if !matches!(bytes.get(from), Some(b'e' | b'E')) {
                return None;
            }
            let sign = usize::from(bytes.get(from + 1) == Some(&b'-'));
            let end = digits(from + 1 + sign);
            (end > from + 1 + sign && at_border(end)).then_some(end)
        };
        let whole = digits(start);
        if bytes.get(whole) == Some(&b'.') {
            let fraction = digits(whole + 1);
            if fraction > whole + 1 {
                if let Some(end) = exponent(fraction) {
                    return Some(end);
                }
                if at_border(fraction) {
                    return Some(fraction);
                }
            }
        }
        exponent(whole).or(at_border(whole).then_some(whole))
    }

    /// What is wrong with the spelling of a number, if anything.
    fn numeric_error(&self, start: usize, end: usize, offset: usize) -> Option<LexerError> {
        let value = &self.text[start..end];
        let bytes = value.as_bytes();
        let all = |part: &[u8], ok: fn(&u8) -> bool| !part.is_empty() && part.iter().all(ok);
        let (valid, code, message) = if value.starts_with("0x") || value.starts_with("0X") {
            (
                all(&bytes[2..], u8::is_ascii_hexdigit),
                "INVALID_HEX_NUMBER",
                format!("Not a valid hex number {value}"),
            )
        } else if bytes.len() > 1 && bytes[0] == b'0' && bytes[1] != b'.' {
            (
                all(&bytes[1..], |byte| (b'0'..=b'7').contains(byte)),
                "INVALID_OCTAL_NUMBER",
                format!("Not a valid octal number {value}"),
            )
        } else {
            let whole = bytes
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if matches!(bytes.get(whole), Some(b'e' | b'E' | b'.')) {
                (
                    is_decimal(&bytes[whole..]),
                    "INVALID_DECIMAL_NUMBER",
                    format!("Not a valid decimal number {value}"),
                )
            } else {
                (
                    whole == bytes.len(),
                    "ILLEGAL_NUMBER",
                    format!("Illegal number '{value}'"),
                )
            }
        };
        (!valid).then(|| LexerError {
            resume: end,
            ..self.error_at(offset, code, message)
        })
    }
}

/// Whether this is what may follow the digits of a decimal number.
fn is_decimal(mut rest: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"-").unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}
