//! A catalog in JSON, as Puppet's agents and servers write it (`catalog_format` 2).

use std::{ops::Range, sync::Arc};

use serde::Deserialize;

use super::{
    WireError,
    data::Richness,
    json,
    resource::{self, Words},
};
use crate::{
    catalog::{Catalog, Edge},
    data::Names,
    name::{Certname, EnvironmentName},
    reference::Reference,
    resource::Resource,
    tags::Tags,
};

/// A catalog on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// The catalog.
    pub catalog: &'a Catalog,
    /// The name of this answer: what the agent's report refers to.
    pub uuid: &'a str,
    /// How its values go.
    pub richness: Richness,
}

impl Form<'_> {
    /// The JSON.
    pub fn to_json(&self) -> Vec<u8> {
        Text::new(self.catalog, self.richness, "", self.uuid).into_answer()
    }
}

/// A catalog's JSON, written once for what is kept and for the answer, which has a uuid of its own
/// and, where only the time gives one, a version.
#[derive(Clone, Debug)]
pub struct Text {
    json: Vec<u8>,
    version: Range<usize>,
    /// Whether the version is the answer's alone.
    is_open: bool,
    uuid: Range<usize>,
}

impl Text {
    /// Writes a catalog. `version` takes the place of one that is empty.
    pub fn new(catalog: &Catalog, richness: Richness, version: &str, uuid: &str) -> Self {
        /// Bytes of a resource and its edges, more or less.
        const USUAL_RESOURCE: usize = 768;
        let is_open = catalog.version.is_empty();
        let version = match is_open {
            true => version,
            false => &*catalog.version,
        };
        let mut json = Vec::with_capacity(catalog.resources.len() * USUAL_RESOURCE);
        json.extend_from_slice(br#"{"tags":"#);
        json::known(&catalog.tags, &mut json);
        json.extend_from_slice(br#","name":"#);
        json::string(&mut json, catalog.name.as_str());
        json.extend_from_slice(br#","version":"#);
        let version_start = json.len();
        append_version(version, &mut json);
        let version = version_start..json.len();
        json.extend_from_slice(br#","code_id":"#);
        json::known(&catalog.code_id, &mut json);
        json.extend_from_slice(br#","catalog_uuid":"#);
        let uuid_start = json.len() + 1;
        json::string(&mut json, uuid);
        let uuid = uuid_start..json.len() - 1;
        json.extend_from_slice(br#","catalog_format":2,"environment":"#);
        json::string(&mut json, catalog.environment.as_str());
        json.extend_from_slice(br#","resources":["#);
        let mut words = Words::default();
        for resource in &catalog.resources {
            let form = resource::Form { resource, richness };
            form.append(&mut words, &mut json);
            json.push(b',');
        }
        json::close(&mut json, b']');
        json.extend_from_slice(br#","edges":["#);
        for edge in &catalog.edges {
            json.extend_from_slice(br#"{"source":"#);
            append_reference(&edge.source, &mut json);
            json.extend_from_slice(br#","target":"#);
            append_reference(&edge.target, &mut json);
            json.extend_from_slice(b"},");
        }
        json::close(&mut json, b']');
        json.extend_from_slice(br#","classes":"#);
        json::known(&catalog.classes, &mut json);
        json.push(b'}');
        Self {
            json,
            version,
            is_open,
            uuid,
        }
    }

    /// What is the same in every answer, in pieces: the uuid is empty.
    pub fn constant(&self) -> [&[u8]; 4] {
        let json = &self.json;
        let version = match self.is_open {
            true => br#""""#,
            false => &json[self.version.clone()],
        };
        [
            &json[..self.version.start],
            version,
            &json[self.version.end..self.uuid.start],
            &json[self.uuid.end..],
        ]
    }

    /// The answer.
    pub fn into_answer(self) -> Vec<u8> {
        self.json
    }
}

/// A number where it is one, as agents expect it of a time.
fn append_version(version: &str, json: &mut Vec<u8>) {
    match version.parse::<i64>() {
        Ok(number) if number.to_string() == version => json.extend_from_slice(version.as_bytes()),
        _ => json::string(json, version),
    }
}

/// As its `Display`.
fn append_reference(reference: &Reference, json: &mut Vec<u8>) {
    json.push(b'"');
    json::escaped(json, &reference.type_name);
    json.push(b'[');
    json::escaped(json, &reference.title);
    json.extend_from_slice(br#"]""#);
}

#[derive(Deserialize)]
struct IncomingEdge {
    source: String,
    target: String,
}

#[derive(Deserialize)]
struct Incoming {
    #[serde(default)]
    tags: Tags,
    name: String,
    #[serde(default)]
    version: serde_json::Value,
    code_id: Option<Arc<str>>,
    catalog_uuid: Option<String>,
    environment: Option<String>,
    resources: Vec<resource::Incoming>,
    #[serde(default)]
    edges: Vec<IncomingEdge>,
    #[serde(default)]
    classes: Names,
}

/// A catalog that came, and the name of the answer that held it.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The catalog.
    pub catalog: Catalog,
    /// `catalog_uuid`
    pub uuid: Option<String>,
}

/// Reads a catalog.
///
/// # Errors
/// The bytes are no catalog in JSON, or a name in it breaks a rule.
pub fn read(json: &[u8]) -> Result<Received, WireError> {
    let what = "catalog";
    let incoming: Incoming =
        serde_json::from_slice(json).map_err(|source| WireError::Json { what, source })?;
    let name_error = |reason: String| WireError::Name { what, reason };
    let version = match incoming.version {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let environment = incoming.environment.as_deref().unwrap_or("production");
    let reference = |text: &str| {
        Reference::parse(text).ok_or_else(|| name_error(format!("{text:?} is no reference")))
    };
    let edges = incoming.edges.iter().map(|edge| {
        Ok(Edge {
            source: reference(&edge.source)?,
            target: reference(&edge.target)?,
        })
    });
    Ok(Received {
        uuid: incoming.catalog_uuid,
        catalog: Catalog {
            name: Certname::parse(&incoming.name).map_err(|error| name_error(error.to_string()))?,
            environment: EnvironmentName::parse(environment)
                .map_err(|error| name_error(error.to_string()))?,
            version: version.into(),
            code_id: incoming.code_id,
            tags: incoming.tags,
            classes: incoming.classes,
            edges: edges.collect::<Result<_, WireError>>()?,
            resources: incoming.resources.into_iter().map(Resource::from).collect(),
        },
    })
}
