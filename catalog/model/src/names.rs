//! Names in the order in which they came: sets of them (tags, classes), and what goes by them
//! (parameters, variables).

use std::{fmt, hash::Hasher as _, sync::Arc};

use rustc_hash::FxHasher;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Up to so many are looked through from the front.
const FEW: usize = 16;

/// What goes by names, in the order in which they came. The names are the site's own words: a
/// fast hash will do, and for few of them none.
#[derive(Clone)]
pub struct NameMap<V> {
    entries: Vec<(Arc<str>, V)>,
    /// One of 64 bits for each name: where a bit is not set, no name of that kind is there.
    kinds: u64,
    /// Once there are more than few: at the place that a name's kind gives, or after it, the number
    /// of its entry counted from one. Half of the places at least are empty: zero.
    places: Vec<u32>,
}

impl<V> NameMap<V> {
    /// With room for so many.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut map = Self::default();
        map.reserve(capacity);
        map
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.entries.reserve(more);
        self.make_places();
    }

    /// Makes places for as many entries as there is room for, where more than few are expected.
    fn make_places(&mut self) {
        let room = self.entries.capacity();
        if room <= FEW || self.places.len() >= 2 * room {
            return;
        }
        self.places = vec![0; (2 * room).next_power_of_two()];
        for at in 0..self.entries.len() {
            self.settle(Kind::of(&self.entries[at].0), at);
        }
    }

    /// Puts an entry's number at the first free place for its kind.
    fn settle(&mut self, kind: Kind, at: usize) {
        let mask = self.places.len() - 1;
        let mut place = kind.start() & mask;
        while self.places[place] != 0 {
            place = (place + 1) & mask;
        }
        self.places[place] = at as u32 + 1;
    }

    /// What goes by a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.get_of(Kind::of(name), name)
    }

    /// As [`Self::get`], for one who asks several maps and knows the name's kind already.
    pub fn get_of(&self, kind: Kind, name: &str) -> Option<&V> {
        self.place(kind, name).map(|at| &self.entries[at].1)
    }

    /// What goes by a name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        let at = self.place(Kind::of(name), name)?;
        Some(&mut self.entries[at].1)
    }

    /// Whether a name is there.
    pub fn contains_key(&self, name: &str) -> bool {
        self.place(Kind::of(name), name).is_some()
    }

    /// Mostly a name is not there, which one bit tells.
    #[inline]
    fn place(&self, kind: Kind, name: &str) -> Option<usize> {
        match self.kinds & kind.bit() {
            0 => None,
            _ => self.search(kind, name),
        }
    }

    fn search(&self, kind: Kind, name: &str) -> Option<usize> {
        if self.places.is_empty() {
            return self.entries.iter().position(|(known, _)| is(known, name));
        }
        let mask = self.places.len() - 1;
        let mut place = kind.start() & mask;
        loop {
            let at = self.places[place].checked_sub(1)? as usize;
            if is(&self.entries[at].0, name) {
                return Some(at);
            }
            place = (place + 1) & mask;
        }
    }

    /// Sets what goes by a name, and gives what did before. A name that is there keeps its place.
    pub fn insert(&mut self, name: Arc<str>, value: V) -> Option<V> {
        let kind = Kind::of(&name);
        match self.place(kind, &name) {
            Some(at) => Some(std::mem::replace(&mut self.entries[at].1, value)),
            None => {
                self.push(kind, name, value);
                None
            }
        }
    }

    /// Sets what goes by a name, unless something does already.
    ///
    /// # Errors
    /// Something does: the name and the value come back.
    pub fn insert_new(&mut self, name: Arc<str>, value: V) -> Result<(), (Arc<str>, V)> {
        let kind = Kind::of(&name);
        if self.place(kind, &name).is_some() {
            return Err((name, value));
        }
        self.push(kind, name, value);
        Ok(())
    }

    fn push(&mut self, kind: Kind, name: Arc<str>, value: V) {
        self.kinds |= kind.bit();
        let at = self.entries.len();
        if at == self.entries.capacity() {
            self.entries.reserve(1);
            self.make_places();
        }
        if !self.places.is_empty() {
            self.settle(kind, at);
        }
        self.entries.push((name, value));
    }

    /// Takes a name out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<V> {
        let at = self.place(Kind::of(name), name)?;
        // Its kind may be that of others too, and a bit too many does no harm.
        let (_, value) = self.entries.remove(at);
        self.places.clear();
        self.make_places();
        Some(value)
    }

    /// Keeps only what `keep` says; the others keep their order.
    pub fn retain(&mut self, mut keep: impl FnMut(&Arc<str>, &mut V) -> bool) {
        self.entries.retain_mut(|(name, value)| keep(name, value));
        self.places.clear();
        self.make_places();
    }

    /// The same names with what `make` makes of their values, without those of which it makes
    /// nothing.
    ///
    /// # Errors
    /// What `make` raises.
    pub fn try_filter_map<W, E>(
        self,
        mut make: impl FnMut(&Arc<str>, V) -> Result<Option<W>, E>,
    ) -> Result<NameMap<W>, E> {
        let mut entries = Vec::with_capacity(self.entries.len());
        for (name, value) in self.entries {
            if let Some(value) = make(&name, value)? {
                entries.push((name, value));
            }
        }
        let mut map = NameMap {
            entries,
            // A bit too many does no harm.
            kinds: self.kinds,
            places: Vec::new(),
        };
        map.make_places();
        Ok(map)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &V)> + Clone {
        self.into_iter()
    }

    /// Names and values, in order, the values to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&Arc<str>, &mut V)> {
        self.entries.iter_mut().map(|(name, value)| (&*name, value))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Arc<str>> + Clone {
        self.entries.iter().map(|(name, _)| name)
    }

    /// The values, in order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> + Clone {
        self.entries.iter().map(|(_, value)| value)
    }

    /// The values, in order, to be changed.
    pub fn values_mut(&mut self) -> impl ExactSizeIterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Whether two names are the same: the words of one file mostly are in memory too.
