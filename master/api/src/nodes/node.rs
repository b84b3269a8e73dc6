//! `node/NAME`: in which environment the node is. Agents ask it where none was given to them.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use ficelle_model::wire::data::HashForm;
use serde::Serialize;

use crate::{
    error::ApiError,
    negotiation::{self, Form},
    nodes::{environment, facts},
    query::Query,
    rule::Subject,
    state::App,
};

#[derive(Serialize)]
struct Answer<'a> {
    name: &'a str,
    environment: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<HashForm<'a>>,
}

/// `GET /puppet/v3/node/{certname}`
///
/// # Errors
/// The environment is missing.
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = negotiation::choose(&headers, &[Form::Json, Form::Pson])?;
    let query = Query::parse(query.unwrap_or_default().as_bytes())?;
    let wanted = query.environment()?;
    environment(&app, &wanted).await?;
    let facts = facts::kept(&app, &name).await?;
    let parameters = HashForm {
        hash: &facts.values,
        richness: form.richness(),
    };
    let answer = Answer {
        name: name.as_str(),
        environment: wanted.as_str(),
        parameters: (!facts.values.is_empty()).then_some(parameters),
    };
    let body = serde_json::to_vec(&answer).map_err(ApiError::server_error)?;
    Ok(([(header::CONTENT_TYPE, form.content_type())], body).into_response())
}
