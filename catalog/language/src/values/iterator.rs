//! Lazy sequences: what `step`, `reverse_each` and their like give.

use std::sync::Arc;

use super::Value;
use crate::types::{PairType, Type};

/// A lazy sequence over values.
#[derive(Clone, Debug)]
pub enum Iterator {
    /// What can be iterated as it is: array, hash, string, integer, a range or enum type.
    Of(Value),
    /// Backwards.
    Reverse(Arc<Iterator>),
    /// Every n-th.
    Step(Arc<Iterator>, u64),
    /// Paths and values of a tree, in the order asked for, already walked.
    Tree(Arc<Vec<Value>>),
}

/// How many elements are gathered or walked over: far more than a catalog holds.
pub const MOST_ELEMENTS: usize = 5_000_000;

/// Elements as a list; `None` where there are too many.
pub fn gather(elements: Elements<'_>) -> Option<Vec<Value>> {
    if elements.size_hint().0 > MOST_ELEMENTS {
        return None;
    }
    let gathered: Vec<Value> = elements.take(MOST_ELEMENTS + 1).collect();
    (gathered.len() <= MOST_ELEMENTS).then_some(gathered)
}

/// What is said of more elements than can be gathered.
pub fn too_many() -> String {
    format!("there are more than {MOST_ELEMENTS} elements")
}

/// The elements of something that can be iterated.
pub type Elements<'a> = Box<dyn DoubleEnded<'a>>;

/// A double-ended iterator of values.
pub trait DoubleEnded<'a>: DoubleEndedIterator<Item = Value> + 'a {}
impl<'a, T: DoubleEndedIterator<Item = Value> + 'a> DoubleEnded<'a> for T {}

impl Value {
    /// The elements, where this can be iterated: those of an array, `[key, value]` pairs of a
    /// hash, the characters of a string, `0..n` of an integer, a finite range or enum type.
    pub fn elements(&self) -> Option<Elements<'_>> {
        Some(match self {
            Self::Array(elements) => Box::new(elements.iter().cloned()),
            Self::Hash(entries) => Box::new(
                entries
                    .iter()
                    .map(|(key, value)| Value::array([key.clone(), value.clone()])),
            ),
            Self::String(text) => Box::new(text.chars().map(character)),
            Self::Integer(count) if *count >= 0 => Box::new((0..*count).map(Value::Integer)),
            Self::Iterator(iterator) => return iterator.elements(),
            Self::Type(iterated) => return type_elements(iterated),
            _ => return None,
        })
    }
}

fn type_elements(iterated: &Type) -> Option<Elements<'_>> {
    Some(match iterated {
        Type::Integer(range) => {
            let (from, to) = (range.from?, range.to?);
            Box::new((from..=to).map(Value::Integer))
        }
        Type::Enum(enumeration) => Box::new(enumeration.values.iter().cloned().map(Value::String)),
        Type::Alias(alias) => return type_elements(alias.resolved.get()?),
        _ => return None,
    })
}

fn integers(iterated: &Type) -> Option<(i64, i64)> {
    match iterated {
        Type::Integer(range) => range.from.zip(range.to),
        Type::Alias(alias) => integers(alias.resolved.get()?),
        _ => None,
    }
}

/// Every `step`-th integer, however long the way between them is.
fn stepped_range<'a>((from, to): (i64, i64), step: usize) -> Elements<'a> {
    let length = (i128::from(to) - i128::from(from) + 1).max(0);
    let step = step as i128;
    let count = (length + step - 1) / step;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Box::new((0..count).map(move |index| {
        let at = i128::from(from) + index as i128 * step;
        Value::Integer(i64::try_from(at).expect("it lies between two integers"))
    }))
}

fn character(character: char) -> Value {
    Value::string(character.encode_utf8(&mut [0; 4]) as &str)
}

/// Every `step`-th of elements whose number is known, from both ends.
struct Stepped<'a> {
    inner: Elements<'a>,
    step: usize,
    /// How many of `inner` are left; the next one is to be given.
    left: usize,
}

impl std::iter::Iterator for Stepped<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let item = self.inner.next()?;
        let skipped = self.step.min(self.left) - 1;
        if let Some(last) = skipped.checked_sub(1) {
            self.inner.nth(last);
        }
        self.left -= skipped + 1;
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.left.div_ceil(self.step);
        (count, Some(count))
    }
}

impl DoubleEndedIterator for Stepped<'_> {
    fn next_back(&mut self) -> Option<Value> {
        let behind = self.left.checked_sub(1)? % self.step;
        if let Some(last) = behind.checked_sub(1) {
            self.inner.nth_back(last);
        }
        self.left -= behind + 1;
        self.inner.next_back()
    }
}

impl Iterator {
    /// The elements.
    pub fn elements(&self) -> Option<Elements<'_>> {
        Some(match self {
            Self::Of(value) => return value.elements(),
            Self::Reverse(inner) => Box::new(inner.elements()?.rev()),
            Self::Step(inner, step) => {
                let step = usize::try_from(*step).unwrap_or(usize::MAX).max(1);
                if let Some(range) = inner.range() {
                    return Some(stepped_range(range, step));
                }
                let inner = inner.elements()?;
                match inner.size_hint() {
                    (length, Some(most)) if length == most => Box::new(Stepped {
                        inner,
                        step,
                        left: length,
                    }),
                    // How many characters a text has shows when they are read.
                    _ => {
                        let kept: Vec<Value> = inner.step_by(step).collect();
                        Box::new(kept.into_iter())
                    }
                }
            }
            Self::Tree(pairs) => Box::new(pairs.iter().cloned()),
        })
    }

    /// The first and the last of elements that are integers in a row.
    fn range(&self) -> Option<(i64, i64)> {
        match self {
            Self::Of(Value::Integer(count)) => Some((0, count - 1)),
            Self::Of(Value::Iterator(inner)) => inner.range(),
            Self::Of(Value::Type(iterated)) => integers(iterated),
            _ => None,
        }
    }

    /// Whether the elements are pairs of key and value.
    pub fn is_hash_style(&self) -> bool {
        match self {
            Self::Of(value) => matches!(value, Value::Hash(_)),
            Self::Reverse(inner) | Self::Step(inner, _) => inner.is_hash_style(),
            Self::Tree(_) => true,
        }
    }

    /// The type of the elements.
    pub fn element_type(&self) -> Type {
        match self {
            Self::Of(value) => match value {
                Value::Array(elements) if elements.is_empty() => Type::Unit,
                Value::Array(elements) => Type::variant_of(elements.iter().map(Value::infer_set)),
                Value::Hash(entries) if entries.is_empty() => Type::pair(PairType {
                    key: Type::Unit,
                    value: Type::Unit,
                }),
                Value::Hash(entries) => Type::pair(PairType {
                    key: Type::variant_of(entries.keys().map(Value::infer_set)),
                    value: Type::variant_of(entries.values().map(Value::infer_set)),
                }),
                Value::String(_) => Type::string_between(1, Some(1)),
                Value::Integer(0) => Type::Unit,
                Value::Integer(count) => Type::integer_between(0, count - 1),
                Value::Iterator(inner) => inner.element_type(),
                Value::Type(iterated) => iterated.clone(),
                _ => Type::Any,
            },
            Self::Reverse(inner) | Self::Step(inner, _) => inner.element_type(),
            Self::Tree(_) => Type::Any,
        }
    }
}
