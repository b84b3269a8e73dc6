//! One HTTPS client: bounded answers, deadlines, errors that say what happened.
//!
//! Calls block: a run is one thread that does one thing after the other. The runtime below lives
//! on the caller's thread, so an idle agent has no threads of ours.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, header};

use crate::{endpoint::Endpoint, error::TransportError};

/// Waits.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// `http_connect_timeout`
    pub connect: Duration,
    /// `http_read_timeout`: between two pieces of an answer.
    pub read: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(120),
            read: Duration::from_secs(600),
        }
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its content type, without parameters.
    pub content_type: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// What an answer is handed to, piece by piece; an error breaks it off.
pub type Take<'a> = dyn FnMut(&[u8]) -> std::io::Result<()> + 'a;

/// A request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    method: Method,
    path: String,
    accept: &'a str,
    body: Option<(&'a str, Vec<u8>)>,
    limit: usize,
}

/// The largest answer to anything that does not say otherwise.
const LIMIT: usize = 16 * 1024 * 1024;

impl<'a> Request<'a> {
    /// `GET path`
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            accept: "application/json",
            body: None,
            limit: LIMIT,
        }
    }

    /// `HEAD path`
    pub fn head(path: impl Into<String>) -> Self {
        Self {
            method: Method::HEAD,
            ..Self::get(path)
        }
    }

    /// `PUT path`
    pub fn put(path: impl Into<String>, content_type: &'a str, body: Vec<u8>) -> Self {
        Self {
            method: Method::PUT,
            body: Some((content_type, body)),
            ..Self::get(path)
        }
    }

    /// `POST path`
    pub fn post(path: impl Into<String>, content_type: &'a str, body: Vec<u8>) -> Self {
        Self {
            method: Method::POST,
            body: Some((content_type, body)),
            ..Self::get(path)
        }
    }

    /// The formats that are understood.
    pub fn accept(mut self, formats: &'a str) -> Self {
        self.accept = formats;
        self
    }

    /// The largest answer that is read.
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }
}

/// A client of one endpoint.
#[derive(Debug)]
pub struct Client {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    endpoint: Endpoint,
    timeouts: Timeouts,
}

impl Client {
    /// A client that verifies as `tls` says.
    ///
    /// # Errors
    /// The client or its runtime cannot be made.
    pub fn new(
        endpoint: Endpoint,
        tls: rustls::ClientConfig,
        timeouts: Timeouts,
    ) -> Result<Self, TransportError> {
        let failed = |detail: String| TransportError::Tls {
            endpoint: endpoint.clone(),
            detail,
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .pool_idle_timeout(Duration::from_secs(4))
            .user_agent(concat!("Ficelle/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            runtime,
            http,
            endpoint,
            timeouts,
        })
    }

    /// Whom it talks to.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request and reads its answer, whatever its status.
    ///
    /// # Errors
    /// No answer came, or one that is too large.
    pub fn send(&self, request: Request<'_>) -> Result<Answer, TransportError> {
        self.runtime.block_on(self.exchange(request))
    }

    /// Like [`Client::send`], where anything but success is an error.
    ///
    /// # Errors
    /// No answer came, or one that says no.
    pub fn ask(&self, request: Request<'_>) -> Result<Answer, TransportError> {
        let url = self.endpoint.url(&request.path);
        let answer = self.send(request)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(TransportError::Status {
            url,
            status: answer.status,
            message: answer.message(),
        })
    }

    /// Sends a request and hands its answer on piece by piece, where it is a success.
    ///
    /// # Errors
    /// No answer came, one that says no, or it broke off; `take`'s own error ends it too.
    pub fn stream(&self, request: Request<'_>, take: &mut Take<'_>) -> Result<(), TransportError> {
        let url = self.endpoint.url(&request.path);
        let answer = self
            .runtime
            .block_on(self.exchange_with(request, Some(take)))?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        Err(TransportError::Status {
            url,
            status: answer.status,
            message: answer.message(),
        })
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Answer, TransportError> {
        self.exchange_with(request, None).await
    }

    async fn exchange_with(
        &self,
        request: Request<'_>,
        mut take: Option<&mut Take<'_>>,
    ) -> Result<Answer, TransportError> {
        let url = self.endpoint.url(&request.path);
        let explain = |error: reqwest::Error| {
            let waited = if error.is_connect() {
                self.timeouts.connect
            } else {
                self.timeouts.read
            };
            TransportError::from_http(&error, &self.endpoint, &url, waited)
        };
        let mut builder = self
            .http
            .request(request.method, &url)
            .header(header::ACCEPT, request.accept)
            .header("X-Puppet-Version", ficelle_model::PUPPET_VERSION);
        if let Some((content_type, body)) = request.body {
            builder = builder
                .header(header::CONTENT_TYPE, content_type)
                .body(body);
        }
        let mut response = builder.send().await.map_err(explain)?;
        let too_large = || TransportError::TooLarge {
            url: url.clone(),
            limit: request.limit,
        };
        if response
            .content_length()
            .is_some_and(|length| length > request.limit as u64)
        {
            return Err(too_large());
        }
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let mut body = Vec::new();
        let is_success = (200..300).contains(&status);
        while let Some(chunk) = response.chunk().await.map_err(explain)? {
            if let Some(take) = take.as_mut().filter(|_| is_success) {
                take(&chunk).map_err(|error| TransportError::CutOff {
                    url: url.clone(),
                    detail: error.to_string(),
                })?;
                continue;
            }
            if body.len() + chunk.len() > request.limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            content_type,
            body,
        })
    }
}

impl Answer {
    /// What an error answer says: the `message` of its JSON, else its first line.
    pub fn message(&self) -> String {
        let json: Option<serde_json::Value> = serde_json::from_slice(&self.body).ok();
        if let Some(message) = json.as_ref().and_then(|json| json["message"].as_str()) {
            return message.to_owned();
        }
        let text = String::from_utf8_lossy(&self.body);
        let line = text
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("");
        line.trim().chars().take(500).collect()
    }

    /// The body as text.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn text(self, url: &str) -> Result<String, TransportError> {
        String::from_utf8(self.body).map_err(|_| TransportError::Body {
            url: url.to_owned(),
            detail: "it is not UTF-8".to_owned(),
        })
    }
}

/// What need not be escaped in a segment of a path or in a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Escapes a segment of a path, or a value of a query.
pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// Escapes a path, slashes kept.
pub(crate) fn escape_path(path: &str) -> String {
    path.split('/').map(escape).collect::<Vec<_>>().join("/")
}
