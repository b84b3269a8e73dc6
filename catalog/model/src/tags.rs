//! Tags: the words by which resources are collected and runs are restricted.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

use crate::names::{Kind, Names};

/// A set of tags, in the order in which they came. The resources of a catalog carry the same words
/// over and over: those stand once in a list that they share, and each resource has their numbers.
#[derive(Clone, Default)]
pub struct Tags {
    words: Arc<Names>,
    numbers: Numbers,
}

/// The numbers of words in a list, each once: as many as resources mostly have.
pub type Numbers = SmallVec<[u32; 22]>;

impl Tags {
    /// The words of a list that have these numbers, each at most once.
    ///
    /// # Panics
    /// When asked for a word that the list does not have.
    pub fn of(words: Arc<Names>, numbers: Numbers) -> Self {
        Self { words, numbers }
    }

    /// Adds a tag; whether it was not there.
    pub fn insert(&mut self, tag: Arc<str>) -> bool {
        if self.contains(&tag) {
            return false;
        }
        if Arc::get_mut(&mut self.words).is_none() {
            // The others' list is not to be changed.
            self.words = Arc::new(self.iter().cloned().collect());
            self.numbers = (0..self.len() as u32).collect();
        }
        let words = Arc::make_mut(&mut self.words);
        let number = words.number(tag);
        self.numbers.push(number);
        true
    }

    /// Whether a tag is there.
    pub fn contains(&self, tag: &str) -> bool {
        let number = self.words.place(Kind::of(tag), tag);
        number.is_some_and(|number| self.numbers.contains(&(number as u32)))
    }

    /// The tags, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<str>> + Clone {
        self.numbers.iter().map(|number| &self.words[*number])
    }

    /// The list that its words stand in, which other sets may share.
    pub(crate) fn words(&self) -> &Arc<Names> {
        &self.words
    }

    /// The numbers of its words in the list, in order.
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

impl Extend<Arc<str>> for Tags {
    fn extend<I: IntoIterator<Item = Arc<str>>>(&mut self, tags: I) {
        for tag in tags {
            self.insert(tag);
        }
    }
}

impl FromIterator<Arc<str>> for Tags {
    fn from_iter<I: IntoIterator<Item = Arc<str>>>(tags: I) -> Self {
        let words: Names = tags.into_iter().collect();
        Self {
            numbers: (0..words.len() as u32).collect(),
            words: Arc::new(words),
        }
    }
}

/// Sets are the same where their tags are, in any order.
impl PartialEq for Tags {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|tag| other.contains(tag))
    }
}

impl Eq for Tags {}

impl fmt::Debug for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Tags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tags = Vec::<Arc<str>>::deserialize(deserializer)?;
        Ok(tags.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(words: &[&str]) -> Tags {
        words.iter().map(|word| Arc::from(*word)).collect()
    }

    #[test]
    fn what_shares_words_is_changed_alone() {
        let words: Arc<Names> = Arc::new(["a", "b", "c"].map(Arc::from).into_iter().collect());
        let mut one = Tags::of(Arc::clone(&words), Numbers::from_slice(&[2, 0]));
        let other = Tags::of(words, Numbers::from_slice(&[1]));
        assert!(!one.insert("c".into()));
        // The list has the word, the set had not.
        assert!(one.insert("b".into()));
        assert!(one.insert("d".into()));
        assert!(one.iter().map(|tag| &**tag).eq(["c", "a", "b", "d"]));
        assert!(other.iter().map(|tag| &**tag).eq(["b"]));
        assert!(!other.contains("d"));
    }

    #[test]
    fn order_makes_sets_no_different() {
        assert_eq!(tags(&["a", "b", "a"]), tags(&["b", "a"]));
        assert_ne!(tags(&["a", "b"]), tags(&["a", "c"]));
        assert_eq!(
            serde_json::to_string(&tags(&["b", "a"])).unwrap(),
            r#"["b","a"]"#
        );
    }
}
