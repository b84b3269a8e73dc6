//! Hashes and arrays merged at every depth, as the `deep_merge` library does it.

use std::{cmp::Ordering, sync::Arc};

use ficelle_language::{
    Value,
    error::{Error, Evaluated},
    values::{HashMap, Key as Name, merge_sort},
};

use super::unique;
use crate::key::class_name;

/// Which of the deep strategies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Deep {
    #[default]
    Plain,
    /// Takes all options that the library knows.
    Unconstrained,
    /// The same, but the weaker place goes over the stronger.
    Reverse,
}

/// A deep merge and its options.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeepOptions {
    pub(super) strategy: Deep,
    /// An element `<prefix>x` takes `x` away.
    knockout_prefix: Option<Arc<str>>,
    sort_merged_arrays: bool,
    /// Merge hashes in arrays by position.
    merge_hash_arrays: bool,
    overwrite_arrays: bool,
    /// What is no array is added to one.
    extend_existing_arrays: bool,
    /// Keep what cannot be merged with something of another kind.
    preserve_unmergeables: bool,
    /// Elements are texts that this separates into elements.
    unpack_arrays: Option<Arc<str>>,
    /// As they were given, without the strategy.
    pub(crate) given: HashMap,
}

impl Deep {
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "deep",
            Self::Unconstrained => "unconstrained_deep",
            Self::Reverse => "reverse_deep",
        }
    }
}

impl DeepOptions {
    pub(super) fn read(strategy: Deep, options: &HashMap) -> Self {
        let text = |name: &str| match options.get(&Name(name)) {
            Some(Value::String(text)) => Some(Arc::clone(text)),
            _ => None,
        };
        let is_set = |name: &str| options.get(&Name(name)).is_some_and(Value::is_truthy);
        let mut given = options.clone();
        given.retain(|name, _| name.as_str() != Some("strategy"));
        Self {
            strategy,
            knockout_prefix: text("knockout_prefix"),
            sort_merged_arrays: is_set("sort_merged_arrays"),
            merge_hash_arrays: is_set("merge_hash_arrays"),
            overwrite_arrays: is_set("overwrite_arrays"),
            extend_existing_arrays: is_set("extend_existing_arrays"),
            preserve_unmergeables: is_set("preserve_unmergeables"),
            unpack_arrays: text("unpack_arrays"),
            given,
        }
    }

    /// One value out of two.
    pub(super) fn merge(&self, stronger: Value, weaker: Value) -> Evaluated {
        match (&self.knockout_prefix, self.preserve_unmergeables) {
            (Some(prefix), _) if prefix.is_empty() => {
                let message = "knockout_prefix cannot be an empty string in deep_merge!";
                Err(Error::new(message).into())
            }
            (Some(_), true) => {
                let message = "overwrite_unmergeable must be true if knockout_prefix is specified \
                               in deep_merge!";
                Err(Error::new(message).into())
            }
            _ => match self.strategy {
                Deep::Reverse => self.onto(&weaker, stronger),
                Deep::Plain | Deep::Unconstrained => self.onto(&stronger, weaker),
            },
        }
    }

    /// Merges what is stronger onto what is weaker.
    fn onto(&self, source: &Value, target: Value) -> Evaluated {
        if source.is_undef() {
            return Ok(target);
        }
        if !target.is_truthy() && !self.preserve_unmergeables {
            return Ok(source.clone());
        }
        match (source, target) {
            (Value::Hash(from), target) => self.hash_onto(source, from, target),
            (Value::Array(from), target) => self.array_onto(from, target),
            (_, Value::Array(into)) if self.extend_existing_arrays => Ok(Value::array(
                [&into[..], std::slice::from_ref(source)].concat(),
            )),
            (_, target) => Ok(self.over(source, target)),
        }
    }

    fn hash_onto(&self, source: &Value, from: &HashMap, target: Value) -> Evaluated {
        let (mut merged, rest) = match &target {
            Value::Hash(into) => (HashMap::clone(into), 0),
            Value::Array(into) if self.extend_existing_arrays => {
                let mut elements = into.to_vec();
                elements.extend(from.iter().map(|_| source.clone()));
                return Ok(Value::array(elements));
            }
            _ if from.is_empty() || self.preserve_unmergeables => return Ok(target),
            // The first entry puts the whole hash there; the others are merged into it.
            _ => (from.clone(), 1),
        };
        for (key, value) in from.iter().skip(rest) {
            let below = match merged.get(key) {
                Some(below) if below.is_truthy() => below.clone(),
                // Onto itself: what it takes away is taken away there too.
                _ => value.clone(),
            };
            let below = self.onto(value, below)?;
            merged.insert(key.clone(), below);
        }
        Ok(Value::hash(merged))
    }

