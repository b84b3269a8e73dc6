//! The forms in which things travel between a master and an agent, ours or Puppet's.
//!
//! They are contracts: each is apart from the inner model, and a golden test holds it.

pub mod catalog;
pub mod data;
pub mod facts;
mod json;
pub mod resource;

use thiserror::Error;

pub use data::Richness;

/// Why something that came over the wire cannot be read.
#[derive(Debug, Error)]
pub enum WireError {
    /// It is no JSON, or JSON of another shape.
    #[error("cannot read the {what}: {source}")]
    Json {
        /// `catalog`, `facts`, …
        what: &'static str,
        /// What the parser said, with the place.
        source: serde_json::Error,
    },
    /// A name in it breaks a rule.
    #[error("cannot read the {what}: {reason}")]
    Name {
        /// `catalog`, `facts`, …
        what: &'static str,
        /// The rule.
        reason: String,
    },
}
