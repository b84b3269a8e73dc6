//! The queries. Both engines understand every one of them as it stands (`$1`, `ON CONFLICT`,
//! `RETURNING`), but sqlx's types for the two share no trait that could carry them: a macro writes
//! the implementation out for each.

use std::ops::DerefMut;

use async_trait::async_trait;
use ficelle_model::Certname;
use sqlx::{
    PgConnection, PgPool, Row, SqliteConnection, SqlitePool,
    postgres::{PgListener, PgRow},
    sqlite::SqliteRow,
};

use crate::{
    AuditEntry, Certificate, ExportedResource, Millis, NewCatalog, NewReport, NodeRecord,
    ReportSummary, Request, Revocation, Store, StoreError, Stored, content,
    kept::{Kept, same_exports},
    open::POLL,
    schema::Migrations,
};

/// A store in an SQLite file.
pub struct SqliteStore {
    pool: SqlitePool,
    /// What only looks needs no transaction: one connection, kept in hand. A pool's are asked
    /// whether they live before and after each use, and every word to them wakes a thread.
    reader: tokio::sync::Mutex<SqliteConnection>,
    /// One connection that never writes: its `data_version` moves when any other connection
    /// commits.
    watcher: SqlitePool,
}

/// A store in PostgreSQL.
pub struct PostgresStore {
    pool: PgPool,
    listener: tokio::sync::Mutex<PgListener>,
}

impl SqliteStore {
    pub(crate) fn new(pool: SqlitePool, reader: SqliteConnection, watcher: SqlitePool) -> Self {
        Self {
            pool,
            reader: tokio::sync::Mutex::new(reader),
            watcher,
        }
    }

    /// A connection for queries that every request makes.
    async fn reader(&self) -> Result<impl DerefMut<Target = SqliteConnection>, StoreError> {
        Ok(self.reader.lock().await)
    }

    async fn begin(&self) -> Result<sqlx::Transaction<'_, sqlx::Sqlite>, StoreError> {
        // Taking the write lock first: a reader that becomes a writer midway may be refused.
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Other processes see a commit by themselves.
    const TELL: Option<&str> = None;

    async fn wait(&self) -> Result<(), StoreError> {
        let version = || async {
            sqlx::query_scalar::<_, i64>("PRAGMA data_version")
                .fetch_one(&self.watcher)
                .await
        };
        let before = version().await?;
        loop {
            tokio::time::sleep(POLL).await;
            if version().await? != before {
                return Ok(());
            }
        }
    }
}

impl PostgresStore {
    pub(crate) fn new(pool: PgPool, listener: tokio::sync::Mutex<PgListener>) -> Self {
        Self { pool, listener }
    }

    /// A connection for queries that every request makes.
    async fn reader(&self) -> Result<impl DerefMut<Target = PgConnection>, StoreError> {
        Ok(self.pool.acquire().await?)
    }

    async fn begin(&self) -> Result<sqlx::Transaction<'_, sqlx::Postgres>, StoreError> {
        Ok(self.pool.begin().await?)
    }

    /// Sent with every write of the authority's.
    const TELL: Option<&str> = Some("NOTIFY ficelle");

    async fn wait(&self) -> Result<(), StoreError> {
        self.listener.lock().await.recv().await?;
        Ok(())
    }
}

fn corrupt(what: &str, reason: impl ToString) -> StoreError {
    StoreError::Corrupt {
        what: what.to_owned(),
        reason: reason.to_string(),
    }
}

