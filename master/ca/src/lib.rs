//! The certificate authority: who may call themselves what.
//!
//! A request comes in ([`request`]), somebody or a policy decides ([`autosign`]), the authority
//! signs ([`issue`]), and what it did stands in a [`registry`] that several masters can share. Keys
//! are files and never leave their host. [`verifier`] is what the TLS server asks at every
//! handshake, so that a revocation acts at once.

pub mod authority;
pub mod autosign;
pub mod backup;
pub mod certificate;
pub mod extension;
pub mod fingerprint;
pub mod issue;
pub mod keys;
pub mod registry;
pub mod request;
pub mod serial;
pub mod verifier;

pub use authority::{Authority, AuthorityError, Submission};
pub use autosign::Autosign;
pub use certificate::{Certificate, CertificateError};
pub use issue::{IssueError, Issuer};
pub use keys::{KeyError, KeyType};
pub use registry::Registry;
pub use request::{Request, RequestError};
pub use serial::Serial;
pub use verifier::{ClientVerifier, Revocations};
