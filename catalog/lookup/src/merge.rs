//! What becomes of a key that several places know: first, unique, hash, deep.

mod deep;

use std::sync::{Arc, LazyLock};

use ficelle_language::{
    Type, Value,
    error::{Error, Evaluated},
    types::{mismatch, parse::parse_plain},
    values::{HashMap, Key as Name},
};

use crate::key::failure;

use deep::Deep;
pub use deep::DeepOptions;

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

impl Merge {
    /// Reads the `merge` of a call or of `lookup_options`: a name, or a hash with `strategy`.
    ///
    /// # Errors
    /// There is no such strategy, or an option is wrong.
    pub fn parse(value: &Value) -> Evaluated<Self> {
        let none = HashMap::default();
        let (strategy, options) = match value {
            Value::Hash(options) => match options.get(&Name("strategy")) {
                Some(strategy) if !strategy.is_undef() => (strategy, &**options),
                _ => {
                    return Err(Error::new(
                        "The hash given as 'merge' must contain the name of a strategy in string \
                         form for the key 'strategy'",
                    )
                    .into());
                }
            },
            strategy => (strategy, &none),
        };
        let deep = |strategy| Self::Deep(DeepOptions::read(strategy, options));
        let name = strategy.as_str();
        let (merge, wanted) = match name {
            Some("first" | "default") => (Self::First, &*NAME_ONLY),
            Some("unique") => (Self::Unique, &*NAME_ONLY),
            Some("hash") => (Self::Hash, &*NAME_ONLY),
            Some("deep") => (deep(Deep::Plain), &*DEEP),
            // Without options it is the deep one itself.
            Some("unconstrained_deep") if options.len() < 2 => (deep(Deep::Plain), &*ANY),
            Some("unconstrained_deep") => (deep(Deep::Unconstrained), &*ANY),
            Some("reverse_deep") => (deep(Deep::Reverse), &*ANY),
            _ => {
                let message = format!("Unknown merge strategy: '{strategy}'");
                return Err(Error::new(message).into());
            }
        };
        // A strategy alone needs no check.
        if options.len() > 1 {
            mismatch::assert("The merge options", wanted, value).map_err(Error::new)?;
        }
        Ok(merge)
    }

    /// A deep merge with options that it knows.
    pub fn deep<'n>(options: impl IntoIterator<Item = (&'n str, Value)>) -> Self {
        let options = options.into_iter();
        let options: HashMap = options
            .map(|(name, value)| (Value::string(name), value))
            .collect();
        Self::Deep(DeepOptions::read(Deep::Plain, &options))
    }

    /// The strategy's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Unique => "unique",
            Self::Hash => "hash",
            Self::Deep(options) => options.strategy.name(),
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
        Ok(merged)
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
                Ok(unique(&elements))
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
            Self::Deep(options) => options.merge(stronger, weaker),
        }
    }
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

/// The options of the strategies that know their own name only.
static NAME_ONLY: LazyLock<Type> = LazyLock::new(|| {
    parse_plain("Struct[{strategy => Optional[String]}]").expect("a type of the language")
});

/// The options of a deep merge.
static DEEP: LazyLock<Type> = LazyLock::new(|| {
    let text = "Struct[{strategy => Optional[String], knockout_prefix => Optional[String], \
                merge_debug => Optional[Boolean], merge_hash_arrays => Optional[Boolean], \
                sort_merged_arrays => Optional[Boolean]}]";
    parse_plain(text).expect("a type of the language")
});

/// The options of a deep merge that takes whatever its library knows.
static ANY: LazyLock<Type> =
    LazyLock::new(|| parse_plain("Hash[String[1], Any]").expect("a type of the language"));

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

pub(crate) fn unique(elements: &[Value]) -> Value {
    let mut seen = HashMap::default();
    seen.extend(
        elements
            .iter()
            .map(|element| (element.clone(), Value::Undef)),
    );
    Value::array(seen.into_keys().collect::<Vec<_>>())
}
