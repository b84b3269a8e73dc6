//! A catalog in JSON, as Puppet's agents and servers write it (`catalog_format` 2).

use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _, ser::SerializeSeq as _};

use super::{WireError, data::Richness, json, resource};
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
        let mut json = with_room_for(self.catalog);
        append(self, &mut json);
        json
    }
}

fn with_room_for(catalog: &Catalog) -> Vec<u8> {
    /// Bytes of a resource and its edges, more or less.
    const USUAL_RESOURCE: usize = 768;
    Vec::with_capacity(catalog.resources.len() * USUAL_RESOURCE)
}

fn append(value: &impl Serialize, json: &mut Vec<u8>) {
    json::write(value, json).expect("a catalog has string keys and finite numbers only");
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
        let form = Form {
            catalog,
            uuid,
            richness,
        };
        let is_open = catalog.version.is_empty();
        let version = match is_open {
            true => version,
            false => &*catalog.version,
        };
        let mut json = with_room_for(catalog);
        append(&Answer { form, version }, &mut json);
        let length = |append: &dyn Fn(&mut Vec<u8>)| {
            let mut json = Vec::new();
            append(&mut json);
            json.len()
        };
        let tags = length(&|json| append(&catalog.tags, json));
        let name = length(&|json| append(&catalog.name.as_str(), json));
        let code_id = length(&|json| append(&catalog.code_id, json));
        let start =
            r#"{"tags":"#.len() + tags + r#","name":"#.len() + name + r#","version":"#.len();
        let end = start + length(&|json| append(&Version(version), json));
        let first = end + r#","code_id":"#.len() + code_id + r#","catalog_uuid":""#.len();
        let last = first + uuid.len();
        assert!(
            json[..start].ends_with(br#""version":"#)
                && json[first..].starts_with(uuid.as_bytes())
                && json[last..].starts_with(b"\","),
            "the order is that of `Form`"
        );
        Self {
            json,
            version: start..end,
            is_open,
            uuid: first..last,
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

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let version = &*self.catalog.version;
        Answer {
            form: *self,
            version,
        }
        .serialize(serializer)
    }
}

/// A catalog as it answers: its version may not be its own.
struct Answer<'a> {
    form: Form<'a>,
    version: &'a str,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Form {
            catalog,
            uuid,
            richness,
        } = self.form;
        let mut map = serializer.serialize_map(Some(10))?;
        map.serialize_entry("tags", &catalog.tags)?;
        map.serialize_entry("name", catalog.name.as_str())?;
        map.serialize_entry("version", &Version(self.version))?;
        map.serialize_entry("code_id", &catalog.code_id)?;
        map.serialize_entry("catalog_uuid", uuid)?;
        map.serialize_entry("catalog_format", &2)?;
        map.serialize_entry("environment", catalog.environment.as_str())?;
        map.serialize_entry("resources", &Resources(&catalog.resources, richness))?;
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
        let (mut source, mut target) = (String::new(), String::new());
        for edge in self.0 {
            spell(&edge.source, &mut source);
            spell(&edge.target, &mut target);
            sequence.serialize_element(&OutgoingEdge {
                source: &source,
                target: &target,
            })?;
        }
        sequence.end()
    }
}

/// As its `Display`, into a text that is used again.
fn spell(reference: &Reference, text: &mut String) {
    text.clear();
    for piece in [&*reference.type_name, "[", &reference.title, "]"] {
        text.push_str(piece);
    }
}

#[derive(Serialize)]
struct OutgoingEdge<'a> {
    source: &'a str,
    target: &'a str,
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
