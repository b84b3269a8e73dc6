//! Ruby's regular expressions in fancy-regex's words.
//!
//! What differs: `^` and `$` are always at lines, `(?m)` lets the dot match newlines, `\d \s \w`
//! mean ASCII and `[[:alpha:]]` Unicode, named groups turn plain groups into non-capturing ones,
//! braces that quantify nothing are themselves, and a backslash before an unknown letter means
//! nothing.

use super::comment;

/// The expression for fancy-regex. What is wrong in `source` stays wrong: the compiler says so.
pub(super) fn translate(source: &str) -> String {
    let source = comment::without(source);
    let mut translator = Translator {
        rest: &source,
        out: String::with_capacity(source.len() + 8),
        has_names: has_named_groups(&source),
        atom: 0,
        repeat: Repeat::None,
        groups: Vec::new(),
    };
    translator.out.push_str("(?m)");
    translator.run();
    translator.out
}

/// How many calls of groups fancy-regex may see in what was translated for it: `\g<name>`, and the
/// `(?P>name)` that Ruby does not know, wherever it is not seen to be one. Some may be none.
pub(super) fn calls(translated: &str) -> usize {
    translated.matches("\\g").count() + translated.matches("?P>").count()
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
    has_names: bool,
    /// Where the last atom starts in the output, and where the groups around do.
    atom: usize,
    /// How it is repeated so far.
    repeat: Repeat,
    groups: Vec<usize>,
}

