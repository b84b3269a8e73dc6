//! The requests of Puppet's HTTP API, one file for each thing that is asked for.
//!
//! Source: puppet-docs, "HTTP API index"; paths, parameters and formats are those that the
//! reference's agent sends.

pub mod authority;
pub mod bucket;
pub mod catalog;
pub mod files;
pub mod node;
pub mod report;

use crate::client::escape;

/// `a=b&c=d`
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", escape(name), escape(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}
