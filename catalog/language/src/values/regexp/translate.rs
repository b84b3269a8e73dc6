//! Ruby's regular expressions in fancy-regex's words.
//!
//! What differs: `^` and `$` are always at lines, `(?m)` lets the dot match newlines, `\d \s \w`
//! mean ASCII and `[[:alpha:]]` Unicode, named groups turn plain groups into non-capturing ones,
//! braces that quantify nothing are themselves, and a backslash before an unknown letter means
//! nothing.

/// The expression for fancy-regex. What is wrong in `source` stays wrong: the compiler says so.
pub(super) fn translate(source: &str) -> String {
    let mut translator = Translator {
        rest: source,
        out: String::with_capacity(source.len() + 8),
        has_names: has_named_groups(source),
        source,
        calls: 0,
        atom: 0,
        groups: Vec::new(),
    };
    translator.out.push_str("(?m)");
    translator.run();
    translator.out
}

/// How often `\g<name>` is followed before it is taken for a recursion, which is refused.
const MOST_CALLS: usize = 32;

struct Translator<'a> {
    rest: &'a str,
    out: String,
    has_names: bool,
    source: &'a str,
    calls: usize,
    /// Where the last atom starts in the output, and where the groups around do.
    atom: usize,
    groups: Vec<usize>,
}

