//! What collections hold, and what callables take.

use std::sync::Arc;

use super::{
    Parameterized, Refusal, arity, check_each, kind_name, label, not_a_type,
    ranges::{check_order, integer_bound, size},
    types, with_article,
};
use crate::{
    types::{CallableType, Presence, Range, StructMember, TupleType, Type},
    values::Value,
};

pub(super) fn array(keys: &[Value]) -> Parameterized {
    match keys {
        [Value::Type(of)] => Ok(Type::array_of(of.clone(), Range::UNBOUNDED)),
        [Value::Type(of), sizes @ ..] if sizes.len() <= 2 => {
            Ok(Type::array_of(of.clone(), size(1, sizes)?))
        }
        [_, _] => Ok(Type::array_of(Type::Any, size(0, keys)?)),
        [other] | [other, _, _] => Err(not_a_type("Array", 0, other)),
        _ => Err(arity("Array-Type", 1, Some(3), keys.len())),
    }
}

pub(super) fn hash(keys: &[Value]) -> Parameterized {
    if let [Value::Integer(_), Value::Integer(_)] = keys {
        return Ok(Type::hash_of(Type::Any, Type::Any, size(0, keys)?));
    }
    for (index, key) in keys.iter().take(2).enumerate() {
        if !matches!(key, Value::Type(_)) {
            return Err(not_a_type("Hash", index, key));
        }
    }
    match keys {
        [Value::Type(key), Value::Type(value), sizes @ ..] if sizes.len() <= 2 => {
            let sizes = if sizes.is_empty() {
                Range::UNBOUNDED
            } else {
                size(2, sizes)?
            };
            Ok(Type::hash_of(key.clone(), value.clone(), sizes))
        }
        _ => Err(arity("Hash-Type", 2, Some(4), keys.len())),
    }
}

fn is_size(value: &Value) -> bool {
    matches!(value, Value::Integer(_) | Value::Default) || value.as_str() == Some("default")
}

/// Splits the size off that may stand behind types.
fn split_size(keys: &[Value]) -> Result<(&[Value], Option<Range<i64>>), Refusal> {
    let bound = |value: &Value| integer_bound(value).flatten();
    let (rest, range) = match keys {
        [rest @ .., from, to] if is_size(from) && is_size(to) => (
            rest,
            Range {
                from: bound(from),
                to: bound(to),
            },
        ),
        [rest @ .., from] if is_size(from) => (
            rest,
            Range {
                from: bound(from),
                to: None,
            },
        ),
        _ => return Ok((keys, None)),
    };
    Ok((rest, Some(check_order(&range)?.as_size())))
}

pub(super) fn tuple(base: &Type, keys: &[Value]) -> Parameterized {
    let (keys, size) = split_size(keys)?;
    check_each(base, keys, "Any-Type", |key| matches!(key, Value::Type(_)))?;
    Ok(Type::tuple(types(keys), size))
}

pub(super) fn callable(base: &Type, keys: &[Value]) -> Parameterized {
    let (keys, returns) = match keys {
        [Value::Array(parameters), rest @ ..] => match rest {
            [Value::Type(returns)] => (parameters.as_slice(), Some(returns.clone())),
            [other] => {
                return Err(Refusal::kind(
                    1,
                    format!(
                        "Error creating type specialization of {}, Cannot use {} where Any-Type \
                         is expected",
                        with_article(&format!("{base}-Type")),
                        kind_name(other)
                    ),
                ));
            }
            _ => return Err(arity(&label(base), 2, Some(2), keys.len())),
        },
        _ => (keys, None),
    };
    let (keys, block) = match keys {
        [rest @ .., Value::Type(block)] if block.is_kind_of_callable() => {
            (rest, Some(block.clone()))
        }
        _ => (keys, None),
    };
    let (keys, size) = split_size(keys)?;
    let mut types: Vec<Type> = keys
        .iter()
        .map(|key| match key {
            Value::Type(of) => of.clone(),
            other => other.infer().generalize(),
        })
        .collect();
    if types.is_empty() && size.is_some_and(|size| size.to != Some(0)) {
        types.push(Type::Unit);
    }
    let returns = returns.filter(|returns| !matches!(returns, Type::Any));
    Ok(Type::Callable(Arc::new(CallableType {
        parameters: Some(TupleType { types, size }),
        block,
        returns,
    })))
}

pub(super) fn structure(base: &Type, keys: &[Value]) -> Parameterized {
    let [Value::Hash(entries)] = keys else {
        return match keys {
            [other] => Err(Refusal::kind(
                0,
                format!(
                    "Error creating type specialization of {}, Cannot use {} where Hash is \
                     expected",
                    with_article(&format!("{base}-Type")),
                    kind_name(other)
                ),
            )),
            _ => Err(arity(&label(base), 1, Some(1), keys.len())),
        };
    };
    let mut members = Vec::with_capacity(entries.len());
    for (key, value) in entries.iter() {
        members.push(struct_member(key, value)?);
    }
    Ok(Type::Struct(Arc::new(members)))
}

fn struct_member(key: &Value, value: &Value) -> Result<StructMember, Refusal> {
    let value = match value {
        Value::Type(of) => of.clone(),
        other => {
            return Err(Refusal::raised(format!(
                "Struct element value_type must be a type, got {}",
                kind_name(other)
            )));
        }
    };
    let by_value = || {
        if value.is_assignable(&Type::Undef) {
            Presence::Optional
        } else {
            Presence::Required
        }
    };
    let named = |of: &Type| match of {
        Type::StringValue(name) => Some(name.clone()),
        Type::Enum(values) if values.values.len() == 1 => Some(values.values[0].clone()),
        _ => None,
    };
    let found = match key {
        Value::String(name) => Some((name.clone(), by_value())),
        Value::Type(Type::Optional(Some(of))) => named(of).map(|name| (name, Presence::Optional)),
        Value::Type(Type::NotUndef(Some(of))) => named(of).map(|name| (name, Presence::Required)),
        Value::Type(of) => named(of).map(|name| (name, by_value())),
        _ => None,
    };
    match found {
        Some((name, presence)) if !name.is_empty() => Ok(StructMember {
            name,
            presence,
            value,
        }),
        Some(_) => Err(Refusal::raised(
            "Struct element key cannot be an empty String",
        )),
        None => Err(Refusal::raised(format!(
            "Illegal Struct member key type. Expected NotUndef, Optional, String, or Enum. Got: {}",
            kind_name(key)
        ))),
    }
}

impl Type {
    /// Whether instances are callables, or may be left out.
    pub fn is_kind_of_callable(&self) -> bool {
        match self {
            Self::Callable(_) => true,
            Self::Optional(Some(of)) => of.is_kind_of_callable(),
            Self::Variant(types) => {
                !types.is_empty() && types.iter().all(Self::is_kind_of_callable)
            }
            Self::Alias(_) => match self.unaliased() {
                Self::Alias(_) => false,
                target => target.is_kind_of_callable(),
            },
            _ => false,
        }
    }
}
