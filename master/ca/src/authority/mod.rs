//! The authority: takes requests, signs, revokes, forgets, and writes down what it did.

mod error;
mod own;

use std::{path::PathBuf, sync::Arc};

use arc_swap::ArcSwapOption;
use ficelle_model::Certname;
use jiff::Timestamp;
use tokio::sync::Mutex;

pub use error::AuthorityError;
pub use own::{OwnCertificate, OwnFiles};

use crate::{
    autosign::{Autosign, Decision},
    certificate::Certificate,
    issue::{Issuer, Terms},
    keys::KeyType,
    registry::{AuditRecord, CertificateRecord, Registry, RequestRecord},
    request::Request,
    serial::Serial,
    verifier::Revocations,
};

/// Where the authority's files are, and what they are made as.
#[derive(Clone, Debug)]
pub struct AuthorityFiles {
    /// The key, mode 0600.
    pub key: PathBuf,
    /// The certificate.
    pub certificate: PathBuf,
    /// The common name that a new authority gets.
    pub common_name: String,
    /// The kind of key that a new authority gets.
    pub key_type: KeyType,
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Who is signed without being asked for.
    pub autosign: Autosign,
    /// Whether requests may ask for other names.
    pub alt_names: Permission,
    /// Whether requests may ask for authorisation extensions.
    pub authorization: Permission,
    /// For how long certificates hold, in seconds.
    pub lifetime_seconds: i64,
    /// How many requests may wait: anybody can send one.
    pub most_requests: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            autosign: Autosign::Off,
            alt_names: Permission::Refuse,
            authorization: Permission::Refuse,
            lifetime_seconds: 5 * 365 * 24 * 60 * 60,
            most_requests: 10_000,
        }
    }
}

/// Whether something that a request may ask for is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It is not.
    Refuse,
    /// It is.
    Allow,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// It was signed on the spot.
    Signed,
    /// It waits for a person.
    Waits,
    /// The same key has its certificate already.
    Known,
}

/// The time, which tests set themselves.
pub type Clock = fn() -> Timestamp;

/// The authority.
pub struct Authority {
    issuer: Issuer,
    registry: Arc<dyn Registry>,
    policy: Policy,
    clock: Clock,
    revocations: Arc<Revocations>,
    list: ArcSwapOption<RevocationList>,
    refreshing: Mutex<()>,
}

struct RevocationList {
    pem: Arc<str>,
    revoked: Vec<(Serial, Timestamp)>,
    signed: Timestamp,
}

/// The name under which agents ask for the authority's own certificate.
pub const AUTHORITY_NAME: &str = "ca";

/// A list is signed anew after this time even where nothing was revoked.
const LIST_AGE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

impl Authority {
    /// Opens the authority, and makes it where there is none.
    ///
    /// # Errors
    /// Its files cannot be read or written, or the registry does not answer.
    pub async fn open(
        files: &AuthorityFiles,
        registry: Arc<dyn Registry>,
        policy: Policy,
        clock: Clock,
    ) -> Result<Self, AuthorityError> {
        let issuer = own::open_issuer(files, clock())?;
        let authority = Self {
            issuer,
            registry,
            policy,
            clock,
            revocations: Arc::default(),
            list: ArcSwapOption::empty(),
            refreshing: Mutex::new(()),
        };
        authority.refresh().await?;
        Ok(authority)
    }

    /// The authority's key and certificate.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// What is revoked, for the TLS server.
    pub fn revocations(&self) -> Arc<Revocations> {
        Arc::clone(&self.revocations)
    }

    /// The revocation list in PEM, and when it was signed.
    pub fn revocation_list(&self) -> (Arc<str>, Timestamp) {
        let list = self.list.load();
        let list = list
            .as_ref()
            .expect("the list is signed before the authority is handed out");
        (Arc::clone(&list.pem), list.signed)
    }

    /// Takes in what others revoked, and signs the list anew where it changed or grew old.
    ///
    /// # Errors
    /// The registry does not answer.
    pub async fn refresh(&self) -> Result<(), AuthorityError> {
        // One at a time, so that an older answer never replaces a newer one.
        let _turn = self.refreshing.lock().await;
        let revoked = self.registry.revocations().await?;
        let now = (self.clock)();
        let current = self.list.load_full();
        let fresh = current.as_ref().is_some_and(|list| {
            list.revoked == revoked && now.duration_since(list.signed) < LIST_AGE
        });
        if fresh {
            return Ok(());
        }
        self.revocations
            .replace(revoked.iter().map(|(serial, _)| serial.clone()).collect());
        // Milliseconds count up on every master alike, so that the newest list has the highest
        // number whoever signed it.
        let number = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let pem = self.issuer.revocation_list(&revoked, number, now)?;
        self.list.store(Some(Arc::new(RevocationList {
            pem: pem.into(),
            revoked,
            signed: now,
        })));
        Ok(())
    }

