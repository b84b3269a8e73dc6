//! Heredocs that say what their text is written in: JSON, Puppet, EPP, base64.

use crate::source::Source;
use crate::{Dialect, ValidateOptions, load};

/// What is wrong with a text of a syntax; nothing where the syntax is not known. `a+json` is JSON.
pub(super) fn problem(syntax: &str, text: &str) -> Option<String> {
    match syntax.rsplit('+').next() {
        Some("json") => json(text).err().map(|at| {
            let rest: String = text[at..].chars().take(100).collect();
            let what = match rest.is_empty() {
                true => "unexpected end of input".to_owned(),
                false => format!("unexpected token at '{rest}'"),
            };
            let what: String = what.chars().take(100).collect();
            let what = what.replace("\r\n", "\\n").replace('\n', "\\n");
            format!("JSON syntax checker: Cannot parse invalid JSON string. \"{what}\"")
        }),
        Some("pp") => {
            puppet(text, Dialect::Manifest).map(|what| format!("PP syntax checker: \"{what}\""))
        }
        Some("epp") => {
            puppet(text, Dialect::Epp).map(|what| format!("EPP syntax checker: \"{what}\""))
        }
        Some("base64") => base64(text),
        _ => None,
    }
}

fn puppet(text: &str, dialect: Dialect) -> Option<String> {
    let source = Source::new(None, text);
    let errors = load(source, dialect, &ValidateOptions::default()).err()?;
    let what: String = errors.to_string().chars().take(500).collect();
    Some(what.replace("\r\n", "\\n").replace('\n', "\\n"))
}

fn base64(text: &str) -> Option<String> {
    let cleaned: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\r' | b'\n' | b'?' | b' ' | b'\t'))
        .collect();
    let padding = cleaned
        .iter()
        .rev()
        .take_while(|&&byte| byte == b'=')
        .count();
    let letters = &cleaned[..cleaned.len() - padding];
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    if cleaned.len().is_multiple_of(4) && padding <= 2 && letters.iter().all(known) {
        return None;
    }
    let what = match cleaned.len() * 8 % 6 {
        0 => "contains letters outside strict base 64 range (or whitespace)",
        _ => "padding is not correct",
    };
    Some(format!(
        "Base64 syntax checker: Cannot parse invalid Base64 string - {what}"
    ))
}

/// How deep JSON may be nested.
const JSON_NESTING_LIMIT: u32 = 100;

/// Checks that a text is one JSON value; where it is not, tells the offset of what is wrong.
fn json(text: &str) -> Result<(), usize> {
    let mut reader = Json {
        text: text.as_bytes(),
        at: 0,
    };
    reader.value(0).map_err(|at| boundary(text, at))?;
    reader.blanks();
    if reader.at == text.len() {
        Ok(())
    } else {
        Err(boundary(text, reader.at))
    }
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Json<'t> {
    text: &'t [u8],
    at: usize,
}

impl Json<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> Result<(), usize> {
        if self.peek() != byte {
            return Err(self.at);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: u32) -> Result<(), usize> {
        self.blanks();
        if depth > JSON_NESTING_LIMIT {
            return Err(self.at);
        }
        match self.peek() {
            b'{' => self.list(b'}', depth, true),
            b'[' => self.list(b']', depth, false),
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number(),
            _ => {
                let rest = &self.text[self.at..];
                let word = [&b"true"[..], b"false", b"null"]
                    .into_iter()
                    .find(|word| rest.starts_with(word))
                    .ok_or(self.at)?;
                self.at += word.len();
                Ok(())
            }
        }
    }

    fn list(&mut self, close: u8, depth: u32, keyed: bool) -> Result<(), usize> {
        self.at += 1;
        self.blanks();
        if self.peek() == close {
            self.at += 1;
            return Ok(());
        }
        loop {
            if keyed {
                self.blanks();
                self.string()?;
                self.blanks();
                self.eat(b':')?;
            }
            self.value(depth + 1)?;
            self.blanks();
            if self.peek() == close {
                self.at += 1;
                return Ok(());
            }
            self.eat(b',')?;
        }
    }

    fn string(&mut self) -> Result<(), usize> {
        let start = self.at;
        self.eat(b'"')?;
        loop {
            match self.text.get(self.at) {
                None => return Err(start),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at = (self.at + 2).min(self.text.len()),
                Some(_) => self.at += 1,
            }
        }
    }

    fn number(&mut self) -> Result<(), usize> {
        let start = self.at;
        while matches!(self.peek(), b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9') {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.text[start..self.at]).map_err(|_| start)?;
        text.parse::<f64>().map(|_| ()).map_err(|_| start)
    }
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn known_syntaxes_are_checked() {
        assert_eq!(
            problem("json", "{\"a\": [1, 2.5, null, \"é\\\"\"]}\n"),
            None
        );
        assert!(problem("data+json", "{a: 1}").is_some_and(|what| what.contains("'a: 1}'")));
        assert!(problem("json", "[1, \"é").is_some());
        assert!(problem("pp", "$a = ").is_some());
        assert_eq!(problem("pp", "$a = 1"), None);
        assert_eq!(problem("base64", "aGVsbG8=\n"), None);
        assert!(problem("base64", "aGVsbG8").is_some());
        assert_eq!(problem("sql", "select"), None);
    }
}