#[inline]
fn is(known: &str, name: &str) -> bool {
    known.len() == name.len() && (known.as_ptr() == name.as_ptr() || *known == *name)
}

/// What a name looks like.
#[derive(Clone, Copy, Debug)]
pub struct Kind(u64);

impl Kind {
    /// The kind of a name.
    pub fn of(name: &str) -> Self {
        let mut hasher = FxHasher::default();
        hasher.write(name.as_bytes());
        Self(hasher.finish())
    }

    /// As a word, for one who keeps it.
    pub fn word(self) -> u64 {
        self.0
    }

    /// The kind that was kept as this word.
    pub fn known(word: u64) -> Self {
        Self(word)
    }

    /// One of 64 bits.
    fn bit(self) -> u64 {
        1 << (self.0 >> 58)
    }

    /// Where the search for it begins, to be cut to the number of places.
    fn start(self) -> usize {
        self.0 as usize
    }
}

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            kinds: 0,
            places: Vec::new(),
        }
    }
}

impl<V> Extend<(Arc<str>, V)> for NameMap<V> {
    fn extend<I: IntoIterator<Item = (Arc<str>, V)>>(&mut self, entries: I) {
        for (name, value) in entries {
            self.insert(name, value);
        }
    }
}

impl<V> FromIterator<(Arc<str>, V)> for NameMap<V> {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        map.extend(entries);
        map
    }
}

impl<V> IntoIterator for NameMap<V> {
    type Item = (Arc<str>, V);
    type IntoIter = std::vec::IntoIter<(Arc<str>, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, V> IntoIterator for &'a NameMap<V> {
    type Item = (&'a Arc<str>, &'a V);
    type IntoIter = std::iter::Map<
        std::slice::Iter<'a, (Arc<str>, V)>,
        fn(&'a (Arc<str>, V)) -> (&'a Arc<str>, &'a V),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter().map(|(name, value)| (name, value))
    }
}

/// Maps are the same where names and values are, in any order.
impl<V: PartialEq> PartialEq for NameMap<V> {
    fn eq(&self, other: &Self) -> bool {
        let mut entries = self.iter();
        self.len() == other.len() && entries.all(|(name, value)| other.get(name) == Some(value))
    }
}

/// The value of a name that is known to be there.
impl<V> std::ops::Index<&str> for NameMap<V> {
    type Output = V;

