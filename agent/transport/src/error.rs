//! What can go wrong between an agent and its master, told apart so that the message can say what
//! to look at: the network, the master, its certificate, ours, or the clock.

use std::{error::Error, io, time::Duration};

use rustls::{AlertDescription, CertificateError};
use thiserror::Error;

use crate::endpoint::Endpoint;

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It was revoked.
    Revoked,
    /// Our authority did not sign it.
    UnknownIssuer,
    /// It is for other names.
    WrongName,
    /// No list of revocations tells of it.
    UnknownRevocation,
    /// Anything else.
    Other(String),
}

/// Why a request brought no answer.
#[derive(Debug, Error)]
pub enum TransportError {
    /// No connection came about.
    #[error("cannot reach {endpoint}: {detail}")]
    Unreachable {
        /// Where.
        endpoint: Endpoint,
        /// Why.
        detail: String,
    },
    /// The master took too long.
    #[error(
        "request to {url} timed out after {} seconds: the master is slow or overloaded",
        .waited.as_secs()
    )]
    Slow {
        /// What was asked for.
        url: String,
        /// How long we waited.
        waited: Duration,
    },
    /// The connection ended in the middle.
    #[error("the answer to {url} was cut off: {detail}")]
    CutOff {
        /// What was asked for.
        url: String,
        /// What came before.
        detail: String,
    },
    /// The master's certificate cannot be trusted.
    #[error("certificate verify failed for {endpoint}: {}", explain(.fault, .endpoint))]
    ServerCertificate {
        /// The master.
        endpoint: Endpoint,
        /// Why.
        fault: CertificateFault,
    },
    /// The master does not take our certificate.
    #[error("{endpoint} refused this node's certificate: {}", explain_own(.fault))]
    OwnCertificate {
        /// The master.
        endpoint: Endpoint,
        /// Why.
        fault: CertificateFault,
    },
    /// TLS failed in another way.
    #[error("TLS with {endpoint} failed: {detail}")]
    Tls {
        /// The master.
        endpoint: Endpoint,
        /// Why.
        detail: String,
    },
    /// The master answered with an error.
    #[error("Error {status} on SERVER: {message}")]
    Status {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What the master says.
        message: String,
    },
    /// The answer is larger than it may be.
    #[error("the answer to {url} is larger than {limit} bytes and was not read")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The limit.
        limit: usize,
    },
    /// The answer is not what was asked for.
    #[error("cannot read the answer to {url}: {detail}")]
    Body {
        /// What was asked for.
        url: String,
        /// Why.
        detail: String,
    },
    /// Something of this node's identity is wrong.
    #[error("{0}")]
    Identity(String),
    /// A file cannot be read or written.
    #[error("cannot {action} {path}: {source}")]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The certificate is not signed, and we were not to wait any longer.
    #[error("{0}")]
    NotSigned(String),
    /// The wait was ended from outside.
    #[error("stopped while waiting for the certificate to be signed")]
    Stopped,
}

impl TransportError {
    /// The HTTP status, where the master answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What reqwest reports, as one of ours.
    pub(crate) fn from_http(
        error: &reqwest::Error,
        endpoint: &Endpoint,
        url: &str,
        waited: Duration,
    ) -> Self {
        let endpoint = endpoint.clone();
        if let Some(tls) = tls_error(error) {
            return Self::from_tls(&tls, endpoint);
        }
        let detail = innermost(error);
        if error.is_connect() {
            let detail = if error.is_timeout() {
                format!(
                    "no connection after {} seconds (is the host up, does a firewall drop packets?)",
                    waited.as_secs()
                )
            } else if is_refused(error) {
                format!("{detail} (is the master running there?)")
            } else {
                detail
            };
            return Self::Unreachable { endpoint, detail };
        }
        let url = url.to_owned();
        if error.is_timeout() {
            return Self::Slow { url, waited };
        }
        Self::CutOff { url, detail }
    }

    fn from_tls(error: &rustls::Error, endpoint: Endpoint) -> Self {
        use AlertDescription as Alert;
        match error {
            rustls::Error::InvalidCertificate(certificate) => Self::ServerCertificate {
                endpoint,
                fault: fault(certificate),
            },
            rustls::Error::AlertReceived(alert) => {
                let fault = match alert {
                    Alert::CertificateExpired => CertificateFault::Expired,
                    Alert::CertificateRevoked => CertificateFault::Revoked,
                    Alert::UnknownCA => CertificateFault::UnknownIssuer,
                    Alert::BadCertificate
                    | Alert::UnsupportedCertificate
                    | Alert::CertificateUnknown
                    | Alert::CertificateRequired
                    | Alert::AccessDenied => CertificateFault::Other(format!("{alert:?}")),
                    other => {
                        let detail = format!("the master ended the handshake: {other:?}");
                        return Self::Tls { endpoint, detail };
                    }
                };
                Self::OwnCertificate { endpoint, fault }
            }
            other => Self::Tls {
                endpoint,
                detail: other.to_string(),
            },
        }
    }
}

fn fault(error: &CertificateError) -> CertificateFault {
    use CertificateError as Reason;
    match error {
        Reason::Expired | Reason::ExpiredContext { .. } => CertificateFault::Expired,
        Reason::NotValidYet | Reason::NotValidYetContext { .. } => CertificateFault::NotYetValid,
        Reason::Revoked => CertificateFault::Revoked,
        Reason::UnknownIssuer | Reason::BadSignature => CertificateFault::UnknownIssuer,
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        Reason::UnknownRevocationStatus => CertificateFault::UnknownRevocation,
        other => CertificateFault::Other(other.to_string()),
    }
}

fn explain(fault: &CertificateFault, endpoint: &Endpoint) -> String {
    match fault {
        CertificateFault::Expired => "certificate has expired, verify time is synchronized".into(),
        CertificateFault::NotYetValid => {
            "certificate is not yet valid, verify time is synchronized".into()
        }
        CertificateFault::Revoked => "certificate is revoked".into(),
        CertificateFault::UnknownIssuer => {
            "it was not signed by the authority that this node knows; if the authority was made \
             anew, remove localcacert and hostcrl from the ssldir and enrol again"
                .into()
        }
        CertificateFault::WrongName => format!(
            "Server hostname '{}' did not match server certificate; use one of its names, or give \
             the master this name in dns_alt_names",
            endpoint.host
        ),
        CertificateFault::UnknownRevocation => {
            "no revocation list of its issuer is known; remove hostcrl to fetch it again".into()
        }
        CertificateFault::Other(detail) => detail.clone(),
    }
}

fn explain_own(fault: &CertificateFault) -> String {
    match fault {
        CertificateFault::Expired => {
            "it has expired (or the clocks differ); remove it and enrol again".into()
        }
        CertificateFault::NotYetValid => "it is not yet valid: the clocks differ".into(),
        CertificateFault::Revoked => {
            "it was revoked; remove key and certificate and enrol again if that was not meant"
                .into()
        }
        CertificateFault::UnknownIssuer => {
            "it was signed by another authority; remove the ssldir's contents and enrol again"
                .into()
        }
        CertificateFault::WrongName | CertificateFault::UnknownRevocation => {
            "it does not fit".into()
        }
        CertificateFault::Other(detail) => detail.clone(),
    }
}

/// The TLS library's own error, which hides below IO errors.
fn tls_error(error: &(dyn Error + 'static)) -> Option<rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(tls.clone());
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(inner) = inner
            && let Some(tls) = tls_error(inner)
        {
            return Some(tls);
        }
        next = error.source();
    }
    None
}

fn is_refused(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused) {
            return true;
        }
        next = error.source();
    }
    false
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
