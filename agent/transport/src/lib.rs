//! How the agent talks to a master: enrolment, mutual TLS, and the requests of Puppet's HTTP API
//! (v3 and the authority's v1). Nothing else in the agent opens a connection.

pub mod api;
pub mod client;
pub mod endpoint;
pub mod enrolment;
pub mod error;
pub mod identity;
mod lines;
pub mod tls;
pub mod web;

pub use client::{Answer, Client, Timeouts};
pub use endpoint::Endpoint;
pub use enrolment::{Enrolment, Session, Wait};
pub use error::{CertificateFault, TransportError};
pub use identity::{Identity, KeyType, Places};
pub use lines::fingerprint;
