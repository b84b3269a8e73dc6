//! What the authority refuses, and why.

use std::{io, path::PathBuf};

use ficelle_model::Certname;
use thiserror::Error;

use crate::{
    certificate::CertificateError, issue::IssueError, keys::KeyError, registry::RegistryError,
    request::RequestError,
};

/// Why the authority did not do what it was asked.
#[derive(Debug, Error)]
pub enum AuthorityError {
    /// The request itself is wrong.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The name holds a certificate for another key.
    #[error(
        "{0} already has a signed certificate; ignoring certificate request. If the node lost its \
         key, run `master cert clean {0}` on the master first"
    )]
    Signed(Certname),
    /// The name has a request with another key.
    #[error(
        "{0} already has a requested certificate; ignoring certificate request. If the node lost \
         its key, run `master cert clean {0}` on the master first"
    )]
    Requested(Certname),
    /// More requests wait than anybody will look at: somebody floods us.
    #[error(
        "{0} certificate requests are waiting, no more are taken; sign them or drop them with \
         `master cert clean NAME`"
    )]
    Full(usize),
    /// The authority's own certificate is asked for under this name.
    #[error("no node can have the name {0}: it stands for the certificate authority")]
    Reserved(Certname),
    /// No request waits under this name.
    #[error("Could not find certificate request for {0}")]
    NoRequest(Certname),
    /// No certificate stands under this name.
    #[error("Could not find a certificate for {0}")]
    NoCertificate(Certname),
    /// The name was never heard of.
    #[error("Could not find a certificate or a request for {0}")]
    Unknown(Certname),
    /// The request asks for other names.
    #[error(
        "CSR '{name}' contains subject alternative names ({alt_names}), which are disallowed. Use \
         `master cert sign --allow-dns-alt-names {name}` to sign this request"
    )]
    AltNames {
        /// Who asks.
        name: Certname,
        /// For what.
        alt_names: String,
    },
    /// The request asks for rights.
    #[error(
        "CSR '{name}' contains authorization extensions ({extensions}), which are disallowed. Set \
         allow_authorization_extensions to sign such requests"
    )]
    Authorization {
        /// Who asks.
        name: Certname,
        /// For what.
        extensions: String,
    },
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Signing.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A file.
    #[error("cannot read or write {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
