//! `Type[parameters]`: a type from a bare one and values, or the reason why not.

mod collections;
mod ranges;
mod references;
mod texts;

use std::{borrow::Cow, sync::Arc};

use ficelle_model::qualified::unrooted;

use super::{InitType, Type, object_definition, type_set};
use crate::values::Value;
use collections::{array, callable, hash, structure, tuple};
use ranges::{check_order, float_bound, integer_bound, range_of, size, times};
use references::{parameterized_object, plain_resource};
use texts::{enumeration, pattern, regexp, runtime, sem_ver, uri};

/// A type cannot have these parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What kind of mistake it is.
    pub cause: Cause,
    /// Which parameter is to blame, where it is one.
    pub key: Option<usize>,
}

/// Kinds of mistakes in parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The number of parameters.
    Count,
    /// A parameter is not of the kind that is wanted there.
    Kind,
    /// The type has no parameters.
    NotParameterized,
    /// The parameters as such are right, but no type comes of them.
    Raised,
}

impl Refusal {
    fn count(message: String) -> Self {
        Self {
            message,
            cause: Cause::Count,
            key: None,
        }
    }

    fn kind(key: usize, message: String) -> Self {
        Self {
            message,
            cause: Cause::Kind,
            key: Some(key),
        }
    }

    pub(super) fn raised(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: Cause::Raised,
            key: None,
        }
    }
}

type Parameterized = Result<Type, Refusal>;

/// The type that `base[keys]` is. Resources and classes are left to the caller, who knows the
/// catalog, but for their plain forms.
///
/// # Errors
/// The parameters do not fit the type; the messages are the reference's.
pub fn parameterize(base: &Type, keys: &[Value]) -> Parameterized {
    match base {
        Type::Callable(_) => return callable(base, keys),
        Type::Struct(_) => return structure(base, keys),
        Type::Init(_) => return init(keys),
        _ => {}
    }
    let flat = flatten(keys);
    let keys = flat.as_slice();
    match base {
        Type::Boolean(_) => match keys {
            [Value::Boolean(value)] => Ok(Type::Boolean(Some(*value))),
            [_] => {
                check_each(base, keys, "TrueClass or FalseClass", |_| false).map(|()| Type::BOOLEAN)
            }
            _ => Err(arity(&label(base), 1, Some(1), keys.len())),
        },
        Type::Integer(_) => {
            let range = range_of(keys, "Integer", "integers (or default)", integer_bound)?;
            check_order(&range).map(|range| Type::Integer(range.into()))
        }
        Type::Float(_) => {
            let range = range_of(
                keys,
                "Float",
                "floats, or integers (or default)",
                float_bound,
            )?;
            check_order(&range).map(|range| Type::Float(range.into()))
        }
        Type::String(_) => match keys.len() {
            1 | 2 => Ok(Type::String(size(0, keys)?.into())),
            count => Err(Refusal::count(format!(
                "String supports [] with one or two arguments. Got {count}"
            ))),
        },
        Type::Enum(_) => enumeration(base, keys),
        Type::Pattern(_) => pattern(base, keys),
        Type::Regexp(_) => regexp(base, keys),
        Type::Collection(_) => match keys.len() {
            1 | 2 => Ok(Type::Collection(size(0, keys)?.into())),
            count => Err(arity("Collection-Type", 1, Some(2), count)),
        },
        Type::Array(_) => array(keys),
        Type::Tuple(_) => tuple(base, keys),
        Type::Hash(_) => hash(keys),
        Type::Variant(_) => {
            check_each(base, keys, "Any-Type", |key| matches!(key, Value::Type(_)))?;
            Ok(Type::variant_of(types(keys)))
        }
        Type::Optional(_) => optional(keys),
        Type::NotUndef(_) => not_undef(keys),
        Type::Sensitive(_) => Ok(Type::sensitive_of(&contained("Sensitive", keys)?)),
        Type::Type(_) => Ok(Type::type_of(contained("Type", keys)?)),
        Type::Iterable(_) => Ok(Type::iterable_of(contained("Iterable", keys)?)),
        Type::Iterator(_) => Ok(Type::Iterator(Some(Arc::new(contained("Iterator", keys)?)))),
        Type::Timestamp(_) => times(base, keys, super::construct::timestamp_bound)
            .map(Arc::new)
            .map(Type::Timestamp),
        Type::Timespan(_) => times(base, keys, super::construct::timespan_bound)
            .map(Arc::new)
            .map(Type::Timespan),
        Type::SemVer(_) => sem_ver(base, keys),
        Type::Uri(_) => uri(keys),
        Type::Runtime(_) => runtime(base, keys),
        Type::Object(object) if object.name.is_empty() => match keys {
            [Value::Hash(entries)] => object_definition::anonymous(entries),
            [other] => Err(object_definition::not_a_hash(other)),
            _ => Err(arity("Object-Type", 1, None, keys.len())),
        },
        Type::Object(object) => parameterized_object(object, keys),
        Type::TypeSet(_) => match keys {
            [Value::Hash(entries)] => type_set::from_hash(entries),
            [other] => Err(type_set::not_a_hash(other)),
            _ => Err(arity("TypeSet-Type", 1, None, keys.len())),
        },
        Type::Alias(alias) => match alias.target() {
            target @ (Type::Object(_) | Type::Alias(_)) => parameterize(&target, keys),
            _ => Err(not_parameterized(base)),
        },
        Type::Resource(resource) => plain_resource(resource.type_name.as_deref(), keys),
        Type::Class(None) => match keys {
            [Value::String(name)] => {
                let name = name.to_lowercase();
                let name = unrooted(&name);
                Ok(Type::Class(Some(name.into())))
            }
            _ => Err(arity("Class-Type", 1, Some(1), keys.len())),
        },
        Type::Reference(name) => Err(Refusal {
            cause: Cause::NotParameterized,
            ..Refusal::raised(format!("Resource type not found: {name}"))
        }),
        _ => Err(not_parameterized(base)),
    }
}

