//! An explanation as data, in the shape of `puppet lookup --explain --render-as json`.

use std::sync::Arc;

use ficelle_language::{Value, values::HashMap};

use super::{Event, Explanation, Kind, Step, text::options};

impl Explanation {
    /// The same as data.
    pub fn to_value(&self) -> Value {
        let mut hash = HashMap::default();
        branches(&mut hash, &self.steps);
        Value::hash(hash)
    }
}

fn branches(hash: &mut HashMap, steps: &[Step]) {
    // A conversion is told to people only.
    let told = steps
        .iter()
        .filter(|step| !matches!(step.kind, Kind::Conversion(_)));
    let values: Vec<Value> = told.map(step_value).collect();
    if !values.is_empty() {
        hash.insert(Value::string("branches"), Value::array(values));
    }
}

fn step_value(step: &Step) -> Value {
    let mut hash = HashMap::default();
    branches(&mut hash, &step.steps);
    let mut set = |name: &str, value: Value| {
        hash.insert(Value::string(name), value);
    };
    match &step.event {
        None => {}
        Some(Event::Found { key, value }) => {
            set("key", Value::String(Arc::clone(key)));
            set("value", value.clone());
            set("event", Value::string("found"));
        }
        Some(Event::NotFound { key }) => {
            set("key", Value::String(Arc::clone(key)));
            set("event", Value::string("not_found"));
        }
        Some(Event::LocationNotFound) => set("event", Value::string("location_not_found")),
        Some(Event::Merged(value)) => {
            set("value", value.clone());
            set("event", Value::string("result"));
        }
    }
    if !step.texts.is_empty() {
        let texts = step
            .texts
            .iter()
            .map(|text| Value::String(Arc::clone(text)));
        set("texts", Value::array(texts.collect::<Vec<_>>()));
    }
    let mut kind = |name: &str, fields: &[(&str, &str)]| {
        set("type", Value::string(name));
        for (field, value) in fields {
            set(field, Value::string(*value));
        }
    };
    match &step.kind {
        Kind::Key(key) => {
            set("key", Value::String(Arc::clone(key)));
            set("type", Value::string("root"));
        }
        Kind::MergeSource => kind("merge_source", &[("merge_source", "lookup_options")]),
        Kind::Merge(merge) => {
            kind("merge", &[("merge", merge.name())]);
            if let Some(options) = options(merge) {
                set("options", options);
            }
        }
        Kind::Layer {
            name,
            configuration,
            module,
        } => {
            let fields = [("configuration_path", configuration), ("module", module)];
            let known = fields.map(|(field, value)| Some((field, value.as_deref()?)));
            let known = known.into_iter().flatten();
            let all: Vec<_> = [("name", name.as_str())].into_iter().chain(known).collect();
            kind("data_provider", &all);
        }
        Kind::Module { exists: true, .. } => {
            set("event", Value::string("module_provider_not_found"));
            set("type", Value::string("module"));
        }
        Kind::Module { .. } => {
            set("event", Value::string("module_not_found"));
            set("type", Value::string("module"));
        }
        Kind::Level(name) => {
            let name = format!("Hierarchy entry \"{name}\"");
            kind("data_provider", &[("name", &name)]);
        }
        Kind::Path { original, path } => {
            kind("path", &[("original_path", original), ("path", path)]);
        }
        Kind::Uri { original, uri } => kind("uri", &[("original_uri", original), ("uri", uri)]),
        Kind::Interpolation(text) => kind("interpolate", &[("expression", text)]),
        Kind::Section(name) => kind("scope", &[("name", name)]),
        Kind::SubKey(_) => kind("sub_key", &[]),
        Kind::Segment => kind("segment", &[]),
        Kind::Conversion(_) => {}
    }
    Value::hash(hash)
}
