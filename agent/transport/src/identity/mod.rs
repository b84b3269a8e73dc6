//! Who this node is: its key, which never leaves it, its request and its certificate.

mod attributes;
mod key;
mod request;

use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{Certname, atomic};
use rustls::sign::CertifiedKey;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

pub use attributes::Attributes;
pub use key::{KeyType, PrivateKey};
pub use request::Request;

use crate::{error::TransportError, lines};

/// Where what belongs to the identity is kept.
#[derive(Clone, Debug)]
pub struct Places {
    /// `localcacert`
    pub authority: Utf8PathBuf,
    /// `hostcrl`
    pub revocations: Utf8PathBuf,
    /// `hostprivkey`
    pub key: Utf8PathBuf,
    /// `hostcert`
    pub certificate: Utf8PathBuf,
    /// `hostcsr`
    pub request: Utf8PathBuf,
    /// `csr_attributes`
    pub attributes: Utf8PathBuf,
    /// `trusted_oid_mapping_file`
    pub oids: Utf8PathBuf,
}

/// A node that may speak for itself.
#[derive(Debug)]
pub struct Identity {
    /// Its name.
    pub certname: Certname,
    /// Its certificate.
    pub chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Joins a key and a certificate.
    ///
    /// # Errors
    /// They do not belong together.
    pub fn new(certname: &Certname, key: &str, certificate: &str) -> Result<Self, TransportError> {
        let chain = lines::certificates(certificate);
        if chain.is_empty() {
            return Err(TransportError::Identity(format!(
                "Failed to parse certificate of '{certname}': no certificate stands in it"
            )));
        }
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|error| {
            TransportError::Identity(format!(
                "Failed to load private key for host '{certname}': {error}"
            ))
        })?;
        let signing =
            rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).map_err(|error| {
                TransportError::Identity(format!("Unsupported key of '{certname}': {error}"))
            })?;
        if CertifiedKey::new(chain.clone(), signing)
            .keys_match()
            .is_err()
        {
            return Err(TransportError::Identity(mismatch(certname)));
        }
        Ok(Self {
            certname: certname.clone(),
            chain,
            key,
        })
    }

    /// Chain and key, for TLS.
    pub(crate) fn credentials(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (self.chain.clone(), self.key.clone_key())
    }

    /// Whether the certificate holds now.
    ///
    /// # Errors
    /// Its time is over or has not come.
    pub(crate) fn check_time(&self, now: jiff::Timestamp) -> Result<(), TransportError> {
        let Ok((_, certificate)) = x509_parser::parse_x509_certificate(&self.chain[0]) else {
            return Ok(());
        };
        let validity = certificate.validity();
        let fault = if now.as_second() < validity.not_before.timestamp() {
            "is not yet valid"
        } else if now.as_second() > validity.not_after.timestamp() {
            "has expired"
        } else {
            return Ok(());
        };
        Err(TransportError::Identity(format!(
            "The certificate 'CN={}' {fault}, verify time is synchronized (here it is {now}; it \
             is valid from {} to {})",
            self.certname, validity.not_before, validity.not_after
        )))
    }

    /// SHA-256 of the certificate.
    pub fn fingerprint(&self) -> String {
        lines::fingerprint(&self.chain[0])
    }
}

fn mismatch(certname: &Certname) -> String {
    format!(
        "The certificate for '{certname}' does not match its private key.\n\
         To fix this, remove the certificate from both the master and the agent and then start a \
         run, which will make a new request:\n\
         On the master:\n  master cert clean {certname}\n\
         On the agent:\n  1. agent --clean\n  2. agent -t"
    )
}

/// The text of a file; none where there is no file.
pub(crate) fn read(path: &Utf8Path) -> Result<Option<String>, TransportError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(TransportError::File {
            action: "read",
            path: path.to_string(),
            source,
        }),
    }
}

/// Writes a file whole, its directories first.
pub(crate) fn write(path: &Utf8Path, text: &str, mode: u32) -> Result<(), TransportError> {
    let directory = path.parent().map_or(Ok(()), |parent| make(parent, mode));
    directory
        .and_then(|()| atomic::replace(path.as_std_path(), text.as_bytes(), mode))
        .map_err(|source| TransportError::File {
            action: "write",
            path: path.to_string(),
            source,
        })
}

/// A directory for files of this mode: who may not read them may not list them.
fn make(directory: &Utf8Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mode = if mode & 0o077 == 0 { 0o750 } else { 0o755 };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(directory)
}
