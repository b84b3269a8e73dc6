//! Modules of the environment, and the world around.

use super::{
    super::{Dispatch, Function, fail, files, function, legacy, on, random::Twister},
    glob, wrong_number,
};
use md5::{Digest, Md5};

use crate::{
    data::from_json,
    error::{Error, Evaluated},
    evaluator::Call,
    values::{HashMap, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "get_module_path",
        &[legacy(|call| match call.arguments {
            [name] => Ok(Value::string(module_path(call, name)?)),
            _ => fail!("get_module_path(): Wrong number of arguments, expects one"),
        })],
    ),
    function("load_module_metadata", &[legacy(load_module_metadata)]),
    function("glob", &[legacy(glob::glob)]),
    function("shuffle", &[legacy(shuffle)]),
    function(
        "time",
        &[legacy(|call| match call.arguments {
            [] | [_] => {
                let seconds = call
                    .evaluator
                    .host()
                    .inputs()
                    .now()
                    .div_euclid(1_000_000_000);
                Ok(Value::Integer(seconds as i64))
            }
            others => fail!(
                "time(): Wrong number of arguments given {} for 0 or 1",
                others.len()
            ),
        })],
    ),
    function(
        "pry",
        &[legacy(|_| {
            fail!(
                "pry(): Requires the 'pry' rubygem to use, but it was not found: there is no Ruby here \
             to open a session in; use notice() or the explain command"
            )
        })],
    ),
    function(
        "validate_cmd",
        &[legacy(|call| match call.arguments {
            [_, _] | [_, _, _] => fail!(
                "validate_cmd(): a compile runs no command on content; use the validate_cmd attribute \
             of the file"
            ),
            others => fail!(
                "validate_cmd(): wrong number of arguments ({}; must be 2 or 3)",
                others.len()
            ),
        })],
    ),
    function(
        "stdlib::has_function",
        &[on("String[1] function_name", |call| {
            let name = call.arguments[0].as_str().unwrap_or_default();
            Ok(Value::Boolean(call.evaluator.has_function(name)?))
        })],
    ),
    function("stdlib::deferrable_epp", DEFERRABLE_EPP),
];

const DEFERRABLE_EPP: &[Dispatch] = &[on("String template, Hash variables", |call| {
    let [template, variables] = [&call.arguments[0], &call.arguments[1]];
    if !has_deferred(variables) {
        return call.forward("epp", call.arguments);
    }
    let template = template.as_str().unwrap_or_default();
    let (_, text) = files::epp_source(call, template)?;
    let Some(deferred) = crate::types::names::find("Deferred") else {
        fail!("stdlib::deferrable_epp: there is no type Deferred");
    };
    let arguments = Value::array([Value::string(text), variables.clone()]);
    call.forward(
        "new",
        &[
            Value::Type(deferred),
            Value::string("inline_epp"),
            arguments,
        ],
    )
})];

/// Whether a value of a hash, or of a hash in it, is to be worked out on the node.
fn has_deferred(value: &Value) -> bool {
    match value {
        Value::Hash(entries) => entries.values().any(has_deferred),
        Value::Object(object) => object.object_type.to_string() == "Deferred",
        _ => false,
    }
}

/// The root of a module that the environment has.
fn module_path(call: &Call<'_, '_>, name: &Value) -> Evaluated<String> {
    let name = name.to_string();
    match call.evaluator.host().module_directory(&name) {
        Some(path) => Ok(path.into_string()),
        None => {
            let environment = call.evaluator.variable("environment", call.scope);
            let environment = environment.map(|name| name.to_string());
            fail!(
                "Could not find module {name} in environment {}",
                environment.unwrap_or_default()
            )
        }
    }
}

fn load_module_metadata(call: &Call<'_, '_>) -> Evaluated {
    let (name, may_miss) = match call.arguments {
        [name] => (name, false),
        [name, may_miss] => (name, may_miss.is_truthy()),
        _ => fail!("load_module_metadata(): Wrong number of arguments, expects one or two"),
    };
    let path = format!("{}/metadata.json", module_path(call, name)?);
    let bytes = call.evaluator.host().inputs().read(path.as_str().into());
    match bytes.map_err(|error| Error::new(error.to_string()))? {
        Some(bytes) => match serde_json::from_slice(&bytes) {
            Ok(json) => Ok(from_json(&json)),
            Err(error) => fail!("load_module_metadata(): {path} is no JSON: {error}"),
        },
        None if may_miss => Ok(Value::hash(HashMap::default())),
        None => fail!("load_module_metadata(): No metadata.json file for module {name}"),
    }
}

/// Another order of elements or characters. The reference draws a new one each time; here the same
/// node gets the same order for the same input, so that its catalog stays as it is.
fn shuffle(call: &Call<'_, '_>) -> Evaluated {
    let Some(given) = call.arguments.first() else {
        return Err(wrong_number(call, "1").into());
    };
    let fqdn = call
        .evaluator
        .variable("::fqdn", call.scope)
        .unwrap_or_default();
    let mut twister = Twister::from_digest(&Md5::digest(format!("{fqdn}:{given}").as_bytes()));
    let mut order = |count: usize| -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, twister.below(last as u64 + 1) as usize);
        }
        order
    };
    match given {
        Value::Array(elements) => {
            let order = order(elements.len());
            let shuffled = order.into_iter().map(|index| elements[index].clone());
            Ok(Value::array(shuffled.collect::<Vec<_>>()))
        }
        Value::String(text) => {
            let characters: Vec<char> = text.chars().collect();
            let order = order(characters.len());
            let shuffled = order.into_iter().map(|index| characters[index]);
            Ok(Value::string(shuffled.collect::<String>()))
        }
        _ => fail!("shuffle(): Requires either array or string to work with"),
    }
}
