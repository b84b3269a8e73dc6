//! `file_content/PATH`: a file, piece by piece.

use std::{fs::Metadata, io, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::{Path, RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use tokio::{fs::File, io::AsyncReadExt as _};

use super::metadata::target;
use crate::{error::ApiError, peer::Peer, query::Query, state::App};

const PIECE: usize = 64 * 1024;

/// `GET /puppet/v3/file_content/{*path}`
///
/// # Errors
/// There is no such file.
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.unwrap_or_default().as_bytes())?;
    let missing = || ApiError::not_found(format_args!("file_content {path}"));
    let target = target(&app, &peer, &query, &path)
        .await?
        .ok_or_else(missing)?;
    for root in &target.roots {
        if let Some((file, metadata)) = open(root.as_std_path()).await? {
            return Ok(answer(file, metadata.len()));
        }
    }
    Err(missing())
}

async fn open(path: &std::path::Path) -> Result<Option<(File, Metadata)>, ApiError> {
    let file = match File::open(path).await {
        Ok(file) => file,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(ApiError::server_error(error)),
    };
    let metadata = file.metadata().await.map_err(ApiError::server_error)?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

/// The length is what the file had when it was opened; one that shrinks ends the connection, so
/// that no agent takes half a file for a whole one.
pub(super) fn answer(file: File, length: u64) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    (headers, Body::from_stream(pieces(file, length))).into_response()
}

fn pieces(file: File, length: u64) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let wanted = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
        let mut piece = BytesMut::zeroed(wanted);
        let length = file.read(&mut piece).await?;
        if length == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter",
            ));
        }
        piece.truncate(length);
        Ok(Some((piece.freeze(), (file, left - length as u64))))
    })
}
