//! Values to data.

use std::{fmt, sync::Arc};

use ficelle_model::{
    Data,
    data::{DataHash, Hashing, Typed},
    wire::Richness,
};

use super::super::{HashMap, Object, Value, quote};
use crate::types::{AliasType, Type, capitalize_segments, pcore};

/// How values become data.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Whether rich values stay themselves.
    pub richness: Richness,
    /// What becomes of a resource's reference.
    pub references: References,
}

/// What becomes of `File['/x']` and `Class['x']`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum References {
    /// Their text, as in catalogs.
    Texts,
    /// Types like any other.
    Types,
}

/// A value that is no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotData {
    /// What an iterator gives is only known when it is asked.
    #[error("Use of an Iterator is not supported here")]
    Iterator,
    /// A type that is made of itself: its definition has no end.
    #[error(
        "Endless recursion detected when attempting to serialize value of class \
         Puppet::Pops::Types::PTypeAliasType"
    )]
    Endless,
}

/// What came of a value.
#[derive(Clone, Debug)]
pub struct Written {
    /// The data.
    pub data: Data,
    /// What became text, where rich values do not stay themselves.
    pub lost: Vec<Lost>,
}

/// A rich value that became its text.
#[derive(Clone, Debug)]
pub struct Lost {
    /// Where: `['key'][0]`.
    pub path: String,
    /// What it was.
    pub value: Value,
    /// What it was there.
    pub role: Role,
}

/// What a value is in what holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A value or element.
    Value,
    /// The key of a hash.
    Key,
}

/// The data that a value is.
///
/// # Errors
/// There is a value in it that cannot travel.
pub fn to_data(value: &Value, form: Form) -> Result<Written, NotData> {
    let mut writer = Writer {
        form,
        open: Vec::new(),
        path: String::new(),
        lost: Vec::new(),
    };
    let data = writer.data(value)?;
    let lost = writer.lost;
    Ok(Written { data, lost })
}

struct Writer {
    form: Form,
    /// Aliases that are being written.
    open: Vec<*const AliasType>,
    /// Where the value stands that is being written.
    path: String,
    lost: Vec<Lost>,
}

impl Writer {
    fn is_rich(&self) -> bool {
        self.form.richness == Richness::Rich
    }

    fn is_text(&self, of: &Type) -> bool {
        self.form.references == References::Texts
            && match of {
                Type::Resource(resource) => resource.title.is_some(),
                Type::Class(name) => name.is_some(),
                _ => false,
            }
    }

    fn data(&mut self, value: &Value) -> Result<Data, NotData> {
        Ok(match value {
            Value::Undef => Data::Undef,
            Value::Boolean(value) => Data::Boolean(*value),
            Value::Integer(value) => Data::Integer(*value),
            Value::Float(value) => Data::Float(*value),
            Value::String(text) => Data::String(Arc::clone(text)),
            Value::Array(elements) => {
                let elements = elements.iter().enumerate();
                let elements = elements.map(|(index, element)| self.at(&index, element));
                Data::Array(elements.collect::<Result<_, _>>()?)
            }
            Value::Hash(entries) => self.hash(entries)?,
            Value::Sensitive(inner) => Data::Sensitive(Box::new(self.data(inner)?)),
            Value::Iterator(_) => return Err(NotData::Iterator),
            Value::Type(of) if self.is_text(of) => Data::string(reference_text(of)),
            other if !self.is_rich() => Data::from(self.plain(other, Role::Value)),
            Value::Default => Data::Default,
            Value::Regexp(regexp) => typed("Regexp", Data::String(regexp.pattern())),
            Value::Binary(_) => as_text("Binary", value),
            Value::Timestamp(_) => as_text("Timestamp", value),
            Value::Timespan(_) => as_text("Timespan", value),
            Value::SemVer(_) => as_text("SemVer", value),
            Value::SemVerRange(_) => as_text("SemVerRange", value),
            Value::Uri(_) => as_text("URI", value),
            Value::Object(object) => self.object(object)?,
            Value::Type(of) => self.type_data(of)?,
        })
    }

    fn plain(&mut self, value: &Value, role: Role) -> String {
        self.lost.push(Lost {
            path: self.path.clone(),
            value: value.clone(),
            role,
        });
        value.to_string()
    }

    /// A value within another: `place` is its index, or its key in quotes.
    fn at(&mut self, place: &dyn fmt::Display, value: &Value) -> Result<Data, NotData> {
        if self.is_rich() {
            return self.data(value);
        }
        let before = self.path.len();
        self.path.push_str(&format!("[{place}]"));
        let data = self.data(value);
        self.path.truncate(before);
        data
    }

    fn hash(&mut self, entries: &HashMap) -> Result<Data, NotData> {
        let is_plain = entries.keys().all(|key| matches!(key, Value::String(_)));
        if !is_plain && self.is_rich() {
            let flat = entries.iter().flat_map(|(key, value)| [key, value]);
            let flat = flat.map(|one| self.data(one)).collect::<Result<_, _>>()?;
            return Ok(typed("Hash", Data::Array(flat)));
        }
        let mut hash = DataHash::with_capacity_and_hasher(entries.len(), Hashing::default());
        for (key, value) in entries {
            let key = match key {
                Value::String(key) => Arc::clone(key),
                Value::Default => "default".into(),
                other => self.plain(other, Role::Key).into(),
            };
            let data = self.at(&Quoted(&key), value)?;
            hash.insert(key, data);
        }
        Ok(Data::hash(hash))
    }

    fn object(&mut self, object: &Object) -> Result<Data, NotData> {
        let mut hash = DataHash::default();
        for (name, value) in object.init_attributes() {
            hash.insert(Arc::clone(name), self.data(value)?);
        }
        Ok(typed(&object.object_type.name(), Data::hash(hash)))
    }

    fn type_data(&mut self, of: &Type) -> Result<Data, NotData> {
        let Type::Alias(alias) = of else {
            return self.described(of);
        };
        let pointer = Arc::as_ptr(alias);
        if self.open.contains(&pointer) {
            return Err(NotData::Endless);
        }
        self.open.push(pointer);
        let data = self.described(of);
        self.open.pop();
        data
    }

    fn described(&mut self, of: &Type) -> Result<Data, NotData> {
        let (name, attributes) = pcore::attributes(of);
        let mut hash = DataHash::with_capacity_and_hasher(attributes.len(), Hashing::default());
        for (name, value) in &attributes {
            hash.insert(Arc::clone(name), self.data(value)?);
        }
        Ok(typed(&name, Data::hash(hash)))
    }
}

/// A key as a message shows it, which few have to.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote(self.0))
    }
}

/// `File[/x]`, as catalogs write it.
fn reference_text<'a>(of: &'a Type) -> String {
    match of {
        Type::Resource(resource) => {
            let part = |part: &'a Option<Arc<str>>| part.as_deref().unwrap_or_default();
            let (type_name, title) = (part(&resource.type_name), part(&resource.title));
            let mut text = String::with_capacity(type_name.len() + title.len() + 2);
            text.push_str(type_name);
            text.push('[');
            text.push_str(title);
            text.push(']');
            text
        }
        Type::Class(Some(name)) => ["Class[", &capitalize_segments(name), "]"].concat(),
        other => other.to_string(),
    }
}

fn as_text(name: &str, value: &Value) -> Data {
    typed(name, Data::from(value.to_string()))
}

fn typed(name: &str, value: Data) -> Data {
    Data::Typed(Box::new(Typed {
        type_name: name.into(),
        value,
    }))
}
