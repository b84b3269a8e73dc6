//! Values in JSON: `__ptype` and `__pvalue` mark what JSON itself cannot say.
//!
//! Source: puppet-specifications, `language/data-types/pcore-data-representation.md`.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap as _, SerializeSeq as _},
};

use crate::data::{Data, DataHash, Typed};

const TYPE: &str = "__ptype";
const VALUE: &str = "__pvalue";

/// Whether rich values stay themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Richness {
    /// `application/vnd.puppet.rich+json`: they do.
    Rich,
    /// `application/json`: they become their text.
    Plain,
}

/// A value on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// The value.
    pub data: &'a Data,
    /// How it goes.
    pub richness: Richness,
}

impl<'a> Form<'a> {
    fn of(self, data: &'a Data) -> Self {
        Self {
            data,
            richness: self.richness,
        }
    }
}

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.data, self.richness) {
            (Data::Undef, _) => serializer.serialize_unit(),
            (Data::Boolean(value), _) => serializer.serialize_bool(*value),
            (Data::Integer(value), _) => serializer.serialize_i64(*value),
            (Data::Float(value), _) => serializer.serialize_f64(*value),
            (Data::String(text), _) => serializer.serialize_str(text),
            (Data::Array(elements), _) => {
                let mut sequence = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    sequence.serialize_element(&self.of(element))?;
                }
                sequence.end()
            }
            (Data::Hash(hash), _) if hash.contains_key(TYPE) => {
                // Data that looks like a rich value travels as the pairs it is made from.
                let pairs: Vec<Data> = hash
                    .iter()
                    .flat_map(|(key, value)| [Data::String(Arc::clone(key)), value.clone()])
                    .collect();
                pair(serializer, "Hash", &self.of(&Data::Array(pairs)))
            }
            (Data::Hash(hash), _) => {
                let mut map = serializer.serialize_map(Some(hash.len()))?;
                for (key, value) in hash.iter() {
                    map.serialize_entry(key, &self.of(value))?;
                }
                map.end()
            }
            (Data::Default, Richness::Rich) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(TYPE, "Default")?;
                map.end()
            }
            (Data::Default, Richness::Plain) => serializer.serialize_str("default"),
            (Data::Sensitive(value), Richness::Rich) => {
                pair(serializer, "Sensitive", &self.of(value))
            }
            // Who cannot be told that a value is secret does not get it.
            (Data::Sensitive(_), Richness::Plain) => {
                serializer.serialize_str("Sensitive [value redacted]")
            }
            (Data::Typed(typed), Richness::Rich) => match &typed.value {
                Data::Hash(attributes) => {
                    let mut map = serializer.serialize_map(Some(attributes.len() + 1))?;
                    map.serialize_entry(TYPE, &typed.type_name)?;
                    for (key, value) in attributes.iter() {
                        map.serialize_entry(key, &self.of(value))?;
                    }
                    map.end()
                }
                value => pair(serializer, &typed.type_name, &self.of(value)),
            },
            (Data::Typed(typed), Richness::Plain) => self.of(&typed.value).serialize(serializer),
        }
    }
}

fn pair<S: Serializer>(
    serializer: S,
    type_name: &str,
    value: &Form<'_>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry(TYPE, type_name)?;
    map.serialize_entry(VALUE, value)?;
    map.end()
}

/// A value on its way in.
#[derive(Clone, Debug, PartialEq)]
pub struct Read(pub Data);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadVisitor).map(Read)
    }
}

struct ReadVisitor;

impl<'de> Visitor<'de> for ReadVisitor {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Undef)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Data, E> {
        Ok(Data::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Data, E> {
        Ok(Data::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Data, E> {
        // Ruby's integers have no end; what does not fit here becomes the nearest float.
        Ok(i64::try_from(value).map_or(Data::Float(value as f64), Data::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Data, E> {
        Ok(Data::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::string(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Data, A::Error> {
        let mut elements = Vec::with_capacity(sequence.size_hint().unwrap_or_default().min(1024));
        while let Some(Read(element)) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Data::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        read_hash(&mut map).map(rich)
    }
}

fn read_hash<'de, A: MapAccess<'de>>(map: &mut A) -> Result<DataHash, A::Error> {
    let mut hash = DataHash::default();
    while let Some((Key(key), Read(value))) = map.next_entry()? {
        hash.insert(key, value);
    }
    Ok(hash)
}

/// A key on its way in. As an `Arc<str>` it would be copied twice.
struct Key(Arc<str>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Key, E> {
                Ok(Key(text.into()))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// A hash of values on its way in, whatever its keys are.
#[derive(Debug, Default)]
pub(super) struct ReadHash(pub DataHash);

impl<'de> Deserialize<'de> for ReadHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HashVisitor;
        impl<'de> Visitor<'de> for HashVisitor {
            type Value = ReadHash;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a hash")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReadHash, A::Error> {
                read_hash(&mut map).map(ReadHash)
            }
        }
        deserializer.deserialize_map(HashVisitor)
    }
}

/// What a hash with `__ptype` means; any other hash is itself.
fn rich(mut hash: DataHash) -> Data {
    let Some(Data::String(type_name)) = hash.get(TYPE).cloned() else {
        return Data::hash(hash);
    };
    hash.shift_remove(TYPE);
    let value = hash.shift_remove(VALUE);
    match (&*type_name, value) {
        ("Default", None) => Data::Default,
        ("Sensitive", Some(value)) => Data::Sensitive(Box::new(value)),
        ("Hash", Some(Data::Array(pairs))) => string_keyed(&pairs).map_or_else(
            || {
                Data::Typed(Box::new(Typed {
                    type_name,
                    value: Data::Array(pairs.clone()),
                }))
            },
            Data::hash,
        ),
        (_, Some(value)) => Data::Typed(Box::new(Typed { type_name, value })),
        (_, None) => Data::Typed(Box::new(Typed {
            type_name,
            value: Data::hash(hash),
        })),
    }
}

fn string_keyed(pairs: &[Data]) -> Option<DataHash> {
    pairs
        .chunks(2)
        .map(|pair| match pair {
            [Data::String(key), value] => Some((Arc::clone(key), value.clone())),
            _ => None,
        })
        .collect()
}

/// Writes a hash of values.
#[derive(Clone, Copy, Debug)]
pub struct HashForm<'a> {
    /// The values by name.
    pub hash: &'a DataHash,
    /// How they go.
    pub richness: Richness,
}

impl Serialize for HashForm<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.hash.len()))?;
        for (key, data) in self.hash {
            map.serialize_entry(
                key,
                &Form {
                    data,
                    richness: self.richness,
                },
            )?;
        }
        map.end()
    }
}
