//! A catalog in JSON, as Puppet's agents and servers write it (`catalog_format` 2).

use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _, ser::SerializeSeq as _};

use super::{WireError, data::Richness, resource};
use crate::{
    catalog::{Catalog, Edge},
    data::Names,
    name::{Certname, EnvironmentName},
    reference::Reference,
    resource::Resource,
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
        let mut json = Vec::with_capacity(self.catalog.resources.len() * USUAL_RESOURCE);
        serde_json::to_writer(&mut json, self)
            .expect("a catalog has string keys and finite numbers only");
        json
    }
}

/// Bytes of a resource and its edges, more or less: room to begin with.
const USUAL_RESOURCE: usize = 768;

/// A catalog's JSON, written once for what is kept and for every answer: answers differ in their
/// uuid, and in a version that only the time gives.
#[derive(Clone, Debug)]
pub struct Text {
    json: Vec<u8>,
    version: Range<usize>,
    uuid: usize,
}

impl Text {
    /// Writes a catalog.
    pub fn new(catalog: &Catalog, richness: Richness) -> Self {
        let form = Form {
            catalog,
            uuid: "",
            richness,
        };
        let json = form.to_json();
        let length = |value: &dyn Fn() -> serde_json::Result<Vec<u8>>| {
            value()
                .expect("a name or a list of them can be written")
                .len()
        };
        let tags = length(&|| serde_json::to_vec(&catalog.tags));
        let name = length(&|| serde_json::to_vec(catalog.name.as_str()));
        let version = length(&|| serde_json::to_vec(&Version(&catalog.version)));
        let code_id = length(&|| serde_json::to_vec(&catalog.code_id));
        let start =
            r#"{"tags":"#.len() + tags + r#","name":"#.len() + name + r#","version":"#.len();
        let end = start + version;
        let uuid = end + r#","code_id":"#.len() + code_id + r#","catalog_uuid":""#.len();
        assert!(
            json[..start].ends_with(br#""version":"#) && json[uuid..].starts_with(b"\","),
            "the order is that of `Form`"
        );
        Self {
            json,
            version: start..end,
            uuid,
        }
    }

    /// What is the same in every answer: the uuid is empty.
    pub fn constant(&self) -> &[u8] {
        &self.json
    }

    /// An answer. `version` takes the place of one that is empty.
    pub fn answer(&self, version: &str, uuid: &str) -> Vec<u8> {
        let json = &self.json;
        let is_open = &json[self.version.clone()] == br#""""#;
        let mut answer = Vec::with_capacity(json.len() + version.len() + uuid.len());
        let mut from = 0;
        if is_open {
            answer.extend_from_slice(&json[..self.version.start]);
            serde_json::to_writer(&mut answer, &Version(version))
                .expect("a version can be written to memory");
            from = self.version.end;
        }
        answer.extend_from_slice(&json[from..self.uuid]);
        answer.extend_from_slice(uuid.as_bytes());
        answer.extend_from_slice(&json[self.uuid..]);
        answer
    }
}

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let catalog = self.catalog;
        let mut map = serializer.serialize_map(Some(10))?;
        map.serialize_entry("tags", &catalog.tags)?;
        map.serialize_entry("name", catalog.name.as_str())?;
        map.serialize_entry("version", &Version(&catalog.version))?;
        map.serialize_entry("code_id", &catalog.code_id)?;
        map.serialize_entry("catalog_uuid", self.uuid)?;
        map.serialize_entry("catalog_format", &2)?;
        map.serialize_entry("environment", catalog.environment.as_str())?;
        map.serialize_entry("resources", &Resources(&catalog.resources, self.richness))?;
        map.serialize_entry("edges", &Edges(&catalog.edges))?;
        map.serialize_entry("classes", &catalog.classes)?;
        map.end()
    }
}

/// A number where it is one, as agents expect it of a time.
struct Version<'a>(&'a str);

impl Serialize for Version<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.parse::<i64>() {
            Ok(number) if number.to_string() == self.0 => serializer.serialize_i64(number),
            _ => serializer.serialize_str(self.0),
        }
    }
}

struct Resources<'a>(&'a [Resource], Richness);

impl Serialize for Resources<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let forms = self.0.iter().map(|resource| resource::Form {
            resource,
            richness: self.1,
        });
        serializer.collect_seq(forms)
    }
}

struct Edges<'a>(&'a [Edge]);

impl Serialize for Edges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.0.len()))?;
        for edge in self.0 {
            sequence.serialize_element(&OutgoingEdge(edge))?;
        }
        sequence.end()
    }
}

struct OutgoingEdge<'a>(&'a Edge);

impl Serialize for OutgoingEdge<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("source", &Displayed(&self.0.source))?;
        map.serialize_entry("target", &Displayed(&self.0.target))?;
        map.end()
    }
}

struct Displayed<'a>(&'a Reference);

impl Serialize for Displayed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

#[derive(Deserialize)]
struct IncomingEdge {
    source: String,
    target: String,
}

#[derive(Deserialize)]
struct Incoming {
    #[serde(default)]
    tags: Names,
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