/// How an atom is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeat {
    /// It is not.
    None,
    /// `a*`
    Greedy,
    /// `a*?`, `a*+`
    Said,
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
            if !matches!(character, '{' | '*' | '+' | '?') {
                self.repeat = Repeat::None;
            }
            match character {
                '*' | '+' | '?' => self.repeat(character),
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

    /// A repeat of an atom, how greedy one is, or a repeat of a repeat.
    fn repeat(&mut self, character: char) {
        self.repeat = match (self.repeat, character) {
            (Repeat::None, _) => Repeat::Greedy,
            (Repeat::Greedy, '+' | '?') => Repeat::Said,
            _ => {
                self.out.insert_str(self.atom, "(?:");
                self.out.push(')');
                Repeat::Greedy
            }
        };
        self.out.push(character);
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
            // A character and what belongs to it: marks, joined characters, the shade of a skin.
            'X' => self.out.push_str(
                r"(?>\r\n|[\x{1F1E6}-\x{1F1FF}]{2}|\P{M}(?:\p{M}|\x{200D}\P{M}|[\x{1F3FB}-\x{1F3FF}])*|(?s:.))",
            ),
            'Z' => self.out.push_str("(?=\\n?\\z)"),
            'g' => self.call(),
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
        let flags = self.take_while(usize::MAX, |flag| {
            matches!(flag, 'm' | 'i' | 'x' | 'a' | 'u' | 'd' | '-')
        });
        let follows = match flags {
            "" => [':', '=', '!', '>', '~', '<', '\'', '('].as_slice(),
            _ => &[':', ')'],
        };
        if !self.rest.starts_with(follows) {
            // The engine knows more kinds of groups than Ruby does, and none with this.
            self.out.push_str("(??");
            return;
        }
        self.out.push_str("(?");
        if self.rest.starts_with('(')
            && let Some(condition) = self.take_until(')')
        {
            self.out.push_str(condition);
            self.out.push(')');
            return;
        }
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
            && !name.contains('>')
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
                self.repeat = Repeat::Greedy;
                // What others take for a repeat that gives nothing back is a repeat of a repeat.
                if self.take("+") {
                    self.out.insert_str(self.atom, "(?:");
                    self.out.push_str(")+");
                }
            }
            None => self.out.push_str("\\{"),
        }
    }

    /// Behind `\g`: `<name>` or `'name'`, the group's expression once more.
    fn call(&mut self) {
        let name = match self.rest.chars().next() {
            Some('<') => self.rest[1..].split_once('>'),
            Some('\'') => self.rest[1..].split_once('\''),
            _ => {
                self.out.push('g');
                return;
            }
        };
        match name {
            Some((name, rest)) if !name.contains('>') => {
                self.out.push_str(&format!("\\g<{name}>"));
                self.rest = rest;
            }
            _ => self.out.push_str("\\g"),
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

/// Whether there is a POSIX class, or a property of characters, of this name.
pub(super) fn is_property(name: &str) -> bool {
    let name = name.strip_prefix('^').unwrap_or(name);
    posix(&name.to_ascii_lowercase()).is_some()
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
    use super::super::{Regexp, RegexpError};

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

    fn reason(source: &str) -> String {
        match Regexp::compile(source) {
            Err(RegexpError::Invalid { reason, .. }) => reason,
            other => panic!("/{source}/ gave {other:?}"),
        }
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
            (r"\A\X\z", "e\u{301}", true),
            (r"\A\X\z", "\r\n", true),
            (r"\A\X\z", "ab", false),
            (r"\A\X\z", "👨\u{200D}👩\u{200D}👧", true),
            ("^a**b", "aab", true),
            (r"^\h+*$", "dead", true),
            ("^a+?+b", "aab", true),
        ] {
            let found = groups(source, text).is_some();
            assert_eq!(found, matches, "/{source}/ on {text:?}");
        }
    }

    #[test]
    fn a_called_group_is_what_it_matched_last() {
        for (source, text, last) in [
            ("(?<n>a|b)\\g<n>", "ab", "b"),
            ("(?<n>a|b)\\g'n'", "ab", "b"),
            ("(a|b)\\g<1>", "ab", "b"),
            ("(a|b)\\g<-1>", "ab", "b"),
            ("\\g<1>(a|b)", "ab", "b"),
            (r"(?<n>\((?:[^()]|\g<n>)*\))", "x(a(b)c)", "(a(b)c)"),
        ] {
            let found = groups(source, text).expect("a match");
            assert_eq!(found[1].as_deref(), Some(last), "/{source}/ on {text:?}");
        }
    }

    #[test]
    fn groups_that_ruby_does_not_know_are_refused() {
        for source in [
            "(a)(?P>1)",
            "(?P<n>a)",
            "(?<n>a)(?P=n)",
            "(a)(?1)",
            "(?<n>a)(?&n)",
            "(?R)",
            "(?s)a",
            "(?s-m:a)",
            "(?i=a)",
            "(?a=a)",
            "(?)",
        ] {
            assert_eq!(reason(source), "undefined group option", "/{source}/");
        }
        for source in [
            "(?~ab)",
            "(?>a)",
            "(?-:a)",
            "(?i-)a",
            "(?a-i:a)",
            "(?mixmixmixmix)a",
        ] {
            assert_eq!(Regexp::compile(source).err(), None);
        }
    }

    #[test]
    fn calls_that_double_at_every_level_are_refused() {
        let chain: String = (1..=1000)
            .map(|group| format!("(a\\g<{}>?)", group % 1000 + 1))
            .collect();
        let doubling: String = (1..30)
            .map(|group| format!("(?<n{group}>\\g<n{0}>\\g<n{0}>)", group - 1))
            .collect();
        for source in [
            r"(a\g<1>?\g<1>?)",
            r"(?<n>a\g<n>?\g<n>?)",
            r"a\g<0>?\g<0>?",
            "(?x)(a( ?P>1)?( ?P>1)?)",
            &chain,
            &format!("(?<n0>a){doubling}"),
        ] {
            assert!(reason(source).contains("call"), "/{source}/");
        }
        for source in [r"\g<0>", r"(?<n>\g<n>)", r"(?<n>\g<n>?b)"] {
            assert_eq!(reason(source), "never ending recursion");
        }
    }

    #[test]
    fn named_groups_are_the_only_groups() {
        let found = groups(r"(a)(?<n>b)(c)", "abc").expect("a match");
        assert_eq!(found, [Some("abc".to_owned()), Some("b".to_owned())]);
    }
}
