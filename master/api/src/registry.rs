//! The authority's memory, kept in the store.

use std::sync::Arc;

use ficelle_ca::{
    Certificate, Registry, Request, Serial,
    registry::{Answer, AuditRecord, CertificateRecord, RegistryError, RequestRecord},
};
use ficelle_model::Certname;
use ficelle_store::{self as store, Store, StoreError};
use jiff::Timestamp;

/// The counter that gives serial numbers.
const SERIALS: &str = "certificate_serial";

/// A registry over a store.
pub struct StoreRegistry(pub Arc<dyn Store>);

impl Registry for StoreRegistry {
    fn next_serial(&self) -> Answer<'_, u64> {
        Box::pin(async move {
            let serial = self.0.next(SERIALS).await.map_err(failed)?;
            u64::try_from(serial).map_err(|_| RegistryError(format!("{serial} is no serial")))
        })
    }

    fn request<'a>(&'a self, name: &'a Certname) -> Answer<'a, Option<RequestRecord>> {
        Box::pin(async move {
            self.0
                .request(name)
                .await
                .map_err(failed)?
                .map(waiting)
                .transpose()
        })
    }

    fn requests(&self) -> Answer<'_, Vec<RequestRecord>> {
        Box::pin(async move {
            self.0
                .requests()
                .await
                .map_err(failed)?
                .into_iter()
                .map(waiting)
                .collect()
        })
    }

    fn put_request(&self, request: RequestRecord) -> Answer<'_, ()> {
        Box::pin(async move {
            let parsed = Request::parse(&request.pem, &request.name)
                .map_err(|error| RegistryError(error.to_string()))?;
            let record = store::Request {
                certname: request.name,
                pem: request.pem,
                fingerprint: parsed.fingerprint,
                created_at: request.received.as_millisecond(),
            };
            self.0.save_request(&record).await.map_err(failed)
        })
    }

    fn delete_request<'a>(&'a self, name: &'a Certname) -> Answer<'a, bool> {
        Box::pin(async move { self.0.delete_request(name).await.map_err(failed) })
    }

    fn certificate<'a>(&'a self, name: &'a Certname) -> Answer<'a, Option<CertificateRecord>> {
        Box::pin(async move {
            self.0
                .certificate(name)
                .await
                .map_err(failed)?
                .map(signed)
                .transpose()
        })
    }

    fn certificates(&self) -> Answer<'_, Vec<CertificateRecord>> {
        Box::pin(async move {
            let all = self.0.certificates().await.map_err(failed)?;
            // By name and serial: the last of a name is its newest.
            let mut newest: Vec<CertificateRecord> = Vec::with_capacity(all.len());
            for record in all {
                let record = signed(record)?;
                newest.pop_if(|last| last.name == record.name);
                newest.push(record);
            }
            Ok(newest)
        })
    }

    fn put_certificate(&self, record: CertificateRecord) -> Answer<'_, ()> {
        Box::pin(async move {
            let parsed = Certificate::from_pem(&record.pem)
                .map_err(|error| RegistryError(error.to_string()))?;
            let record = store::Certificate {
                serial: number(&record.serial)?,
                certname: record.name,
                pem: record.pem,
                fingerprint: parsed.fingerprint,
                not_before: parsed.not_before.as_millisecond(),
                not_after: parsed.not_after.as_millisecond(),
                signed_at: Timestamp::now().as_millisecond(),
                revoked_at: record.revoked.map(Timestamp::as_millisecond),
            };
            self.0.save_certificate(&record).await.map_err(failed)
        })
    }

    fn revoke<'a>(&'a self, name: &'a Certname, at: Timestamp) -> Answer<'a, Option<Vec<Serial>>> {
        Box::pin(async move {
            let known = self.0.certificate(name).await.map_err(failed)?.is_some();
            let revoked = self
                .0
                .revoke(name, at.as_millisecond())
                .await
                .map_err(failed)?;
            if revoked.is_empty() && !known {
                return Ok(None);
            }
            revoked
                .into_iter()
                .map(serial)
                .collect::<Result<_, _>>()
                .map(Some)
        })
    }

    fn clean<'a>(&'a self, name: &'a Certname, at: Timestamp) -> Answer<'a, bool> {
        Box::pin(async move {
            self.0
                .clean(name, at.as_millisecond())
                .await
                .map_err(failed)
        })
    }

    fn revocations(&self) -> Answer<'_, Vec<(Serial, Timestamp)>> {
        Box::pin(async move {
            let all = self.0.revocations().await.map_err(failed)?;
            all.into_iter()
                .map(|entry| Ok((serial(entry.serial)?, time(entry.at)?)))
                .collect()
        })
    }

    fn audit(&self, record: AuditRecord) -> Answer<'_, ()> {
        Box::pin(async move {
            let entry = store::AuditEntry {
                at: record.at.as_millisecond(),
                actor: record.actor,
                action: record.action.to_owned(),
                subject: record.name.to_string(),
                detail: record.detail,
            };
            self.0.audit(&entry).await.map_err(failed)
        })
    }
}

fn failed(error: StoreError) -> RegistryError {
    RegistryError(error.to_string())
}

fn waiting(record: store::Request) -> Result<RequestRecord, RegistryError> {
    Ok(RequestRecord {
        name: record.certname,
        pem: record.pem,
        received: time(record.created_at)?,
    })
}

fn signed(record: store::Certificate) -> Result<CertificateRecord, RegistryError> {
    Ok(CertificateRecord {
        serial: serial(record.serial)?,
        name: record.certname,
        pem: record.pem,
        not_after: time(record.not_after)?,
        revoked: record.revoked_at.map(time).transpose()?,
    })
}

fn time(millis: i64) -> Result<Timestamp, RegistryError> {
    Timestamp::from_millisecond(millis).map_err(|error| RegistryError(error.to_string()))
}

fn serial(number: i64) -> Result<Serial, RegistryError> {
    u64::try_from(number)
        .map(Serial::from)
        .map_err(|_| RegistryError(format!("{number} is no serial")))
}

fn number(serial: &Serial) -> Result<i64, RegistryError> {
    serial
        .to_u64()
        .and_then(|number| i64::try_from(number).ok())
        .ok_or_else(|| RegistryError(format!("the serial {serial} is too large")))
}
