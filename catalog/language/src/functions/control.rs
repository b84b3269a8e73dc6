//! Functions that steer evaluation: leaving a body, calling by name, opening a secret.

use std::sync::Arc;

use super::{Function, fail, function, on, unchecked};
use crate::{
    error::{Error, Evaluated, Leave, Unwind},
    evaluator::Call,
    types::Type,
    values::{HashMap, Object, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "break",
        &[on("", |call| Err(Unwind::Break(call.location().into())))],
    ),
    function(
        "next",
        &[on("Any value?", |call| Err(Unwind::Next(leave(call))))],
    ),
    function(
        "return",
        &[on("Any value?", |call| Err(Unwind::Return(leave(call))))],
    ),
    function(
        "call",
        &[
            on(
                "String function_name, Any arguments*, Callable &block?",
                |call| {
                    let name = call.arguments[0].as_str().unwrap_or_default();
                    call_by_name(call, name, &call.arguments[1..])
                },
            ),
            on("Object deferred", |call| match &call.arguments[0] {
                Value::Object(deferred) => resolve(call, deferred),
                other => Ok(other.clone()),
            }),
        ],
    ),
    function(
        "import",
        &[unchecked(|_| {
            Err(Error::issue(
                "Use of 'import' has been discontinued in favor of a manifest directory. See \
                 http://links.puppet.com/puppet-import-deprecation",
            )
            .into())
        })],
    ),
    function(
        "unwrap",
        &[
            on("Sensitive arg, Callable &block?", unwrap),
            on("Any arg, Callable &block?", unwrap),
        ],
    ),
];

/// What `next` and `return` give, from where.
fn leave(call: &Call<'_, '_>) -> Box<Leave> {
    Box::new(Leave {
        value: first(call),
        at: call.location(),
    })
}

fn first(call: &Call<'_, '_>) -> Value {
    call.arguments.first().cloned().unwrap_or_default()
}

fn call_by_name(call: &Call<'_, '_>, name: &str, arguments: &[Value]) -> Evaluated {
    if !call.evaluator.has_function(name)? {
        fail!("Unknown function '{name}'");
    }
    call.forward(name, arguments)
}

fn unwrap(call: &Call<'_, '_>) -> Evaluated {
    let value = match &call.arguments[0] {
        Value::Sensitive(inner) => (**inner).clone(),
        other => other.clone(),
    };
    match call.block {
        Some(_) => call.yield_block(&[value]),
        None => Ok(value),
    }
}

/// What a `Deferred` stands for: the result of a function, or a variable.
fn resolve(call: &Call<'_, '_>, deferred: &Object) -> Evaluated {
    let name = deferred.attributes.get("name").and_then(Value::as_str);
    let (true, Some(name)) = (is_deferred(deferred), name) else {
        fail!(
            "'call' expects a Deferred value, got {}",
            deferred.object_type.text()
        );
    };
    let mut arguments = match deferred.attributes.get("arguments") {
        Some(Value::Array(given)) => given
            .iter()
            .map(|argument| settle(call, argument))
            .collect::<Evaluated<Vec<_>>>()?,
        _ => Vec::new(),
    };
    match name.strip_prefix('$') {
        Some(variable) => {
            let value = call
                .evaluator
                .variable(variable, call.scope)
                .unwrap_or_default();
            let mut path = vec![value];
            path.append(&mut arguments);
            call.forward("dig", &path)
        }
        None => call_by_name(call, name, &arguments),
    }
}

/// A value in which every `Deferred`, at any depth, is what it stands for.
fn settle(call: &Call<'_, '_>, value: &Value) -> Evaluated {
    Ok(match value {
        Value::Object(inner) if is_deferred(inner) => resolve(call, inner)?,
        Value::Sensitive(inner) => Value::Sensitive(Arc::new(settle(call, inner)?)),
        Value::Array(elements) => {
            let elements = elements.iter().map(|element| settle(call, element));
            Value::array(elements.collect::<Evaluated<Vec<_>>>()?)
        }
        Value::Hash(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Ok((settle(call, key)?, settle(call, value)?)));
            Value::hash(entries.collect::<Evaluated<HashMap>>()?)
        }
        other => other.clone(),
    })
}

fn is_deferred(object: &Object) -> bool {
    match &object.object_type {
        Type::Object(object) => &*object.name == "Deferred",
        Type::Reference(name) => &**name == "Deferred",
        _ => false,
    }
}
