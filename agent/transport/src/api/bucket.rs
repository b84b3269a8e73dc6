//! The master's filebucket: what a run replaces can be kept there.

use sha2::{Digest as _, Sha256};

use crate::{
    client::{Client, Request, escape_path},
    error::TransportError,
};

/// Keeps a file's former content; gives its SHA-256. What the master has already is not sent.
///
/// # Errors
/// No answer, or a refusal.
pub fn keep(
    client: &Client,
    file: &str,
    content: Vec<u8>,
    environment: &str,
) -> Result<String, TransportError> {
    let sum = hex::encode(Sha256::digest(&content));
    let path = format!(
        "/puppet/v3/file_bucket_file/sha256/{sum}/{}?{}",
        escape_path(file.trim_start_matches('/')),
        super::query(&[("environment", environment)])
    );
    let accept = "application/octet-stream";
    let answer = client.send(Request::head(path.clone()).accept(accept))?;
    if answer.status != 200 {
        client.ask(Request::put(path, accept, content).accept(accept))?;
    }
    Ok(sum)
}