impl<'a> Translator<'a> {
    fn run(&mut self) {
        while let Some(character) = self.next() {
            match character {
                '{' | '*' | '+' | '?' => {}
                '(' => self.groups.push(self.out.len()),
                ')' => self.atom = self.groups.pop().unwrap_or(self.out.len()),
                _ => self.atom = self.out.len(),
            }
            match character {
                '\\' => self.escape(),
                '[' => {
                    self.out.push('[');
                    self.class();
                }
                '(' => self.group(),
                '{' => self.brace(),
                '}' => self.out.push_str("\\}"),
                other => self.out.push(other),
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_until(&mut self, end: char) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(taken)
    }

    fn take_while(&mut self, limit: usize, holds: impl Fn(char) -> bool) -> &'a str {
        let length = self
            .rest
            .chars()
            .take(limit)
            .take_while(|character| holds(*character))
            .map(char::len_utf8)
            .sum();
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// Behind a backslash, outside of a class.
    fn escape(&mut self) {
        let Some(character) = self.next() else {
            self.out.push('\\');
            return;
        };
        match character {
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            'w' => self.out.push_str("[A-Za-z0-9_]"),
            'W' => self.out.push_str("[^A-Za-z0-9_]"),
            's' => self.out.push_str("[ \\t\\r\\n\\x0C\\x0B]"),
            'S' => self.out.push_str("[^ \\t\\r\\n\\x0C\\x0B]"),
            'h' => self.out.push_str("[0-9a-fA-F]"),
            'H' => self.out.push_str("[^0-9a-fA-F]"),
            'R' => self
                .out
                .push_str("(?:\\r\\n|[\\n\\x0B\\x0C\\r\\x{85}\\x{2028}\\x{2029}])"),
            'Z' => self.out.push_str("(?=\\n?\\z)"),
            'g' if self.take("<") => self.call(),
            'A' | 'z' | 'b' | 'B' | 'G' | 'K' | 'k' | '1'..='9' => {
                self.out.push('\\');
                self.out.push(character);
                if character == 'k'
                    && let Some(name) = self.rest.strip_prefix('<')
                    && let Some((name, rest)) = name.split_once('>')
                {
                    self.out.push('<');
                    self.out.push_str(name);
                    self.out.push('>');
                    self.rest = rest;
                }
            }
            other => self.character_escape(other),
        }
    }

    /// Escapes that mean a character or a property, in and out of classes.
    fn character_escape(&mut self, character: char) {
        match character {
            'n' | 't' | 'r' => {
                self.out.push('\\');
                self.out.push(character);
            }
            'f' => self.out.push_str("\\x0C"),
            'v' => self.out.push_str("\\x0B"),
            'a' => self.out.push_str("\\x07"),
            'e' => self.out.push_str("\\x1B"),
            '0' => {
                let digits = self.take_while(2, |digit| digit.is_digit(8));
                let code = u32::from_str_radix(digits, 8).unwrap_or(0);
                self.code(code);
            }
            'x' => {
                let digits = self.take_while(2, |digit| digit.is_ascii_hexdigit());
                self.code(u32::from_str_radix(digits, 16).unwrap_or(0));
            }
            'u' => {
                let digits = if self.take("{") {
                    self.take_until('}').unwrap_or_default()
                } else {
                    self.take_while(4, |digit| digit.is_ascii_hexdigit())
                };
                for digits in digits.split_whitespace() {
                    self.code(u32::from_str_radix(digits, 16).unwrap_or(0xFFFD));
                }
            }
            'p' | 'P' if self.take("{") => {
                let name = self.take_until('}').unwrap_or_default();
                let (negated, name) = match name.strip_prefix('^') {
                    Some(name) => (true, name),
                    None => (false, name),
                };
                let negated = negated != (character == 'P');
                match posix(&name.to_ascii_lowercase()) {
                    Some(members) => self.set(members, negated),
                    None => {
                        let letter = if negated { 'P' } else { 'p' };
                        self.out.push_str(&format!("\\{letter}{{{name}}}"));
                    }
                }
            }
            other => self.literal(other),
        }
    }

    fn set(&mut self, members: &str, negated: bool) {
        let sign = if negated { "^" } else { "" };
        self.out.push_str(&format!("[{sign}{members}]"));
    }

    fn code(&mut self, code: u32) {
        self.out.push_str(&format!("\\x{{{code:X}}}"));
    }

    fn literal(&mut self, character: char) {
        match character {
            ' ' => self.out.push_str("\\x20"),
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$'
            | '#' | '&' | '-' | '~' => {
                self.out.push('\\');
                self.out.push(character);
            }
            other => self.out.push(other),
        }
    }

    /// Behind the `[` of a class, which is in the output already.
    fn class(&mut self) {
        if self.take("^") {
            self.out.push('^');
        }
        // A bracket in the first place is itself.
        if self.rest.starts_with(']') && self.rest[1..].contains(']') {
            self.take("]");
            self.out.push_str("\\]");
        }
        while let Some(character) = self.next() {
            match character {
                ']' => {
                    self.out.push(']');
                    return;
                }
                '[' => {
                    if !self.posix_class() {
                        self.out.push('[');
                        self.class();
                    }
                }
                '\\' => self.class_escape(),
                '~' => self.out.push_str("\\~"),
                '-' if self.out.ends_with('-') || self.rest.starts_with('-') => {
                    self.out.push_str("\\-");
                }
                '&' if self.take("&") => self.out.push_str("&&"),
                '&' => self.out.push_str("\\&"),
                other => self.out.push(other),
            }
        }
    }

    fn class_escape(&mut self) {
        let Some(character) = self.next() else {
            self.out.push('\\');
            return;
        };
        match character {
            'd' => self.out.push_str("0-9"),
            'w' => self.out.push_str("A-Za-z0-9_"),
            's' => self.out.push_str(" \\t\\r\\n\\x0C\\x0B"),
            'h' => self.out.push_str("0-9a-fA-F"),
            'D' => self.out.push_str("[^0-9]"),
            'W' => self.out.push_str("[^A-Za-z0-9_]"),
            'S' => self.out.push_str("[^ \\t\\r\\n\\x0C\\x0B]"),
            'H' => self.out.push_str("[^0-9a-fA-F]"),
            'b' => self.out.push_str("\\x08"),
            '1'..='7' => {
                let mut digits = String::from(character);
                digits.push_str(self.take_while(2, |digit| digit.is_digit(8)));
                self.code(u32::from_str_radix(&digits, 8).unwrap_or(0));
            }
            other => self.character_escape(other),
        }
    }

    /// `[:alpha:]`, where one stands behind a bracket.
    fn posix_class(&mut self) -> bool {
        let Some(rest) = self.rest.strip_prefix(':') else {
            return false;
        };
        let Some((name, after)) = rest.split_once(":]") else {
            return false;
        };
        let (negated, name) = match name.strip_prefix('^') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let Some(members) = posix(name) else {
            return false;
        };
        self.rest = after;
        self.set(members, negated);
        true
    }

    /// Behind an opening parenthesis.
    fn group(&mut self) {
        if !self.take("?") {
            self.out.push_str(if self.has_names { "(?:" } else { "(" });
            return;
        }
        if self.take("#") {
            self.take_until(')');
            self.groups.pop();
            return;
        }
        let flags = self.take_while(8, |flag| {
            matches!(flag, 'm' | 'i' | 'x' | 'a' | 'u' | 'd' | '-')
        });
        self.out.push_str("(?");
        // Ruby's `m` is the `s` of others; the sets that `a`, `u` and `d` choose are fixed here.
        let flags: String = flags
            .chars()
            .filter_map(|flag| match flag {
                'm' => Some('s'),
                'a' | 'u' | 'd' => None,
                other => Some(other),
            })
            .collect();
        let flags = flags.strip_suffix('-').unwrap_or(&flags);
        self.out.push_str(flags);
        if flags.is_empty() && self.rest.starts_with(')') {
            self.out.push(':');
        }
        if self.rest.starts_with('\'')
            && let Some((name, rest)) = self.rest[1..].split_once('\'')
        {
            self.out.push_str(&format!("<{name}>"));
            self.rest = rest;
        }
    }

    /// Behind `{`: a quantifier or a brace.
    fn brace(&mut self) {
        let quantifier = self.rest.split_once('}').filter(|(inside, _)| {
            let (from, to) = inside.split_once(',').unwrap_or((inside, "0"));
            let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            number(from) && number(to) && !(from.is_empty() && (to.is_empty() || inside.is_empty()))
        });
        match quantifier {
            Some((inside, rest)) => {
                let from = if inside.starts_with(',') { "0" } else { "" };
                self.out.push_str(&format!("{{{from}{inside}}}"));
                self.rest = rest;
                // What others take for a repeat that gives nothing back is a repeat of a repeat.
                if self.take("+") {
                    self.out.insert_str(self.atom, "(?:");
                    self.out.push_str(")+");
                }
            }
            None => self.out.push_str("\\{"),
        }
    }

    /// `\g<name>`: the group's expression once more. It is written out, since the engine has no
    /// calls; recursion ends as an unknown escape.
    fn call(&mut self) {
        let name = self.take_until('>').unwrap_or_default();
        self.calls += 1;
        match named_group(self.source, name).filter(|_| self.calls <= MOST_CALLS) {
            Some(body) => {
                let mut inner = Translator {
                    rest: body,
                    out: String::new(),
                    has_names: true,
                    source: self.source,
                    calls: self.calls,
                    atom: 0,
                    groups: Vec::new(),
                };
                inner.run();
                self.calls = inner.calls;
                self.out.push_str("(?:");
                // The names inside of the body are taken: they only group here.
                self.out.push_str(&without_names(&inner.out));
                self.out.push(')');
            }
            None => self.out.push_str(&format!("\\g<{name}>")),
        }
    }
}

fn has_named_groups(source: &str) -> bool {
    let mut rest = source;
    while let Some(index) = rest.find("(?") {
        let after = &rest[index + 2..];
        let escaped = rest[..index]
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count()
            % 2
            == 1;
        let named = after.starts_with('\'')
            || after.starts_with('<') && !after.starts_with("<=") && !after.starts_with("<!");
        if named && !escaped {
            return true;
        }
        rest = after;
    }
    false
}

/// What stands in the parentheses of `(?<name>…)`.
fn named_group<'a>(source: &'a str, name: &str) -> Option<&'a str> {
    let opening = format!("(?<{name}>");
    let body = &source[source.find(&opening)? + opening.len()..];
    let mut depth = 1;
    let mut in_class = false;
    let mut escaped = false;
    for (index, character) in body.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match character {
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&body[..index]);
        }
    }
    None
}

