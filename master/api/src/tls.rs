//! The server's side of TLS: its own certificate, and who it takes.

use std::sync::Arc;

use ficelle_ca::ClientVerifier;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::NoServerSessionStorage,
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use thiserror::Error;

/// Why TLS cannot be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The certificate or key cannot be used.
    #[error("cannot use the master's certificate or key: {0}")]
    Material(String),
    /// rustls refused.
    #[error(transparent)]
    Config(#[from] rustls::Error),
}

/// The server's configuration.
///
/// # Errors
/// The certificate or the key cannot be used.
pub fn config(
    certificate_pem: &str,
    key_pem: &str,
    authority: &CertificateDer<'static>,
    verifier: ClientVerifier,
) -> Result<ServerConfig, TlsError> {
    let material = |error: &dyn std::fmt::Display| TlsError::Material(error.to_string());
    let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes())
        .map_err(|error| material(&error))?;
    let key =
        PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|error| material(&error))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(vec![certificate, authority.clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Nothing unasked-for may follow the handshake: Ruby's HTTP library takes a ticket for the
    // beginning of an answer, and waits. And no session is taken up again past a revocation.
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}
