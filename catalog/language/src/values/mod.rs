//! What an expression gives.
//!
//! A [`Value`] is cheap to clone and `Send + Sync`: compounds sit behind `Arc`, and nothing in a
//! value points into an evaluator. Lambdas are no values: Puppet has no way to keep one, they
//! are handed to a function beside its arguments.

use std::sync::Arc;

use ficelle_model::data::Hashing;
use indexmap::IndexMap;

use crate::types::Type;

pub use iterator::{Iterator, MOST_ELEMENTS};
pub(crate) use iterator::{gather, too_many};
pub use regexp::{Groups, Regexp, RegexpError, escape as escape_regexp};
pub use semver::{Edge, End, Interval, SemVer, SemVerError, SemVerRange, merge as merge_intervals};

mod case;
mod equality;
mod iterator;
pub mod number;
mod order;
mod regexp;
pub mod rich;
mod semver;
mod sort;
mod text;

pub mod time;

pub(crate) use case::{capitalize, downcase};
pub use order::Incomparable;
pub use sort::merge_sort;
pub(crate) use text::ruby_string;
pub use text::{inspect, literal, quote, quote_double};

/// The entries of a hash, in insertion order. Keys are the same by Ruby's `eql?`: `1` and `1.0`
/// are two keys, strings differ by case.
pub type HashMap = IndexMap<Value, Value, Hashing>;

/// A value of the language. Bodies, arguments and hashes are full of them: three words, so that what
/// is wide and rare sits behind an `Arc`.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `undef`
    #[default]
    Undef,
    /// `default`
    Default,
    /// `true`, `false`
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// An array.
    Array(Arc<Vec<Value>>),
    /// A hash.
    Hash(Arc<HashMap>),
    /// A regular expression.
    Regexp(Arc<Regexp>),
    /// A type, resource references (`File['/x']`) among them.
    Type(Type),
    /// A value that must not be shown.
    Sensitive(Arc<Value>),
    /// Bytes.
    Binary(Arc<[u8]>),
    /// Nanoseconds since 1970.
    Timestamp(Arc<i128>),
    /// Nanoseconds.
    Timespan(Arc<i128>),
    /// A version.
    SemVer(Arc<SemVer>),
    /// A range of versions.
    SemVerRange(Arc<SemVerRange>),
    /// A URI.
    Uri(Arc<str>),
    /// Something that can be iterated over once more has been asked of it (`step`,
    /// `reverse_each`, …).
    Iterator(Arc<Iterator>),
    /// An instance of an `Object` type (`Deferred`, `Error`, a user's own).
    Object(Arc<Object>),
}

/// An instance of an object type.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its type.
    pub object_type: Type,
    /// Its attributes, in the order of the type.
    pub attributes: IndexMap<Arc<str>, Value>,
}

impl Value {
    /// A string.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// An array.
    pub fn array(elements: impl Into<Vec<Value>>) -> Self {
        Self::Array(Arc::new(elements.into()))
    }

    /// A hash.
    pub fn hash(entries: HashMap) -> Self {
        Self::Hash(Arc::new(entries))
    }

    /// A point in time, in nanoseconds since 1970.
    pub fn timestamp(nanoseconds: i128) -> Self {
        Self::Timestamp(Arc::new(nanoseconds))
    }

    /// A length of time, in nanoseconds.
    pub fn timespan(nanoseconds: i128) -> Self {
        Self::Timespan(Arc::new(nanoseconds))
    }

    /// Whether a condition holds: everything but `false` and `undef`.
    pub fn is_truthy(&self) -> bool {
        !matches!(self, Self::Undef | Self::Boolean(false))
    }

    /// Whether this is `undef`.
    pub fn is_undef(&self) -> bool {
        matches!(self, Self::Undef)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The entries of a hash.
    pub fn as_hash(&self) -> Option<&HashMap> {
        match self {
            Self::Hash(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of a hash with this key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_hash()?.get(&Key(key))
    }
}

/// Looks a string key up without making a string of it.
pub struct Key<'a>(pub &'a str);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::String(text)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Type> for Value {
    fn from(value: Type) -> Self {
        Self::Type(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(elements: Vec<Value>) -> Self {
        Self::array(elements)
    }
}

impl From<HashMap> for Value {
    fn from(entries: HashMap) -> Self {
        Self::hash(entries)
    }
}
