//! From nothing to a session, against an authority that signs late.

use std::{
    os::unix::fs::PermissionsExt as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_model::{
    Certname,
    report::{Journal, Memory},
};
use ficelle_transport::{
    Endpoint, Enrolment, KeyType, Places, Timeouts, TransportError, Wait, enrolment::Patience,
    fingerprint, tls::Revocation,
};

use super::server::{Authority, Days, Server, reply};

/// An authority that signs once it was asked for the certificate this many times.
fn authority_server(authority: &Arc<Authority>, refusals: usize) -> Server {
    let tls = authority.server("localhost", Days(-1, 30), None);
    let authority = Arc::clone(authority);
    let request = Mutex::new(None::<String>);
    let mut asked = 0;
    Server::start(
        tls,
        Box::new(move |seen| {
            let mut request = request.lock().expect("no panic");
            let mut words = seen.line.split(' ');
            match (words.next(), words.next()) {
                (Some("GET"), Some("/puppet-ca/v1/certificate/ca")) => {
                    reply(200, "text/plain", &authority.pem())
                }
                (Some("GET"), Some("/puppet-ca/v1/certificate_revocation_list/ca")) => {
                    reply(200, "text/plain", &authority.crl(&[]))
                }
                (Some("PUT"), Some("/puppet-ca/v1/certificate_request/node1")) => {
                    *request = Some(seen.body.clone());
                    reply(200, "text/plain", "")
                }
                (Some("GET"), Some("/puppet-ca/v1/certificate/node1")) => {
                    asked += 1;
                    match &*request {
                        Some(request) if asked > refusals => {
                            reply(200, "text/plain", &authority.sign(request, 7))
                        }
                        _ => reply(404, "text/plain", "Could not find certificate node1"),
                    }
                }
                _ => reply(500, "text/plain", "unexpected"),
            }
        }),
    )
}

fn places(directory: &Utf8Path) -> Places {
    Places {
        authority: directory.join("certs/ca.pem"),
        revocations: directory.join("crl.pem"),
        key: directory.join("private_keys/node1.pem"),
        certificate: directory.join("certs/node1.pem"),
        request: directory.join("certificate_requests/node1.pem"),
        attributes: directory.join("csr_attributes.yaml"),
        oids: directory.join("custom_trusted_oid_mapping.yaml"),
    }
}

struct Directory {
    _kept: tempfile::TempDir,
    path: Utf8PathBuf,
}

fn directory() -> Directory {
    let kept = tempfile::tempdir().expect("a directory");
    let path = Utf8PathBuf::from_path_buf(kept.path().to_owned()).expect("UTF-8");
    Directory { _kept: kept, path }
}

fn enrolment<'a>(path: &Utf8Path, port: u16, journal: &'a dyn Journal) -> Enrolment<'a> {
    Enrolment {
        certname: Certname::parse("node1").expect("a name"),
        authority: Endpoint::new("localhost", port),
        places: places(path),
        key_type: KeyType::Ec,
        names: vec!["www".to_owned(), "IP:10.0.0.1".to_owned()],
        expected: None,
        revocation: Revocation::Chain,
        timeouts: Timeouts::default(),
        journal,
    }
}

/// Waits no time, and at most so often.
struct Waits(Mutex<usize>);

impl Wait for Waits {
    fn wait(&self, _time: Duration) -> bool {
        let mut left = self.0.lock().expect("no panic");
        let more = *left > 0;
        *left = left.saturating_sub(1);
        more
    }
}

const PATIENT: Patience = Patience {
    every: Some(Duration::from_secs(1)),
    at_most: None,
};

