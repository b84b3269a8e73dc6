//! Regular expressions of Ruby's dialect, run by fancy-regex.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};

use fancy_regex::RegexBuilder;
use rustc_hash::FxHashMap;

mod comment;
mod fault;
mod translate;

/// How many compiled expressions are kept for whoever asks for the same text again.
const KEPT: usize = 4096;

/// How many calls (`\g<name>`) an expression may have, and how many instructions it may compile to
/// where it has any: the engine writes a called group out, up to 19 times within itself, so that
/// two calls of a group within that group double at every level.
const MOST_CALLS: usize = 64;
const MOST_INSTRUCTIONS: usize = 5_000;

/// A regular expression, compiled on first use.
pub struct Regexp {
    source: Arc<str>,
    compiled: OnceLock<Result<fancy_regex::Regex, RegexpError>>,
    /// Another that matches the same texts, faster: see [`tested`].
    tested: OnceLock<Option<fancy_regex::Regex>>,
}

/// A regular expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegexpError {
    /// Its text is not valid.
    #[error("{reason}: /{text}/")]
    Invalid {
        /// What is wrong.
        reason: String,
        /// The expression.
        text: Arc<str>,
    },
    /// Matching took too long.
    #[error("matching /{0}/ takes too many steps")]
    TooSlow(Arc<str>),
}

/// The groups of a match: the whole first. `None` where a group took no part.
pub type Groups = Vec<Option<Arc<str>>>;

impl Regexp {
    /// The expression between the slashes; the same text gives the same, compiled once.
    pub fn of(source: &str) -> Arc<Self> {
        static KNOWN: LazyLock<Mutex<FxHashMap<Arc<str>, Arc<Regexp>>>> =
            LazyLock::new(Mutex::default);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regexp) = known.get(source) {
            return regexp.clone();
        }
        if known.len() >= KEPT {
            known.clear();
        }
        let source: Arc<str> = source.into();
        let regexp = Arc::new(Self {
            source: source.clone(),
            compiled: OnceLock::new(),
            tested: OnceLock::new(),
        });
        known.insert(source, regexp.clone());
        regexp
    }

    /// As [`Regexp::of`], for texts that may be wrong.
    ///
    /// # Errors
    /// The text is not valid.
    pub fn compile(source: &str) -> Result<Arc<Self>, RegexpError> {
        let regexp = Self::of(source);
        regexp.compiled()?;
        Ok(regexp)
    }

    /// The text between the slashes.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The compiled expression.
    ///
    /// # Errors
    /// The text is not valid.
    pub fn compiled(&self) -> Result<&fancy_regex::Regex, RegexpError> {
        self.compiled
            .get_or_init(|| {
                let invalid = |reason| RegexpError::Invalid {
                    reason,
                    text: self.source.clone(),
                };
                if let Some(reason) = fault::refused(&self.source) {
                    return Err(invalid(reason));
                }
                let translated = translate::translate(&self.source);
                let calls = translate::calls(&translated);
                if calls > MOST_CALLS {
                    return Err(invalid(format!(
                        "{calls} calls of groups (\\g<name>), the most are {MOST_CALLS}"
                    )));
                }
                let mut builder = RegexBuilder::new(&translated);
                if calls > 0 {
                    builder.max_prog_size(MOST_INSTRUCTIONS);
                }
                builder
                    .build()
                    .map_err(|error| invalid(fault::of(&self.source, &error)))
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Whether the expression matches somewhere in the text.
    ///
    /// # Errors
    /// The expression is not valid, or too slow for this text.
    pub fn is_match(&self, text: &str) -> Result<bool, RegexpError> {
        let compiled = self.compiled()?;
        let tested = self.tested.get_or_init(|| {
            let source = tested(&self.source)?;
            fancy_regex::Regex::new(&translate::translate(&source)).ok()
        });
        tested
            .as_ref()
            .unwrap_or(compiled)
            .is_match(text)
            .map_err(|_| RegexpError::TooSlow(self.source.clone()))
    }

    /// The groups of the first match.
    ///
    /// # Errors
    /// The expression is not valid, or too slow for this text.
    pub fn captures(&self, text: &str) -> Result<Option<Groups>, RegexpError> {
        let found = self
            .compiled()?
            .captures(text)
            .map_err(|_| RegexpError::TooSlow(self.source.clone()))?;
        Ok(found.map(|captures| {
            (0..captures.len())
                .map(|index| captures.get(index).map(|group| Arc::from(group.as_str())))
                .collect()
        }))
    }

    /// With slashes, as it is written in code; in a group of its flags where it is not ASCII, which
    /// is a flag of its own in Ruby.
    pub fn delimited(&self) -> String {
        match self.source.is_ascii() {
            true => self.inspected(),
            false => format!("/{}/", self.grouped()),
        }
    }

    /// Ruby's `inspect`: with slashes.
    pub fn inspected(&self) -> String {
        let mut text = String::with_capacity(self.source.len() + 2);
        text.push('/');
        escape_slashes(&mut text, &self.source);
        text.push('/');
        text.replace('\n', "\\n")
    }

    /// The text that makes the same expression again.
    pub fn pattern(&self) -> Arc<str> {
        match self.source.is_ascii() {
            true => Arc::clone(&self.source),
            false => ["(?-imx:", &*self.source, ")"].concat().into(),
        }
    }

    /// Ruby's `to_s`: the expression in a group that says its flags.
    pub fn grouped(&self) -> String {
        let (flags, body) = flags_and_body(&self.source);
        let of = |set| {
            let mut letters = FLAGS.chars().zip(flags);
            std::iter::from_fn(move || letters.find(|(_, given)| *given == set))
                .map(|(letter, _)| letter)
        };
        let mut text = String::from("(?");
        text.extend(of(true));
        if flags.contains(&false) {
            text.push('-');
            text.extend(of(false));
        }
        text.push(':');
        escape_slashes(&mut text, body);
        text.push(')');
        text
    }
}

/// The flags of Ruby's groups, in its order.
const FLAGS: &str = "mix";

/// The flags that an expression begins with and what they are for, where that is the whole of it.
fn flags_and_body(source: &str) -> ([bool; 3], &str) {
    let (mut flags, mut body) = ([false; 3], source);
    loop {
        let Some((given, rest)) = leading_flags(body, flags) else {
            return (flags, body);
        };
        if let Some(rest) = rest.strip_prefix(')') {
            (flags, body) = (given, rest);
            continue;
        }
        let inner = rest
            .strip_prefix(':')
            .and_then(|rest| rest.strip_suffix(')'));
        return match inner {
            Some(inner) if Regexp::compile(inner).is_ok() => (given, inner),
            _ => ([false; 3], source),
        };
    }
}

/// The flags after `(?`, and what follows them.
fn leading_flags(text: &str, mut flags: [bool; 3]) -> Option<([bool; 3], &str)> {
    let mut rest = text.strip_prefix("(?")?;
    let mut set = true;
    loop {
        let letter = rest.chars().next()?;
        match FLAGS.find(letter) {
            Some(index) => flags[index] = set,
            None if letter == '-' && set => set = false,
            None => return Some((flags, rest)),
        }
        rest = &rest[1..];
    }
}

fn escape_slashes(text: &mut String, source: &str) {
    let mut escaped = false;
    for character in source.chars() {
        if character == '/' && !escaped {
            text.push('\\');
        }
        text.push(character);
        escaped = character == '\\' && !escaped;
    }
}

/// An expression that matches wherever one does that ends in `\Z`, if not the same letters: it takes
/// the line end that `\Z` only looks at, and needs no looking ahead, which is slow. Nothing may come
/// back to the end from elsewhere.
fn tested(source: &str) -> Option<String> {
    let open = source.trim_end_matches(')');
    let before = open.strip_suffix(r"\Z")?;
    let escapes = before.len() - before.trim_end_matches('\\').len();
    let goes_back = [r"\g", "(?P>", "(?&", "(?<", "(?P"]
        .iter()
        .any(|call| source.contains(call));
    let rest = &source[open.len()..];
    (escapes % 2 == 0 && !goes_back).then(|| format!(r"{before}\n?\z{rest}"))
}

impl fmt::Debug for Regexp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.delimited())
    }
}

