//! What becomes of a key that several places know: first, unique, hash, deep.

use std::sync::{Arc, LazyLock};

use ficelle_language::{
    Type, Value,
    error::{Error, Evaluated},
    types::{mismatch, parse::parse_plain},
    values::HashMap,
};

use crate::key::failure;

/// How values from several places become one.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Merge {
    /// The strongest place's value alone.
    #[default]
    First,
    /// Everything in one flat array, without duplicates.
    Unique,
    /// Hashes, the stronger place's entries over the weaker's.
    Hash,
    /// Hashes and arrays, at every depth.
    Deep(DeepOptions),
}

/// The options of a deep merge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeepOptions {
    /// An element `<prefix>x` takes `x` away.
    pub knockout_prefix: Option<Arc<str>>,
    /// Sort merged arrays.
    pub sort_merged_arrays: bool,
    /// Merge hashes in arrays by position.
    pub merge_hash_arrays: bool,
}

impl Merge {
    /// Reads the `merge` of a call or of `lookup_options`: a name, or a hash with `strategy`.
    ///
    /// # Errors
    /// There is no such strategy, or an option is wrong.
    pub fn parse(value: &Value) -> Evaluated<Self> {
        let options = match value {
            Value::Hash(options) => Some(options),
            _ => None,
        };
        let option = |name: &str| options.and_then(|options| options.get(&Value::string(name)));
        let strategy = match options {
            Some(_) => option("strategy").cloned().unwrap_or_default(),
            None => value.clone(),
        };
        if let Some(options) = options
            && matches!(
                strategy.as_str(),
                Some("first" | "unique" | "hash" | "deep")
            )
        {
            check_options(options, strategy.as_str() == Some("deep"))?;
        }
        match strategy.as_str() {
            Some("first" | "default") => Ok(Self::First),
            Some("unique") => Ok(Self::Unique),
            Some("hash") => Ok(Self::Hash),
            Some("deep" | "unconstrained_deep") => Ok(Self::Deep(DeepOptions {
                knockout_prefix: option("knockout_prefix").and_then(|prefix| match prefix {
                    Value::String(prefix) if !prefix.is_empty() => Some(Arc::clone(prefix)),
                    _ => None,
                }),
                sort_merged_arrays: is_true(option("sort_merged_arrays")),
                merge_hash_arrays: is_true(option("merge_hash_arrays")),
            })),
            Some(other) => Err(Error::new(format!("Unknown merge strategy: '{other}'")).into()),
            None => Err(Error::new(
                "The hash given as 'merge' must contain the name of a strategy in string form \
                 for the key 'strategy'",
            )
            .into()),
        }
    }

    /// The strategy's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Unique => "unique",
            Self::Hash => "hash",
            Self::Deep(_) => "deep",
        }
    }

    /// One value out of what `places` give, strongest first; places are asked no further than
    /// needed.
    ///
    /// # Errors
    /// Whatever a place raises, or a value that this strategy cannot merge.
    pub fn lookup(
        &self,
        places: impl IntoIterator<Item = impl FnOnce() -> Evaluated<Option<Value>>>,
    ) -> Evaluated<Option<Value>> {
        let mut merged: Option<Value> = None;
        let mut places = places.into_iter().peekable();
        let mut is_only = true;
        while let Some(place) = places.next() {
            is_only &= places.peek().is_none();
            let Some(value) = place()? else { continue };
            if *self == Self::First {
                return Ok(Some(value));
            }
            merged = Some(match merged {
                None if is_only => self.only(value),
                None => self.first(value),
                Some(stronger) => self.pair(stronger, value)?,
            });
        }
        Ok(match (self, merged) {
            (Self::Unique, Some(Value::Array(elements))) => Some(unique(&elements)),
            (_, merged) => merged,
        })
    }

    /// The value of the only place there is: nothing is merged, and it may be anything.
    fn only(&self, value: Value) -> Value {
        match (self, &value) {
            (Self::Unique, Value::Array(elements)) => unique(elements),
            _ => value,
        }
    }

    /// The first of several values.
    fn first(&self, value: Value) -> Value {
        match self {
            Self::First | Self::Hash | Self::Deep(_) => value,
            Self::Unique => Value::array(flatten(&value)),
        }
    }

    fn pair(&self, stronger: Value, weaker: Value) -> Evaluated {
        match self {
            Self::First => Ok(stronger),
            Self::Unique => {
                for (which, value) in [("first", &stronger), ("second", &weaker)] {
                    check(which, &UNIQUE, value)?;
                }
                let mut elements = flatten(&stronger);
                elements.extend(flatten(&weaker));
                Ok(Value::array(elements))
            }
            Self::Hash => {
                let stronger = hash("first", stronger)?;
                let weaker = hash("second", weaker)?;
                let mut merged = HashMap::clone(&weaker);
                for (key, value) in stronger.iter() {
                    merged.insert(key.clone(), value.clone());
                }
                Ok(Value::hash(merged))
            }
            Self::Deep(options) => Ok(deep(&stronger, weaker, options)),
        }
    }
}

fn is_true(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Boolean(true)))
}

/// What a unique merge takes.
static UNIQUE: LazyLock<Type> =
    LazyLock::new(|| parse_plain("Variant[Scalar, Array[Data]]").expect("a type of the language"));

