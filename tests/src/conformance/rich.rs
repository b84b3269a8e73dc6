//! Values as recorded cases write them: JSON, with `__ptype` and `__pvalue` for what JSON lacks.

use std::sync::Arc;

use ficelle_language::{
    Type, Value,
    values::{HashMap, Regexp},
};
use serde_json::{Map, Value as Json, json};

/// The value that JSON stands for.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Undef,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::Integer(value),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(elements) => Value::array(elements.iter().map(from_json).collect::<Vec<_>>()),
        Json::Object(entries) => match entries.get("__ptype").and_then(Json::as_str) {
            Some(name) => typed(name, entries),
            None => Value::hash(
                entries
                    .iter()
                    .map(|(key, value)| (Value::string(key.as_str()), from_json(value)))
                    .collect(),
            ),
        },
    }
}

fn typed(name: &str, entries: &Map<String, Json>) -> Value {
    let inner = entries.get("__pvalue").unwrap_or(&Json::Null);
    let text = inner.as_str().unwrap_or_default();
    match name {
        "Default" => Value::Default,
        "String" => Value::string(text),
        "Sensitive" => Value::Sensitive(Arc::new(from_json(inner))),
        "Regexp" => Value::Regexp(Regexp::of(text)),
        "Hash" => {
            let flat = inner.as_array().map(Vec::as_slice).unwrap_or_default();
            let pairs = flat.chunks_exact(2);
            let entries = pairs.map(|pair| (from_json(&pair[0]), from_json(&pair[1])));
            Value::hash(entries.collect::<HashMap>())
        }
        other => {
            let bare = other.trim_start_matches("Pcore::").trim_end_matches("Type");
            match ficelle_language::types::names::find(bare) {
                Some(found) => Value::Type(found),
                None => Value::string(other),
            }
        }
    }
}

/// The JSON of a value.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Undef => Json::Null,
        Value::Default => json!({"__ptype": "Default"}),
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(text) => (&**text).into(),
        Value::Array(elements) => elements.iter().map(to_json).collect(),
        Value::Hash(entries) if entries.keys().all(|key| matches!(key, Value::String(_))) => {
            let entries = entries.iter();
            Json::Object(
                entries
                    .map(|(key, value)| (key.to_string(), to_json(value)))
                    .collect(),
            )
        }
        Value::Hash(entries) => {
            let flat = entries
                .iter()
                .flat_map(|(key, value)| [to_json(key), to_json(value)]);
            json!({"__ptype": "Hash", "__pvalue": flat.collect::<Vec<_>>()})
        }
        Value::Sensitive(inner) => json!({"__ptype": "Sensitive", "__pvalue": to_json(inner)}),
        Value::Regexp(regexp) => json!({"__ptype": "Regexp", "__pvalue": &**regexp.source()}),
        Value::Type(Type::Resource(resource)) => {
            let mut object = Map::new();
            object.insert("__ptype".into(), "Pcore::ResourceType".into());
            if let Some(name) = &resource.type_name {
                object.insert("type_name".into(), (&**name).into());
            }
            if let Some(title) = &resource.title {
                object.insert("title".into(), (&**title).into());
            }
            Json::Object(object)
        }
        Value::Type(Type::Class(class)) => {
            let mut object = Map::new();
            object.insert("__ptype".into(), "Pcore::ClassType".into());
            if let Some(name) = class {
                object.insert("class_name".into(), (&**name).into());
            }
            Json::Object(object)
        }
        Value::Type(other) => {
            let shown = other.to_string();
            match shown.contains('[') {
                true => json!({"__ptype": shown}),
                false => json!({"__ptype": format!("Pcore::{shown}Type")}),
            }
        }
        Value::Binary(_) => json!({"__ptype": "Binary", "__pvalue": value.to_string()}),
        Value::SemVer(_) => json!({"__ptype": "SemVer", "__pvalue": value.to_string()}),
        Value::SemVerRange(_) => json!({"__ptype": "SemVerRange", "__pvalue": value.to_string()}),
        Value::Timestamp(_) => json!({"__ptype": "Timestamp", "__pvalue": value.to_string()}),
        Value::Timespan(_) => json!({"__ptype": "Timespan", "__pvalue": value.to_string()}),
        Value::Uri(_) => json!({"__ptype": "URI", "__pvalue": value.to_string()}),
        Value::Iterator(_) | Value::Object(_) => json!({"__ptype": value.to_string()}),
    }
}
