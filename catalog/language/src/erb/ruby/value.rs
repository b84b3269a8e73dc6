//! Ruby's objects, as far as templates meet them.

use std::{
    cell::{Cell, RefCell},
    hash::{Hash, Hasher},
    rc::Rc,
    sync::Arc,
};

use indexmap::{Equivalent, IndexMap};
use rustc_hash::FxBuildHasher;

use super::{
    ast::{BlockCode, Lambda},
    compare,
    content::Content,
    interpreter::environment::Environment,
};
use crate::values::{Regexp, Value as PuppetValue};

/// An object.
#[derive(Clone, Debug, Default)]
pub(super) enum Value {
    #[default]
    Nil,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(Text),
    Symbol(Arc<str>),
    Array(List),
    Hash(Map),
    Range(Rc<RangeValue>),
    Regexp(Arc<RegexpValue>),
    Match(Rc<MatchValue>),
    Proc(Rc<Procedure>),
    Time(Rc<jiff::Zoned>),
    Enumerator(Rc<Enumerator>),
    Exception(Rc<Exception>),
    /// A class or module, by its full name.
    Class(Arc<str>),
    /// What `scope` gives in a template.
    Scope,
    /// `self` of a template.
    Template,
    /// `IPAddr`
    Address(Rc<super::methods::address::Address>),
    /// A value of the Puppet language for which Ruby has no class of its own.
    Foreign(Rc<PuppetValue>),
}

/// A string: shared, and changed in place by `<<` and its like.
pub(super) type Text = Rc<RefCell<Content>>;
/// An array.
pub(super) type List = Rc<ListValue>;
/// A hash.
pub(super) type Map = Rc<MapValue>;
/// The entries of a hash.
pub(super) type Entries = IndexMap<Key, Value, FxBuildHasher>;

/// The elements of an array.
#[derive(Debug, Default)]
pub(super) struct ListValue(pub RefCell<Vec<Value>>);

/// The entries of a hash and what it answers for keys that it has not.
#[derive(Debug, Default)]
pub(super) struct MapValue {
    pub entries: RefCell<Entries>,
    pub default: RefCell<Value>,
    pub default_block: RefCell<Option<Rc<Procedure>>>,
}

/// A key of a hash: the same by `eql?`.
#[derive(Clone, Debug)]
pub(super) struct Key(pub Value);

/// `from..to`
#[derive(Debug)]
pub(super) struct RangeValue {
    pub from: Value,
    pub to: Value,
    pub is_exclusive: bool,
}

/// A regular expression with its options.
#[derive(Debug)]
pub(in crate::erb) struct RegexpValue {
    pub source: Arc<str>,
    /// Out of `mix`.
    pub options: String,
    pub compiled: Arc<Regexp>,
}

/// Byte offsets of the groups, the whole first.
pub(super) type Groups = Vec<Option<(usize, usize)>>;

/// What a regular expression found.
#[derive(Debug)]
pub(super) struct MatchValue {
    pub text: Arc<str>,
    pub groups: Groups,
    pub names: Vec<(Arc<str>, usize)>,
    pub regexp: Arc<RegexpValue>,
}

impl MatchValue {
    pub(super) fn group(&self, index: usize) -> Option<&str> {
        let (start, end) = (*self.groups.get(index)?)?;
        Some(&self.text[start..end])
    }

    pub(super) fn named(&self, name: &str) -> Option<usize> {
        let of_name = |(known, _): &&(Arc<str>, usize)| &**known == name;
        self.names
            .iter()
            .rev()
            .find(of_name)
            .map(|(_, index)| *index)
    }

    pub(super) fn value(&self, index: usize) -> Value {
        self.group(index).map_or(Value::Nil, Value::text)
    }
}

/// A block or a lambda.
#[derive(Debug)]
pub(super) struct Procedure {
    pub kind: ProcedureKind,
    /// What `break` in it leads back to.
    pub tag: u64,
}

