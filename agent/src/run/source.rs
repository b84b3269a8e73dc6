//! The files of masters and web servers, as providers ask for them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use ficelle_providers::{Content, FileMetadata, MetadataRequest, Source, SourceError};
use ficelle_system::{Algorithm, Digest, FileKind, Links};
use ficelle_transport::{
    Client, Endpoint, Session, Timeouts, TransportError,
    api::files::{self, Depth, Kind, Look, Metadata},
    web::{Head, Web},
};

/// Files of the master that gave the catalog, and of others that a URI names.
pub struct Remote<'a> {
    master: Arc<Client>,
    session: &'a Session,
    others: Mutex<HashMap<Endpoint, Arc<Client>>>,
    web: OnceLock<Web>,
}

impl<'a> Remote<'a> {
    /// `master` serves what names no other.
    pub fn new(master: Arc<Client>, session: &'a Session) -> Self {
        Self {
            master,
            session,
            others: Mutex::default(),
            web: OnceLock::new(),
        }
    }

    /// The client of web servers, made when the first is asked.
    fn web(&self) -> Result<&Web, String> {
        if let Some(web) = self.web.get() {
            return Ok(web);
        }
        let made = Web::new(Timeouts::default()).map_err(|error| error.to_string())?;
        Ok(self.web.get_or_init(|| made))
    }

    /// Who serves a URI, and the path there.
    fn locate(&self, uri: &str) -> Result<(Arc<Client>, String), String> {
        let rest = uri
            .strip_prefix("puppet://")
            .ok_or_else(|| format!("{uri} is neither a puppet:// nor an http(s):// source"))?;
        let (host, path) = rest
            .split_once('/')
            .ok_or_else(|| format!("{uri} names no file"))?;
        let path = path.trim_matches('/').to_owned();
        if host.is_empty() {
            return Ok((Arc::clone(&self.master), path));
        }
        let port = self.master.endpoint().port;
        let endpoint = Endpoint::parse(host, port).ok_or_else(|| format!("{host} is no server"))?;
        if endpoint == *self.master.endpoint() {
            return Ok((Arc::clone(&self.master), path));
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = others.get(&endpoint) {
            return Ok((Arc::clone(client), path));
        }
        let client = self.session.client(&endpoint);
        let client = Arc::new(client.map_err(|error| error.to_string())?);
        others.insert(endpoint, Arc::clone(&client));
        Ok((client, path))
    }
}

impl Source for Remote<'_> {
    fn metadata(&self, request: &MetadataRequest<'_>) -> Result<Option<FileMetadata>, SourceError> {
        let failed = |reason: String| metadata_error(request, reason);
        if is_web(request.uri) {
            let head = self.web().map_err(failed)?.head(request.uri);
            let head = head.map_err(|error| failed(error.to_string()))?;
            return Ok(head.map(of_web));
        }
        let (client, path) = self.locate(request.uri).map_err(failed)?;
        let found = files::metadata(&client, &path, &look(request));
        let found = found.map_err(|error| failed(error.to_string()))?;
        Ok(found.map(convert))
    }

    fn tree(
        &self,
        request: &MetadataRequest<'_>,
        limit: Option<u32>,
        ignore: &[String],
    ) -> Result<Option<Vec<FileMetadata>>, SourceError> {
        let failed = |reason: String| metadata_error(request, reason);
        if is_web(request.uri) {
            let found = self.metadata(request)?;
            return Ok(found.map(|one| vec![one]));
        }
        let (client, path) = self.locate(request.uri).map_err(failed)?;
        let depth = Depth {
            limit,
            ignore,
            max_files: -1,
        };
        let found = files::metadatas(&client, &path, &look(request), &depth);
        let found = found.map_err(|error| failed(error.to_string()))?;
        Ok(found.map(|entries| entries.into_iter().map(convert).collect()))
    }

    fn content(
        &self,
        uri: &str,
        environment: &str,
        take: &mut Content<'_>,
    ) -> Result<(), SourceError> {
        let failed = |reason: String| SourceError::Content {
            uri: uri.to_owned(),
            reason,
        };
        if is_web(uri) {
            let fetched = self.web().map_err(failed)?.content(uri, take);
            return fetched.map_err(|error| failed(error.to_string()));
        }
        let (client, path) = self.locate(uri).map_err(failed)?;
        files::content(&client, &path, environment, take)
            .map_err(|error: TransportError| failed(error.to_string()))
    }
}

fn is_web(uri: &str) -> bool {
    uri.starts_with("https://") || uri.starts_with("http://")
}

fn of_web(head: Head) -> FileMetadata {
    let checksum = head.checksum.and_then(|(kind, value)| {
        let algorithm = kind.parse().ok()?;
        Some(Digest { algorithm, value })
    });
    FileMetadata {
        relative_path: ".".to_owned(),
        kind: FileKind::File,
        checksum,
        destination: None,
        uid: None,
        gid: None,
        mode: None,
        modified: head.modified,
        content_uri: None,
    }
}

fn metadata_error(request: &MetadataRequest<'_>, reason: String) -> SourceError {
    SourceError::Metadata {
        environment: request.environment.to_owned(),
        uri: request.uri.to_owned(),
        reason,
    }
}

fn look<'a>(request: &MetadataRequest<'a>) -> Look<'a> {
    Look {
        environment: request.environment,
        links: match request.links {
            Links::Manage => "manage",
            Links::Follow => "follow",
        },
        checksum_type: request.checksum.name(),
        source_permissions: "ignore",
    }
}

fn convert(metadata: Metadata) -> FileMetadata {
    let algorithm: Option<Algorithm> = metadata.checksum.kind.parse().ok();
    let checksum = algorithm
        .filter(|_| metadata.kind == Kind::File)
        .map(|algorithm| Digest {
            algorithm,
            value: metadata.checksum.bare().to_owned(),
        });
    FileMetadata {
        relative_path: metadata.relative_path.unwrap_or_else(|| ".".to_owned()),
        kind: match metadata.kind {
            Kind::File => FileKind::File,
            Kind::Directory => FileKind::Directory,
            Kind::Link => FileKind::Link,
        },
        checksum,
        destination: metadata.destination,
        uid: metadata.owner,
        gid: metadata.group,
        mode: metadata.mode,
        modified: None,
        content_uri: metadata.content_uri,
    }
}
