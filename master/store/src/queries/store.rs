//! The queries of [`Store`], each method a transaction.

use async_trait::async_trait;
use ficelle_model::Certname;
use sqlx::{Row, postgres::PgRow, sqlite::SqliteRow};

use super::{PostgresStore, SqliteStore};
use crate::{
    AuditEntry, Certificate, ExportedResource, Millis, NewCatalog, NewReport, NodeRecord,
    ReportSummary, Request, Revocation, Store, StoreError, Stored, content, kept::same_exports,
};

macro_rules! store {
    ($store:ty, $row:ty) => {
        #[async_trait]
        impl Store for $store {
            async fn next(&self, name: &str) -> Result<i64, StoreError> {
                let mut work = self.begin().await?;
                let value = sqlx::query_scalar(
                    "INSERT INTO counters (name, value) VALUES ($1, 1) \
                     ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
                )
                .bind(name)
                .fetch_one(&mut *work)
                .await?;
                work.commit().await?;
                Ok(value)
            }

            async fn raise(&self, name: &str, value: i64) -> Result<(), StoreError> {
                let mut work = self.begin().await?;
                sqlx::query(
                    "INSERT INTO counters (name, value) VALUES ($1, $2) \
                     ON CONFLICT (name) DO UPDATE SET value = \
                     CASE WHEN counters.value < excluded.value THEN excluded.value \
                     ELSE counters.value END",
                )
                .bind(name)
                .bind(value)
                .execute(&mut *work)
                .await?;
                work.commit().await?;
                Ok(())
            }

            async fn save_request(&self, request: &Request) -> Result<(), StoreError> {
                let mut work = self.begin().await?;
                sqlx::query(
                    "INSERT INTO requests (certname, pem, fingerprint, created_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (certname) DO UPDATE SET \
                     pem = excluded.pem, fingerprint = excluded.fingerprint, \
                     created_at = excluded.created_at",
                )
                .bind(request.certname.as_str())
                .bind(&request.pem)
                .bind(&request.fingerprint)
                .bind(request.created_at)
                .execute(&mut *work)
                .await?;
                Self::commit_and_tell(work).await?;
                Ok(())
            }

            async fn request(&self, certname: &Certname) -> Result<Option<Request>, StoreError> {
                let row = sqlx::query("SELECT * FROM requests WHERE certname = $1")
                    .bind(certname.as_str())
                    .fetch_optional(&self.pool)
                    .await?;
                row.as_ref().map(Self::request_of).transpose()
            }

            async fn requests(&self) -> Result<Vec<Request>, StoreError> {
                let rows = sqlx::query("SELECT * FROM requests ORDER BY certname")
                    .fetch_all(&self.pool)
                    .await?;
                rows.iter().map(Self::request_of).collect()
            }

            async fn delete_request(&self, certname: &Certname) -> Result<bool, StoreError> {
                let mut work = self.begin().await?;
                let done = sqlx::query("DELETE FROM requests WHERE certname = $1")
                    .bind(certname.as_str())
                    .execute(&mut *work)
                    .await?;
                Self::commit_and_tell(work).await?;
                Ok(done.rows_affected() > 0)
            }

            async fn save_certificate(&self, certificate: &Certificate) -> Result<(), StoreError> {
                let mut work = self.begin().await?;
                sqlx::query(
                    "INSERT INTO certificates (serial, certname, pem, fingerprint, not_before, \
                     not_after, signed_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(certificate.serial)
                .bind(certificate.certname.as_str())
                .bind(&certificate.pem)
                .bind(&certificate.fingerprint)
                .bind(certificate.not_before)
                .bind(certificate.not_after)
                .bind(certificate.signed_at)
                .bind(certificate.revoked_at)
                .execute(&mut *work)
                .await?;
                sqlx::query("DELETE FROM requests WHERE certname = $1")
                    .bind(certificate.certname.as_str())
                    .execute(&mut *work)
                    .await?;
                Self::commit_and_tell(work).await?;
                Ok(())
            }

            async fn certificate(
                &self,
                certname: &Certname,
            ) -> Result<Option<Certificate>, StoreError> {
                let row = sqlx::query(
                    "SELECT * FROM certificates WHERE certname = $1 AND cleaned_at IS NULL \
                     ORDER BY serial DESC LIMIT 1",
                )
                .bind(certname.as_str())
                .fetch_optional(&self.pool)
                .await?;
                row.as_ref().map(Self::certificate_of).transpose()
            }

            async fn certificates(&self) -> Result<Vec<Certificate>, StoreError> {
                let rows = sqlx::query(
                    "SELECT * FROM certificates WHERE cleaned_at IS NULL ORDER BY certname, serial",
                )
                .fetch_all(&self.pool)
                .await?;
                rows.iter().map(Self::certificate_of).collect()
            }

            async fn revoke(
                &self,
                certname: &Certname,
                at: Millis,
            ) -> Result<Vec<i64>, StoreError> {
                let mut work = self.begin().await?;
                let mut serials: Vec<i64> = sqlx::query_scalar(
                    "UPDATE certificates SET revoked_at = $2 \
                     WHERE certname = $1 AND revoked_at IS NULL RETURNING serial",
                )
                .bind(certname.as_str())
                .bind(at)
                .fetch_all(&mut *work)
                .await?;
                Self::commit_and_tell(work).await?;
                serials.sort_unstable();
                Ok(serials)
            }

            async fn clean(&self, certname: &Certname, at: Millis) -> Result<bool, StoreError> {
                let name = certname.as_str();
                let mut work = self.begin().await?;
                let certificates = sqlx::query(
                    "UPDATE certificates SET cleaned_at = $2, \
                     revoked_at = COALESCE(revoked_at, $2) \
                     WHERE certname = $1 AND cleaned_at IS NULL",
                )
                .bind(name)
                .bind(at)
                .execute(&mut *work)
                .await?
                .rows_affected();
                let requests = sqlx::query("DELETE FROM requests WHERE certname = $1")
                    .bind(name)
                    .execute(&mut *work)
                    .await?
                    .rows_affected();
                sqlx::query("DELETE FROM exported WHERE certname = $1")
                    .bind(name)
                    .execute(&mut *work)
                    .await?;
                // So that the next catalog counts as a new one, and exports again.
                sqlx::query("UPDATE nodes SET catalog_digest = NULL WHERE certname = $1")
                    .bind(name)
                    .execute(&mut *work)
                    .await?;
                Self::commit_and_tell(work).await?;
                Ok(certificates + requests > 0)
            }

            async fn revocations(&self) -> Result<Vec<Revocation>, StoreError> {
                let rows = sqlx::query(
                    "SELECT serial, revoked_at FROM certificates WHERE revoked_at IS NOT NULL \
                     ORDER BY serial",
                )
                .fetch_all(&self.pool)
                .await?;
                let revocation = |row: &$row| {
                    Ok(Revocation { serial: row.try_get("serial")?, at: row.try_get("revoked_at")? })
                };
                rows.iter().map(revocation).collect()
            }

            async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
                let mut work = self.begin().await?;
                sqlx::query(
                    "INSERT INTO audit (at, actor, action, subject, detail) \
                     VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(entry.at)
                .bind(&entry.actor)
                .bind(&entry.action)
                .bind(&entry.subject)
                .bind(&entry.detail)
                .execute(&mut *work)
                .await?;
                work.commit().await?;
                Ok(())
            }

            async fn audit_trail(&self, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
                let rows = sqlx::query("SELECT * FROM audit ORDER BY id DESC LIMIT $1")
                    .bind(i64::from(limit))
                    .fetch_all(&self.pool)
                    .await?;
                let entry = |row: &$row| {
                    Ok(AuditEntry {
                        at: row.try_get("at")?,
                        actor: row.try_get("actor")?,
                        action: row.try_get("action")?,
                        subject: row.try_get("subject")?,
                        detail: row.try_get("detail")?,
                    })
                };
                rows.iter().map(entry).collect()
            }

            async fn save_facts(
                &self,
                certname: &Certname,
                environment: &str,
                json: &[u8],
                at: Millis,
            ) -> Result<(), StoreError> {
                let digest = content::digest(&[json]);
                let kept = self.kept(certname).await?;
                if kept.has_facts(&digest, at) && kept.is_in(environment) {
                    return Ok(());
                }
                let mut work = self.begin().await?;
                Self::keep_facts(&mut work, certname, environment, &digest, json, at).await?;
                work.commit().await?;
                Ok(())
            }

            async fn facts(&self, certname: &Certname) -> Result<Option<Stored>, StoreError> {
                let row = sqlx::query(
                    "SELECT body, digest, environment, facts_at AS at FROM nodes \
                     JOIN contents ON digest = facts_digest WHERE certname = $1",
                )
                .bind(certname.as_str())
                .fetch_optional(&self.pool)
                .await?;
                row.as_ref().map(|row| Self::stored_of(row, "facts")).transpose()
            }

            async fn save_catalog(&self, catalog: &NewCatalog<'_>) -> Result<(), StoreError> {
                let name = catalog.certname.as_str();
                let digest = content::digest(catalog.json);
                let facts = catalog.facts.map(|json| (content::digest(&[json]), json));
                let kept = self.kept(catalog.certname).await?;
                let has_facts = facts
                    .as_ref()
                    .is_none_or(|(digest, _)| kept.has_facts(digest, catalog.at));
                if has_facts
                    && kept.has_catalog(&digest, catalog.at)
                    && kept.is_in(catalog.environment)
                    && kept.exports == catalog.exported.len() as i64
                    && (kept.exports == 0
                        || same_exports(&self.exports(name, &self.pool).await?, catalog.exported))
                {
                    return Ok(());
                }
                let mut work = self.begin().await?;
                if let Some((digest, json)) = &facts
                    && !has_facts
                {
                    let (certname, environment) = (catalog.certname, catalog.environment);
                    Self::keep_facts(&mut work, certname, environment, digest, json, catalog.at)
                        .await?;
                }
                // What is only exported does not stand in the catalog, so it is compared by itself.
                let kept = self.exports(name, &mut *work).await?;
                if !same_exports(&kept, catalog.exported) {
                    Self::keep_exports(&mut work, name, catalog.exported).await?;
                }
                Self::keep_catalog(&mut work, catalog, &digest).await?;
                work.commit().await?;
                Ok(())
            }

            async fn catalog(&self, certname: &Certname) -> Result<Option<Stored>, StoreError> {
                let row = sqlx::query(
                    "SELECT body, digest, environment, catalog_at AS at FROM nodes \
                     JOIN contents ON digest = catalog_digest WHERE certname = $1",
                )
                .bind(certname.as_str())
                .fetch_optional(&self.pool)
                .await?;
                row.as_ref().map(|row| Self::stored_of(row, "catalog")).transpose()
            }

            async fn exported(
                &self,
                type_name: &str,
                except: Option<&Certname>,
            ) -> Result<Vec<ExportedResource>, StoreError> {
                let rows = sqlx::query(
                    "SELECT certname, type_name, title, body FROM exported \
                     WHERE type_name = $1 AND certname <> $2 ORDER BY certname, position",
                )
                .bind(type_name)
                .bind(except.map_or("", Certname::as_str))
                .fetch_all(&self.pool)
                .await?;
                let resource = |row: &$row| {
                    Ok(ExportedResource {
                        certname: Self::certname_of(row)?,
                        type_name: row.try_get("type_name")?,
                        title: row.try_get("title")?,
                        json: row.try_get("body")?,
                    })
                };
                rows.iter().map(resource).collect()
            }

            async fn save_report(&self, report: &NewReport<'_>) -> Result<(), StoreError> {
                let body = content::pack(&[report.json]);
                let mut work = self.begin().await?;
                sqlx::query(
                    "INSERT INTO reports (id, certname, environment, status, noop, version, \
                     started_at, received_at, changed, failed, total, body) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                     ON CONFLICT (id) DO NOTHING",
                )
                .bind(report.id)
                .bind(report.certname.as_str())
                .bind(report.environment)
                .bind(report.status)
                .bind(i64::from(report.noop))
                .bind(report.version)
                .bind(report.started_at)
                .bind(report.received_at)
                .bind(report.changed)
                .bind(report.failed)
                .bind(report.total)
                .bind(body)
                .execute(&mut *work)
                .await?;
                sqlx::query(
                    "INSERT INTO nodes (certname, environment, report_id, report_at, report_status) \
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (certname) DO UPDATE SET \
                     report_id = excluded.report_id, report_at = excluded.report_at, \
                     report_status = excluded.report_status",
                )
                .bind(report.certname.as_str())
                .bind(report.environment)
                .bind(report.id)
                .bind(report.received_at)
                .bind(report.status)
                .execute(&mut *work)
                .await?;
                work.commit().await?;
                Ok(())
            }

            async fn reports(
                &self,
                certname: Option<&Certname>,
                limit: u32,
            ) -> Result<Vec<ReportSummary>, StoreError> {
                let rows = sqlx::query(
                    "SELECT id, certname, environment, status, noop, version, started_at, \
                     received_at, changed, failed, total FROM reports \
                     WHERE $1 = '' OR certname = $1 ORDER BY received_at DESC, id LIMIT $2",
                )
                .bind(certname.map_or("", Certname::as_str))
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
                rows.iter().map(Self::report_of).collect()
            }

            async fn report(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
                let body: Option<Vec<u8>> =
                    sqlx::query_scalar("SELECT body FROM reports WHERE id = $1")
                        .bind(id)
                        .fetch_optional(&self.pool)
                        .await?;
                body.map(|body| content::unpack("report", &body)).transpose()
            }

            async fn prune(&self, before: Millis) -> Result<u64, StoreError> {
                let mut work = self.begin().await?;
                let gone = sqlx::query(
                    "DELETE FROM reports WHERE received_at < $1 AND id NOT IN \
                     (SELECT report_id FROM nodes WHERE report_id IS NOT NULL)",
                )
                .bind(before)
                .execute(&mut *work)
                .await?
                .rows_affected();
                if let Some(alone) = Self::ALONE {
                    sqlx::query(alone).execute(&mut *work).await?;
                }
                sqlx::query(
                    "DELETE FROM contents WHERE NOT EXISTS (SELECT 1 FROM nodes \
                     WHERE facts_digest = digest OR catalog_digest = digest)",
                )
                .execute(&mut *work)
                .await?;
                work.commit().await?;
                Ok(gone)
            }

            async fn nodes(&self) -> Result<Vec<NodeRecord>, StoreError> {
                let rows = sqlx::query("SELECT * FROM nodes ORDER BY certname")
                    .fetch_all(&self.pool)
                    .await?;
                rows.iter().map(Self::node_of).collect()
            }

            async fn node(&self, certname: &Certname) -> Result<Option<NodeRecord>, StoreError> {
                let row = sqlx::query("SELECT * FROM nodes WHERE certname = $1")
                    .bind(certname.as_str())
                    .fetch_optional(&self.pool)
                    .await?;
                row.as_ref().map(Self::node_of).transpose()
            }

            async fn deactivate(
                &self,
                certname: &Certname,
                at: Millis,
            ) -> Result<bool, StoreError> {
                let mut work = self.begin().await?;
                let known = sqlx::query("UPDATE nodes SET deactivated_at = $2 WHERE certname = $1")
                    .bind(certname.as_str())
                    .bind(at)
                    .execute(&mut *work)
                    .await?
                    .rows_affected();
                sqlx::query("DELETE FROM exported WHERE certname = $1")
                    .bind(certname.as_str())
                    .execute(&mut *work)
                    .await?;
                Self::commit_and_tell(work).await?;
                Ok(known > 0)
            }

            async fn changed(&self) -> Result<(), StoreError> {
                self.wait().await
            }

            async fn ping(&self) -> Result<(), StoreError> {
                sqlx::query("SELECT 1").execute(&self.pool).await?;
                Ok(())
            }
        }
    };
}

store!(SqliteStore, SqliteRow);
store!(PostgresStore, PgRow);
