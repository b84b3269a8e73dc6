//! The authority: certificates, requests, revocations (`/puppet-ca/v1`).

use crate::{
    client::{Client, Request, escape},
    error::TransportError,
};

pub(crate) const CA: &str = "/puppet-ca/v1/certificate/ca";
pub(crate) const CRL: &str = "/puppet-ca/v1/certificate_revocation_list/ca";
/// Certificates are small; revocation lists of a large site are not.
const CERTIFICATE_LIMIT: usize = 1024 * 1024;
const REVOCATIONS_LIMIT: usize = 64 * 1024 * 1024;

/// The certificate of a node (or of the authority, `ca`); none while there is none.
///
/// # Errors
/// No answer, or another than yes and no.
pub fn certificate(client: &Client, name: &str) -> Result<Option<String>, TransportError> {
    let path = format!("/puppet-ca/v1/certificate/{}", escape(name));
    let url = client.endpoint().url(&path);
    let request = Request::get(path)
        .accept("text/plain")
        .limit(CERTIFICATE_LIMIT);
    match client.ask(request) {
        Ok(answer) => answer.text(&url).map(Some),
        Err(error) if error.status() == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The revocation lists.
///
/// # Errors
/// No answer, or no list.
pub fn revocations(client: &Client) -> Result<String, TransportError> {
    let request = Request::get(CRL)
        .accept("text/plain")
        .limit(REVOCATIONS_LIMIT);
    client.ask(request)?.text(&client.endpoint().url(CRL))
}

/// Hands in a request.
///
/// # Errors
/// No answer, or a refusal.
pub fn submit(client: &Client, name: &str, pem: &str) -> Result<(), TransportError> {
    let path = format!("/puppet-ca/v1/certificate_request/{}", escape(name));
    let request = Request::put(path, "text/plain", pem.as_bytes().to_vec()).accept("text/plain");
    client.ask(request).map(drop)
}
