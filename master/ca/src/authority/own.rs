//! The authority's own files, and certificates whose key is made here: the master's, and those
//! that an operator generates.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use ficelle_model::{Certname, atomic};
use jiff::{SignedDuration, Timestamp};
use rcgen::PublicKeyData as _;

use super::{Authority, AuthorityError, AuthorityFiles, TermsOf};
use crate::{
    certificate::Certificate,
    issue::Issuer,
    keys::{self, KeyType},
    request::AltName,
};

/// The master's certificate is renewed when it would end within this time.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Where a key and its certificate go.
#[derive(Clone, Debug)]
pub struct OwnFiles {
    /// The key, mode 0600.
    pub key: PathBuf,
    /// The certificate.
    pub certificate: PathBuf,
}

/// A certificate whose key is on this host.
#[derive(Clone, Debug)]
pub struct OwnCertificate {
    /// The certificate.
    pub certificate_pem: String,
    /// The key's file.
    pub key: PathBuf,
}

pub(super) fn open_issuer(
    files: &AuthorityFiles,
    now: Timestamp,
) -> Result<Issuer, AuthorityError> {
    let key = keys::read_or_generate(&files.key, files.key_type)?;
    if let Some(pem) = read(&files.certificate)? {
        return Ok(Issuer::load(&pem, key)?);
    }
    let issuer = Issuer::create(&files.common_name, key, now)?;
    tracing::info!(authority.name = %files.common_name, "made a new certificate authority");
    match atomic::create(
        &files.certificate,
        issuer.certificate_pem().as_bytes(),
        0o644,
    ) {
        Ok(()) => Ok(issuer),
        // Somebody else was first: theirs is the certificate.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open_issuer(files, now),
        Err(source) => Err(AuthorityError::File {
            path: files.certificate.clone(),
            source,
        }),
    }
}

impl Authority {
    /// The certificate of a name whose key is on this host: the one that is there, or a new one
    /// where it ends soon, was revoked, or lacks a name.
    ///
    /// # Errors
    /// The files cannot be read or written, or the registry does not answer.
    pub async fn own_certificate(
        &self,
        name: &Certname,
        alt_names: &[AltName],
        files: &OwnFiles,
        key_type: KeyType,
        actor: &str,
    ) -> Result<OwnCertificate, AuthorityError> {
        let key = keys::read_or_generate(&files.key, key_type)?;
        let public_key = key.subject_public_key_info();
        if let Some(pem) = read(&files.certificate)?
            && let Ok(held) = Certificate::from_pem(&pem)
            && held.name == *name
            && held.public_key == public_key
            && alt_names
                .iter()
                .all(|wanted| held.alt_names.contains(&wanted.to_string()))
            && held.not_after.duration_since((self.clock)()) > RENEWED_BEFORE
            && self.is_ours(&pem)
            && !self.revocations.contains(&held.serial)
        {
            return Ok(OwnCertificate {
                certificate_pem: pem,
                key: files.key.clone(),
            });
        }
        let terms = TermsOf {
            name,
            alt_names,
            extensions: &[],
            public_key: &public_key,
        };
        let record = self.issue(&terms, "generate", actor).await?;
        make_directory(&files.certificate)?;
        atomic::replace(&files.certificate, record.pem.as_bytes(), 0o644).map_err(|source| {
            AuthorityError::File {
                path: files.certificate.clone(),
                source,
            }
        })?;
        Ok(OwnCertificate {
            certificate_pem: record.pem,
            key: files.key.clone(),
        })
    }

    /// Writes the authority's certificate where this host's own agent and commands look for it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn publish_certificate(&self, path: &Path) -> Result<(), AuthorityError> {
        if read(path)?.as_deref() == Some(self.issuer.certificate_pem()) {
            return Ok(());
        }
        make_directory(path)?;
        atomic::replace(path, self.issuer.certificate_pem().as_bytes(), 0o644).map_err(|source| {
            AuthorityError::File {
                path: path.to_owned(),
                source,
            }
        })
    }

    fn is_ours(&self, pem: &str) -> bool {
        let Ok(der) = crate::certificate::der_of(pem) else {
            return false;
        };
        let Ok((_, held)) = x509_parser::parse_x509_certificate(&der) else {
            return false;
        };
        let Ok((_, authority)) = x509_parser::parse_x509_certificate(self.issuer.certificate())
        else {
            return false;
        };
        held.verify_signature(Some(authority.public_key())).is_ok()
    }
}

/// The names beside the certname that a certificate holds.
pub(super) fn alt_names_of(held: &Certificate) -> Vec<AltName> {
    let parse = |name: &String| match name.split_once(':')? {
        ("DNS", host) if host != held.name.as_str() => Some(AltName::Dns(host.to_owned())),
        ("IP", address) => address.parse().ok().map(AltName::Ip),
        _ => None,
    };
    held.alt_names.iter().filter_map(parse).collect()
}

fn read(path: &Path) -> Result<Option<String>, AuthorityError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AuthorityError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

fn make_directory(path: &Path) -> Result<(), AuthorityError> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .map_err(|source| AuthorityError::File {
            path: path.to_owned(),
            source,
        })
}
