//! Certificate requests, read once and checked whole at the border.

use ficelle_model::Certname;
use thiserror::Error;
use x509_parser::{
    certification_request::X509CertificationRequest,
    cri_attributes::ParsedCriAttribute,
    extensions::{GeneralName, ParsedExtension},
    prelude::FromDer as _,
    public_key::PublicKey,
    x509::{SubjectPublicKeyInfo, X509Name},
};

use crate::{
    extension::{Extension, Standing},
    fingerprint,
};

/// More than any honest request needs.
const LONGEST: usize = 64 * 1024;

/// A request whose own signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub name: Certname,
    /// The request in PEM, as it goes to the registry.
    pub pem: String,
    /// SHA-256 over its DER.
    pub fingerprint: String,
    /// The DER of the public key's info.
    pub public_key: Vec<u8>,
    /// Names asked for beside the certname.
    pub alt_names: Vec<AltName>,
    /// Extensions asked for, but for the alternative names.
    pub extensions: Vec<Extension>,
    /// `challengePassword`, which is for policies and never reaches a certificate.
    pub challenge_password: Option<String>,
}

/// A name beside the certname.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AltName {
    /// A host name.
    Dns(String),
    /// An address.
    Ip(std::net::IpAddr),
}

impl std::fmt::Display for AltName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Ip(address) => write!(f, "IP:{address}"),
        }
    }
}

/// Why a request is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RequestError {
    /// Not a request at all.
    #[error("the body is not a certificate request in PEM: {0}")]
    Malformed(String),
    /// Signed with another key than the one in it.
    #[error("CSR contains a public key that does not correspond to the signing key")]
    Signature,
    /// Made out to somebody else.
    #[error("Instance name \"{found}\" does not match requested key \"{wanted}\"")]
    Name {
        /// The name in the request.
        found: String,
        /// The name it was sent for.
        wanted: Certname,
    },
    /// A key that is too weak or of a kind we do not sign.
    #[error(
        "the request for {0} holds {1}: RSA keys from 2048 to 8192 bits and P-256 or P-384 keys are signed"
    )]
    Key(Certname, String),
    /// An extension that the authority does not pass on.
    #[error("Found extensions that are not permitted: {0}")]
    Extensions(String),
}

