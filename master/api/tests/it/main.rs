//! The endpoints over real TLS, as agents see them.

mod authority;
mod classification;
mod denials;
mod files;
mod limits;
mod master;
mod nodes;
mod revocation;

use master::{Client, Master, request};
