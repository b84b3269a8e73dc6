//! Signing: certificates and revocation lists from what was decided elsewhere.

use ficelle_model::Certname;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CustomExtension,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber, SubjectPublicKeyInfo,
};
use rustls_pki_types::CertificateDer;
use thiserror::Error;
use time::OffsetDateTime;

use crate::{certificate, extension::Extension, request::AltName, serial::Serial};

/// Certificates hold from a day before they were made, for clocks that are behind.
const BACKDATED: SignedDuration = SignedDuration::from_hours(24);
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// A revocation list is renewed long before; agents that are away for long must not fail on it.
const LIST_DAYS: i64 = 5 * 365;
const AUTHORITY_DAYS: i64 = 15 * 365;

/// The authority's key and certificate.
pub struct Issuer {
    signer: rcgen::Issuer<'static, KeyPair>,
    certificate_pem: String,
    certificate: CertificateDer<'static>,
}

/// What a certificate is to say.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// Its holder.
    pub name: &'a Certname,
    /// Its serial number.
    pub serial: &'a Serial,
    /// Names beside the certname.
    pub alt_names: &'a [AltName],
    /// Puppet's extensions.
    pub extensions: &'a [Extension],
    /// The DER of the holder's public key's info.
    pub public_key: &'a [u8],
    /// For how long it holds.
    pub lifetime_seconds: i64,
}

/// Why nothing was signed.
#[derive(Clone, Debug, Error)]
pub enum IssueError {
    /// The library refused.
    #[error("cannot sign: {0}")]
    Sign(#[from] rcgen::Error),
    /// The authority's own certificate cannot be used.
    #[error("the authority's certificate cannot be used: {0}")]
    Authority(String),
    /// A lifetime leads out of the calendar.
    #[error("the validity leads out of the calendar")]
    Validity,
}

impl Issuer {
    /// Makes a new authority's certificate for this key.
    ///
    /// # Errors
    /// The library refused.
    pub fn create(common_name: &str, key: KeyPair, now: Timestamp) -> Result<Self, IssueError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        (params.not_before, params.not_after) = validity(now, AUTHORITY_DAYS * DAY_SECONDS)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate_pem = params.self_signed(&key)?.pem();
        Self::load(&certificate_pem, key)
    }

    /// Takes an authority that exists: ours, or one that was imported.
    ///
    /// # Errors
    /// The certificate is none of an authority, or not this key's.
    pub fn load(certificate_pem: &str, key: KeyPair) -> Result<Self, IssueError> {
        let refuse = |why: String| IssueError::Authority(why);
        let der =
            certificate::der_of(certificate_pem).map_err(|error| refuse(error.to_string()))?;
        let (_, parsed) =
            x509_parser::parse_x509_certificate(&der).map_err(|error| refuse(error.to_string()))?;
        if !parsed.is_ca() {
            return Err(refuse("it is not an authority's".to_owned()));
        }
        if parsed.public_key().raw != rcgen::PublicKeyData::subject_public_key_info(&key) {
            return Err(refuse("it does not belong to the key beside it".to_owned()));
        }
        let certificate = CertificateDer::from(der);
        Ok(Self {
            signer: rcgen::Issuer::from_ca_cert_der(&certificate, key)?,
            certificate_pem: certificate_pem.to_owned(),
            certificate,
        })
    }

    /// The authority's certificate in PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The authority's certificate.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The authority's key, for an encrypted export.
    pub(crate) fn key_pem(&self) -> String {
        self.signer.key().serialize_pem()
    }

    /// Signs a certificate and gives it in PEM.
    ///
    /// # Errors
    /// A name or key that cannot stand in a certificate.
    pub fn sign(&self, terms: &Terms<'_>, now: Timestamp) -> Result<String, IssueError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, terms.name.as_str());
        params.serial_number = Some(SerialNumber::from(terms.serial.to_bytes()));
        (params.not_before, params.not_after) = validity(now, terms.lifetime_seconds)?;
        params
            .subject_alt_names
            .push(SanType::DnsName(terms.name.as_str().try_into()?));
        for name in terms.alt_names {
            params.subject_alt_names.push(match name {
                AltName::Dns(name) => SanType::DnsName(name.as_str().try_into()?),
                AltName::Ip(address) => SanType::IpAddress(*address),
            });
        }
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        for extension in terms.extensions {
            let oid: Vec<u64> = extension
                .oid
                .split('.')
                .filter_map(|part| part.parse().ok())
                .collect();
            params
                .custom_extensions
                .push(CustomExtension::from_oid_content(
                    &oid,
                    extension.value.clone(),
                ));
        }
        let key = SubjectPublicKeyInfo::from_der(terms.public_key)?;
        Ok(params
            .signed_by(&key, &self.signer)?
            .pem()
            .replace("\r\n", "\n"))
    }

    /// Signs the list of what is revoked and gives it in PEM.
    ///
    /// # Errors
    /// The library refused.
    pub fn revocation_list(
        &self,
        revoked: &[(Serial, Timestamp)],
        number: u64,
        now: Timestamp,
    ) -> Result<String, IssueError> {
        let (this_update, next_update) = validity(now, LIST_DAYS * DAY_SECONDS)?;
        let mut revoked_certs = Vec::with_capacity(revoked.len());
        for (serial, at) in revoked {
            revoked_certs.push(RevokedCertParams {
                serial_number: SerialNumber::from(serial.to_bytes()),
                revocation_time: calendar(*at)?,
                reason_code: None,
                invalidity_date: None,
            });
        }
        let params = CertificateRevocationListParams {
            this_update,
            next_update,
            crl_number: SerialNumber::from(Serial::from(number).to_bytes()),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(params.signed_by(&self.signer)?.pem()?.replace("\r\n", "\n"))
    }
}

fn validity(now: Timestamp, seconds: i64) -> Result<(OffsetDateTime, OffsetDateTime), IssueError> {
    let begin = now
        .checked_sub(BACKDATED)
        .map_err(|_| IssueError::Validity)?;
    let end = now
        .checked_add(SignedDuration::from_secs(seconds))
        .map_err(|_| IssueError::Validity)?;
    Ok((calendar(begin)?, calendar(end)?))
}

fn calendar(time: Timestamp) -> Result<OffsetDateTime, IssueError> {
    OffsetDateTime::from_unix_timestamp(time.as_second()).map_err(|_| IssueError::Validity)
}
