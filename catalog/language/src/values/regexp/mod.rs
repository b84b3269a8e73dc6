//! Regular expressions of Ruby's dialect, run by fancy-regex.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};

use fancy_regex::RegexBuilder;
use rustc_hash::FxHashMap;

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

    /// With slashes, as it is written in code.
    pub fn delimited(&self) -> String {
        let mut text = String::with_capacity(self.source.len() + 2);
        text.push('/');
        let mut escaped = false;
        for character in self.source.chars() {
            match character {
                '/' if !escaped => text.push_str("\\/"),
                '\n' => text.push_str("\\n"),
                other => text.push(other),
            }
            escaped = character == '\\' && !escaped;
        }
        text.push('/');
        text
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
