//! Where the content of files comes from: `puppet:///…` and `https://…` through the engine's
//! transport, local paths through the host.

use std::time::SystemTime;

use ficelle_system::{Algorithm, Digest, FileKind, Links};
use thiserror::Error;

/// Why a source could not be had.
#[derive(Clone, Debug, Error)]
pub enum SourceError {
    /// The server did not answer, or refused.
    #[error(
        "Could not retrieve information from environment {environment} source(s) {uri}: {reason}"
    )]
    Metadata {
        /// The environment.
        environment: String,
        /// As it stands in the catalog.
        uri: String,
        /// What happened.
        reason: String,
    },
    /// The content broke off or could not be stored.
    #[error("Could not retrieve content of {uri}: {reason}")]
    Content {
        /// As it stands in the catalog.
        uri: String,
        /// What happened.
        reason: String,
    },
}

/// What to ask of a source.
#[derive(Clone, Debug)]
pub struct MetadataRequest<'a> {
    /// `puppet:///modules/x/y`, `puppet://server:8140/…`, `https://…`
    pub uri: &'a str,
    /// The environment of the catalog.
    pub environment: &'a str,
    /// Whether links at the source are looked through.
    pub links: Links,
    /// How content is compared.
    pub checksum: Algorithm,
}

/// What a source says of one file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileMetadata {
    /// Where it lies below what was asked for; `.` for that itself.
    pub relative_path: String,
    /// What it is: a file, a directory or a link.
    pub kind: FileKind,
    /// Its checksum, where it is a file and the source knows.
    pub checksum: Option<Digest>,
    /// Where it leads, where it is a link.
    pub destination: Option<String>,
    /// Its owner at the source.
    pub uid: Option<u32>,
    /// Its group at the source.
    pub gid: Option<u32>,
    /// Its permission bits at the source.
    pub mode: Option<u32>,
    /// When it was last changed, where only times are known (http).
    pub modified: Option<SystemTime>,
    /// Where its content is to be had, where that is not the URI (static catalogs).
    pub content_uri: Option<String>,
}

/// What a content is handed to, piece by piece; an error breaks the transfer off.
pub type Content<'a> = dyn FnMut(&[u8]) -> std::io::Result<()> + 'a;

/// The files of a server.
pub trait Source: Send + Sync {
    /// What stands at a URI, a file that is not there being `None`.
    ///
    /// # Errors
    /// The server did not answer, or refused.
    fn metadata(&self, request: &MetadataRequest<'_>) -> Result<Option<FileMetadata>, SourceError>;

    /// What stands at a URI and everything below it, that itself (`.`) first.
    ///
    /// # Errors
    /// The server did not answer, or refused.
    fn tree(
        &self,
        request: &MetadataRequest<'_>,
        limit: Option<u32>,
        ignore: &[String],
    ) -> Result<Option<Vec<FileMetadata>>, SourceError>;

    /// The content of a file.
    ///
    /// # Errors
    /// The server did not answer, or the content broke off.
    fn content(
        &self,
        uri: &str,
        environment: &str,
        take: &mut Content<'_>,
    ) -> Result<(), SourceError>;
}

/// No server: where nothing but the host's own files can be had.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalOnly;

impl Source for LocalOnly {
    fn metadata(&self, request: &MetadataRequest<'_>) -> Result<Option<FileMetadata>, SourceError> {
        Err(SourceError::Metadata {
            environment: request.environment.to_owned(),
            uri: request.uri.to_owned(),
            reason: "there is no server in this run".to_owned(),
        })
    }

    fn tree(
        &self,
        request: &MetadataRequest<'_>,
        _limit: Option<u32>,
        _ignore: &[String],
    ) -> Result<Option<Vec<FileMetadata>>, SourceError> {
        self.metadata(request)
            .map(|metadata| metadata.map(|metadata| vec![metadata]))
    }

    fn content(
        &self,
        uri: &str,
        _environment: &str,
        _take: &mut Content<'_>,
    ) -> Result<(), SourceError> {
        Err(SourceError::Content {
            uri: uri.to_owned(),
            reason: "there is no server in this run".to_owned(),
        })
    }
}
