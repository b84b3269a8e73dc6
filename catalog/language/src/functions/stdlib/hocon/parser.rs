//! From text to nodes.

use super::Node;
use crate::values::Value;

type Parsed<T> = Result<T, String>;

/// How deep values may nest.
const DEEPEST: usize = 200;

pub(super) fn parse(text: &str) -> Parsed<Node> {
    let mut parser = Parser {
        rest: text.strip_prefix('\u{feff}').unwrap_or(text),
        line: 1,
        depth: 0,
    };
    parser.skip_lines();
    let root = match parser.peek() {
        Some('{') => parser.object()?,
        Some('[') => return Err(parser.error("object at file root, not an array, is expected")),
        _ => parser.entries(None)?,
    };
    parser.skip_lines();
    match parser.peek() {
        None => Ok(root),
        Some(other) => Err(parser.error(&format!(
            "Document has trailing tokens after first object or array: '{other}'"
        ))),
    }
}

struct Parser<'t> {
    rest: &'t str,
    line: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn advance(&mut self, bytes: usize) -> &'t str {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.matches('\n').count();
        self.rest = rest;
        passed
    }

    fn takes(&mut self, text: &str) -> bool {
        let is_next = self.rest.starts_with(text);
        if is_next {
            self.advance(text.len());
        }
        is_next
    }

    fn error(&self, message: &str) -> String {
        format!("String: {}: {message}", self.line)
    }

    /// What stands next, in the words of messages.
    fn next_token(&self) -> String {
        match self.peek() {
            None => "end of file".to_owned(),
            Some('\n') => "newline".to_owned(),
            Some(other) => format!("'{other}'"),
        }
    }

    /// Blanks and comments up to the end of the line.
    fn skip_blanks(&mut self) {
        loop {
            let is_blank = |c: char| c != '\n' && (c.is_whitespace() || c == '\u{feff}');
            let blanks = self.rest.len() - self.rest.trim_start_matches(is_blank).len();
            self.advance(blanks);
            if !self.rest.starts_with('#') && !self.rest.starts_with("//") {
                return;
            }
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.advance(end);
        }
    }

    fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if !self.takes("\n") {
                return;
            }
        }
    }

    /// What divides elements: line ends with at most one comma among them.
    fn divider(&mut self) -> bool {
        let before = self.rest.len();
        self.skip_lines();
        if self.takes(",") {
            self.skip_lines();
        }
        self.rest.len() != before
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == DEEPEST {
            return Err(self.error("values are nested too deeply"));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn object(&mut self) -> Parsed<Node> {
        self.advance(1);
        let object = self.deeper(|parser| parser.entries(Some('}')))?;
        self.advance(1);
        Ok(object)
    }

    /// Keys and values up to the closing brace, or to the end of the text.
    fn entries(&mut self, close: Option<char>) -> Parsed<Node> {
        let mut entries = Vec::new();
        self.skip_lines();
        loop {
            if self.peek() == close {
                return Ok(Node::Object(entries));
            }
            if self.peek().is_none() {
                return Err(self.error("Expecting close brace } or a comma, got end of file"));
            }
            let path = self.key()?;
            let (value, adds) = self.entry_value(&path)?;
            insert(&mut entries, &path, value, adds);
            if !self.divider() && self.peek() != close {
                let got = self.next_token();
                return Err(self.error(&format!("Expecting close brace }} or a comma, got {got}")));
            }
        }
    }

    fn entry_value(&mut self, path: &[String]) -> Parsed<(Node, bool)> {
        self.skip_lines();
        if self.peek() == Some('{') {
            return Ok((self.value()?, false));
        }
        let adds = self.takes("+=");
        if !adds && !self.takes("=") && !self.takes(":") {
            let (key, got) = (path.join("."), self.next_token());
            return Err(self.error(&format!("Key '{key}' may not be followed by token: {got}")));
        }
        self.skip_lines();
        Ok((self.value()?, adds))
    }

    /// A path: words between dots, quoted or not.
    fn key(&mut self) -> Parsed<Vec<String>> {
        if self.rest.starts_with("include ") {
            return Err(self.error(
                "include is not supported in a compile: it reads no file that a text names",
            ));
        }
        let mut path = vec![String::new()];
        let mut is_quoted = false;
        loop {
            let last = path.len() - 1;
            match self.peek() {
                Some('"') => {
                    path[last].push_str(&self.quoted()?);
                    is_quoted = true;
                }
                Some('.') => {
                    self.advance(1);
                    if path[last].is_empty() && !is_quoted {
                        return Err(empty_segment());
                    }
                    path.push(String::new());
                    is_quoted = false;
                }
                Some(other) if other == ':' || other == '=' || ends_unquoted(other) => break,
                None => break,
                Some(_) if self.rest.starts_with("+=") || self.rest.starts_with("//") => break,
                Some(other) if is_quoted && other.is_whitespace() => {
                    self.advance(other.len_utf8());
                }
                Some(other) => {
                    path[last].push(other);
                    self.advance(other.len_utf8());
                }
            }
        }
        let last = path.len() - 1;
        if !is_quoted {
            let length = path[last].trim_end().len();
            path[last].truncate(length);
            if path[last].is_empty() {
                return match last {
                    0 => {
                        let got = self.next_token();
                        Err(self
                            .error(&format!("Expecting a field name or close brace, got {got}")))
                    }
                    _ => Err(empty_segment()),
                };
            }
        }
        Ok(path)
    }

    /// A value, or values side by side on a line.
    fn value(&mut self) -> Parsed<Node> {
        let mut parts: Vec<Node> = Vec::new();
        let mut blanks = String::new();
        loop {
            let start = self.rest;
            self.skip_blanks();
            blanks.push_str(&start[..start.len() - self.rest.len()]);
            let part = match self.peek() {
                None | Some('\n' | ',' | '}' | ']') => break,
                Some('{') => self.object()?,
                Some('[') => self.array()?,
                Some('"') => Node::Plain(Value::string(self.quoted()?)),
                Some('$') if self.rest.starts_with("${") => self.substitution()?,
                Some(other) if other == ':' || other == '=' || ends_unquoted(other) => {
                    let got = self.next_token();
                    return Err(
                        self.error(&format!("Expecting a value but got wrong token: {got}"))
                    );
                }
                Some(_) => self.unquoted(),
            };
            let blank = std::mem::take(&mut blanks);
            if !parts.is_empty() && !blank.is_empty() && !blank.contains(['#', '/']) {
                parts.push(Node::Plain(Value::string(blank)));
            }
            parts.push(part);
        }
        match parts.len() {
            0 => {
                let got = self.next_token();
                Err(self.error(&format!("Expecting a value but got wrong token: {got}")))
            }
            1 => Ok(parts.remove(0)),
            _ => Ok(Node::Concatenation(parts)),
        }
    }

    fn array(&mut self) -> Parsed<Node> {
        self.advance(1);
        let elements = self.deeper(|parser| {
            let mut elements = Vec::new();
            parser.skip_lines();
            loop {
                if parser.takes("]") {
                    return Ok(elements);
                }
                if parser.peek().is_none() {
                    return Err(parser.error("List should have ended with ] or had a comma, instead had token: end of file"));
                }
                elements.push(parser.value()?);
                if !parser.divider() && parser.peek() != Some(']') {
                    let got = parser.next_token();
                    return Err(parser.error(&format!("List should have ended with ] or had a comma, instead had token: {got}")));
                }
            }
        })?;
        Ok(Node::Array(elements))
    }

    fn substitution(&mut self) -> Parsed<Node> {
        self.advance(2);
        let is_optional = self.takes("?");
        let Some(end) = self
            .rest
            .find(['}', '\n'])
            .filter(|end| self.rest[*end..].starts_with('}'))
        else {
            return Err(self.error("Substitution ${ was not closed with a }"));
        };
        let mut inner = Parser {
            rest: self.rest[..end].trim(),
            line: self.line,
            depth: self.depth,
        };
        let path = inner.key()?;
        self.advance(end + 1);
        Ok(Node::Substitution { path, is_optional })
    }

    fn quoted(&mut self) -> Parsed<String> {
        if self.takes("\"\"\"") {
            let Some(end) = self.rest.find("\"\"\"") else {
                return Err(self.error("End of input but triple-quoted string was still open"));
            };
            // More quotes at the end belong to the text.
            let more = self.rest[end + 3..]
                .bytes()
                .take_while(|byte| *byte == b'"')
                .count();
            let text = self.advance(end + more).to_owned();
            self.advance(3);
            return Ok(text);
        }
        let mut is_escaped = false;
        let end = self.rest[1..].find(|character| match character {
            '"' if !is_escaped => true,
            other => {
                is_escaped = other == '\\' && !is_escaped;
                false
            }
        });
        let Some(end) = end else {
            return Err(self.error("End of input but string quote was still open"));
        };
        let token = self.advance(end + 2);
        serde_json::from_str(token)
            .map_err(|error| self.error(&format!("{token} is no string: {error}")))
    }

    fn unquoted(&mut self) -> Node {
        let end = self.rest.char_indices().find(|(at, character)| {
            character.is_whitespace()
                || ends_unquoted(*character)
                || matches!(character, ':' | '=' | '"')
                || self.rest[*at..].starts_with("//")
        });
        let end = end.map_or(self.rest.len(), |(at, _)| at);
        let text = self.advance(end.max(1));
        Node::Plain(match text {
            "null" => Value::Undef,
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            other => match serde_json::from_str::<serde_json::Number>(other) {
                Ok(number) => crate::data::from_json(&number.into()),
                Err(_) => Value::string(other),
            },
        })
    }
}

fn empty_segment() -> String {
    "path has a leading, trailing, or two adjacent period '.' (use quoted \"\" empty string if you \
     want an empty element)"
        .to_owned()
}

/// What cannot stand in a text without quotes.
fn ends_unquoted(character: char) -> bool {
    matches!(
        character,
        '\n' | '{'
            | '}'
            | '['
            | ']'
            | ','
            | '#'
            | '`'
            | '^'
            | '?'
            | '!'
            | '@'
            | '*'
            | '&'
            | '\\'
            | '$'
    )
}

/// Puts a value at a path, over what stands there.
fn insert(entries: &mut Vec<(String, Node)>, path: &[String], value: Node, adds: bool) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let node = match rest {
        [] if adds => Node::Array(vec![value]),
        [] => value,
        rest => {
            let mut inner = Vec::new();
            insert(&mut inner, rest, value, adds);
            Node::Object(inner)
        }
    };
    match entries.iter_mut().find(|(key, _)| key == first) {
        None => entries.push((first.clone(), node)),
        Some((_, known)) => {
            let before = std::mem::replace(known, Node::Plain(Value::Undef));
            *known = match adds && rest.is_empty() {
                true => Node::Concatenation(vec![before, node]),
                false => over(before, node),
            };
        }
    }
}

fn over(before: Node, node: Node) -> Node {
    match (before, node) {
        (Node::Object(mut entries), Node::Object(others)) => {
            for (key, value) in others {
                insert(&mut entries, &[key], value, false);
            }
            Node::Object(entries)
        }
        (_, node @ (Node::Plain(_) | Node::Array(_))) => node,
        (before, node) => Node::Over(Box::new(before), Box::new(node)),
    }
}
