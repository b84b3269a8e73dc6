//! What can go wrong with the store.

use thiserror::Error;

/// Why the store did not answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL names no engine that is known.
    #[error("cannot open the store {0:?}: give sqlite:PATH or postgres://USER@HOST/DATABASE")]
    Url(String),
    /// The database refused or was not there.
    #[error("the store failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database was made by a newer version.
    #[error(
        "the store has schema version {found}, this program knows {known}: install the newer \
             version"
    )]
    Newer {
        /// What stands in the database.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// What stands in the database cannot be read.
    #[error("the store holds something that cannot be read ({what}): {reason}")]
    Corrupt {
        /// Which record.
        what: String,
        /// Why.
        reason: String,
    },
}
