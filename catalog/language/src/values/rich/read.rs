//! Data to values.

use std::sync::Arc;

use ficelle_model::{
    Data,
    data::{DataHash, Typed},
};

use super::{
    super::{HashMap, Object, Value},
    path::follow,
};
use crate::types::{Type, construct, names, parse, pcore};

/// Finds a type by its name; `None` where there is none of this name.
pub type Find<'a> = &'a dyn Fn(&str) -> Result<Option<Type>, String>;

/// How often data may refer to other data on the way down.
const DEEPEST: usize = 200;

/// The value that data stands for.
///
/// # Errors
/// A type is not known, or is not made from what is there.
pub fn from_data(data: &Data, find: Find<'_>) -> Result<Value, String> {
    let mut reader = Reader {
        root: data,
        find,
        depth: 0,
    };
    reader.value(data)
}

struct Reader<'a> {
    root: &'a Data,
    find: Find<'a>,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self, data: &Data) -> Result<Value, String> {
        Ok(match data {
            Data::Undef => Value::Undef,
            Data::Default => Value::Default,
            Data::Boolean(value) => Value::Boolean(*value),
            Data::Integer(value) => Value::Integer(*value),
            Data::Float(value) => Value::Float(*value),
            Data::String(text) => Value::String(Arc::clone(text)),
            Data::Array(elements) => Value::array(self.all(elements)?),
            Data::Hash(hash) => match hash.get("__ptype") {
                Some(Data::Typed(definition)) => self.defined(definition, hash)?,
                _ => self.hash(hash)?,
            },
            Data::Sensitive(inner) => Value::Sensitive(Arc::new(self.value(inner)?)),
            Data::Typed(typed) => self.typed(typed)?,
        })
    }

    fn all(&mut self, elements: &[Data]) -> Result<Vec<Value>, String> {
        elements.iter().map(|element| self.value(element)).collect()
    }

    fn hash(&mut self, hash: &DataHash) -> Result<Value, String> {
        let mut entries = HashMap::default();
        for (key, data) in hash {
            entries.insert(Value::String(Arc::clone(key)), self.value(data)?);
        }
        Ok(Value::hash(entries))
    }

    fn attributes(&mut self, hash: &DataHash) -> Result<pcore::Attributes, String> {
        hash.iter()
            .map(|(name, data)| Ok((Arc::clone(name), self.value(data)?)))
            .collect()
    }

    fn typed(&mut self, typed: &Typed) -> Result<Value, String> {
        let name = &*typed.type_name;
        match (name, &typed.value) {
            ("Hash", Data::Array(flat)) => {
                let flat = self.all(flat)?;
                let (pairs, _) = flat.as_chunks::<2>();
                let pairs = pairs.iter().cloned().map(|[key, value]| (key, value));
                Ok(Value::hash(pairs.collect::<HashMap>()))
            }
            ("LocalRef", Data::String(path)) => self.referred(path),
            // A type by its text.
            ("Type", Data::String(text)) => parse::parse(text, self.find).map(Value::Type),
            (_, Data::Hash(hash)) if pcore::is_type_of_types(name) => {
                let attributes = self.attributes(hash)?;
                pcore::from_attributes(name, &attributes).map(Value::Type)
            }
            (_, data) => {
                let of = match names::find(name) {
                    None => (self.find)(name)?,
                    found => found,
                };
                let missing = || format!("No implementation mapping found for Puppet Type {name}");
                self.instance(&of.ok_or_else(missing)?, data)
            }
        }
    }

    /// A value that brings the definition of its type along.
    fn defined(&mut self, definition: &Typed, hash: &DataHash) -> Result<Value, String> {
        let Value::Type(of) = self.typed(definition)? else {
            return Err(format!("'{}' is no type of a value", definition.type_name));
        };
        if let Some(value) = hash.get("__pvalue") {
            return self.instance(&of, value);
        }
        let mut attributes = hash.clone();
        attributes.shift_remove("__ptype");
        self.instance(&of, &Data::hash(attributes))
    }

    fn instance(&mut self, of: &Type, data: &Data) -> Result<Value, String> {
        if let (Type::Object(object), Data::Hash(hash)) = (of, data)
            && object.init_attributes().is_empty()
        {
            // What the type does not say of itself is kept as it came.
            return Ok(Value::Object(Arc::new(Object {
                object_type: of.clone(),
                attributes: self.attributes(hash)?,
            })));
        }
        let inner = self.value(data)?;
        construct::construct(of, &[inner], &Timeless(self.find))
    }

    /// What stands at another place of the same data.
    fn referred(&mut self, path: &str) -> Result<Value, String> {
        let found = follow(self.root, path)
            .ok_or_else(|| format!("'{path}' leads to nothing in the data it stands in"))?;
        if self.depth == DEEPEST {
            return Err(format!("'{path}' leads back to itself"));
        }
        self.depth += 1;
        let value = self.value(found);
        self.depth -= 1;
        value
    }
}

/// Data says all of a value: nothing depends on when it is read.
struct Timeless<'a>(Find<'a>);

impl construct::Context for Timeless<'_> {
    fn now(&self) -> i128 {
        0
    }

    fn parse_type(&self, text: &str) -> Result<Type, String> {
        parse::parse(text, self.0)
    }
}
