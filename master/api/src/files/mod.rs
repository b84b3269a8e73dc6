//! `/puppet/v3/file_*`: files that catalogs and agents ask for, and backups that agents send.

pub mod bucket;
pub mod checksum;
pub mod content;
pub mod metadata;
mod mounts;
mod pattern;
mod tree;

pub use checksum::{ChecksumType, Checksums};
pub use mounts::{MountError, Mounts};