fn not_parameterized(base: &Type) -> Refusal {
    let label = with_article(&format!("{base}-Type"));
    Refusal {
        cause: Cause::NotParameterized,
        ..Refusal::raised(format!("Operator '[]' is not applicable to {label}."))
    }
}

fn flatten(keys: &[Value]) -> Vec<Value> {
    let mut flat = Vec::with_capacity(keys.len());
    for key in keys {
        match key {
            Value::Array(elements) => flat.extend(flatten(elements)),
            other => flat.push(other.clone()),
        }
    }
    flat
}

fn types(keys: &[Value]) -> Vec<Type> {
    keys.iter()
        .filter_map(|key| match key {
            Value::Type(of) => Some(of.clone()),
            _ => None,
        })
        .collect()
}

/// `a` or `an`, and the word.
pub(crate) fn with_article(word: &str) -> String {
    let vowel = word.starts_with(|first: char| "aeiouAEIOU".contains(first));
    format!("{} {word}", if vowel { "an" } else { "a" })
}

fn capitalized_article(word: &str) -> String {
    let mut text = with_article(word);
    text.replace_range(..1, "A");
    text
}

fn arity(label: &str, least: usize, most: Option<usize>, given: usize) -> Refusal {
    let accepts = match most {
        Some(usize::MAX) => format!("{least} or more arguments"),
        Some(most) if most != least => format!("{least} to {most} arguments"),
        _ if least == 1 => "1 argument".to_owned(),
        _ => format!("{least} arguments"),
    };
    Refusal::count(format!("{label}[] accepts {accepts}. Got {given}"))
}

/// The name that a value's type has in messages about parameters.
pub(crate) fn kind_name(value: &Value) -> String {
    match value {
        Value::Undef => "Undef".to_owned(),
        Value::Default => "Default".to_owned(),
        other => other.infer().generalize().to_string(),
    }
}

/// A type as the subject of a sentence about its parameters.
fn label(base: &Type) -> String {
    capitalized_article(&format!("{base}-Type"))
}

/// The name of the class that a value has in the reference's own language, which its messages
/// show.
pub(crate) fn class_name(value: &Value) -> Cow<'static, str> {
    Cow::Borrowed(match value {
        Value::Undef => "NilClass",
        Value::Default => "Symbol",
        Value::Boolean(true) => "TrueClass",
        Value::Boolean(false) => "FalseClass",
        Value::Integer(_) => "Integer",
        Value::Float(_) => "Float",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Regexp(_) => "Regexp",
        Value::Type(of) => return format!("Puppet::Pops::Types::P{}Type", of.simple_name()).into(),
        Value::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive",
        Value::Binary(_) => "Puppet::Pops::Types::PBinaryType::Binary",
        Value::Timestamp(_) => "Puppet::Pops::Time::Timestamp",
        Value::Timespan(_) => "Puppet::Pops::Time::Timespan",
        Value::SemVer(_) => "SemanticPuppet::Version",
        Value::SemVerRange(_) => "SemanticPuppet::VersionRange",
        Value::Uri(_) => "URI",
        Value::Iterator(_) => "Iterator",
        Value::Object(_) => "Object",
    })
}

/// One or more keys, each of which `holds`.
fn check_each(
    base: &Type,
    keys: &[Value],
    expected: &str,
    holds: impl Fn(&Value) -> bool,
) -> Result<(), Refusal> {
    if keys.is_empty() {
        return Err(arity(&label(base), 1, Some(usize::MAX), 0));
    }
    match keys.iter().position(|key| !holds(key)) {
        None => Ok(()),
        Some(index) => Err(Refusal::kind(
            index,
            format!(
                "Error creating type specialization of {}, Cannot use {} where {expected} is expected",
                with_article(&format!("{base}-Type")),
                kind_name(&keys[index])
            ),
        )),
    }
}

fn not_a_type(label: &str, index: usize, value: &Value) -> Refusal {
    Refusal::kind(
        index,
        format!(
            "{label}-Type[] arguments must be types. Got {}",
            class_name(value)
        ),
    )
}

/// The one type in the brackets.
fn contained(label: &str, keys: &[Value]) -> Parameterized {
    match keys {
        [Value::Type(of)] => Ok(of.clone()),
        [other] => Err(not_a_type(label, 0, other)),
        _ => Err(arity(&format!("{label}-Type"), 1, None, keys.len())),
    }
}

fn optional(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::String(text)] => Ok(Type::optional(Type::StringValue(text.clone()))),
        _ => contained("Optional", keys).map(Type::optional),
    }
}

fn not_undef(keys: &[Value]) -> Parameterized {
    match keys {
        [] => Ok(Type::NotUndef(None)),
        [Value::String(text)] => Ok(Type::not_undef(Type::StringValue(text.clone()))),
        [Value::Type(of)] => Ok(Type::not_undef(of.clone())),
        [other] => Err(Refusal::kind(
            0,
            format!(
                "NotUndef-Type[] argument must be a Type or a String. Got {}",
                class_name(other)
            ),
        )),
        _ => Err(arity("NotUndef-Type", 0, Some(1), keys.len())),
    }
}

fn init(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::Type(of), arguments @ ..] => Ok(Type::Init(Arc::new(InitType {
            of: Some(of.clone()),
            arguments: arguments.to_vec(),
        }))),
        [other, ..] => Err(not_a_type("Init", 0, other)),
        [] => Err(arity("Init-Type", 1, None, 0)),
    }
}