macro_rules! store {
    ($store:ty, $database:ty, $row:ty) => {
        impl $store {
            pub(crate) async fn migrate(&self, migrations: Migrations) -> Result<(), StoreError> {
                let mut work = self.begin().await?;
                sqlx::query("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
                    .execute(&mut *work)
                    .await?;
                let found: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM schema_version")
                    .fetch_one(&mut *work)
                    .await?;
                let found = found.unwrap_or(0);
                let known = migrations.len() as i64;
                if found > known {
                    return Err(StoreError::Newer { found, known });
                }
                for (index, migration) in migrations.iter().enumerate().skip(found as usize) {
                    sqlx::raw_sql(*migration).execute(&mut *work).await?;
                    sqlx::query("INSERT INTO schema_version (version) VALUES ($1)")
                        .bind(index as i64 + 1)
                        .execute(&mut *work)
                        .await?;
                }
                work.commit().await?;
                Ok(())
            }

            fn request_of(row: &$row) -> Result<Request, StoreError> {
                Ok(Request {
                    certname: Self::certname_of(row)?,
                    pem: row.try_get("pem")?,
                    fingerprint: row.try_get("fingerprint")?,
                    created_at: row.try_get("created_at")?,
                })
            }

            fn certificate_of(row: &$row) -> Result<Certificate, StoreError> {
                Ok(Certificate {
                    serial: row.try_get("serial")?,
                    certname: Self::certname_of(row)?,
                    pem: row.try_get("pem")?,
                    fingerprint: row.try_get("fingerprint")?,
                    not_before: row.try_get("not_before")?,
                    not_after: row.try_get("not_after")?,
                    signed_at: row.try_get("signed_at")?,
                    revoked_at: row.try_get("revoked_at")?,
                })
            }

            fn report_of(row: &$row) -> Result<ReportSummary, StoreError> {
                Ok(ReportSummary {
                    id: row.try_get("id")?,
                    certname: Self::certname_of(row)?,
                    environment: row.try_get("environment")?,
                    status: row.try_get("status")?,
                    noop: row.try_get::<i64, _>("noop")? != 0,
                    version: row.try_get("version")?,
                    started_at: row.try_get("started_at")?,
                    received_at: row.try_get("received_at")?,
                    changed: row.try_get("changed")?,
                    failed: row.try_get("failed")?,
                    total: row.try_get("total")?,
                })
            }

            fn node_of(row: &$row) -> Result<NodeRecord, StoreError> {
                Ok(NodeRecord {
                    certname: Self::certname_of(row)?,
                    environment: row.try_get("environment")?,
                    facts_at: row.try_get("facts_at")?,
                    catalog_at: row.try_get("catalog_at")?,
                    report_id: row.try_get("report_id")?,
                    report_at: row.try_get("report_at")?,
                    report_status: row.try_get("report_status")?,
                    deactivated_at: row.try_get("deactivated_at")?,
                })
            }

            fn certname_of(row: &$row) -> Result<Certname, StoreError> {
                let name: String = row.try_get("certname")?;
                Certname::parse(&name).map_err(|error| corrupt("certname", error))
            }

            /// Keeps a body under its digest, once.
            async fn keep(
                work: &mut sqlx::Transaction<'_, $database>,
                digest: &str,
                json: &[&[u8]],
            ) -> Result<(), StoreError> {
                let known: Option<String> =
                    sqlx::query_scalar("SELECT digest FROM contents WHERE digest = $1")
                        .bind(digest)
                        .fetch_optional(&mut **work)
                        .await?;
                if known.is_none() {
                    sqlx::query(
                        "INSERT INTO contents (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    )
                    .bind(digest)
                    .bind(content::pack(json))
                    .execute(&mut **work)
                    .await?;
                }
                Ok(())
            }

            /// What is kept of an active node already.
            async fn kept(&self, certname: &Certname) -> Result<Kept, StoreError> {
                let mut reader = self.reader().await?;
                let row = sqlx::query(
                    "SELECT environment, facts_digest, facts_at, catalog_digest, catalog_at, \
                     (SELECT COUNT(*) FROM exported WHERE exported.certname = $1) AS exports \
                     FROM nodes WHERE certname = $1 AND deactivated_at IS NULL",
                )
                .bind(certname.as_str())
                .fetch_optional(&mut *reader)
                .await?;
                let Some(row) = row else {
                    return Ok(Kept::default());
                };
                Ok(Kept {
                    environment: row.try_get("environment")?,
                    facts: row.try_get("facts_digest")?,
                    facts_at: row.try_get("facts_at")?,
                    catalog: row.try_get("catalog_digest")?,
                    catalog_at: row.try_get("catalog_at")?,
                    exports: row.try_get("exports")?,
                })
            }

            /// Keeps a node's facts; a deactivated node is active again.
            async fn keep_facts(
                work: &mut sqlx::Transaction<'_, $database>,
                certname: &Certname,
                environment: &str,
                digest: &str,
                json: &[u8],
                at: Millis,
            ) -> Result<(), StoreError> {
                Self::keep(work, digest, &[json]).await?;
                sqlx::query(
                    "INSERT INTO nodes (certname, environment, facts_digest, facts_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (certname) DO UPDATE SET \
                     environment = excluded.environment, facts_digest = excluded.facts_digest, \
                     facts_at = excluded.facts_at, deactivated_at = NULL",
                )
                .bind(certname.as_str())
                .bind(environment)
                .bind(digest)
                .bind(at)
                .execute(&mut **work)
                .await?;
                Ok(())
            }

            /// What a node exports: type, title and body, in order.
            async fn exports(
                &self,
                certname: &str,
                from: impl sqlx::Executor<'_, Database = $database>,
            ) -> Result<Vec<(String, String, String)>, StoreError> {
                let query = sqlx::query_as(
                    "SELECT type_name, title, body FROM exported \
                     WHERE certname = $1 ORDER BY position",
                );
                Ok(query.bind(certname).fetch_all(from).await?)
            }

            fn stored_of(row: &$row, what: &str) -> Result<Stored, StoreError> {
                let body: Vec<u8> = row.try_get("body")?;
                Ok(Stored {
                    json: content::unpack(what, &body)?,
                    digest: row.try_get("digest")?,
                    environment: row.try_get::<Option<String>, _>("environment")?.unwrap_or_default(),
                    at: row.try_get("at")?,
                })
            }
        }

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
                if let Some(tell) = Self::TELL {
                    sqlx::query(tell).execute(&mut *work).await?;
                }
                work.commit().await?;
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
                if let Some(tell) = Self::TELL {
                    sqlx::query(tell).execute(&mut *work).await?;
                }
                work.commit().await?;
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
                if let Some(tell) = Self::TELL {
                    sqlx::query(tell).execute(&mut *work).await?;
                }
                work.commit().await?;
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
                if let Some(tell) = Self::TELL {
                    sqlx::query(tell).execute(&mut *work).await?;
                }
                work.commit().await?;
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
                if let Some(tell) = Self::TELL {
                    sqlx::query(tell).execute(&mut *work).await?;
                }
                work.commit().await?;
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
                Self::keep(&mut work, &digest, catalog.json).await?;
                // What is only exported does not stand in the catalog, so it is compared by itself.
                let kept = self.exports(name, &mut *work).await?;
                if !same_exports(&kept, catalog.exported) {
                    sqlx::query("DELETE FROM exported WHERE certname = $1")
                        .bind(name)
                        .execute(&mut *work)
                        .await?;
                    for (position, resource) in catalog.exported.iter().enumerate() {
                        sqlx::query(
                            "INSERT INTO exported (certname, position, type_name, title, body) \
                             VALUES ($1, $2, $3, $4, $5)",
                        )
                        .bind(name)
                        .bind(position as i64)
                        .bind(&resource.type_name)
                        .bind(&resource.title)
                        .bind(&resource.json)
                        .execute(&mut *work)
                        .await?;
                    }
                }
                sqlx::query(
                    "INSERT INTO nodes (certname, environment, catalog_digest, catalog_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (certname) DO UPDATE SET \
                     environment = excluded.environment, \
                     catalog_digest = excluded.catalog_digest, \
                     catalog_at = excluded.catalog_at, deactivated_at = NULL",
                )
                .bind(name)
                .bind(catalog.environment)
                .bind(&digest)
                .bind(catalog.at)
                .execute(&mut *work)
                .await?;
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
                if let Some(tell) = Self::TELL {
                    sqlx::query(tell).execute(&mut *work).await?;
                }
                work.commit().await?;
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

store!(SqliteStore, sqlx::Sqlite, SqliteRow);
store!(PostgresStore, sqlx::Postgres, PgRow);
