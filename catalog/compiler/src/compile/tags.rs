//! Tags: the words by which resources are collected and runs are restricted.

use std::{cell::RefCell, fmt, rc::Rc, sync::Arc};

use ficelle_language::Value;
use ficelle_model::{
    data::Names,
    names::Kind,
    qualified::{is_qualified, segments},
    tags::{self, Numbers},
};

/// The words of all tags of a catalog in the making.
#[derive(Clone, Default)]
pub(super) struct Words(Rc<RefCell<Names>>);

impl Words {
    /// With room for so many.
    pub(super) fn with_capacity(words: usize) -> Self {
        let mut names = Names::default();
        names.reserve(words);
        Self(Rc::new(RefCell::new(names)))
    }

    /// The words, which are gone from here then.
    pub(super) fn take(&self) -> Arc<Names> {
        Arc::new(self.0.take())
    }
}

/// The tags of something in the making, in the order in which they came.
#[derive(Clone)]
pub(super) struct Tags {
    words: Words,
    numbers: Numbers,
    /// A bit for each number, the same for some: where it is not set, the number is not there.
    seen: u64,
}

impl Tags {
    /// None as yet.
    pub(super) fn new(words: &Words) -> Self {
        Self {
            words: words.clone(),
            numbers: Numbers::new(),
            seen: 0,
        }
    }

    /// Adds a tag; whether it was not there.
    pub(super) fn insert(&mut self, tag: impl AsRef<str> + Into<Arc<str>>) -> bool {
        let number = self.words.0.borrow_mut().number(tag);
        self.take(number)
    }

    fn take(&mut self, number: u32) -> bool {
        let is_new = !self.has(number);
        if is_new {
            self.seen |= 1 << (number % 64);
            self.numbers.push(number);
        }
        is_new
    }

    fn has(&self, number: u32) -> bool {
        self.seen & 1 << (number % 64) != 0 && self.numbers.contains(&number)
    }

    /// Adds what others are, of the same catalog.
    pub(super) fn extend_from(&mut self, others: &Self) {
        if self.numbers.is_empty() {
            self.numbers.clone_from(&others.numbers);
            self.seen = others.seen;
            return;
        }
        self.numbers.reserve(others.numbers.len());
        for number in &others.numbers {
            self.take(*number);
        }
    }

    /// Whether a tag is there.
    pub(super) fn contains(&self, tag: &str) -> bool {
        let number = self.words.0.borrow().place(Kind::of(tag), tag);
        number.is_some_and(|number| self.has(number as u32))
    }

    /// Takes a tag out.
    pub(super) fn remove(&mut self, tag: &str) {
        let words = self.words.0.borrow();
        self.numbers.retain(|number| *words[*number] != *tag);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The tags, in order.
    pub(super) fn list(&self) -> Vec<Arc<str>> {
        let words = self.words.0.borrow();
        let tags = self
            .numbers
            .iter()
            .map(|number| Arc::clone(&words[*number]));
        tags.collect()
    }

    /// The tags of a catalog that is made, whose words these are.
    pub(super) fn of_catalog(self, words: &Arc<Names>) -> tags::Tags {
        tags::Tags::of(Arc::clone(words), self.numbers)
    }
}

impl fmt::Debug for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.list()).finish()
    }
}

/// Adds a tag, and its segments where it is qualified.
///
/// # Errors
/// It holds a character that no tag may have.
pub(super) fn add(tags: &mut Tags, tag: &str) -> Result<(), String> {
    if Form::of(tag) == Form::Word {
        tags.insert(tag);
        return Ok(());
    }
    let tag = tag.to_lowercase();
    if Form::of(&tag) == Form::Invalid {
        return Err(format!("Invalid tag '{tag}'"));
    }
    insert(tags, &tag);
    Ok(())
}