    /// Takes a request from the wire, and signs it where the operator said so.
    ///
    /// # Errors
    /// The request is refused, or the name is somebody else's.
    pub async fn submit(&self, name: &Certname, pem: &str) -> Result<Submission, AuthorityError> {
        if name.as_str() == AUTHORITY_NAME {
            return Err(AuthorityError::Reserved(name.clone()));
        }
        let request = Request::parse(pem, name)?;
        let now = (self.clock)();
        if let Some(record) = self.registry.certificate(name).await?
            && record.revoked.is_none()
            && record.not_after > now
        {
            return match Certificate::from_pem(&record.pem) {
                Ok(held) if held.public_key == request.public_key => Ok(Submission::Known),
                _ => Err(AuthorityError::Signed(name.clone())),
            };
        }
        match self.registry.request(name).await? {
            Some(waiting) => {
                // The first request stays: what an operator looked at is what gets signed.
                let waiting = Request::parse(&waiting.pem, name)?;
                if waiting.public_key != request.public_key {
                    return Err(AuthorityError::Requested(name.clone()));
                }
            }
            None => {
                let waiting = self.registry.requests().await?.len();
                if waiting >= self.policy.most_requests {
                    return Err(AuthorityError::Full(waiting));
                }
                let record = RequestRecord {
                    name: name.clone(),
                    pem: request.pem.clone(),
                    received: now,
                };
                self.registry.put_request(record).await?;
                self.note("wire", "submit", name, &request.fingerprint)
                    .await?;
                tracing::info!(
                    node.certname = %name,
                    request.fingerprint = %request.fingerprint,
                    "certificate request received"
                );
            }
        }
        self.try_autosign(&request).await
    }

    async fn try_autosign(&self, request: &Request) -> Result<Submission, AuthorityError> {
        let name = &request.name;
        match self.policy.autosign.decide(name, &request.pem).await {
            Ok(Decision::Wait) => Ok(Submission::Waits),
            Ok(Decision::Sign) => {
                match self.sign(name, self.policy.alt_names, "autosign").await {
                    Ok(_) => Ok(Submission::Signed),
                    // Signed by somebody else in between.
                    Err(AuthorityError::NoRequest(_)) => Ok(Submission::Known),
                    Err(
                        error @ (AuthorityError::AltNames { .. }
                        | AuthorityError::Authorization { .. }),
                    ) => {
                        tracing::warn!(node.certname = %name, %error, "not signed automatically");
                        Ok(Submission::Waits)
                    }
                    Err(error) => Err(error),
                }
            }
            Err(error) => {
                tracing::error!(node.certname = %name, %error, "autosign failed, the request waits");
                Ok(Submission::Waits)
            }
        }
    }

    /// Signs the request of a name.
    ///
    /// # Errors
    /// There is none, or it asks for what it may not have.
    pub async fn sign(
        &self,
        name: &Certname,
        alt_names: Permission,
        actor: &str,
    ) -> Result<CertificateRecord, AuthorityError> {
        let waiting = self.registry.request(name).await?;
        let waiting = waiting.ok_or_else(|| AuthorityError::NoRequest(name.clone()))?;
        let request = Request::parse(&waiting.pem, name)?;
        let listed = |names: Vec<String>| names.join(", ");
        if alt_names == Permission::Refuse && !request.alt_names.is_empty() {
            return Err(AuthorityError::AltNames {
                name: name.clone(),
                alt_names: listed(request.alt_names.iter().map(ToString::to_string).collect()),
            });
        }
        let rights: Vec<_> = request
            .authorization_extensions()
            .map(|asked| asked.name().to_owned())
            .collect();
        if self.policy.authorization == Permission::Refuse && !rights.is_empty() {
            return Err(AuthorityError::Authorization {
                name: name.clone(),
                extensions: listed(rights),
            });
        }
        let terms = TermsOf {
            name,
            alt_names: &request.alt_names,
            extensions: &request.extensions,
            public_key: &request.public_key,
        };
        self.issue(&terms, "sign", actor).await
    }

