//! Whom to trust: nobody yet (the first contact), the authority, or the authority and its
//! revocations while showing our own certificate.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use crate::{error::TransportError, lines};

/// How far revocations are looked at (`certificate_revocation`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Every certificate of the chain.
    Chain,
    /// The master's own certificate.
    Leaf,
    /// Not at all.
    Ignore,
}

impl Revocation {
    /// The value of the setting.
    pub fn from_setting(text: &str) -> Self {
        match text {
            "leaf" => Self::Leaf,
            "false" => Self::Ignore,
            _ => Self::Chain,
        }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn broken(detail: impl std::fmt::Display) -> TransportError {
    TransportError::Identity(format!("cannot set up TLS: {detail}"))
}

/// For the very first contact alone: believes any certificate. What is fetched so is shown by its
/// fingerprint and kept; nothing is sent.
pub(crate) fn unverified() -> Result<ClientConfig, TransportError> {
    let provider = provider();
    let verifier = Arc::new(Gullible(Arc::clone(&provider)));
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(broken)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// Trusts the authority `ca` and what it has not revoked in `crl`; shows `client` if there is one.
///
/// # Errors
/// A bundle holds nothing that can be read, or key and certificate do not fit.
pub fn verified(
    ca: &str,
    crl: Option<&str>,
    revocation: Revocation,
    client: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
) -> Result<ClientConfig, TransportError> {
    let mut roots = RootCertStore::empty();
    let certificates = lines::certificates(ca);
    if certificates.is_empty() {
        return Err(broken("the authority's bundle holds no certificate"));
    }
    for certificate in certificates {
        roots.add(certificate).map_err(broken)?;
    }
    let provider = provider();
    let mut verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    if let Some(crl) = crl
        && revocation != Revocation::Ignore
    {
        verifier = verifier.with_crls(lines::revocation_lists(crl));
        if revocation == Revocation::Leaf {
            verifier = verifier.only_check_end_entity_revocation();
        }
    }
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(broken)?
        .with_webpki_verifier(verifier.build().map_err(broken)?);
    match client {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(broken),
        None => Ok(builder.with_no_client_auth()),
    }
}

/// Believes any certificate, but checks that who shows it holds its key.
#[derive(Debug)]
struct Gullible(Arc<CryptoProvider>);

impl ServerCertVerifier for Gullible {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
