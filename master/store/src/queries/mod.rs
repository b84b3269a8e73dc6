//! The queries. Both engines understand every one of them as it stands (`$1`, `ON CONFLICT`,
//! `RETURNING`), but sqlx's types for the two share no trait that could carry them: a macro writes
//! the implementation out for each.

mod rows;
mod store;

use std::ops::DerefMut;

use sqlx::{PgConnection, PgPool, SqliteConnection, SqlitePool, postgres::PgListener};

use crate::{StoreError, open::POLL};

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

    /// Whether a body is kept.
    const KNOWN: &str = "SELECT digest FROM contents WHERE digest = $1";

    /// Whoever writes is alone.
    const ALONE: Option<&str> = None;

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

    /// Whether a body is kept, and will be until the transaction that is about to refer to it ends.
    const KNOWN: &str = "SELECT digest FROM contents WHERE digest = $1 FOR KEY SHARE";

    /// Before bodies are dropped to which nothing refers: nobody is about to.
    const ALONE: Option<&str> = Some("LOCK TABLE contents IN EXCLUSIVE MODE");

    async fn wait(&self) -> Result<(), StoreError> {
        self.listener.lock().await.recv().await?;
        Ok(())
    }
}
