//! Between the language's values and the catalog's data: once, where a compile begins or ends.
//!
//! Source: puppet-specifications, `language/data-types/pcore-data-representation.md`.

use std::sync::Arc;

use ficelle_language::{Error, Evaluated, Value, values::HashMap};
use ficelle_model::{
    Data,
    data::{DataHash, Typed},
};

use super::{declare::reference_of, texts};

/// A value of the language from data: facts, classification, exported resources.
pub(super) fn value(data: &Data) -> Value {
    match data {
        Data::Undef => Value::Undef,
        Data::Default => Value::Default,
        Data::Boolean(value) => Value::Boolean(*value),
        Data::Integer(value) => Value::Integer(*value),
        Data::Float(value) => Value::Float(*value),
        Data::String(text) => Value::String(text.clone()),
        Data::Array(elements) => Value::array(elements.iter().map(value).collect::<Vec<_>>()),
        Data::Hash(hash) => value_of_hash(hash),
        Data::Sensitive(inner) => Value::Sensitive(Arc::new(value(inner))),
        Data::Typed(typed) => value(&typed.value),
    }
}

/// A hash of the language from data.
pub(super) fn value_of_hash(hash: &DataHash) -> Value {
    let entries: HashMap = hash
        .iter()
        .map(|(key, data)| (Value::String(key.clone()), value(data)))
        .collect();
    Value::hash(entries)
}

/// Turns values into data, for one resource.
pub(super) struct Converter {
    /// Whether rich values stay themselves.
    pub rich: bool,
}

impl Converter {
    /// The data that a value is.
    pub(super) fn data(&self, value: &Value) -> Evaluated<Data> {
        Ok(match value {
            Value::Undef => Data::Undef,
            Value::Boolean(value) => Data::Boolean(*value),
            Value::Integer(value) => Data::Integer(*value),
            Value::Float(value) => Data::Float(*value),
            Value::String(text) => Data::String(text.clone()),
            Value::Array(elements) => Data::Array(
                elements
                    .iter()
                    .map(|element| self.data(element))
                    .collect::<Evaluated<Vec<Data>>>()?,
            ),
            Value::Hash(hash) => self.hash(hash)?,
            Value::Default if self.rich => Data::Default,
            Value::Default => Data::from("default"),
            Value::Type(_) => match reference_of(value) {
                Some(reference) => Data::from(reference.to_string()),
                None => self.typed("Type", value),
            },
            Value::Sensitive(inner) => Data::Sensitive(Box::new(self.data(inner)?)),
            Value::Regexp(regexp) if self.rich => {
                typed("Regexp", Data::String(regexp.source().clone()))
            }
            Value::Regexp(regexp) => Data::from(regexp.delimited()),
            Value::Binary(_) => self.typed("Binary", value),
            Value::Timestamp(_) => self.typed("Timestamp", value),
            Value::Timespan(_) => self.typed("Timespan", value),
            Value::SemVer(_) => self.typed("SemVer", value),
            Value::SemVerRange(_) => self.typed("SemVerRange", value),
            Value::Uri(_) => self.typed("URI", value),
            Value::Object(object) => {
                let mut attributes = DataHash::with_capacity(object.attributes.len());
                for (name, attribute) in &object.attributes {
                    attributes.insert(name.clone(), self.data(attribute)?);
                }
                let type_name = texts::display(&Value::Type(object.object_type.clone()));
                typed(&type_name, Data::Hash(attributes))
            }
            Value::Iterator(_) => {
                let message = "Use of an Iterator is not supported here";
                return Err(Error::new(message).into());
            }
        })
    }

    fn typed(&self, name: &str, value: &Value) -> Data {
        let text = Data::from(texts::display(value));
        if self.rich { typed(name, text) } else { text }
    }

    fn hash(&self, hash: &HashMap) -> Evaluated<Data> {
        let plain = hash.keys().all(|key| matches!(key, Value::String(_)));
        if plain || !self.rich {
            let mut result = DataHash::with_capacity(hash.len());
            for (key, value) in hash {
                let key = match key {
                    Value::String(key) => key.clone(),
                    other => texts::display(other).into(),
                };
                result.insert(key, self.data(value)?);
            }
            return Ok(Data::Hash(result));
        }
        let mut pairs = Vec::with_capacity(hash.len() * 2);
        for (key, value) in hash {
            pairs.push(self.data(key)?);
            pairs.push(self.data(value)?);
        }
        Ok(typed("Hash", Data::Array(pairs)))
    }
}

fn typed(name: &str, value: Data) -> Data {
    Data::Typed(Box::new(Typed {
        type_name: name.into(),
        value,
    }))
}
