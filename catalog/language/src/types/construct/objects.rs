//! Objects, by position and by a hash of attributes.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Constructor, way};
use crate::{
    types::{Attribute, ObjectType, Presence, Type, pcore},
    values::{Object, Value},
};

fn is_required(attribute: &Attribute) -> bool {
    attribute.value.is_none() && !takes_undef(&attribute.attribute_type, 0)
}

/// Whether undef is an instance. What an `Init` takes hangs on the very question, so it is taken
/// not to be; aliases that lead back to themselves say no more after some turns.
fn takes_undef(of: &Type, depth: usize) -> bool {
    const DEEPEST: usize = 32;
    match of {
        Type::Init(_) => false,
        Type::Variant(types) => types.iter().any(|one| takes_undef(one, depth)),
        Type::Alias(_) if depth == DEEPEST => false,
        Type::Alias(alias) => takes_undef(&alias.target(), depth + 1),
        Type::Optional(_) | Type::Undef | Type::Any | Type::Unit => true,
        _ => false,
    }
}

/// The hash that an object is made from.
pub fn hash_type(object: &ObjectType) -> Type {
    Type::struct_of(object.given_attributes().map(|(name, attribute)| {
        let presence = match is_required(&attribute) {
            true => Presence::Required,
            false => Presence::Optional,
        };
        (name, presence, attribute.attribute_type)
    }))
}

pub(super) fn object(object: &Arc<ObjectType>) -> Result<Constructor, String> {
    let attributes = object.init_attributes();
    let last_required = attributes.iter().rposition(|(_, one)| is_required(one));
    let required = last_required.map_or(0, |index| index + 1);
    let hash = hash_type(object);
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
            make(&object, &attributes, given)
        })
    };
    let by_position = {
        let object = object.clone();
        let attributes = attributes.clone();
        way(parameters, required, move |arguments, _| {
            let given = (0..attributes.len())
                .map(|index| arguments.get(index).cloned())
                .collect();
            make(&object, &attributes, given)
        })
    };
    let name = format!("new_{}", object.name);
    Ok(Constructor::new(name, vec![by_hash, by_position]))
}

fn make(
    object: &Arc<ObjectType>,
    attributes: &[(Arc<str>, Attribute)],
    given: Vec<Option<Value>>,
) -> Result<Value, String> {
    let mut values: IndexMap<Arc<str>, Value> = IndexMap::new();
    for ((name, attribute), value) in attributes.iter().zip(given) {
        let value = value
            .or_else(|| attribute.value.clone())
            .unwrap_or_default();
        values.insert(name.clone(), value);
    }
    if pcore::is_type_of_types(&object.name) {
        return pcore::from_attributes(&object.name, &values).map(Value::Type);
    }
    Ok(Value::Object(Arc::new(Object {
        object_type: Type::Object(object.clone()),
        attributes: values,
    })))
}
