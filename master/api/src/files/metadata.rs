//! `file_metadata/PATH` and `file_metadatas/PATH`.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    checksum::ChecksumType,
    mounts::Target,
    tree::{self, Entry, Links, Look, Permissions},
};
use crate::{
    error::ApiError,
    negotiation::{self, Form},
    nodes::environment,
    peer::Peer,
    query::Query,
    state::App,
};

/// More entries than any module ships.
const MOST_ENTRIES: usize = 100_000;
/// Deeper than any tree that is meant.
const DEEPEST: usize = 64;

/// `GET /puppet/v3/file_metadata/{*path}`
///
/// # Errors
/// There is no such file.
pub async fn one(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = negotiation::choose(&headers, &[Form::Json, Form::Pson])?;
    let query = Query::parse(query.unwrap_or_default().as_bytes())?;
    let look = look(&query)?;
    let target = target(&app, &peer, &query, &path).await?;
    let missing = || ApiError::not_found(format_args!("file_metadata {path}"));
    let target = target.ok_or_else(missing)?;
    let found = blocking(app, move |app| {
        tree::one(&target, &look, &app.mounts.checksums)
    })
    .await?;
    answer(&found.ok_or_else(missing)?, form)
}

/// `GET /puppet/v3/file_metadatas/{*path}`
///
/// # Errors
/// There is no such file or directory.
pub async fn tree(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = negotiation::choose(&headers, &[Form::Json, Form::Pson])?;
    let query = Query::parse(query.unwrap_or_default().as_bytes())?;
    let look = look(&query)?;
    let target = target(&app, &peer, &query, &path).await?;
    let missing = || ApiError::not_found(format_args!("file_metadata {path}"));
    let target = target.ok_or_else(missing)?;
    let found: Option<Vec<Entry>> = blocking(app, move |app| {
        tree::all(&target, &look, &app.mounts.checksums)
    })
    .await?;
    answer(&found.ok_or_else(missing)?, form)
}

pub(super) async fn target(
    app: &Arc<App>,
    peer: &Peer,
    query: &Query,
    path: &str,
) -> Result<Option<Target>, ApiError> {
    let environment = environment(app, &query.environment()?).await?;
    let peer = peer
        .name()
        .expect("the rule lets nobody through without a certificate")
        .clone();
    let path = path.to_owned();
    blocking(Arc::clone(app), move |app| {
        Ok(app.mounts.find(&environment, &peer, &path))
    })
    .await
}

async fn blocking<T: Send + 'static>(
    app: Arc<App>,
    act: impl FnOnce(&App) -> std::io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(move || act(&app)).await;
    done.map_err(ApiError::server_error)?
        .map_err(ApiError::server_error)
}

fn answer(body: &impl Serialize, form: Form) -> Result<Response, ApiError> {
    let body = serde_json::to_vec(body).map_err(ApiError::server_error)?;
    Ok(([(header::CONTENT_TYPE, form.content_type())], body).into_response())
}

fn look(query: &Query) -> Result<Look, ApiError> {
    let number = |name: &str| -> Result<Option<i64>, ApiError> {
        let text = query.get(name).filter(|text| !text.is_empty());
        let refused = |_| ApiError::bad_request(format_args!("{name} is not a number"));
        text.map(str::parse).transpose().map_err(refused)
    };
    let depth = match query.get("recurse") {
        Some("true" | "remote") => {
            let limit = number("recurselimit")?.and_then(|limit| usize::try_from(limit).ok());
            limit.unwrap_or(DEEPEST).min(DEEPEST)
        }
        _ => 0,
    };
    let most = number("max_files")?.and_then(|most| usize::try_from(most).ok());
    let checksum = query.get("checksum_type").unwrap_or("sha256");
    Ok(Look {
        links: match query.get("links") {
            Some("follow") => Links::Follow,
            _ => Links::Manage,
        },
        checksum: ChecksumType::parse(checksum).ok_or_else(|| {
            ApiError::bad_request(format_args!("{checksum:?} is no kind of checksum"))
        })?,
        permissions: match query.get("source_permissions") {
            Some("use" | "use_when_creating") => Permissions::Use,
            _ => Permissions::Ignore,
        },
        depth,
        ignore: query.all("ignore").map(ToOwned::to_owned).collect(),
        most: most
            .filter(|most| *most > 0)
            .unwrap_or(MOST_ENTRIES)
            .min(MOST_ENTRIES),
    })
}
