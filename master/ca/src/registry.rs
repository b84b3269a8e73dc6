//! What the authority remembers, behind a trait: the store keeps it where several masters share
//! it, a test keeps it in memory. No key ever gets here.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Mutex};

use ficelle_model::Certname;
use jiff::Timestamp;
use thiserror::Error;

use crate::serial::Serial;

/// What a registry answers, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, RegistryError>> + Send + 'a>>;

/// The registry cannot be read or written.
#[derive(Clone, Debug, Error)]
#[error("the certificate registry does not answer: {0}")]
pub struct RegistryError(pub String);

/// A request that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// Who asks.
    pub name: Certname,
    /// The request.
    pub pem: String,
    /// When it came.
    pub received: Timestamp,
}

/// A certificate that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Its serial number.
    pub serial: Serial,
    /// Its holder.
    pub name: Certname,
    /// The certificate.
    pub pem: String,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// What happened, by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// Who: `command:USER`, `node:CERTNAME`, `autosign`.
    pub actor: String,
    /// `submit`, `sign`, `revoke`, `clean`, `refuse`, `renew`, `generate`.
    pub action: &'static str,
    /// About whom.
    pub name: Certname,
    /// What else is worth knowing: a serial, a fingerprint, a reason.
    pub detail: String,
}

/// What the authority remembers.
pub trait Registry: Send + Sync {
    /// A serial number that was never given before, counted from 1.
    fn next_serial(&self) -> Answer<'_, u64>;
    /// The request of a name.
    fn request<'a>(&'a self, name: &'a Certname) -> Answer<'a, Option<RequestRecord>>;
    /// Every request, by name.
    fn requests(&self) -> Answer<'_, Vec<RequestRecord>>;
    /// Keeps a request, in place of the name's former one.
    fn put_request(&self, request: RequestRecord) -> Answer<'_, ()>;
    /// Drops a request; whether there was one.
    fn delete_request<'a>(&'a self, name: &'a Certname) -> Answer<'a, bool>;
    /// The newest certificate of a name that was not forgotten.
    fn certificate<'a>(&'a self, name: &'a Certname) -> Answer<'a, Option<CertificateRecord>>;
    /// The newest certificate of every name that was not forgotten, by name.
    fn certificates(&self) -> Answer<'_, Vec<CertificateRecord>>;
    /// Keeps a certificate and drops the name's request, both or neither.
    fn put_certificate(&self, certificate: CertificateRecord) -> Answer<'_, ()>;
    /// Revokes every certificate of a name that is not revoked yet, and gives their serials; a
    /// revocation is for ever. `None` where the name never had a certificate.
    fn revoke<'a>(&'a self, name: &'a Certname, at: Timestamp) -> Answer<'a, Option<Vec<Serial>>>;
    /// Revokes and forgets the certificates of a name, and drops its request; whether there was
    /// anything. The revocations stay.
    fn clean<'a>(&'a self, name: &'a Certname, at: Timestamp) -> Answer<'a, bool>;
    /// Everything revoked, by serial.
    fn revocations(&self) -> Answer<'_, Vec<(Serial, Timestamp)>>;
    /// Adds to the audit trail.
    fn audit(&self, record: AuditRecord) -> Answer<'_, ()>;
}

/// A registry in memory.
#[derive(Debug, Default)]
pub struct MemoryRegistry {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    serial: u64,
    requests: BTreeMap<Certname, RequestRecord>,
    certificates: Vec<(CertificateRecord, Standing)>,
    audit: Vec<AuditRecord>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Known,
    Forgotten,
}

impl State {
    fn revoke(&mut self, name: &Certname, at: Timestamp) -> Option<Vec<Serial>> {
        let mut found = None;
        for (record, _) in self
            .certificates
            .iter_mut()
            .filter(|(held, _)| held.name == *name)
        {
            let revoked: &mut Vec<_> = found.get_or_insert_default();
            if record.revoked.is_none() {
                record.revoked = Some(at);
                revoked.push(record.serial.clone());
            }
        }
        found
    }
}

impl MemoryRegistry {
    /// The audit trail.
    pub fn trail(&self) -> Vec<AuditRecord> {
        self.with(|state| state.audit.clone())
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self
            .state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn answer<T: Send + 'static>(&self, act: impl FnOnce(&mut State) -> T) -> Answer<'_, T> {
        let value = self.with(act);
        Box::pin(async move { Ok(value) })
    }
}

impl Registry for MemoryRegistry {
    fn next_serial(&self) -> Answer<'_, u64> {
        self.answer(|state| {
            state.serial += 1;
            state.serial
        })
    }

    fn request<'a>(&'a self, name: &'a Certname) -> Answer<'a, Option<RequestRecord>> {
        self.answer(|state| state.requests.get(name).cloned())
    }

    fn requests(&self) -> Answer<'_, Vec<RequestRecord>> {
        self.answer(|state| state.requests.values().cloned().collect())
    }

    fn put_request(&self, request: RequestRecord) -> Answer<'_, ()> {
        self.answer(|state| {
            state.requests.insert(request.name.clone(), request);
        })
    }

    fn delete_request<'a>(&'a self, name: &'a Certname) -> Answer<'a, bool> {
        self.answer(|state| state.requests.remove(name).is_some())
    }

    fn certificate<'a>(&'a self, name: &'a Certname) -> Answer<'a, Option<CertificateRecord>> {
        self.answer(|state| {
            let mut known = state.certificates.iter().rev();
            known
                .find(|(record, standing)| record.name == *name && *standing == Standing::Known)
                .map(|(record, _)| record.clone())
        })
    }

    fn certificates(&self) -> Answer<'_, Vec<CertificateRecord>> {
        self.answer(|state| {
            let known = state
                .certificates
                .iter()
                .filter(|(_, at)| *at == Standing::Known);
            let newest: BTreeMap<_, _> = known
                .map(|(record, _)| (record.name.clone(), record.clone()))
                .collect();
            newest.into_values().collect()
        })
    }

    fn put_certificate(&self, certificate: CertificateRecord) -> Answer<'_, ()> {
        self.answer(|state| {
            state.requests.remove(&certificate.name);
            state.certificates.push((certificate, Standing::Known));
        })
    }

    fn revoke<'a>(&'a self, name: &'a Certname, at: Timestamp) -> Answer<'a, Option<Vec<Serial>>> {
        self.answer(|state| state.revoke(name, at))
    }

    fn clean<'a>(&'a self, name: &'a Certname, at: Timestamp) -> Answer<'a, bool> {
        self.answer(|state| {
            let mut any = state.requests.remove(name).is_some();
            state.revoke(name, at);
            for (record, standing) in &mut state.certificates {
                if record.name == *name && *standing == Standing::Known {
                    *standing = Standing::Forgotten;
                    any = true;
                }
            }
            any
        })
    }

    fn revocations(&self) -> Answer<'_, Vec<(Serial, Timestamp)>> {
        self.answer(|state| {
            let all = state.certificates.iter();
            let mut revoked: Vec<_> = all
                .filter_map(|(record, _)| Some((record.serial.clone(), record.revoked?)))
                .collect();
            revoked.sort();
            revoked
        })
    }

    fn audit(&self, record: AuditRecord) -> Answer<'_, ()> {
        self.answer(|state| state.audit.push(record))
    }
}
