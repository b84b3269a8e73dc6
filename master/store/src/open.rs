//! Opening a store by its URL.

use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions as _,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Store, StoreError,
    queries::{PostgresStore, SqliteStore},
    schema,
};

/// How often SQLite is asked whether another process wrote: its only way to tell.
pub(crate) const POLL: Duration = Duration::from_millis(200);

/// Opens `sqlite:PATH` (made where it is missing) or `postgres://…`, and brings its schema up to
/// date.
///
/// # Errors
/// The URL is of neither kind, the database cannot be opened, or it is of a newer version.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        return Ok(Arc::new(open_sqlite(path).await?));
    }
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(StoreError::Url(url.to_owned()));
    }
    let options = PgConnectOptions::from_str(url)?;
    let pool = PgPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen("ficelle").await?;
    let store = PostgresStore::new(pool, tokio::sync::Mutex::new(listener));
    store.migrate(schema::POSTGRES).await?;
    Ok(Arc::new(store))
}

/// Opens an SQLite file.
///
/// # Errors
/// As [`open`].
pub async fn open_sqlite(path: &str) -> Result<SqliteStore, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // WAL with FULL: a certificate that was handed out is still known after a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(20))
        .foreign_keys(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(Duration::from_secs(30))
        // A file does not hang up.
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await?;
    let reader = options.connect().await?;
    let watcher = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    let store = SqliteStore::new(pool, reader, watcher);
    store.migrate(schema::SQLITE).await?;
    Ok(store)
}
