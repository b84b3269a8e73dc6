//! A resource as it stands in a catalog.

use std::sync::Arc;

use crate::{
    data::{Data, Names},
    names::NameMap,
    reference::Reference,
    tags::Tags,
};

/// A resource: what it is, what is wanted of it, and where it was declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Type and title.
    pub reference: Reference,
    /// What is wanted, by name, in the order of declaration. Sensitive values stand here bare;
    /// their names are in `sensitive`.
    pub parameters: NameMap<Data>,
    /// The names of the parameters that must not be shown.
    pub sensitive: Names,
    /// Tags, in the order in which they were given.
    pub tags: Tags,
    /// The file of the declaration.
    pub file: Option<Arc<str>>,
    /// The line of the declaration.
    pub line: Option<u32>,
    /// Whether it was exported (`@@`).
    pub exported: bool,
    /// Whether it is virtual; such a resource never leaves the compiler but to be exported.
    pub is_virtual: bool,
    /// For a type that was declared outside the agent's native ones: `class`, `defined_type`,
    /// `compilable_type` or `unknown`.
    pub kind: Option<Arc<str>>,
}

impl Resource {
    /// A resource without parameters.
    pub fn new(reference: Reference) -> Self {
        Self {
            reference,
            parameters: NameMap::default(),
            sensitive: Names::default(),
            tags: Tags::default(),
            file: None,
            line: None,
            exported: false,
            is_virtual: false,
            kind: None,
        }
    }
}
