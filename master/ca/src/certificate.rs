//! Certificates, read for what they say of their holder.

use ficelle_model::Certname;
use jiff::Timestamp;
use thiserror::Error;
use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, ParsedExtension},
    prelude::FromDer as _,
};

use crate::{
    extension::{Extension, Standing},
    fingerprint,
    serial::Serial,
};

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The common name of its subject.
    pub name: Certname,
    /// Its serial number.
    pub serial: Serial,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// SHA-256 over its DER.
    pub fingerprint: String,
    /// `DNS:…` and `IP:…` names.
    pub alt_names: Vec<String>,
    /// Puppet's extensions.
    pub extensions: Vec<Extension>,
    /// The DER of the public key's info.
    pub public_key: Vec<u8>,
}

/// Why a certificate cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("cannot read the certificate: {0}")]
pub struct CertificateError(pub String);

impl Certificate {
    /// Reads a node's certificate from DER.
    ///
    /// # Errors
    /// The bytes are no certificate, or its subject is no certname.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let refuse = |why: String| CertificateError(why);
        let (_, certificate) =
            X509Certificate::from_der(der).map_err(|error| refuse(error.to_string()))?;
        let mut names = certificate.subject().iter_common_name();
        let name = match (names.next(), names.next()) {
            (Some(name), None) => name.as_str().map_err(|error| refuse(error.to_string()))?,
            _ => return Err(refuse("its subject needs one common name".to_owned())),
        };
        let name = Certname::parse(name).map_err(|error| refuse(error.to_string()))?;
        let time = |seconds: i64| {
            Timestamp::from_second(seconds).map_err(|error| refuse(error.to_string()))
        };
        let mut alt_names = Vec::new();
        let mut extensions = Vec::new();
        for extension in certificate.extensions() {
            if let ParsedExtension::SubjectAlternativeName(names) = extension.parsed_extension() {
                alt_names.extend(names.general_names.iter().filter_map(alt_name));
                continue;
            }
            let extension = Extension {
                oid: extension.oid.to_id_string(),
                value: extension.value.to_vec(),
            };
            if extension.standing() != Standing::Unknown {
                extensions.push(extension);
            }
        }
        Ok(Self {
            name,
            serial: Serial::from_bytes(certificate.raw_serial()),
            not_before: time(certificate.validity().not_before.timestamp())?,
            not_after: time(certificate.validity().not_after.timestamp())?,
            fingerprint: fingerprint::sha256(der),
            alt_names,
            extensions,
            public_key: certificate.public_key().raw.to_vec(),
        })
    }

    /// Reads a node's certificate from PEM.
    ///
    /// # Errors
    /// As [`Self::from_der`].
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        Self::from_der(&der_of(pem)?)
    }
}

/// The DER in a PEM of one certificate.
///
/// # Errors
/// The text is no PEM of a certificate.
pub fn der_of(pem: &str) -> Result<Vec<u8>, CertificateError> {
    let block = pem::parse(pem).map_err(|error| CertificateError(error.to_string()))?;
    if block.tag() != "CERTIFICATE" {
        return Err(CertificateError(format!("it holds a {:?}", block.tag())));
    }
    Ok(block.into_contents())
}

/// The SHA-256 fingerprint of a PEM of one certificate, whoever it is made out to.
///
/// # Errors
/// The text is no PEM of a certificate.
pub fn fingerprint_of(pem: &str) -> Result<String, CertificateError> {
    Ok(fingerprint::sha256(&der_of(pem)?))
}

fn alt_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(format!("DNS:{name}")),
        GeneralName::IPAddress(octets) => {
            let address: std::net::IpAddr = match octets.len() {
                4 => <[u8; 4]>::try_from(*octets).ok()?.into(),
                _ => <[u8; 16]>::try_from(*octets).ok()?.into(),
            };
            Some(format!("IP:{address}"))
        }
        _ => None,
    }
}
