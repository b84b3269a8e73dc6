//! `file_bucket_file/TYPE/SUM[/PATH]`: what agents replaced, kept under its checksum. Each node
//! has a bucket of its own: what it backed up is nobody else's to read.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    sync::Arc,
};

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use camino::Utf8PathBuf;
use ficelle_model::{Certname, atomic};
use futures::StreamExt as _;
use tokio::{fs::File, io::AsyncWriteExt as _};
use uuid::Uuid;

use super::{checksum::ChecksumType, content};
use crate::{error::ApiError, peer::Peer, state::App};

/// Longer files are not backed up over the wire.
const LONGEST: u64 = 4 * 1024 * 1024 * 1024;
/// Longer lists of paths are not kept.
const LONGEST_PATHS: usize = 64 * 1024;

struct Address {
    kind: ChecksumType,
    sum: String,
    /// Where the file stood, where the agent says so.
    path: Option<String>,
}

/// `GET` and `HEAD`
///
/// # Errors
/// The node has backed up no such content.
pub async fn get(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<String>,
) -> Result<Response, ApiError> {
    let address = parse(&path)?;
    let place = place(&app, owner(&peer), &address);
    match File::open(place.join("contents")).await {
        Ok(file) => {
            let length = file.metadata().await.map_err(ApiError::server_error)?.len();
            Ok(content::answer(file, length))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(ApiError::not_found(format_args!("file_bucket_file {path}")))
        }
        Err(error) => Err(ApiError::server_error(error)),
    }
}

/// `PUT`: the body goes to a file beside, and to its place when its checksum is right.
///
/// # Errors
/// The checksum is another one, or the disk is full.
pub async fn put(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<String>,
    body: Body,
) -> Result<Response, ApiError> {
    let address = parse(&path)?;
    let owner = owner(&peer);
    let place = place(&app, owner, &address);
    let beside = app
        .files
        .bucket
        .join(owner.as_str())
        .join(format!(".{}", Uuid::new_v4()));
    make_directory(&place).map_err(ApiError::server_error)?;
    let received = receive(body, &beside, &address).await;
    let kept = received
        .and_then(|()| fs::rename(&beside, place.join("contents")).map_err(ApiError::server_error));
    if kept.is_err() {
        // The error that matters is the first one; a leftover is only untidy.
        let _ = fs::remove_file(&beside);
    }
    kept?;
    if let Some(path) = &address.path {
        remember(&place, path).map_err(ApiError::server_error)?;
    }
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], "").into_response())
}

fn owner(peer: &Peer) -> &Certname {
    peer.name()
        .expect("the rule lets nobody through without a certificate")
}

async fn receive(body: Body, beside: &Utf8PathBuf, address: &Address) -> Result<(), ApiError> {
    let mut hasher = address
        .kind
        .hasher()
        .expect("only checksums of bytes name a content");
    let file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(beside);
    let mut file = File::from_std(file.map_err(ApiError::server_error)?);
    let mut pieces = body.into_data_stream();
    let mut length = 0_u64;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(ApiError::bad_request)?;
        length += piece.len() as u64;
        if length > LONGEST {
            return Err(ApiError::bad_request("the file is too long to be kept"));
        }
        hasher.update(&piece);
        file.write_all(&piece)
            .await
            .map_err(ApiError::server_error)?;
    }
    file.sync_all().await.map_err(ApiError::server_error)?;
    let sum = hasher.finish();
    if sum != address.sum {
        return Err(ApiError::bad_request(format_args!(
            "the content's {} is {sum}, not {}",
            address.kind.name(),
            address.sum
        )));
    }
    Ok(())
}

/// Adds to the paths that this content was found at.
fn remember(place: &Utf8PathBuf, path: &str) -> io::Result<()> {
    let file = place.join("paths");
    let mut paths = match fs::read_to_string(&file) {
        Ok(paths) => paths,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    if paths.lines().any(|known| known == path) || paths.len() > LONGEST_PATHS {
        return Ok(());
    }
    paths.push_str(path);
    paths.push('\n');
    atomic::replace(file.as_std_path(), paths.as_bytes(), 0o600)
}

/// Puppet's layout: the first eight digits are a directory each.
fn place(app: &App, owner: &Certname, address: &Address) -> Utf8PathBuf {
    let mut place = app.files.bucket.join(owner.as_str());
    for digit in address.sum[..8].chars() {
        place.push(digit.to_string());
    }
    place.join(&address.sum)
}

fn make_directory(place: &Utf8PathBuf) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(place)
}

fn parse(path: &str) -> Result<Address, ApiError> {
    let refused = || ApiError::bad_request(format_args!("{path:?} names no content by checksum"));
    let mut parts = path.splitn(3, '/');
    let kind = ChecksumType::parse(parts.next().unwrap_or_default()).ok_or_else(refused)?;
    let sum = parts.next().unwrap_or_default();
    let length = kind.hasher().ok_or_else(refused)?.finish().len();
    let fits = sum.len() == length
        && sum
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if !fits {
        return Err(refused());
    }
    let original = parts.next().filter(|original| !original.is_empty());
    if original.is_some_and(|original| original.contains(char::is_control)) {
        return Err(refused());
    }
    Ok(Address {
        kind,
        sum: sum.to_owned(),
        path: original.map(ToOwned::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn an_address_is_a_checksum_and_nothing_else() {
        let sum = "01d09d19c2139a46aebfb577780d123d7396e97201bc7ead210a2ebff8239dee";
        let address = parse(&format!("sha256/{sum}//etc/motd")).expect("an address");
        assert_eq!(
            (address.sum.as_str(), address.path.as_deref()),
            (sum, Some("/etc/motd"))
        );
        assert_eq!(
            parse(&format!("sha256/{sum}")).expect("an address").path,
            None
        );
        for path in [
            "",
            "sha256",
            "sha256/..",
            "md5/../../x",
            "ctime/x",
            "sha256/ABC",
        ] {
            assert!(parse(path).is_err(), "{path}");
        }
        assert!(parse(&format!("md5/{sum}")).is_err());
    }
}
