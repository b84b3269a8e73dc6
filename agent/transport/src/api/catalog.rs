//! The catalog: facts go up, what the node should be comes down.

use ficelle_model::{Facts, wire};

use super::query;
use crate::{
    client::{Client, Request, escape},
    error::TransportError,
};

/// The largest catalog that is read.
const LIMIT: usize = 256 * 1024 * 1024;
const FORMATS: &str = "application/vnd.puppet.rich+json, application/json, text/pson";

/// What a request for a catalog says beside the facts.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The environment that the node wants.
    pub environment: &'a str,
    /// The one that its settings name, if they do.
    pub configured_environment: Option<&'a str>,
    /// The run.
    pub transaction_uuid: &'a str,
    /// The job that asked for it.
    pub job_id: Option<&'a str>,
    /// `sha256.sha384…`
    pub checksum_types: &'a str,
}

/// A catalog, and the bytes that it came as.
#[derive(Debug)]
pub struct Catalog {
    /// The catalog.
    pub received: wire::catalog::Received,
    /// For the cache.
    pub json: Vec<u8>,
}

/// Asks for the node's catalog.
///
/// # Errors
/// No answer, a refusal, or no catalog in it.
pub fn fetch(client: &Client, facts: &Facts, ask: &Ask<'_>) -> Result<Catalog, TransportError> {
    let path = format!(
        "/puppet/v3/catalog/{}?{}",
        escape(facts.name.as_str()),
        query(&[("environment", ask.environment)])
    );
    let json = wire::facts::write(facts);
    let json = String::from_utf8(json).expect("JSON is UTF-8");
    // Escaped once more below: that is how the reference sends them.
    let escaped = escape(&json);
    let mut fields = vec![
        ("facts_format", "application/json"),
        ("facts", escaped.as_str()),
        ("environment", ask.environment),
        ("transaction_uuid", ask.transaction_uuid),
        ("static_catalog", "true"),
        ("checksum_type", ask.checksum_types),
    ];
    let optional = [
        ("configured_environment", ask.configured_environment),
        ("job_id", ask.job_id),
    ];
    fields.extend(optional.into_iter().filter_map(|(n, v)| Some((n, v?))));
    let body = query(&fields).into_bytes();
    let url = client.endpoint().url(&path);
    let request = Request::post(path, "application/x-www-form-urlencoded", body)
        .accept(FORMATS)
        .limit(LIMIT);
    let answer = client.ask(request)?;
    let received = wire::catalog::read(&answer.body).map_err(|error| TransportError::Body {
        url,
        detail: error.to_string(),
    })?;
    Ok(Catalog {
        received,
        json: answer.body,
    })
}
