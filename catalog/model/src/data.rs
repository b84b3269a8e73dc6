//! The values a catalog, a fact or a report holds: JSON's, and Puppet's rich data beside them.
//!
//! Source: puppet-specifications, `language/data-types/pcore-data-representation.md`.

use std::sync::Arc;

use indexmap::IndexMap;

pub use crate::names::Names;

/// How keys that come from outside are hashed: fast, and with a seed, so that nobody can send keys
/// that all fall together.
pub type Hashing = foldhash::fast::RandomState;

/// A hash of data, in insertion order.
pub type DataHash = IndexMap<Arc<str>, Data, Hashing>;

/// A value that can travel. Catalogs and facts are full of them: three words, so that a hash sits
/// behind a box.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Data {
    /// `undef`, JSON's null.
    #[default]
    Undef,
    /// `default`
    Default,
    /// `true`, `false`
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float; never NaN or infinite.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// An array.
    Array(Vec<Data>),
    /// A hash whose keys are all strings.
    Hash(Box<DataHash>),
    /// A value that must not be shown.
    Sensitive(Box<Data>),
    /// Any other rich value: `__ptype` and `__pvalue` (or attributes) on the wire.
    Typed(Box<Typed>),
}

/// A rich value: the name of its type and what it is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// `Timestamp`, `Regexp`, `Binary`, `SemVer`, `Deferred`, …
    pub type_name: Arc<str>,
    /// A scalar stands under `__pvalue`; a hash holds attributes beside `__ptype`.
    pub value: Data,
}

impl Data {
    /// A string.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// A hash.
    pub fn hash(entries: DataHash) -> Self {
        Self::Hash(Box::new(entries))
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The hash behind a hash.
    pub fn as_hash(&self) -> Option<&DataHash> {
        match self {
            Self::Hash(hash) => Some(hash),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Data]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// What a dotted path (`os.family`, `disks.0.size`) leads to.
    pub fn dig<'a>(&'a self, mut keys: impl Iterator<Item = &'a str>) -> Option<&'a Data> {
        keys.try_fold(self, |data, key| match data {
            Self::Hash(hash) => hash.get(key),
            Self::Array(elements) => elements.get(key.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<bool> for Data {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Data {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}