    /// Gives the holder of a certificate a new one for the same key.
    ///
    /// # Errors
    /// The certificate was revoked, or the registry does not answer.
    pub async fn renew(&self, held: &Certificate) -> Result<CertificateRecord, AuthorityError> {
        if self.revocations.contains(&held.serial) {
            return Err(AuthorityError::NoCertificate(held.name.clone()));
        }
        let alt_names = own::alt_names_of(held);
        let terms = TermsOf {
            name: &held.name,
            alt_names: &alt_names,
            extensions: &held.extensions,
            public_key: &held.public_key,
        };
        self.issue(&terms, "renew", &format!("node:{}", held.name))
            .await
    }

    /// Revokes every certificate of a name that still holds; gives their serial numbers.
    ///
    /// # Errors
    /// There is none.
    pub async fn revoke(
        &self,
        name: &Certname,
        actor: &str,
    ) -> Result<Vec<Serial>, AuthorityError> {
        let revoked = self.registry.revoke(name, (self.clock)()).await?;
        let revoked = revoked.ok_or_else(|| AuthorityError::NoCertificate(name.clone()))?;
        for serial in &revoked {
            self.note(actor, "revoke", name, serial.as_str()).await?;
        }
        self.refresh().await?;
        Ok(revoked)
    }

    /// Revokes what a name holds and forgets it, its request too: the name is free again.
    ///
    /// # Errors
    /// The name is unknown.
    pub async fn clean(&self, name: &Certname, actor: &str) -> Result<(), AuthorityError> {
        if !self.registry.clean(name, (self.clock)()).await? {
            return Err(AuthorityError::Unknown(name.clone()));
        }
        self.note(actor, "clean", name, "").await?;
        self.refresh().await
    }

    /// Drops the request of a name without signing it.
    ///
    /// # Errors
    /// There is none.
    pub async fn refuse(&self, name: &Certname, actor: &str) -> Result<(), AuthorityError> {
        if !self.registry.delete_request(name).await? {
            return Err(AuthorityError::NoRequest(name.clone()));
        }
        self.note(actor, "refuse", name, "").await
    }

    /// The certificate of a name, unless it was forgotten.
    ///
    /// # Errors
    /// The registry does not answer.
    pub async fn certificate(
        &self,
        name: &Certname,
    ) -> Result<Option<CertificateRecord>, AuthorityError> {
        Ok(self.registry.certificate(name).await?)
    }

    /// The request of a name.
    ///
    /// # Errors
    /// The registry does not answer.
    pub async fn request(&self, name: &Certname) -> Result<Option<RequestRecord>, AuthorityError> {
        Ok(self.registry.request(name).await?)
    }

    /// Every request that waits, by name.
    ///
    /// # Errors
    /// The registry does not answer.
    pub async fn requests(&self) -> Result<Vec<RequestRecord>, AuthorityError> {
        Ok(self.registry.requests().await?)
    }

    /// Every name's newest certificate, by name.
    ///
    /// # Errors
    /// The registry does not answer.
    pub async fn certificates(&self) -> Result<Vec<CertificateRecord>, AuthorityError> {
        Ok(self.registry.certificates().await?)
    }

    async fn issue(
        &self,
        terms: &TermsOf<'_>,
        action: &'static str,
        actor: &str,
    ) -> Result<CertificateRecord, AuthorityError> {
        let now = (self.clock)();
        let serial = Serial::from(self.registry.next_serial().await?);
        let pem = self.issuer.sign(
            &Terms {
                name: terms.name,
                serial: &serial,
                alt_names: terms.alt_names,
                extensions: terms.extensions,
                public_key: terms.public_key,
                lifetime_seconds: self.policy.lifetime_seconds,
            },
            now,
        )?;
        let not_after = Certificate::from_pem(&pem)?.not_after;
        let record = CertificateRecord {
            serial,
            name: terms.name.clone(),
            pem,
            not_after,
            revoked: None,
        };
        self.registry.put_certificate(record.clone()).await?;
        self.note(actor, action, terms.name, record.serial.as_str())
            .await?;
        tracing::info!(
            node.certname = %record.name,
            certificate.serial = %record.serial,
            actor,
            "certificate signed"
        );
        Ok(record)
    }

    async fn note(
        &self,
        actor: &str,
        action: &'static str,
        name: &Certname,
        detail: &str,
    ) -> Result<(), AuthorityError> {
        let record = AuditRecord {
            at: (self.clock)(),
            actor: actor.to_owned(),
            action,
            name: name.clone(),
            detail: detail.to_owned(),
        };
        Ok(self.registry.audit(record).await?)
    }
}

struct TermsOf<'a> {
    name: &'a Certname,
    alt_names: &'a [crate::request::AltName],
    extensions: &'a [crate::extension::Extension],
    public_key: &'a [u8],
}