    fn index(&self, name: &str) -> &V {
        self.get(name).expect("one asks for a name that is there")
    }
}

impl<V: fmt::Debug> fmt::Debug for NameMap<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A set of names, in the order in which they came.
#[derive(Clone, Default)]
pub struct Names(NameMap<()>);

impl Names {
    /// Adds a name; whether it was not there.
    pub fn insert(&mut self, name: Arc<str>) -> bool {
        self.0.insert_new(name, ()).is_ok()
    }

    /// Whether a name is there.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The place of a name in the order, from 0; for one who knows its kind already.
    pub fn place(&self, kind: Kind, name: &str) -> Option<usize> {
        self.0.place(kind, name)
    }

    /// The place of a name in the order, which is the last where it was not there.
    pub fn number(&mut self, name: impl AsRef<str> + Into<Arc<str>>) -> u32 {
        let kind = Kind::of(name.as_ref());
        let place = self.place(kind, name.as_ref()).unwrap_or_else(|| {
            self.0.push(kind, name.into(), ());
            self.len() - 1
        });
        place as u32
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// The names, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<str>> + Clone {
        self.into_iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The name of a number, which one gives that [`Names::number`] gave.
impl std::ops::Index<u32> for Names {
    type Output = Arc<str>;

    fn index(&self, number: u32) -> &Arc<str> {
        &self.0.entries[number as usize].0
    }
}

impl Extend<Arc<str>> for Names {
    fn extend<I: IntoIterator<Item = Arc<str>>>(&mut self, names: I) {
        for name in names {
            self.insert(name);
        }
    }
}

impl FromIterator<Arc<str>> for Names {
    fn from_iter<I: IntoIterator<Item = Arc<str>>>(names: I) -> Self {
        let mut set = Self::default();
        set.extend(names);
        set
    }
}

type Name<'a> = fn(&'a (Arc<str>, ())) -> &'a Arc<str>;

impl<'a> IntoIterator for &'a Names {
    type Item = &'a Arc<str>;
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (Arc<str>, ())>, Name<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.entries.iter().map(|(name, ())| name)
    }
}

/// Sets are the same where their names are, in any order.
impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|name| other.contains(name))
    }
}

impl Eq for Names {}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<Arc<str>>::deserialize(deserializer)?;
        Ok(names.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_kept_in_order_and_once() {
        for count in [3, FEW, FEW + 1, 200] {
            let all: Vec<Arc<str>> = (0..count)
                .map(|number| format!("name{number}").into())
                .collect();
            let mut map: NameMap<usize> = all.iter().cloned().zip(0..).collect();
            assert_eq!(map.insert("name2".into(), 7), Some(2));
            assert!(map.insert_new("name2".into(), 8).is_err());
            assert!(map.keys().eq(all.iter()));
            assert_eq!(map.get("name2"), Some(&7));
            assert_eq!(map.get("name"), None);
            assert_eq!(map.remove("name1"), Some(1));
            assert_eq!(map.remove("name1"), None);
            assert_eq!(map.get("name2"), Some(&7));
            assert_eq!(map.len(), count - 1);
            assert!(map.insert_new("name1".into(), 9).is_ok());
            assert_eq!(map.iter().last().map(|(_, value)| *value), Some(9));
        }
    }

    #[test]
    fn order_makes_sets_no_different() {
        let set = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect::<Names>();
        assert_eq!(set(&["a", "b"]), set(&["b", "a"]));
        assert_ne!(set(&["a", "b"]), set(&["a", "c"]));
        let mut sum = set(&["a"]);
        sum.extend(["b", "a", ""].map(Arc::from));
        assert_eq!(sum, set(&["a", "b", ""]));
    }
}
