//! `certificate_status/NAME` and `certificate_statuses/any`: the authority's administration, for
//! whoever carries `pp_cli_auth`.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use ficelle_ca::{
    Certificate, Request,
    authority::Permission,
    registry::{CertificateRecord, RequestRecord},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{error::ApiError, peer::Peer, rule::Subject, state::App};

/// What is wanted of a name.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    desired_state: DesiredState,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DesiredState {
    Signed,
    Revoked,
}

/// `GET certificate_status/{certname}`
///
/// # Errors
/// The name is unknown.
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
) -> Result<Json<Value>, ApiError> {
    if let Some(record) = app.authority.request(&name).await? {
        return Ok(Json(requested(&record)?));
    }
    match app.authority.certificate(&name).await? {
        Some(record) => Ok(Json(held(&record)?)),
        None => Err(ApiError::not_found(format_args!(
            "certificate_status {name}"
        ))),
    }
}

/// `GET certificate_statuses/{any}`: every name.
///
/// # Errors
/// The registry does not answer.
pub async fn all(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    let mut all = Vec::new();
    for record in app.authority.requests().await? {
        all.push(requested(&record)?);
    }
    for record in app.authority.certificates().await? {
        all.push(held(&record)?);
    }
    Ok(Json(Value::Array(all)))
}

/// `PUT certificate_status/{certname}`: signs or revokes.
///
/// # Errors
/// The name is unknown, or its request asks for what it may not have.
pub async fn put(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    Extension(peer): Extension<Peer>,
    body: axum::body::Bytes,
) -> Result<StatusCode, ApiError> {
    let wanted: Wanted = serde_json::from_slice(&body).map_err(ApiError::bad_request)?;
    let actor = actor(&peer);
    match wanted.desired_state {
        DesiredState::Signed => {
            app.authority
                .sign(&name, Permission::Refuse, &actor)
                .await?;
        }
        DesiredState::Revoked => {
            app.authority.revoke(&name, &actor).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE certificate_status/{certname}`: revokes and forgets.
///
/// # Errors
/// The name is unknown.
pub async fn delete(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    Extension(peer): Extension<Peer>,
) -> Result<StatusCode, ApiError> {
    app.authority.clean(&name, &actor(&peer)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn actor(peer: &Peer) -> String {
    peer.name()
        .map_or_else(|| "wire".to_owned(), |name| format!("node:{name}"))
}

fn requested(record: &RequestRecord) -> Result<Value, ApiError> {
    let request = Request::parse(&record.pem, &record.name).map_err(ApiError::server_error)?;
    let alt_names: Vec<_> = request.alt_names.iter().map(ToString::to_string).collect();
    Ok(json!({
        "name": record.name.as_str(),
        "state": "requested",
        "fingerprint": request.fingerprint,
        "fingerprints": { "SHA256": request.fingerprint, "default": request.fingerprint },
        "dns_alt_names": alt_names,
        "subject_alt_names": alt_names,
    }))
}

fn held(record: &CertificateRecord) -> Result<Value, ApiError> {
    let certificate = Certificate::from_pem(&record.pem).map_err(ApiError::server_error)?;
    Ok(json!({
        "name": record.name.as_str(),
        "state": if record.revoked.is_some() { "revoked" } else { "signed" },
        "serial_number": certificate.serial.to_u64(),
        "not_before": certificate.not_before.strftime("%Y-%m-%dT%H:%M:%SUTC").to_string(),
        "not_after": certificate.not_after.strftime("%Y-%m-%dT%H:%M:%SUTC").to_string(),
        "fingerprint": certificate.fingerprint,
        "fingerprints": { "SHA256": certificate.fingerprint, "default": certificate.fingerprint },
        "dns_alt_names": certificate.alt_names,
        "subject_alt_names": certificate.alt_names,
    }))
}
