//! `certificate/NAME`, with `ca` for the authority's own, and `certificate_renewal`.

use std::sync::Arc;

use axum::{Extension, extract::State, response::Response};

use ficelle_ca::authority::AUTHORITY_NAME;

use super::text;
use crate::{
    error::{ApiError, IssueKind},
    peer::Peer,
    rule::Subject,
    state::App,
};

/// `GET /puppet-ca/v1/certificate/{certname}`
///
/// # Errors
/// There is none.
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
) -> Result<Response, ApiError> {
    if name.as_str() == AUTHORITY_NAME {
        return Ok(text(app.authority.issuer().certificate_pem()));
    }
    let missing = || {
        let message = format!("Could not find certificate {name}");
        ApiError::new(IssueKind::ResourceNotFound, message)
    };
    let record = app
        .authority
        .certificate(&name)
        .await?
        .ok_or_else(missing)?;
    Ok(text(record.pem))
}

/// `POST /puppet-ca/v1/certificate_renewal`: a new certificate for the key that the client just
/// proved to hold.
///
/// # Errors
/// The certificate was revoked in between.
pub async fn renew(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
) -> Result<Response, ApiError> {
    let held = peer
        .certificate
        .expect("the rule lets nobody through without a certificate");
    let record = app.authority.renew(&held).await?;
    Ok(text(record.pem))
}
