//! `facts/NAME`, and facts inside a request for a catalog.

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use ficelle_model::{Certname, EnvironmentName, Facts, wire};
use jiff::Timestamp;

use crate::{
    error::ApiError,
    query::{self, Query},
    rule::Subject,
    state::App,
};

/// `PUT /puppet/v3/facts/{certname}`
///
/// # Errors
/// The body is no facts, or somebody else's.
pub async fn put(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.unwrap_or_default().as_bytes())?;
    let environment = match query.get("environment") {
        Some(_) => query.environment()?,
        None => EnvironmentName::production(),
    };
    let facts = read(&name, &body)?;
    let json = wire::facts::write(&facts);
    let at = Timestamp::now().as_millisecond();
    app.store
        .save_facts(&name, environment.as_str(), &json, at)
        .await?;
    Ok((
        [(header::CONTENT_TYPE, "application/json;charset=utf-8")],
        "\"\"",
    )
        .into_response())
}

/// Facts as they stand in a form, where Puppet's agents encode them once more.
pub(super) fn decode(name: &Certname, encoded: &str) -> Result<Facts, ApiError> {
    if encoded.trim_start().starts_with('{') {
        return read(name, encoded.as_bytes());
    }
    read(name, query::decode(encoded.as_bytes())?.as_bytes())
}

/// The facts that the node sent last; none where it never did.
pub(super) async fn kept(app: &App, name: &Certname) -> Result<Facts, ApiError> {
    match app.store.facts(name).await? {
        Some(stored) => wire::facts::read(&stored.json).map_err(ApiError::server_error),
        None => Ok(Facts {
            name: name.clone(),
            values: Default::default(),
            timestamp: None,
            expiration: None,
        }),
    }
}

fn read(name: &Certname, json: &[u8]) -> Result<Facts, ApiError> {
    let facts = wire::facts::read(json).map_err(ApiError::bad_request)?;
    if facts.name != *name {
        return Err(ApiError::bad_request(format_args!(
            "facts of {} do not belong to {name}",
            facts.name
        )));
    }
    Ok(facts)
}
