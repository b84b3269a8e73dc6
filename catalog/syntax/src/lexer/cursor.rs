//! Looking at bytes and words around the position.

use super::Lexer;

/// Whether a byte is a letter, a digit or `_`.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Blanks in the sense of `[[:blank:]]`, and the carriage return.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

impl Lexer<'_> {
    /// The byte `ahead` of the position, 0 at the end.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        let at = self.position + ahead;
        if at < self.end {
            self.text.as_bytes()[at]
        } else {
            0
        }
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.text[self.position..self.end].starts_with(prefix)
    }

    /// The first character boundary at or after `at`.
    pub(super) fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    /// Skips blanks; whether there were any.
    pub(super) fn skip_blanks(&mut self) -> bool {
        let before = self.position;
        let bytes = self.text.as_bytes();
        while self.position < self.end {
            match bytes[self.position] {
                b' ' | b'\t' | b'\r' => self.position += 1,
                byte if byte < 0x80 => break,
                _ => match self.text[self.position..].chars().next() {
                    Some(c) if is_blank(c) => self.position += c.len_utf8(),
                    _ => break,
                },
            }
        }
        self.position > before
    }

    /// Whether white space stands right before `at`.
    pub(super) fn after_blank(&self, at: usize) -> bool {
        match self.text[..at].chars().next_back() {
            None => true,
            Some(c) => c == '\n' || is_blank(c),
        }
    }

    /// Whether only blanks stand before `at` on its line; looked at from `at` on, where the token
    /// before ends the search.
    pub(super) fn first_on_line(&self, at: usize) -> bool {
        self.text
            .get(self.line_start..at)
            .is_some_and(|before| before.chars().rev().all(is_blank))
    }

    /// Where the word characters from `at` on end.
    pub(super) fn word_end(&self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..self.end];
        at + rest.iter().take_while(|&&byte| is_word(byte)).count()
    }

    /// Where a variable's name that starts at `at` ends, if there is one.
    pub(super) fn variable_end(&self, at: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[..self.end];
        let word_at = |at: usize| bytes.get(at).copied().is_some_and(is_word);
        let first = at + if bytes[at..].starts_with(b"::") { 2 } else { 0 };
        if !word_at(first) {
            return None;
        }
        let mut end = self.word_end(first);
        while bytes[end..].starts_with(b"::") && word_at(end + 2) {
            end = self.word_end(end + 2);
        }
        Some(end)
    }

    /// Where a bare word that starts at `at` ends, and whether it is a name: no dash in it, and
    /// no segment that starts with `_`.
    pub(super) fn bare_word_end(&self, at: usize) -> Option<(usize, bool)> {
        let bytes = &self.text.as_bytes()[..self.end];
        let mut end = at;
        let mut is_name = true;
        loop {
            let segment = end
                + if bytes[end..].starts_with(b"::") {
                    2
                } else {
                    0
                };
            match bytes.get(segment) {
                Some(b'a'..=b'z') => {}
                Some(b'_') => is_name = false,
                _ => break,
            }
            let mut stop = segment + 1;
            end = stop;
            while let Some(&byte) = bytes.get(stop) {
                stop += 1;
                if is_word(byte) {
                    if stop - end > 1 {
                        is_name = false;
                    }
                    end = stop;
                } else if byte != b'-' {
                    break;
                }
            }
            if !bytes[end..].starts_with(b"::") {
                break;
            }
        }
        (end > at).then_some((end, is_name))
    }
}
