//! PEM and fingerprints: how certificates are read, shown and compared.

use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, pem::PemObject as _};
use sha2::{Digest as _, Sha256};

/// The certificates of a bundle; empty where it holds none that can be read.
pub(crate) fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .filter_map(Result::ok)
        .collect()
}

/// The revocation lists of a bundle.
pub(crate) fn revocation_lists(pem: &str) -> Vec<CertificateRevocationListDer<'static>> {
    CertificateRevocationListDer::pem_slice_iter(pem.as_bytes())
        .filter_map(Result::ok)
        .collect()
}

/// SHA-256, upper case, with colons.
pub fn fingerprint(der: &[u8]) -> String {
    let digest = Sha256::digest(der);
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// A fingerprint without colons, spaces and case, to compare what people paste.
pub(crate) fn bare(fingerprint: &str) -> String {
    let hex = fingerprint.rsplit(['=', ')']).next().unwrap_or_default();
    hex.chars()
        .filter(char::is_ascii_hexdigit)
        .map(|digit| digit.to_ascii_lowercase())
        .collect()
}
