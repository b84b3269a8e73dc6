//! Files of any web server (`source => 'https://…'`): trusted as the host trusts, no certificate
//! of ours shown.

use std::time::{Duration, SystemTime};

use reqwest::{Method, Response, header};

use crate::{client::Timeouts, endpoint::Endpoint, error::TransportError, tls};

/// Where distributions keep the authorities that the host trusts.
const BUNDLES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
];

/// A client of web servers.
#[derive(Debug)]
pub struct Web {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    waited: Duration,
}

/// What a web server says of a file without sending it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `Last-Modified`
    pub modified: Option<SystemTime>,
    /// `X-Checksum-Sha256` or `X-Checksum-Md5`: the kind, and hexadecimal digits.
    pub checksum: Option<(&'static str, String)>,
}

impl Web {
    /// A client that trusts whom the host trusts.
    ///
    /// # Errors
    /// The host trusts nobody, or TLS cannot be set up.
    pub fn new(timeouts: Timeouts) -> Result<Self, TransportError> {
        let broken = |error: &dyn std::fmt::Display| TransportError::Identity(error.to_string());
        let bundle = BUNDLES
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok())
            .ok_or_else(|| broken(&"this host has no bundle of authorities (ca-certificates)"))?;
        let tls = tls::verified(&bundle, None, tls::Revocation::Ignore, None)?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .user_agent(concat!("Ficelle/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| broken(&error))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| broken(&error))?;
        Ok(Self {
            runtime,
            http,
            waited: timeouts.read,
        })
    }

    /// What is known of a file; none where there is none.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub fn head(&self, url: &str) -> Result<Option<Head>, TransportError> {
        let response = match self.runtime.block_on(self.ask(Method::HEAD, url)) {
            Err(error) if error.status() == Some(404) => return Ok(None),
            other => other?,
        };
        let of = |name: &str| response.headers().get(name)?.to_str().ok();
        let hex = |kind, name| of(name).map(|digits| (kind, digits.to_ascii_lowercase()));
        let modified = of(header::LAST_MODIFIED.as_str())
            .and_then(|text| jiff::fmt::rfc2822::parse(text).ok())
            .map(|time| SystemTime::from(time.timestamp()));
        Ok(Some(Head {
            modified,
            checksum: hex("sha256", "x-checksum-sha256").or_else(|| hex("md5", "x-checksum-md5")),
        }))
    }

    /// Fetches a file, piece by piece.
    ///
    /// # Errors
    /// No answer, a refusal, or it broke off.
    pub fn content(
        &self,
        url: &str,
        take: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<(), TransportError> {
        self.runtime.block_on(async {
            let mut response = self.ask(Method::GET, url).await?;
            let cut = |detail: String| TransportError::CutOff {
                url: url.to_owned(),
                detail,
            };
            while let Some(piece) = response
                .chunk()
                .await
                .map_err(|error| self.explain(&error, url))?
            {
                take(&piece).map_err(|error| cut(error.to_string()))?;
            }
            Ok(())
        })
    }

    async fn ask(&self, method: Method, url: &str) -> Result<Response, TransportError> {
        let response = self.http.request(method, url).send().await;
        let response = response.map_err(|error| self.explain(&error, url))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        Err(TransportError::Status {
            url: url.to_owned(),
            status: status.as_u16(),
            message: status.canonical_reason().unwrap_or_default().to_owned(),
        })
    }

    fn explain(&self, error: &reqwest::Error, url: &str) -> TransportError {
        let parsed = reqwest::Url::parse(url).ok();
        let host = parsed.as_ref().and_then(|url| url.host_str());
        let port = parsed
            .as_ref()
            .and_then(reqwest::Url::port_or_known_default);
        let endpoint = Endpoint::new(host.unwrap_or(url), port.unwrap_or(443));
        TransportError::from_http(error, &endpoint, url, self.waited)
    }
}
