//! Functions that steer evaluation: leaving a body, calling by name, opening a secret.

use super::{Function, fail, function, on, unchecked};
use crate::{
    error::{Error, Evaluated, Unwind},
    evaluator::Call,
    types::Type,
    values::{Object, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "break",
        &[on("", |call| Err(Unwind::Break(call.location())))],
    ),
    function(
        "next",
        &[on("Any value?", |call| {
            Err(Unwind::Next(first(call), call.location()))
        })],
    ),
    function(
        "return",
        &[on("Any value?", |call| {
            Err(Unwind::Return(first(call), call.location()))
        })],
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
    let is_deferred = match &deferred.object_type {
        Type::Object(object) => &*object.name == "Deferred",
        Type::Reference(name) => &**name == "Deferred",
        _ => false,
    };
    let name = deferred.attributes.get("name").and_then(Value::as_str);
    let (true, Some(name)) = (is_deferred, name) else {
        fail!(
            "'call' expects a Deferred value, got {}",
            deferred.object_type
        );
    };
    let mut arguments = Vec::new();
    if let Some(Value::Array(given)) = deferred.attributes.get("arguments") {
        for argument in given.iter() {
            arguments.push(match argument {
                Value::Object(inner) => resolve(call, inner)?,
                other => other.clone(),
            });
        }
    }
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
