//! Migrations: applied in order, once, each in a transaction of its own.

/// The migrations of one engine; the index plus one is the version that each leads to.
pub(crate) type Migrations = &'static [&'static str];

pub(crate) const SQLITE: Migrations = &[include_str!("../migrations/sqlite/0001_initial.sql")];
pub(crate) const POSTGRES: Migrations = &[include_str!("../migrations/postgres/0001_initial.sql")];
