//! One story of a master's life, told to both engines.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod postgres;
mod story;

use ficelle_store::{StoreError, open};

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    story::tell(&url).await;
}

#[tokio::test]
async fn postgresql() {
    let Some(server) = postgres::Server::start() else {
        eprintln!("left out: PostgreSQL's programs are not installed (Debian: postgresql)");
        return;
    };
    story::tell(&server.url()).await;
}

#[tokio::test]
async fn an_unknown_url_is_refused() {
    let Err(error) = open("mysql://x").await else {
        panic!("it was opened")
    };
    assert!(matches!(error, StoreError::Url(_)), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let url = format!("sqlite:{}", path.display());
    drop(open(&url).await.unwrap());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("INSERT INTO schema_version VALUES (99)")
        .execute(&pool)
        .await
        .unwrap();
    let Err(error) = open(&url).await else {
        panic!("it was opened")
    };
    assert!(
        matches!(error, StoreError::Newer { found: 99, .. }),
        "{error}"
    );
}