/// What a merge of hashes takes.
static HASH: LazyLock<Type> =
    LazyLock::new(|| parse_plain("Hash[String, Data]").expect("a type of the language"));

fn check(which: &str, wanted: &Type, value: &Value) -> Evaluated<()> {
    let subject = format!("The {which} element of the merge");
    mismatch::assert(&subject, wanted, value).map_err(|message| failure(message).into())
}

/// The options of the strategies that are checked: all of them know their own name only, but
/// for the deep one.
fn check_options(options: &HashMap, is_deep: bool) -> Evaluated<()> {
    let known: &[&str] = match is_deep {
        true => &[
            "strategy",
            "knockout_prefix",
            "merge_debug",
            "merge_hash_arrays",
            "sort_merged_arrays",
        ],
        false => &["strategy"],
    };
    let unknown: Vec<&str> = options
        .keys()
        .filter_map(Value::as_str)
        .filter(|name| !known.contains(name))
        .collect();
    match unknown.as_slice() {
        [] => Ok(()),
        [one] => Err(Error::new(format!(
            "The merge options has wrong type, unrecognized key '{one}'"
        ))
        .into()),
        several => {
            let keys = several
                .iter()
                .map(|key| format!("\n unrecognized key '{key}'"));
            let keys: String = keys.collect();
            Err(Error::new(format!("The merge options has wrong type,{keys}")).into())
        }
    }
}

fn hash(which: &str, value: Value) -> Evaluated<Arc<HashMap>> {
    check(which, &HASH, &value)?;
    match value {
        Value::Hash(hash) => Ok(hash),
        _ => unreachable!("it is an instance of a type of hashes"),
    }
}

fn flatten(value: &Value) -> Vec<Value> {
    fn into(value: &Value, elements: &mut Vec<Value>) {
        match value {
            Value::Array(inner) => inner.iter().for_each(|element| into(element, elements)),
            other => elements.push(other.clone()),
        }
    }
    let mut elements = Vec::new();
    into(value, &mut elements);
    elements
}

fn unique(elements: &[Value]) -> Value {
    let mut seen = HashMap::default();
    seen.extend(
        elements
            .iter()
            .map(|element| (element.clone(), Value::Undef)),
    );
    Value::array(seen.into_keys().collect::<Vec<_>>())
}

/// Merges `source` (the stronger) into `destination`, as the `deep_merge` library does it.
fn deep(source: &Value, destination: Value, options: &DeepOptions) -> Value {
    match (source, &destination) {
        (Value::Undef, _) => destination,
        (_, Value::Undef) => source.clone(),
        (Value::Hash(from), Value::Hash(into)) => {
            let mut merged = HashMap::clone(into);
            for (key, value) in from.iter() {
                let below = match merged.get(key) {
                    None | Some(Value::Undef | Value::Boolean(false)) => value.clone(),
                    Some(below) => deep(value, below.clone(), options),
                };
                merged.insert(key.clone(), below);
            }
            Value::hash(merged)
        }
        (Value::Array(from), Value::Array(into)) => deep_arrays(from, into, options),
        _ => overwrite(source, options),
    }
}

fn deep_arrays(from: &[Value], into: &[Value], options: &DeepOptions) -> Value {
    let mut source = from.to_vec();
    let mut destination = into.to_vec();
    if let Some(prefix) = &options.knockout_prefix {
        source.retain(|element| {
            let Some(bare) = element
                .as_str()
                .and_then(|text| text.strip_prefix(&**prefix))
            else {
                return true;
            };
            let bare = Value::string(bare);
            destination.retain(|other| *other != bare && other != element);
            false
        });
    }
    let are_hashes = |elements: &[Value]| {
        elements
            .iter()
            .all(|element| matches!(element, Value::Hash(_)))
    };
    let mut merged = if options.merge_hash_arrays && are_hashes(&source) && are_hashes(&destination)
    {
        let mut list: Vec<Value> = destination
            .iter()
            .enumerate()
            .map(|(index, below)| match source.get(index) {
                Some(above) => deep(above, below.clone(), options),
                None => below.clone(),
            })
            .collect();
        list.extend(source.into_iter().skip(destination.len()));
        list
    } else {
        destination.extend(source);
        match unique(&destination) {
            Value::Array(elements) => elements.to_vec(),
            _ => destination,
        }
    };
    if options.sort_merged_arrays {
        merged.sort_by(order);
    }
    Value::array(merged)
}

fn order(left: &Value, right: &Value) -> std::cmp::Ordering {
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        _ => std::cmp::Ordering::Equal,
    }
}

fn overwrite(source: &Value, options: &DeepOptions) -> Value {
    let Some(prefix) = &options.knockout_prefix else {
        return source.clone();
    };
    match source {
        Value::String(text) if text.starts_with(&**prefix) => Value::string(""),
        Value::Array(elements) => {
            let is_kept = |element: &&Value| {
                element
                    .as_str()
                    .is_none_or(|text| !text.starts_with(&**prefix))
            };
            Value::array(elements.iter().filter(is_kept).cloned().collect::<Vec<_>>())
        }
        other => other.clone(),
    }
}
