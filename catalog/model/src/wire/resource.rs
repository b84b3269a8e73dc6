//! A resource in a catalog's JSON, which is also how an exported one is kept.

use std::sync::Arc;

use serde::Deserialize;

use super::{
    WireError,
    data::{self, ReadHash, Richness},
    json,
};
use crate::{data::Names, reference::Reference, resource::Resource, tags::Tags};

/// A resource on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// How its values go.
    pub richness: Richness,
}

impl Form<'_> {
    /// Appends the JSON. The keys are ours and hold nothing to escape: each goes with all that
    /// stands around it.
    pub(super) fn append(&self, words: &mut Words, json: &mut Vec<u8>) {
        let Self { resource, richness } = *self;
        json.extend_from_slice(br#"{"type":"#);
        json::string(json, &resource.reference.type_name);
        json.extend_from_slice(br#","title":"#);
        json::string(json, &resource.reference.title);
        json.extend_from_slice(br#","tags":["#);
        words.append(&resource.tags, json);
        json::close(json, b']');
        if let Some(file) = &resource.file {
            json.extend_from_slice(br#","file":"#);
            json::string(json, file);
        }
        if let Some(line) = resource.line {
            json.extend_from_slice(br#","line":"#);
            json::known(&line, json);
        }
        json.extend_from_slice(match resource.exported {
            true => br#","exported":true"#,
            false => br#","exported":false"#,
        });
        if resource.is_virtual {
            json.extend_from_slice(br#","virtual":true"#);
        }
        if let Some(kind) = &resource.kind {
            json.extend_from_slice(br#","kind":"#);
            json::string(json, kind);
        }
        if !resource.parameters.is_empty() {
            json.extend_from_slice(br#","parameters":{"#);
            for (name, data) in &resource.parameters {
                json::string(json, name);
                json.push(b':');
                json::known(&data::Form { data, richness }, json);
                json.push(b',');
            }
            json::close(json, b'}');
        }
        if !resource.sensitive.is_empty() {
            json.extend_from_slice(br#","sensitive_parameters":"#);
            json::known(&resource.sensitive, json);
        }
        json.push(b'}');
    }
}

/// The words of a list that tags share, as they stand in JSON: a catalog has few hundred, and its
/// resources carry them thousands of times.
#[derive(Default)]
pub(super) struct Words {
    list: Arc<Names>,
    /// All of them, with a comma behind each.
    json: Vec<u8>,
    /// Where each one ends.
    ends: Vec<usize>,
}

impl Words {
    /// Appends the words that tags have, with a comma behind each.
    fn append(&mut self, tags: &Tags, json: &mut Vec<u8>) {
        if !Arc::ptr_eq(&self.list, tags.words()) {
            self.take_over(tags.words());
        }
        for number in tags.numbers() {
            let number = *number as usize;
            let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
            json.extend_from_slice(&self.json[start..self.ends[number]]);
        }
    }

    fn take_over(&mut self, list: &Arc<Names>) {
        self.list = Arc::clone(list);
        self.json.clear();
        self.ends.clear();
        for word in &**list {
            json::string(&mut self.json, word);
            self.json.push(b',');
            self.ends.push(self.json.len());
        }
    }
}

/// A resource on its way in.
#[derive(Debug, Deserialize)]
pub(super) struct Incoming {
    #[serde(rename = "type")]
    type_name: String,
    title: Arc<str>,
    #[serde(default)]
    tags: Tags,
    file: Option<Arc<str>>,
    line: Option<u32>,
    #[serde(default)]
    exported: bool,
    #[serde(default, rename = "virtual")]
    is_virtual: bool,
    kind: Option<Arc<str>>,
    #[serde(default)]
    parameters: ReadHash,
    #[serde(default)]
    sensitive_parameters: Names,
}

impl From<Incoming> for Resource {
    fn from(incoming: Incoming) -> Self {
        Self {
            reference: Reference::new(&incoming.type_name, incoming.title),
            parameters: incoming.parameters.0.into_iter().collect(),
            sensitive: incoming.sensitive_parameters,
            tags: incoming.tags,
            file: incoming.file,
            line: incoming.line,
            exported: incoming.exported,
            is_virtual: incoming.is_virtual,
            kind: incoming.kind,
        }
    }
}

/// Writes a resource, with nothing lost.
pub fn write(resource: &Resource) -> String {
    let form = Form {
        resource,
        richness: Richness::Rich,
    };
    let mut json = Vec::new();
    form.append(&mut Words::default(), &mut json);
    String::from_utf8(json).expect("it is made of strings")
}

/// Reads a resource.
///
/// # Errors
/// The text is no resource in JSON.
pub fn read(json: &str) -> Result<Resource, WireError> {
    serde_json::from_str::<Incoming>(json)
        .map(Resource::from)
        .map_err(|source| WireError::Json {
            what: "resource",
            source,
        })
}
