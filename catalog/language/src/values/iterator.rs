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

fn character(character: char) -> Value {
    Value::string(character.encode_utf8(&mut [0; 4]) as &str)
}

impl Iterator {
    /// The elements.
    pub fn elements(&self) -> Option<Elements<'_>> {
        Some(match self {
            Self::Of(value) => return value.elements(),
            Self::Reverse(inner) => Box::new(inner.elements()?.rev()),
            Self::Step(inner, step) => {
                let step = usize::try_from(*step).unwrap_or(usize::MAX).max(1);
                // A step iterator cannot go backwards without its length; collecting what is
                // kept is what the reference does as well.
                Box::new(
                    inner
                        .elements()?
                        .step_by(step)
                        .collect::<Vec<_>>()
                        .into_iter(),
                )
            }
            Self::Tree(pairs) => Box::new(pairs.iter().cloned()),
        })
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
