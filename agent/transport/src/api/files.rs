//! Files that the master serves: `puppet:///modules/…`, mount points, `facts.d`.

use serde::Deserialize;

use super::query;
use crate::{
    client::{Client, Request, escape_path},
    error::TransportError,
};

/// The largest file that is fetched.
const CONTENT_LIMIT: usize = 4 * 1024 * 1024 * 1024;
/// A tree of a million files fits.
const METADATA_LIMIT: usize = 512 * 1024 * 1024;
const FORMATS: &str = "application/json, text/pson";

/// What a served entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
}

/// A checksum: its kind, and its value as `{kind}value`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Checksum {
    /// `sha256`, `ctime`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// `{sha256}…`
    pub value: String,
}

impl Checksum {
    /// The value without `{kind}`.
    pub fn bare(&self) -> &str {
        self.value
            .split_once('}')
            .map_or(self.value.as_str(), |(_, value)| value)
    }
}

/// What the master says of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// Where it is on the master.
    #[serde(default)]
    pub path: String,
    /// Where it is below what was asked for; `.` for that itself.
    #[serde(default)]
    pub relative_path: Option<String>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Its permissions.
    #[serde(default)]
    pub mode: Option<u32>,
    /// Its owner's number.
    #[serde(default)]
    pub owner: Option<u32>,
    /// Its group's number.
    #[serde(default)]
    pub group: Option<u32>,
    /// Its checksum.
    pub checksum: Checksum,
    /// Where a link leads.
    #[serde(default)]
    pub destination: Option<String>,
    /// Where its content is, if elsewhere (static catalogs).
    #[serde(default)]
    pub content_uri: Option<String>,
}

/// How to look at files.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The environment.
    pub environment: &'a str,
    /// `manage` or `follow`
    pub links: &'a str,
    /// `sha256`, …
    pub checksum_type: &'a str,
    /// `ignore`, `use` or `use_when_creating`
    pub source_permissions: &'a str,
}

impl Look<'_> {
    fn query(&self) -> String {
        query(&[
            ("links", self.links),
            ("checksum_type", self.checksum_type),
            ("source_permissions", self.source_permissions),
            ("environment", self.environment),
        ])
    }
}

/// How far down to look.
#[derive(Clone, Copy, Debug)]
pub struct Depth<'a> {
    /// `recurselimit`
    pub limit: Option<u32>,
    /// Patterns of names to leave out.
    pub ignore: &'a [String],
    /// `max_files`
    pub max_files: i64,
}

/// What the master says of one file; none where it has none. `path` is what follows `puppet:///`.
///
/// # Errors
/// No answer, or no metadata in it.
pub fn metadata(
    client: &Client,
    path: &str,
    look: &Look<'_>,
) -> Result<Option<Metadata>, TransportError> {
    let path = format!(
        "/puppet/v3/file_metadata/{}?{}",
        escape_path(path),
        look.query()
    );
    read(client, path)
}

/// What the master says of a tree; none where it has none.
///
/// # Errors
/// No answer, or no metadata in it.
pub fn metadatas(
    client: &Client,
    path: &str,
    look: &Look<'_>,
    depth: &Depth<'_>,
) -> Result<Option<Vec<Metadata>>, TransportError> {
    let max_files = depth.max_files.to_string();
    let mut query = query(&[("recurse", "true"), ("max_files", &max_files)]);
    if let Some(limit) = depth.limit {
        query += &format!("&recurselimit={limit}");
    }
    for pattern in depth.ignore {
        query += "&";
        query += &super::query(&[("ignore", pattern)]);
    }
    let path = format!(
        "/puppet/v3/file_metadatas/{}?{query}&{}",
        escape_path(path),
        look.query()
    );
    read(client, path)
}

/// The content of a file, piece by piece.
///
/// # Errors
/// No answer, a refusal, or it broke off.
pub fn content(
    client: &Client,
    path: &str,
    environment: &str,
    take: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
) -> Result<(), TransportError> {
    let path = format!(
        "/puppet/v3/file_content/{}?{}",
        escape_path(path),
        query(&[("environment", environment)])
    );
    let request = Request::get(path)
        .accept("application/octet-stream")
        .limit(CONTENT_LIMIT);
    client.stream(request, take)
}

fn read<T: serde::de::DeserializeOwned>(
    client: &Client,
    path: String,
) -> Result<Option<T>, TransportError> {
    let url = client.endpoint().url(&path);
    let request = Request::get(path).accept(FORMATS).limit(METADATA_LIMIT);
    let answer = match client.ask(request) {
        Err(error) if error.status() == Some(404) => return Ok(None),
        other => other?,
    };
    serde_json::from_slice(&answer.body)
        .map(Some)
        .map_err(|error| TransportError::Body {
            url,
            detail: error.to_string(),
        })
}
