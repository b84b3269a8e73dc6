//! Objects, by position and by a hash of attributes.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Constructor, way};
use crate::{
    types::{Attribute, ObjectType, Presence, Type},
    values::{Object, Value},
};

pub(super) fn object(object: &Arc<ObjectType>) -> Result<Constructor, String> {
    let attributes = object.init_attributes();
    let required = attributes
        .iter()
        .filter(|(_, attribute)| attribute.value.is_none())
        .count();
    let hash = Type::struct_of(attributes.iter().map(|(name, attribute)| {
        let presence = match attribute.value {
            None => Presence::Required,
            Some(_) => Presence::Optional,
        };
        (name.clone(), presence, attribute.attribute_type.clone())
    }));
    let parameters: Vec<(&str, Type)> = attributes
        .iter()
        .map(|(name, attribute)| (name.as_ref(), attribute.attribute_type.clone()))
        .collect();
    let by_hash = {
        let object = object.clone();
        let attributes = attributes.clone();
        way(vec![("hash", hash)], 1, move |arguments, _| {
            let given: Vec<Option<Value>> = attributes
                .iter()
                .map(|(name, _)| arguments[0].get(name).cloned())
                .collect();
            Ok(make(&object, &attributes, given))
        })
    };
    let by_position = {
        let object = object.clone();
        let attributes = attributes.clone();
        way(parameters, required, move |arguments, _| {
            let given = (0..attributes.len())
                .map(|index| arguments.get(index).cloned())
                .collect();
            Ok(make(&object, &attributes, given))
        })
    };
    let name = format!("new_{}", object.name);
    Ok(Constructor::new(name, vec![by_hash, by_position]))
}

fn make(
    object: &Arc<ObjectType>,
    attributes: &[(Arc<str>, Attribute)],
    given: Vec<Option<Value>>,
) -> Value {
    let mut values: IndexMap<Arc<str>, Value> = IndexMap::new();
    for ((name, attribute), value) in attributes.iter().zip(given) {
        let value = value
            .or_else(|| attribute.value.clone())
            .unwrap_or_default();
        values.insert(name.clone(), value);
    }
    Value::Object(Arc::new(Object {
        object_type: Type::Object(object.clone()),
        attributes: values,
    }))
}
