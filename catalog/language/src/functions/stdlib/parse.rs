//! Text of other languages as values.

use super::super::{Function, fail, function, unchecked};
use crate::{
    error::Evaluated,
    evaluator::Call,
    values::{HashMap, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("parsejson", &[unchecked(parse_json)]),
    function("parsepson", PSON),
    function("stdlib::parsepson", PSON),
    function("loadjson", &[unchecked(load_json)]),
];

const PSON: &[super::super::Dispatch] = &[super::super::on(
    "String[1] pson_string, Any default?",
    parse_json,
)];

fn parse_json(call: &Call<'_, '_>) -> Evaluated {
    let [text, rest @ ..] = call.arguments else {
        fail!("Wrong number of arguments. 1 or 2 arguments should be provided.");
    };
    let text = match text {
        Value::String(text) => text,
        other => match rest.first() {
            Some(default) => return Ok(default.clone()),
            None => fail!(
                "no implicit conversion of {} into String",
                super::class_of(other)
            ),
        },
    };
    match (
        serde_json::from_str::<serde_json::Value>(text),
        rest.first(),
    ) {
        (Ok(json), _) => Ok(from_json(&json)),
        (Err(_), Some(default)) => Ok(default.clone()),
        (Err(_), None) => fail!("unexpected token at '{text}'"),
    }
}

fn load_json(call: &Call<'_, '_>) -> Evaluated {
    let [path, rest @ ..] = call.arguments else {
        fail!("Wrong number of arguments. 1 or 2 arguments should be provided.");
    };
    let default = rest.first().cloned().unwrap_or_default();
    let path = path.to_string();
    let inputs = call.evaluator.host().inputs();
    let bytes = match inputs.read(path.as_str().into()) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let message = format!("Can't load '{path}' File does not exist!");
            let location = call.location();
            call.evaluator
                .host()
                .log(crate::host::Level::Warning, &message, Some(&location));
            return Ok(default);
        }
        Err(error) => fail!("{error}"),
    };
    match (
        serde_json::from_slice::<serde_json::Value>(&bytes),
        rest.first(),
    ) {
        (Ok(json), _) => Ok(from_json(&json)),
        (Err(_), Some(default)) => Ok(default.clone()),
        (Err(error), None) => fail!("{path}: {error}"),
    }
}

/// JSON's values are the language's.
fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Undef,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::Integer(value),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(elements) => Value::array(elements.iter().map(from_json).collect::<Vec<_>>()),
        Json::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (Value::string(key.as_str()), from_json(value)));
            Value::hash(entries.collect::<HashMap>())
        }
    }
}