#[test]
fn goes_on_once_it_is_signed_and_keeps_everything() {
    let authority = Arc::new(Authority::new());
    let server = authority_server(&authority, 2);
    let home = directory();
    std::fs::create_dir_all(&home.path).expect("made");
    let journal = Memory::default();
    let enrolment = enrolment(&home.path, server.port, &journal);
    let session = enrolment
        .run(PATIENT, &Waits(Mutex::new(5)))
        .expect("it is signed at last");
    assert_eq!(session.identity().certname.as_str(), "node1");

    let key = std::fs::metadata(&enrolment.places.key).expect("kept");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let said: Vec<_> = journal
        .logs()
        .iter()
        .map(|log| log.message.to_string())
        .collect();
    let shown = fingerprint(&authority.der());
    assert!(said.iter().any(|line| line.contains(&shown)), "{said:?}");
    assert!(
        said.iter()
            .any(|line| line.contains("master cert sign node1"))
    );
    assert!(
        said.iter()
            .any(|line| line.starts_with("Certificate Request fingerprint (SHA256)"))
    );

    let before = server.seen().len();
    let again = enrolment
        .run(PATIENT, &Waits(Mutex::new(0)))
        .expect("it is known");
    assert_eq!(server.seen().len(), before, "nothing is asked twice");
    assert_eq!(
        again.identity().fingerprint(),
        session.identity().fingerprint()
    );
    assert_eq!(
        enrolment.fingerprint().expect("readable"),
        Some(session.identity().fingerprint())
    );
}

#[test]
fn another_fingerprint_ends_it_before_anything_is_sent() {
    let authority = Arc::new(Authority::new());
    let server = authority_server(&authority, 0);
    let home = directory();
    let journal = Memory::default();
    let mut enrolment = enrolment(&home.path, server.port, &journal);
    enrolment.expected = Some("AA:BB".to_owned());
    let error = enrolment
        .run(PATIENT, &Waits(Mutex::new(0)))
        .expect_err("it is another");
    assert!(
        error.to_string().contains("did not match expected digest"),
        "{error}"
    );
    assert_eq!(server.seen().len(), 1, "{:?}", server.seen());
    assert!(!enrolment.places.authority.exists());
    assert!(!enrolment.places.key.exists());

    enrolment.expected = Some(fingerprint(&authority.der()).to_lowercase());
    enrolment
        .run(PATIENT, &Waits(Mutex::new(0)))
        .expect("this is the one");
}

#[test]
fn without_patience_it_says_what_to_do() {
    let authority = Arc::new(Authority::new());
    let server = authority_server(&authority, 9);
    let home = directory();
    let journal = Memory::default();
    let enrolment = enrolment(&home.path, server.port, &journal);
    let once = Patience {
        every: None,
        at_most: None,
    };
    let error = enrolment
        .run(once, &Waits(Mutex::new(9)))
        .expect_err("it is not signed");
    assert!(matches!(error, TransportError::NotSigned(_)));
    assert!(
        error
            .to_string()
            .contains("waitforcert setting is set to 0")
    );
    let error = enrolment
        .run(PATIENT, &Waits(Mutex::new(0)))
        .expect_err("it is stopped");
    assert!(matches!(error, TransportError::Stopped));
    let requests = server.seen();
    let requests: Vec<_> = requests
        .iter()
        .filter(|seen| seen.line.starts_with("PUT"))
        .collect();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        requests[0].body, requests[1].body,
        "one fingerprint to compare"
    );
}

#[test]
fn a_request_carries_names_and_extensions() {
    let authority = Arc::new(Authority::new());
    let server = authority_server(&authority, 0);
    let home = directory();
    std::fs::create_dir_all(&home.path).expect("made");
    let journal = Memory::default();
    let enrolment = enrolment(&home.path, server.port, &journal);
    let yaml =
        "custom_attributes:\n  challengePassword: s3cret\nextension_requests:\n  pp_role: web\n";
    ficelle_model::atomic::replace(
        enrolment.places.attributes.as_std_path(),
        yaml.as_bytes(),
        0o600,
    )
    .expect("written");
    // The authority of these tests cannot read such extensions; the request is kept before that.
    let _ = enrolment.run(PATIENT, &Waits(Mutex::new(0)));
    let request = std::fs::read_to_string(&enrolment.places.request).expect("kept");
    let der = pem::parse(request).expect("PEM");
    use x509_parser::prelude::FromDer as _;
    let (_, request) =
        x509_parser::certification_request::X509CertificationRequest::from_der(der.contents())
            .expect("a request");
    request.verify_signature().expect("signed by its own key");
    let role: &[u8] = b"\x0c\x03web";
    let text = String::from_utf8_lossy(der.contents()).into_owned();
    assert!(
        der.contents()
            .windows(role.len())
            .any(|window| window == role)
    );
    for name in ["www", "node1", "s3cret"] {
        assert!(text.contains(name), "{name}");
    }
}