/// Adds a tag where it is a valid one: a title often is none.
pub(super) fn add_if_valid(tags: &mut Tags, tag: &Arc<str>) {
    match Form::of(tag) {
        Form::Invalid => {}
        Form::Word => {
            tags.insert(tag.clone());
        }
        Form::Other => insert(tags, &tag.to_lowercase()),
    }
}

/// Adds the tags that a value names: a string, or arrays of them.
///
/// # Errors
/// One of them holds a character that no tag may have.
pub(super) fn add_value(tags: &mut Tags, value: &Value) -> Result<(), String> {
    match value {
        Value::Undef => Ok(()),
        Value::Array(elements) => elements
            .iter()
            .try_for_each(|element| add_value(tags, element)),
        Value::String(text) => add(tags, text),
        other => add(tags, &super::texts::display(other)),
    }
}

fn insert(tags: &mut Tags, tag: &str) {
    if tags.insert(tag) && is_qualified(tag) {
        for segment in segments(tag) {
            // A leading `::` gives an empty segment, which the reference keeps too.
            tags.insert(segment);
        }
    }
}

/// What a text is as a tag.
#[derive(PartialEq)]
enum Form {
    /// It cannot be one.
    Invalid,
    /// A word without capitals and colons.
    Word,
    /// Anything else that can be one.
    Other,
}

/// A bit for a byte that may stand in a word, in another tag of ASCII, and in neither.
const KINDS: [u8; 256] = {
    let mut kinds = [Form::ODD; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' => Form::WORD,
            b'A'..=b'Z' | b':' => Form::OTHER,
            _ => Form::ODD,
        };
        byte += 1;
    }
    kinds
};

impl Form {
    const WORD: u8 = 1;
    const OTHER: u8 = 2;
    const ODD: u8 = 4;

    /// Of a text: `\A[[:alnum:]_][[:alnum:]_:.-]*\Z` can be tags.
    fn of(text: &str) -> Self {
        match text.as_bytes() {
            [first, ..] if !first.is_ascii() || first.is_ascii_alphanumeric() => {}
            [b'_', ..] => {}
            _ => return Self::Invalid,
        }
        let kind = |byte: u8| KINDS[usize::from(byte)];
        match text.bytes().fold(0, |seen, byte| seen | kind(byte)) {
            Self::WORD => Self::Word,
            seen if seen & Self::ODD == 0 || is_tag_beyond_ascii(text) => Self::Other,
            _ => Self::Invalid,
        }
    }
}

fn is_tag_beyond_ascii(text: &str) -> bool {
    let mut characters = text.strip_suffix('\n').unwrap_or(text).chars();
    characters
        .next()
        .is_some_and(|first| first.is_alphanumeric() || first == '_')
        && characters.all(|other| other.is_alphanumeric() || matches!(other, '_' | ':' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualified_tag_brings_its_segments() {
        let mut tags = Tags::new(&Words::default());
        add(&mut tags, "Apache::Vhost").expect("a valid tag");
        assert_eq!(
            tags.list(),
            ["apache::vhost", "apache", "vhost"].map(Arc::from)
        );
    }

    #[test]
    fn a_title_with_other_characters_is_no_tag() {
        let mut tags = Tags::new(&Words::default());
        add_if_valid(&mut tags, &"/etc/motd".into());
        assert_eq!(tags.len(), 0);
        assert_eq!(add(&mut tags, "a b"), Err("Invalid tag 'a b'".to_owned()));
    }

    #[test]
    fn the_first_character_of_a_tag_is_a_letter_a_digit_or_an_underscore() {
        for valid in ["a", "_", "9", "a-b.c_d", "a\n", "ä", "aä"] {
            assert!(Form::of(valid) != Form::Invalid, "{valid}");
        }
        for invalid in ["", "-a", ".a", ":a", "a/b", "a\nb", "\n", "a‚", "‚a"] {
            assert!(Form::of(invalid) == Form::Invalid, "{invalid}");
        }
    }
}
