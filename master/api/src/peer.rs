//! Who is at the other end of a connection, as its certificate says.

use std::{net::SocketAddr, sync::Arc};

use ficelle_ca::Certificate;
use ficelle_model::Certname;

/// The other end of a connection. Its certificate, where there is one, was verified.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its verified certificate.
    pub certificate: Option<Arc<Certificate>>,
    /// Where it comes from.
    pub address: SocketAddr,
}

impl Peer {
    /// Its certname, if it has shown a certificate.
    pub fn name(&self) -> Option<&Certname> {
        self.certificate
            .as_deref()
            .map(|certificate| &certificate.name)
    }

    /// Whether its certificate gives it the authority's rights, as Puppet's command line has them.
    pub fn is_administrator(&self) -> bool {
        let mut held = self
            .certificate
            .iter()
            .flat_map(|certificate| &certificate.extensions);
        held.any(|extension| extension.name() == "pp_cli_auth" && extension.text() == "true")
    }
}
