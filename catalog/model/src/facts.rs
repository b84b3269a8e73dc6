//! What a node says of itself.

use crate::{data::DataHash, name::Certname};

/// The facts of one node, as they travel.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The node.
    pub name: Certname,
    /// The facts by name, structured and legacy ones.
    pub values: DataHash,
    /// When they were taken, RFC 3339.
    pub timestamp: Option<String>,
    /// Until when they hold, RFC 3339.
    pub expiration: Option<String>,
}
