//! The node's definition: which environment its master wants it in.

use super::query;
use crate::{
    client::{Client, Request, escape},
    error::TransportError,
};

/// The environment that the master has for a node; none where it has no opinion.
///
/// # Errors
/// No answer, or another than a node.
pub fn environment(
    client: &Client,
    name: &str,
    environment: &str,
    transaction_uuid: &str,
) -> Result<Option<String>, TransportError> {
    let path = format!(
        "/puppet/v3/node/{}?{}",
        escape(name),
        query(&[
            ("environment", environment),
            ("configured_environment", environment),
            ("transaction_uuid", transaction_uuid),
        ])
    );
    let url = client.endpoint().url(&path);
    let answer = client.ask(Request::get(path).accept("application/json, text/pson"))?;
    let node: serde_json::Value =
        serde_json::from_slice(&answer.body).map_err(|error| TransportError::Body {
            url,
            detail: error.to_string(),
        })?;
    Ok(node["environment"].as_str().map(Into::into))
}
