//! Between a catalog's data and the language's values, for the arguments and the result of a call.
//!
//! Source: puppet-specifications, `language/data-types/pcore-data-representation.md`.

use std::{rc::Rc, sync::Arc};

use ficelle_language::{Error, Evaluated, Evaluator, Scope, Value, values::HashMap};
use ficelle_model::{
    Data,
    data::{DataHash, Typed},
};

/// The value that data stands for.
pub(super) fn from_data(data: &Data, evaluator: &Evaluator<'_>, top: &Rc<Scope>) -> Evaluated {
    Ok(match data {
        Data::Undef => Value::Undef,
        Data::Default => Value::Default,
        Data::Boolean(value) => Value::Boolean(*value),
        Data::Integer(value) => Value::Integer(*value),
        Data::Float(value) => Value::Float(*value),
        Data::String(text) => Value::String(Arc::clone(text)),
        Data::Array(elements) => Value::array(
            elements
                .iter()
                .map(|element| from_data(element, evaluator, top))
                .collect::<Evaluated<Vec<_>>>()?,
        ),
        Data::Hash(hash) => {
            let mut entries = HashMap::default();
            for (key, value) in hash {
                let value = from_data(value, evaluator, top)?;
                entries.insert(Value::String(Arc::clone(key)), value);
            }
            Value::hash(entries)
        }
        Data::Sensitive(inner) => Value::Sensitive(Arc::new(from_data(inner, evaluator, top)?)),
        Data::Typed(typed) => from_typed(typed, evaluator, top)?,
    })
}

fn from_typed(typed: &Typed, evaluator: &Evaluator<'_>, top: &Rc<Scope>) -> Evaluated {
    let inner = from_data(&typed.value, evaluator, top)?;
    if &*typed.type_name == "Hash"
        && let Value::Array(flat) = &inner
    {
        let (pairs, _) = flat.as_chunks::<2>();
        let pairs = pairs
            .iter()
            .map(|[key, value]| (key.clone(), value.clone()));
        return Ok(Value::hash(pairs.collect()));
    }
    // A type itself travels by its name: `Deferred('new', [Sensitive, …])`.
    if &*typed.type_name == "Type"
        && let Value::String(name) = &inner
    {
        return named(name, evaluator);
    }
    let arguments = [named(&typed.type_name, evaluator)?, inner];
    evaluator.call_function("new", &arguments, None, Default::default(), top)
}

fn named(name: &str, evaluator: &Evaluator<'_>) -> Evaluated {
    let found = evaluator.named_type(name)?;
    let found = found.ok_or_else(|| Error::new(format!("Resource type not found: {name}")))?;
    Ok(Value::Type(found))
}

/// The data that a value is.
pub(super) fn to_data(value: &Value) -> Evaluated<Data> {
    Ok(match value {
        Value::Undef => Data::Undef,
        Value::Default => Data::Default,
        Value::Boolean(value) => Data::Boolean(*value),
        Value::Integer(value) => Data::Integer(*value),
        Value::Float(value) => Data::Float(*value),
        Value::String(text) => Data::String(Arc::clone(text)),
        Value::Array(elements) => {
            Data::Array(elements.iter().map(to_data).collect::<Evaluated<_>>()?)
        }
        Value::Hash(hash) => {
            let mut entries = DataHash::with_capacity(hash.len());
            for (key, value) in hash.iter() {
                let key = match key {
                    Value::String(key) => Arc::clone(key),
                    other => other.to_string().into(),
                };
                entries.insert(key, to_data(value)?);
            }
            Data::Hash(entries)
        }
        Value::Sensitive(inner) => Data::Sensitive(Box::new(to_data(inner)?)),
        Value::Regexp(regexp) => typed("Regexp", regexp.source().as_ref()),
        Value::Binary(_) => typed("Binary", &value.to_string()),
        Value::Timestamp(_) => typed("Timestamp", &value.to_string()),
        Value::Timespan(_) => typed("Timespan", &value.to_string()),
        Value::SemVer(_) => typed("SemVer", &value.to_string()),
        Value::SemVerRange(_) => typed("SemVerRange", &value.to_string()),
        Value::Uri(_) => typed("URI", &value.to_string()),
        Value::Type(_) => typed("Type", &value.to_string()),
        Value::Object(_) | Value::Iterator(_) => {
            let message = "the result of a Deferred value cannot be used in a resource";
            return Err(Error::new(message).into());
        }
    })
}

fn typed(name: &str, text: &str) -> Data {
    Data::Typed(Box::new(Typed {
        type_name: name.into(),
        value: Data::from(text),
    }))
}
