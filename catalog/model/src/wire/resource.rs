//! A resource in a catalog's JSON, which is also how an exported one is kept.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _};

use super::{
    WireError,
    data::{self, ReadHash, Richness},
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

impl Serialize for Form<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let resource = self.resource;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &resource.reference.type_name)?;
        map.serialize_entry("title", &resource.reference.title)?;
        map.serialize_entry("tags", &resource.tags)?;
        if let Some(file) = &resource.file {
            map.serialize_entry("file", file)?;
        }
        if let Some(line) = resource.line {
            map.serialize_entry("line", &line)?;
        }
        map.serialize_entry("exported", &resource.exported)?;
        if resource.is_virtual {
            map.serialize_entry("virtual", &true)?;
        }
        if let Some(kind) = &resource.kind {
            map.serialize_entry("kind", kind)?;
        }
        if !resource.parameters.is_empty() {
            map.serialize_entry("parameters", &Parameters(*self))?;
        }
        if !resource.sensitive.is_empty() {
            map.serialize_entry("sensitive_parameters", &resource.sensitive)?;
        }
        map.end()
    }
}

/// The parameters of a resource on its way out.
struct Parameters<'a>(Form<'a>);

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Form { resource, richness } = self.0;
        let form = |data| data::Form { data, richness };
        let parameters = resource.parameters.iter();
        serializer.collect_map(parameters.map(|(name, data)| (name, form(data))))
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
    serde_json::to_string(&form).expect("a resource has string keys and finite numbers only")
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