impl PartialEq for Regexp {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Regexp {}

impl Hash for Regexp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.source.hash(state);
    }
}

/// The text as an expression that matches exactly it (Ruby's `Regexp.escape`).
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\u{c}' => escaped.push_str("\\f"),
            '\u{b}' => escaped.push_str("\\v"),
            '[' | ']' | '{' | '}' | '(' | ')' | '|' | '-' | '*' | '.' | '\\' | '?' | '+' | '^'
            | '$' | '#' | ' ' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_shown_as_ruby_does() {
        for (source, grouped) in [
            ("a", "(?-mix:a)"),
            ("a/b", r"(?-mix:a\/b)"),
            ("(?m-ix:a.b)", "(?m-ix:a.b)"),
            ("(?i)A", "(?i-mx:A)"),
            ("(?i:a)b", "(?-mix:(?i:a)b)"),
            ("(?i:a)(?:b)", "(?-mix:(?i:a)(?:b))"),
            ("(?:a)", "(?-mix:a)"),
            ("(?mi:a)", "(?mi-x:a)"),
            ("(?<n>a)", "(?-mix:(?<n>a))"),
        ] {
            assert_eq!(Regexp::of(source).grouped(), grouped, "{source}");
        }
        assert_eq!(Regexp::of("é").delimited(), "/(?-mix:é)/");
        assert_eq!(&*Regexp::of("é").pattern(), "(?-imx:é)");
    }

    #[test]
    fn an_end_that_is_only_looked_at_is_taken_where_nothing_but_a_yes_is_asked() {
        assert_eq!(tested(r"a(?:\.|\Z)").as_deref(), Some(r"a(?:\.|\n?\z)"));
        for other in [r"a\\Z", r"a\Zb", r"(?<x>a\Z)", r"a\z"] {
            assert_eq!(tested(other), None, "{other}");
        }
        let regexp = Regexp::of(r"\Aa(?:\.|\Z)");
        for (text, matches) in [("a", true), ("a\n", true), ("a.b", true), ("a\n\n", false)] {
            assert_eq!(regexp.is_match(text), Ok(matches), "{text:?}");
            let groups = regexp.captures(text).expect("it is valid");
            assert_eq!(groups.is_some(), matches, "{text:?}");
        }
    }
}
