//! `certificate_request/NAME`.

use std::sync::Arc;

use axum::{Extension, extract::State, response::Response};

use super::text;
use crate::{
    error::{ApiError, IssueKind},
    rule::Subject,
    state::App,
};

/// `PUT`: a request for a certificate. The name may be anybody's; the key in the request becomes
/// theirs only when an operator or the policy says so.
///
/// # Errors
/// The request is refused, with what is wrong with it.
pub async fn put(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    body: String,
) -> Result<Response, ApiError> {
    app.authority
        .submit(&name, &body)
        .await
        .inspect_err(|error| {
            tracing::warn!(node.certname = %name, %error, "certificate request refused");
        })?;
    Ok(text(""))
}

/// `GET`: one's own request. It may hold a password, so nobody else sees it.
///
/// # Errors
/// There is none.
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
) -> Result<Response, ApiError> {
    let missing = || {
        let message = format!("Could not find certificate_request {name}");
        ApiError::new(IssueKind::ResourceNotFound, message)
    };
    Ok(text(
        app.authority.request(&name).await?.ok_or_else(missing)?.pem,
    ))
}

/// `DELETE`: refuses a request.
///
/// # Errors
/// There is none.
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
) -> Result<Response, ApiError> {
    app.authority.refuse(&name, "wire:administrator").await?;
    Ok(text("1"))
}
