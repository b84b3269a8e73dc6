//! `node/NAME`: what the node is to the master. Agents ask it for their environment where none was
//! given to them.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use ficelle_compiler::Classified;
use ficelle_model::{
    Certname,
    wire::{self, data::HashForm},
};
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
    classes: Option<wire::data::Form<'a>>,
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
    let classified = classified(&app, &name).await?;
    let environment_name = classified.environment.clone().unwrap_or(wanted);
    environment(&app, &environment_name).await?;
    let facts = facts::kept(&app, &name).await?;
    // What the classifier says counts for more than facts.
    let mut parameters = classified.classification.parameters;
    for (name, value) in facts.values {
        parameters.entry(name).or_insert(value);
    }
    let richness = form.richness();
    let answer = Answer {
        name: name.as_str(),
        environment: environment_name.as_str(),
        classes: classified
            .classes
            .as_ref()
            .map(|data| wire::data::Form { data, richness }),
        parameters: (!parameters.is_empty()).then_some(HashForm {
            hash: &parameters,
            richness,
        }),
    };
    let body = serde_json::to_vec(&answer).map_err(ApiError::server_error)?;
    Ok(([(header::CONTENT_TYPE, form.content_type())], body).into_response())
}

async fn classified(app: &Arc<App>, name: &Certname) -> Result<Classified, ApiError> {
    if app.definitions.classifier.is_none() {
        return Ok(Classified::default());
    }
    let (work, node) = (Arc::clone(app), name.clone());
    let asked = tokio::task::spawn_blocking(move || {
        work.definitions
            .classify(&node, &**work.environments.disk())
    });
    asked
        .await
        .map_err(ApiError::server_error)?
        .map_err(ApiError::server_error)?
        .ok_or_else(|| ApiError::not_found(format_args!("node {name}")))
}
