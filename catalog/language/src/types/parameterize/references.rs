//! Parameters of object types, and resources by type and title.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Parameterized, Refusal, arity, kind_name, with_article};
use crate::{
    types::{ObjectType, ParameterizedObject, Type, mismatch},
    values::Value,
};

pub(super) fn parameterized_object(base: &Arc<ObjectType>, keys: &[Value]) -> Parameterized {
    let wanted = base.all_type_parameters();
    let label = base.label();
    if wanted.is_empty() {
        return Err(Refusal::raised(format!(
            "The {label}-Type cannot be parameterized using []"
        )));
    }
    let mut parameters: IndexMap<Arc<str>, Value> = IndexMap::new();
    let mut set = |name: &Arc<str>, value: &Value| -> Result<(), Refusal> {
        if matches!(value, Value::Default) {
            return Ok(());
        }
        let parameter = &wanted[name];
        let subject = format!("type_parameter {label}[{name}]");
        mismatch::assert(&subject, &parameter.attribute_type, value).map_err(Refusal::raised)?;
        parameters.insert(name.clone(), value.clone());
        Ok(())
    };
    let by_name = match keys {
        [hash @ Value::Hash(entries)] => {
            let first = &wanted[0].attribute_type;
            Some(entries).filter(|_| !first.is_instance(hash))
        }
        _ => None,
    };
    match by_name {
        Some(entries) => {
            for (name, value) in entries.iter() {
                let known = name.as_str().and_then(|name| wanted.get_key_value(name));
                let Some((name, _)) = known else {
                    return Err(Refusal::raised(format!(
                        "'{name}' is not a known type parameter for {label}-Type"
                    )));
                };
                set(name, value)?;
            }
        }
        None => {
            for (name, value) in wanted.keys().zip(keys) {
                set(name, value)?;
            }
        }
    }
    if parameters.is_empty() {
        return Err(Refusal::raised(format!(
            "The {label}-Type cannot be parameterized using an empty parameter list"
        )));
    }
    Ok(Type::ParameterizedObject(Arc::new(ParameterizedObject {
        base: base.clone(),
        parameters,
    })))
}

pub(super) fn plain_resource(type_name: Option<&str>, keys: &[Value]) -> Parameterized {
    let title = |value: &Value| match value {
        Value::String(title) => Ok(title.clone()),
        other => Err(Refusal::kind(
            0,
            format!(
                "Error creating type specialization of {}, Cannot use {} where a resource title \
                 String is expected",
                with_article(&format!("{}-Type", type_name.unwrap_or("Resource"))),
                kind_name(other)
            ),
        )),
    };
    let named = |value: &Value| match value {
        Value::String(name) => Ok(name.to_string()),
        Value::Type(Type::Resource(resource)) if resource.type_name.is_some() => {
            Ok(resource.type_name.as_deref().unwrap_or_default().to_owned())
        }
        Value::Type(Type::Reference(name)) => Ok(name.to_string()),
        other => Err(Refusal::kind(
            0,
            format!(
                "First argument to Resource[] must be a resource type or a String. Got {}.",
                kind_name(other)
            ),
        )),
    };
    match (type_name, keys) {
        (Some(name), [one]) => Ok(Type::resource(name, Some(title(one)?))),
        (None, [name]) => Ok(Type::resource(&named(name)?, None)),
        (None, [name, one]) => Ok(Type::resource(&named(name)?, Some(title(one)?))),
        _ => Err(arity("Resource", 1, Some(usize::MAX), keys.len())),
    }
}
