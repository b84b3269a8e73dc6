//! What an expression gives.
//!
//! A [`Value`] is cheap to clone and `Send + Sync`: compounds sit behind `Arc`, and nothing in a
//! value points into an evaluator. Lambdas are no values: Puppet has no way to keep one, they
//! are handed to a function beside its arguments.

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::types::Type;

/// The entries of a hash, in insertion order. Keys are the same by Ruby's `eql?`: `1` and `1.0`
/// are two keys, strings differ by case.
pub type HashMap = IndexMap<Value, Value, FxBuildHasher>;

/// A value of the language.
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
    Timestamp(i128),
    /// Nanoseconds.
    Timespan(i128),
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

/// A regular expression of Ruby's dialect, compiled on first use.
#[derive(Debug)]
pub struct Regexp {
    /// The text between the slashes.
    pub source: Arc<str>,
    /// Compiled from the translated source.
    pub compiled: std::sync::OnceLock<Result<fancy_regex::Regex, String>>,
}

/// A semantic version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SemVer {
    /// Major.
    pub major: u64,
    /// Minor.
    pub minor: u64,
    /// Patch.
    pub patch: u64,
    /// Pre-release identifiers, dotted.
    pub prerelease: Option<Arc<str>>,
    /// Build identifiers, dotted; they take no part in comparison.
    pub build: Option<Arc<str>>,
}

/// A range of versions: what was written, and the comparators (any of the lists must hold as a
/// whole).
#[derive(Clone, Debug)]
pub struct SemVerRange {
    /// As written.
    pub text: Arc<str>,
    /// Alternatives of bounds.
    pub alternatives: Vec<Vec<Comparator>>,
}

/// One bound of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparator {
    /// The side of the bound.
    pub order: Bound,
    /// The bound.
    pub version: SemVer,
}

/// How a version compares with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `=`
    Equal,
    /// `>=`
    GreaterEqual,
    /// `>`
    Greater,
}

/// A lazy sequence over values.
#[derive(Clone, Debug)]
pub enum Iterator {
    /// What can be iterated as it is: array, hash, string, integer, a range type.
    Of(Value),
    /// Backwards.
    Reverse(Arc<Iterator>),
    /// Every n-th.
    Step(Arc<Iterator>, u64),
    /// Paths and values of a tree, in the order asked for, already walked.
    Tree(Arc<Vec<Value>>),
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

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}