impl Request {
    /// Reads a request that was sent for `wanted`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(pem: &str, wanted: &Certname) -> Result<Self, RequestError> {
        let malformed = |why: &str| RequestError::Malformed(why.to_owned());
        if pem.len() > LONGEST {
            return Err(malformed("it is longer than 64 KiB"));
        }
        let block = pem::parse(pem).map_err(|_| malformed("no PEM block can be read in it"))?;
        if !matches!(
            block.tag(),
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST"
        ) {
            return Err(malformed(&format!("it holds a {:?}", block.tag())));
        }
        let der = block.contents();
        let (rest, request) = X509CertificationRequest::from_der(der)
            .map_err(|error| RequestError::Malformed(error.to_string()))?;
        if !rest.is_empty() {
            return Err(malformed("there are bytes behind it"));
        }
        let info = &request.certification_request_info;
        let name = subject_name(&info.subject, wanted)?;
        check_key(&info.subject_pki, &name)?;
        request
            .verify_signature()
            .map_err(|_| RequestError::Signature)?;
        let mut parsed = Self {
            fingerprint: fingerprint::sha256(der),
            pem: pem::encode_config(
                &pem::Pem::new("CERTIFICATE REQUEST", der),
                pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
            ),
            public_key: info.subject_pki.raw.to_vec(),
            name,
            alt_names: Vec::new(),
            extensions: Vec::new(),
            challenge_password: None,
        };
        for attribute in info.iter_attributes() {
            match attribute.parsed_attribute() {
                ParsedCriAttribute::ChallengePassword(password) => {
                    parsed.challenge_password = Some(password.0.clone());
                }
                ParsedCriAttribute::ExtensionRequest(asked) => {
                    for extension in &asked.extensions {
                        parsed.take_extension(extension)?;
                    }
                }
                // Custom attributes are for policies, which read them from the PEM.
                ParsedCriAttribute::UnsupportedAttribute => {}
            }
        }
        Ok(parsed)
    }

    /// The extensions that give rights; such a request is signed only where the operator says so.
    pub fn authorization_extensions(&self) -> impl Iterator<Item = &Extension> {
        self.extensions
            .iter()
            .filter(|asked| asked.standing() == Standing::Authorization)
    }

    fn take_extension(
        &mut self,
        extension: &x509_parser::extensions::X509Extension<'_>,
    ) -> Result<(), RequestError> {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                for name in &names.general_names {
                    self.take_alt_name(name)?;
                }
            }
            // We give every certificate its usages ourselves.
            ParsedExtension::KeyUsage(_)
            | ParsedExtension::ExtendedKeyUsage(_)
            | ParsedExtension::SubjectKeyIdentifier(_) => {}
            ParsedExtension::BasicConstraints(constraints) if !constraints.ca => {}
            _ => {
                let extension = Extension {
                    oid: extension.oid.to_id_string(),
                    value: extension.value.to_vec(),
                };
                if extension.standing() == Standing::Unknown {
                    return Err(RequestError::Extensions(extension.oid));
                }
                self.extensions.push(extension);
            }
        }
        Ok(())
    }

    fn take_alt_name(&mut self, name: &GeneralName<'_>) -> Result<(), RequestError> {
        let refuse = |what: String| Err(RequestError::Extensions(format!("subjectAltName {what}")));
        let name = match name {
            GeneralName::DNSName(name) if is_host_name(name) => {
                AltName::Dns(name.to_ascii_lowercase())
            }
            GeneralName::IPAddress(octets) => match address(octets) {
                Some(address) => AltName::Ip(address),
                None => return refuse(format!("{octets:?}")),
            },
            other => return refuse(other.to_string()),
        };
        let own = matches!(&name, AltName::Dns(host) if host == self.name.as_str());
        if !own && !self.alt_names.contains(&name) {
            self.alt_names.push(name);
        }
        Ok(())
    }
}

fn subject_name(subject: &X509Name<'_>, wanted: &Certname) -> Result<Certname, RequestError> {
    let mut names = subject.iter_common_name();
    let found = match (names.next(), names.next()) {
        (Some(name), None) => name.as_str().unwrap_or_default(),
        _ => {
            return Err(RequestError::Malformed(
                "its subject needs one common name".into(),
            ));
        }
    };
    if found != wanted.as_str() {
        return Err(RequestError::Name {
            found: found.to_owned(),
            wanted: wanted.clone(),
        });
    }
    Ok(wanted.clone())
}

fn check_key(key: &SubjectPublicKeyInfo<'_>, name: &Certname) -> Result<(), RequestError> {
    let refuse = |what: String| Err(RequestError::Key(name.clone(), what));
    match key.parsed() {
        Ok(PublicKey::RSA(key)) if (2048..=8192).contains(&key.key_size()) => Ok(()),
        Ok(PublicKey::RSA(key)) => refuse(format!("an RSA key of {} bits", key.key_size())),
        Ok(PublicKey::EC(point)) if matches!(point.key_size(), 256 | 384) => {
            // A curve is more than its size: only what can be written back is signed.
            match rcgen::SubjectPublicKeyInfo::from_der(key.raw) {
                Ok(_) => Ok(()),
                Err(_) => refuse("a key on an unknown curve".to_owned()),
            }
        }
        _ => refuse("a key of another kind".to_owned()),
    }
}

fn address(octets: &[u8]) -> Option<std::net::IpAddr> {
    if let Ok(octets) = <[u8; 4]>::try_from(octets) {
        return Some(octets.into());
    }
    <[u8; 16]>::try_from(octets).ok().map(Into::into)
}

/// Letters, digits, dashes, underscores and dots: no wildcard ever gets into a certificate.
fn is_host_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