#[derive(Debug)]
pub(super) enum ProcedureKind {
    Code {
        code: Arc<BlockCode>,
        environment: Rc<Environment>,
        lambda: Lambda,
    },
    /// `&:name`
    Symbol(Arc<str>),
    /// `receiver.method(:name)`
    Method(Value, Arc<str>),
    /// `&hash`
    Map(Map),
    /// Gathers what is yielded.
    Collect(RefCell<Vec<Value>>),
    /// Hands on what is yielded with a counter behind.
    WithIndex(Rc<Procedure>, std::cell::Cell<i64>),
    /// Hands on what is yielded with an object behind.
    WithObject(Rc<Procedure>, Value),
}

/// A method that iterates, called without a block.
#[derive(Debug)]
pub(super) struct Enumerator {
    pub receiver: Value,
    pub method: Arc<str>,
    pub arguments: Vec<Value>,
}

/// An exception.
#[derive(Clone, Debug)]
pub(super) struct Exception {
    pub class: Arc<str>,
    pub message: String,
    /// The line where it was raised, once somebody has looked at it on its way.
    pub line: Option<u32>,
}

impl Value {
    pub(super) fn text(text: impl Into<Content>) -> Self {
        Self::String(Rc::new(RefCell::new(text.into())))
    }

    pub(super) fn symbol(name: impl Into<Arc<str>>) -> Self {
        Self::Symbol(name.into())
    }

    pub(super) fn list(elements: Vec<Value>) -> Self {
        Self::Array(Rc::new(ListValue(RefCell::new(elements))))
    }

    pub(super) fn map(entries: Entries) -> Self {
        let map = MapValue::default();
        map.entries.replace(entries);
        Self::Hash(Rc::new(map))
    }

    pub(super) fn is_truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    pub(super) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The key that a hash keeps: a string that somebody else may change is copied, as Ruby does
    /// it.
    pub(super) fn into_key(self) -> Key {
        match self {
            Self::String(text) if Rc::strong_count(&text) > 1 => {
                Key(Self::text(text.borrow().clone()))
            }
            other => Key(other),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Integer(i64::try_from(value).expect("lengths are below 2^63"))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::text(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Self {
        Self::list(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nil, Into::into)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        compare::same_key(&self.0, &other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        compare::hash(&self.0, state);
    }
}

/// A text as a key that is asked for: no string has to be made of it.
#[derive(Hash)]
pub(super) struct TextKey<'a>(pub &'a str);

impl Equivalent<Key> for TextKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(&key.0, Value::String(text) if **text.borrow() == *self.0)
    }
}

/// How many values are dropped inside each other.
const DROPPED_DEPTH: usize = 32;

thread_local! {
    /// How many values are being dropped inside each other.
    static DROPPING: Cell<usize> = const { Cell::new(0) };
    /// What is deeper, and is dropped once the outermost is.
    static DOOMED: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// Drops values, however deep they are nested: the stack has an end.
pub(super) fn dispose(values: impl IntoIterator<Item = Value>) {
    let depth = DROPPING.get();
    if depth == DROPPED_DEPTH {
        let nested = values.into_iter().filter(is_nested);
        return DOOMED.with_borrow_mut(|doomed| doomed.extend(nested));
    }
    DROPPING.set(depth + 1);
    values.into_iter().for_each(drop);
    if depth == 0 && DOOMED.with_borrow(|doomed| !doomed.is_empty()) {
        while let Some(value) = DOOMED.with_borrow_mut(Vec::pop) {
            drop(value);
        }
        DOOMED.take();
    }
    DROPPING.set(depth);
}

/// Whether dropping a value may drop others.
pub(super) fn is_nested(value: &Value) -> bool {
    matches!(
        value,
        Value::Array(_) | Value::Hash(_) | Value::Proc(_) | Value::Enumerator(_) | Value::Range(_)
    )
}

impl Drop for ListValue {
    fn drop(&mut self) {
        let elements = self.0.get_mut();
        if elements.iter().any(is_nested) {
            dispose(std::mem::take(elements));
        }
    }
}

impl Drop for MapValue {
    fn drop(&mut self) {
        let entries = self.entries.get_mut();
        let mut both = entries.iter();
        if both.any(|(key, value)| is_nested(&key.0) || is_nested(value)) {
            let entries = std::mem::take(entries);
            dispose(entries.into_iter().flat_map(|(key, value)| [key.0, value]));
        }
    }
}
