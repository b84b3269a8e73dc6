//! A catalog: what one node should be.

use std::sync::Arc;

use crate::{
    data::Names,
    name::{Certname, EnvironmentName},
    reference::Reference,
    resource::Resource,
    tags::Tags,
};

/// What one node should be: its resources, in the order of evaluation, and how they contain each
/// other. Relationships (`before`, `require`, …) stand in the resources' parameters.
///
/// The uuids and the version are put in where the answer is written, so that the same inputs give
/// the same catalog.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    /// The node.
    pub name: Certname,
    /// The environment.
    pub environment: EnvironmentName,
    /// `config_version`, else the newest input's time in seconds.
    pub version: Arc<str>,
    /// Code id of a versioned deploy.
    pub code_id: Option<Arc<str>>,
    /// Tags of the catalog as a whole.
    pub tags: Tags,
    /// The names of the classes that were evaluated.
    pub classes: Names,
    /// The resources.
    pub resources: Vec<Resource>,
    /// Containment: class or define to what stands in it.
    pub edges: Vec<Edge>,
}

/// `source` contains `target`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The container.
    pub source: Reference,
    /// What it contains.
    pub target: Reference,
}
