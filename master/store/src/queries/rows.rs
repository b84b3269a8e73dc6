//! What the queries share: what a row says, and what is written in several of them.

use ficelle_model::Certname;
use sqlx::{Row, postgres::PgRow, sqlite::SqliteRow};

use super::{PostgresStore, SqliteStore};
use crate::{
    Certificate, ExportedResource, Millis, NewCatalog, NodeRecord, ReportSummary, Request,
    StoreError, Stored, content, kept::Kept, schema::Migrations,
};

macro_rules! rows {
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

            pub(super) fn request_of(row: &$row) -> Result<Request, StoreError> {
                Ok(Request {
                    certname: Self::certname_of(row)?,
                    pem: row.try_get("pem")?,
                    fingerprint: row.try_get("fingerprint")?,
                    created_at: row.try_get("created_at")?,
                })
            }

            pub(super) fn certificate_of(row: &$row) -> Result<Certificate, StoreError> {
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

            pub(super) fn report_of(row: &$row) -> Result<ReportSummary, StoreError> {
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

            pub(super) fn node_of(row: &$row) -> Result<NodeRecord, StoreError> {
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

            pub(super) fn certname_of(row: &$row) -> Result<Certname, StoreError> {
                let name: String = row.try_get("certname")?;
                Certname::parse(&name).map_err(|error| corrupt("certname", error))
            }

            pub(super) fn stored_of(row: &$row, what: &str) -> Result<Stored, StoreError> {
                let body: Vec<u8> = row.try_get("body")?;
                Ok(Stored {
                    json: content::unpack(what, &body)?,
                    digest: row.try_get("digest")?,
                    environment: row.try_get::<Option<String>, _>("environment")?.unwrap_or_default(),
                    at: row.try_get("at")?,
                })
            }

            /// Commits, and wakes who waits for the authority's changes.
            pub(super) async fn commit_and_tell(
                mut work: sqlx::Transaction<'_, $database>,
            ) -> Result<(), StoreError> {
                if let Some(tell) = Self::TELL {
                    sqlx::query(tell).execute(&mut *work).await?;
                }
                work.commit().await?;
                Ok(())
            }

            /// Keeps a body under its digest, once.
            pub(super) async fn keep(
                work: &mut sqlx::Transaction<'_, $database>,
                digest: &str,
                json: &[&[u8]],
            ) -> Result<(), StoreError> {
                let known: Option<String> = sqlx::query_scalar(Self::KNOWN)
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
            pub(super) async fn kept(&self, certname: &Certname) -> Result<Kept, StoreError> {
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
            pub(super) async fn keep_facts(
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

            /// Keeps a node's catalog; a deactivated node is active again.
            pub(super) async fn keep_catalog(
                work: &mut sqlx::Transaction<'_, $database>,
                catalog: &NewCatalog<'_>,
                digest: &str,
            ) -> Result<(), StoreError> {
                Self::keep(work, digest, catalog.json).await?;
                sqlx::query(
                    "INSERT INTO nodes (certname, environment, catalog_digest, catalog_at) \
                     VALUES ($1, $2, $3, $4) ON CONFLICT (certname) DO UPDATE SET \
                     environment = excluded.environment, \
                     catalog_digest = excluded.catalog_digest, \
                     catalog_at = excluded.catalog_at, deactivated_at = NULL",
                )
                .bind(catalog.certname.as_str())
                .bind(catalog.environment)
                .bind(digest)
                .bind(catalog.at)
                .execute(&mut **work)
                .await?;
                Ok(())
            }

            /// Keeps what a node exports, in place of what it did before.
            pub(super) async fn keep_exports(
                work: &mut sqlx::Transaction<'_, $database>,
                certname: &str,
                exported: &[ExportedResource],
            ) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM exported WHERE certname = $1")
                    .bind(certname)
                    .execute(&mut **work)
                    .await?;
                for (position, resource) in exported.iter().enumerate() {
                    sqlx::query(
                        "INSERT INTO exported (certname, position, type_name, title, body) \
                         VALUES ($1, $2, $3, $4, $5)",
                    )
                    .bind(certname)
                    .bind(position as i64)
                    .bind(&resource.type_name)
                    .bind(&resource.title)
                    .bind(&resource.json)
                    .execute(&mut **work)
                    .await?;
                }
                Ok(())
            }

            /// What a node exports: type, title and body, in order.
            pub(super) async fn exports(
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
        }
    };
}

rows!(SqliteStore, sqlx::Sqlite, SqliteRow);
rows!(PostgresStore, sqlx::Postgres, PgRow);

fn corrupt(what: &str, reason: impl ToString) -> StoreError {
    StoreError::Corrupt {
        what: what.to_owned(),
        reason: reason.to_string(),
    }
}