    fn array_onto(&self, from: &[Value], target: Value) -> Evaluated {
        if self.overwrite_arrays {
            return Ok(Value::array(from.to_vec()));
        }
        let mut source = from.to_vec();
        let mut target = target;
        if let Some(separator) = &self.unpack_arrays {
            source = unpacked(&source, separator);
            if let Value::Array(into) = &target {
                target = Value::array(unpacked(into, separator));
            }
        }
        if let Some(prefix) = &self.knockout_prefix {
            let all = Value::String(Arc::clone(prefix));
            if source.contains(&all) {
                target = cleared(target);
                source.retain(|element| *element != all);
            }
        }
        let Value::Array(into) = &target else {
            return Ok(self.over(&Value::array(source), target));
        };
        let mut into = into.to_vec();
        if let Some(prefix) = &self.knockout_prefix {
            source.retain(|element| {
                let bare = element
                    .as_str()
                    .and_then(|text| text.strip_prefix(&**prefix));
                if let Some(bare) = bare {
                    let bare = Value::string(bare);
                    into.retain(|other| *other != bare && other != element);
                }
                bare.is_none()
            });
        }
        let are_hashes = |elements: &[Value]| {
            let mut elements = elements.iter();
            elements.all(|element| matches!(element, Value::Hash(_)))
        };
        let mut merged = if self.merge_hash_arrays && are_hashes(&source) && are_hashes(&into) {
            let longer = source.iter().skip(into.len()).cloned().collect::<Vec<_>>();
            let mut list = Vec::with_capacity(into.len() + longer.len());
            for (index, below) in into.into_iter().enumerate() {
                list.push(match source.get(index) {
                    Some(above) => self.onto(above, below)?,
                    None => below,
                });
            }
            list.extend(longer);
            list
        } else {
            into.extend(source);
            match unique(&into) {
                Value::Array(elements) => elements.to_vec(),
                _ => into,
            }
        };
        if self.sort_merged_arrays {
            merged = sorted(merged)?;
        }
        Ok(Value::array(merged))
    }

    /// What stands in the place of something that it cannot be merged with.
    fn over(&self, source: &Value, target: Value) -> Value {
        if self.preserve_unmergeables {
            return target;
        }
        let Some(prefix) = &self.knockout_prefix else {
            return source.clone();
        };
        let is_knockout = |text: &str| text.starts_with(&**prefix);
        match source {
            Value::String(text) if is_knockout(text) => Value::string(""),
            Value::Array(elements) => {
                let is_kept = |element: &&Value| !element.as_str().is_some_and(is_knockout);
                Value::array(elements.iter().filter(is_kept).cloned().collect::<Vec<_>>())
            }
            other => other.clone(),
        }
    }
}

/// What is left of a value of which everything is taken away.
fn cleared(value: Value) -> Value {
    match value {
        Value::Array(_) => Value::array(Vec::new()),
        Value::Hash(_) => Value::hash(HashMap::default()),
        Value::String(_) => Value::string(""),
        _ => Value::Undef,
    }
}

/// All elements as texts, taken apart at a separator.
fn unpacked(elements: &[Value], separator: &str) -> Vec<Value> {
    let texts: Vec<String> = elements.iter().map(ToString::to_string).collect();
    let all = texts.join(separator);
    let mut parts: Vec<&str> = all.split(separator).collect();
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts.into_iter().map(Value::string).collect()
}

fn sorted(elements: Vec<Value>) -> Evaluated<Vec<Value>> {
    merge_sort(elements, &mut |left, right| {
        order(left, right).ok_or_else(|| {
            // Ruby shows what it was compared with, where that is short; else the class.
            let right = match right {
                Value::Undef => "nil".to_owned(),
                Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => right.to_string(),
                other => class_name(other).to_owned(),
            };
            let left = class_name(left);
            Error::new(format!("comparison of {left} with {right} failed")).into()
        })
    })
}

/// The order of two values, where they have one.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Integer(left), Value::Float(right)) => (*left as f64).partial_cmp(right),
        (Value::Float(left), Value::Integer(right)) => left.partial_cmp(&(*right as f64)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Array(left), Value::Array(right)) => {
            let firsts = left.iter().zip(right.iter());
            let mut orders = firsts.map(|(left, right)| order(left, right));
            let differs = orders.find(|order| *order != Some(Ordering::Equal));
            differs.unwrap_or_else(|| Some(left.len().cmp(&right.len())))
        }
        (left, right) => (left == right).then_some(Ordering::Equal),
    }
}
