//! The request for a certificate (PKCS #10).

use ficelle_model::Certname;
use rcgen::{
    Attribute, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, SanType,
};

use super::{Attributes, PrivateKey};
use x509_parser::{certification_request::X509CertificationRequest, prelude::FromDer as _};

use crate::{error::TransportError, lines};

/// A request, signed by the node's key.
#[derive(Clone, Debug)]
pub struct Request {
    /// PEM.
    pub pem: String,
    /// SHA-256 of its DER, upper case, with colons.
    pub fingerprint: String,
}

impl Request {
    /// Makes the request of a node; `names` are more names it answers to (`dns_alt_names`:
    /// `name`, `DNS:name` or `IP:address`).
    ///
    /// # Errors
    /// A name or an attribute cannot be encoded.
    pub fn new(
        certname: &Certname,
        key: &PrivateKey,
        names: &[String],
        attributes: &Attributes,
    ) -> Result<Self, TransportError> {
        let failed = |error: rcgen::Error| {
            TransportError::Identity(format!("cannot make the certificate request: {error}"))
        };
        let mut parameters = CertificateParams::default();
        let mut subject = DistinguishedName::new();
        subject.push(
            DnType::CommonName,
            DnValue::Utf8String(certname.to_string()),
        );
        parameters.distinguished_name = subject;
        if !names.is_empty() {
            let own = certname.to_string();
            let mut all: Vec<SanType> = Vec::new();
            for name in names.iter().chain([&own]) {
                let name = alternative(name).map_err(failed)?;
                if !all.contains(&name) {
                    all.push(name);
                }
            }
            parameters.subject_alt_names = all;
        }
        parameters.custom_extensions = attributes
            .extensions
            .iter()
            .map(|(oid, value)| CustomExtension::from_oid_content(oid, der_text(0x0c, value)))
            .collect();
        let custom = attributes.custom.iter().map(|(oid, value)| Attribute {
            // The type asks for a constant; a request is made once in the life of a process.
            oid: Box::leak(oid.clone().into_boxed_slice()),
            values: der(0x31, &der_text(0x13, value)),
        });
        let request = parameters
            .serialize_request_with_attributes(key.pair(), custom.collect())
            .map_err(failed)?;
        Ok(Self {
            pem: request.pem().map_err(failed)?,
            fingerprint: lines::fingerprint(request.der()),
        })
    }

    /// A request that was made before; none where it is for another key.
    pub(crate) fn kept(pem: String, key: &PrivateKey) -> Option<Self> {
        let der = pem::parse(&pem).ok()?;
        let (_, request) = X509CertificationRequest::from_der(der.contents()).ok()?;
        let own = &request
            .certification_request_info
            .subject_pki
            .subject_public_key
            .data;
        let fingerprint = lines::fingerprint(der.contents());
        (**own == *key.pair().public_key_raw()).then_some(Self { pem, fingerprint })
    }
}

fn alternative(name: &str) -> Result<SanType, rcgen::Error> {
    let name = name.trim();
    if let Some(address) = name.strip_prefix("IP:")
        && let Ok(address) = address.parse()
    {
        return Ok(SanType::IpAddress(address));
    }
    let name = name.strip_prefix("DNS:").unwrap_or(name);
    Ok(SanType::DnsName(name.to_ascii_lowercase().try_into()?))
}

/// A text of a tag: 0x0c UTF8String, 0x13 PrintableString.
fn der_text(tag: u8, text: &str) -> Vec<u8> {
    der(tag, text.as_bytes())
}

/// Tag, length, value (X.690, 8.1).
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut encoded = vec![tag];
    match u8::try_from(content.len()) {
        Ok(length @ 0..=127) => encoded.push(length),
        _ => {
            let bytes = content.len().to_be_bytes();
            let significant: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            let count = u8::try_from(significant.len()).expect("a length has at most 8 bytes");
            encoded.push(0x80 | count);
            encoded.extend(significant);
        }
    }
    encoded.extend_from_slice(content);
    encoded
}
