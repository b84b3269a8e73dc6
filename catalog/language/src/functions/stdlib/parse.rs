//! Text of other languages as values.

use ficelle_model::yaml;

use super::super::{Dispatch, Function, fail, function, legacy, on};
use crate::{
    data::{from_json, from_yaml},
    error::Evaluated,
    evaluator::{Call, is_true},
    host::Level,
    values::Value,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("parsejson", &[legacy(|call| parse(call, json))]),
    function("parseyaml", &[legacy(|call| parse(call, yaml))]),
    function("parsepson", PSON),
    function("stdlib::parsepson", PSON),
    function("loadjson", &[legacy(|call| load(call, json))]),
    function("loadyaml", &[legacy(|call| load(call, yaml))]),
];

const PSON: &[Dispatch] = &[on("String[1] pson_string, Any default?", |call| {
    parse(call, pson)
})];

/// Reads a text, or says what is wrong with it.
type Reader = fn(&str) -> Result<Value, String>;

fn json(text: &str) -> Result<Value, String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(json) => Ok(from_json(&json)),
        Err(_) => Err(format!("unexpected token at '{text}'")),
    }
}

/// JSON whose whole is an object or a list.
fn pson(text: &str) -> Result<Value, String> {
    let text = text.trim_start();
    match json(text) {
        Ok(value @ (Value::Hash(_) | Value::Array(_))) => Ok(value),
        _ => Err(format!("source '{text}' not in PSON!")),
    }
}

fn yaml(text: &str) -> Result<Value, String> {
    match yaml::parse(text) {
        Ok(node) => Ok(from_yaml(&node)),
        Err(error) => Err(format!("(<unknown>): {error}")),
    }
}

fn parse(call: &Call<'_, '_>, reader: Reader) -> Evaluated {
    let [text, rest @ ..] = call.arguments else {
        fail!("Wrong number of arguments. 1 or 2 arguments should be provided.");
    };
    let default = rest.first();
    let read = match text {
        Value::String(text) => reader(text),
        other => Err(format!(
            "no implicit conversion of {} into String",
            super::class_of(other)
        )),
    };
    match (read, default) {
        // An empty document stands for nothing, as an unreadable one does.
        (Ok(Value::Undef | Value::Boolean(false)), Some(default)) => Ok(default.clone()),
        (Ok(value), _) => Ok(value),
        (Err(_), Some(default)) if is_true(default) => Ok(default.clone()),
        (Err(error), _) => fail!("{error}"),
    }
}

fn load(call: &Call<'_, '_>, reader: Reader) -> Evaluated {
    let [path, rest @ ..] = call.arguments else {
        fail!("Wrong number of arguments. 1 or 2 arguments should be provided.");
    };
    let default = rest.first();
    let path = path.to_string();
    if path.starts_with("http://") || path.starts_with("https://") {
        fail!(
            "{}(): {path} is not read: a compile reads files alone",
            call.name
        );
    }
    let host = call.evaluator.host();
    let bytes = match host.inputs().read(path.as_str().into()) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let message = format!("Can't load '{path}' File does not exist!");
            host.log(Level::Warning, &message, Some(&call.location()));
            return Ok(default.cloned().unwrap_or_default());
        }
        Err(error) => fail!("{error}"),
    };
    let read = match std::str::from_utf8(&bytes) {
        Ok(text) => reader(text),
        Err(error) => Err(error.to_string()),
    };
    match (read, default) {
        (Ok(Value::Undef), _) => Ok(default.cloned().unwrap_or_default()),
        (Ok(value), _) => Ok(value),
        (Err(_), Some(default)) => Ok(default.clone()),
        (Err(error), None) => fail!("{path}: {error}"),
    }
}