fn without_names(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(index) = rest.find("(?<") {
        let (before, after) = rest.split_at(index);
        out.push_str(before);
        let inside = &after[3..];
        match inside.split_once('>') {
            Some((_, behind)) if !inside.starts_with(['=', '!']) => {
                out.push_str("(?:");
                rest = behind;
            }
            _ => {
                out.push_str("(?<");
                rest = inside;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The members of a POSIX class, which for Ruby is a class of Unicode.
fn posix(name: &str) -> Option<&'static str> {
    Some(match name {
        "alpha" => "\\p{Alphabetic}",
        "digit" => "\\p{Nd}",
        "alnum" => "\\p{Alphabetic}\\p{Nd}",
        "upper" => "\\p{Uppercase}",
        "lower" => "\\p{Lowercase}",
        "space" => "\\s",
        "blank" => "\\p{Zs}\\t",
        "cntrl" => "\\p{Cc}",
        "punct" => "\\p{P}$+<=>\\^`|\\~",
        "xdigit" => "0-9A-Fa-f",
        "word" => "\\w",
        "graph" => "[^\\s\\p{Cc}\\p{Cn}\\p{Cs}]",
        "print" => "[^\\p{Cc}\\p{Cn}\\p{Cs}]",
        "ascii" => "\\x00-\\x7F",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Regexp;

    fn groups(source: &str, text: &str) -> Option<Vec<Option<String>>> {
        let found = Regexp::of(source)
            .captures(text)
            .expect("a valid expression")?;
        Some(
            found
                .into_iter()
                .map(|group| group.map(|text| text.to_string()))
                .collect(),
        )
    }

    #[test]
    fn matches_what_ruby_matches() {
        for (source, text, matches) in [
            ("^b$", "a\nb\nc", true),
            (r"\Ab\Z", "b\n", true),
            (r"\Ab\z", "b\n", false),
            ("a.b", "a\nb", false),
            ("(?m)a.b", "a\nb", true),
            ("(?m:a.b)", "a\nb", true),
            ("(?i-mx:ABC)", "abc", true),
            (r"\A\h+\z", "0aF", true),
            (r"\d", "٣", false),
            ("[[:alpha:]]", "é", true),
            ("[^[:space:]]", " ", false),
            ("{foo}", "{foo}", true),
            ("a{,2}b", "aab", true),
            (r"\<a\>", "<a>", true),
            (r"\A(?<part>\w+)(?:\.\g<part>)*\z", "a.b.c", true),
            (r"[\w.-]+@[\w-]+", "a.b@c-d", true),
            (r"(?<!a)b", "cb", true),
            (r"a++b", "aaab", true),
            (r"\/usr\/", "/usr/", true),
            (r"[\/\-_]", "-", true),
            (r"^\${(.*)}$", "${x}", true),
            (r"[a-z&&[^b]]", "b", false),
            (r"\p{Alpha}\p{^Digit}", "ab", true),
            (r"[]a]", "]", true),
        ] {
            let found = groups(source, text).is_some();
            assert_eq!(found, matches, "/{source}/ on {text:?}");
        }
    }

    #[test]
    fn named_groups_are_the_only_groups() {
        let found = groups(r"(a)(?<n>b)(c)", "abc").expect("a match");
        assert_eq!(found, [Some("abc".to_owned()), Some("b".to_owned())]);
    }
}
