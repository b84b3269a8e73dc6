//! The authority against requests that Puppet's own agent and OpenSSL made, and against our own.

mod authority;
mod backup;
mod request;

use std::{path::Path, sync::Arc};

use ficelle_ca::{
    Authority, KeyType,
    authority::{AuthorityFiles, Policy},
    keys,
    registry::MemoryRegistry,
};
use ficelle_model::Certname;
use jiff::Timestamp;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

const PUPPET_ATTRIBUTES: &str = include_str!("fixtures/puppet-attributes.pem");
const ELLIPTIC_ALT_NAMES: &str = include_str!("fixtures/elliptic-alt-names.pem");

fn name(text: &str) -> Certname {
    Certname::parse(text).expect("tests use valid names")
}

/// 2026-01-01, a Thursday.
fn clock() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a valid time")
}

fn key() -> KeyPair {
    keys::generate(KeyType::P256).expect("the system has randomness")
}

fn request(common_name: &str, alt_names: &[&str], key: &KeyPair) -> String {
    let names: Vec<String> = alt_names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("valid alternative names");
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params
        .serialize_request(key)
        .expect("a request")
        .pem()
        .expect("its PEM")
}

fn files(directory: &Path) -> AuthorityFiles {
    AuthorityFiles {
        key: directory.join("ca/ca_key.pem"),
        certificate: directory.join("ca/ca_crt.pem"),
        common_name: "Puppet CA: control.example.org".to_owned(),
        key_type: KeyType::P256,
    }
}

async fn open(directory: &Path, policy: Policy) -> (Authority, Arc<MemoryRegistry>) {
    let registry = Arc::new(MemoryRegistry::default());
    let authority =
        Authority::open(&files(directory), Arc::clone(&registry) as _, policy, clock).await;
    (authority.expect("a new authority"), registry)
}
