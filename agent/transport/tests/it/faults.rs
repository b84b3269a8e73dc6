//! Each way in which a master can fail has its own error, and its own words.

use std::{net::TcpListener, time::Duration};

use ficelle_model::Certname;
use ficelle_transport::{
    CertificateFault, Client, Endpoint, Identity, Timeouts, TransportError, client::Request, tls,
};

use super::server::{Authority, Days, SERVER_SERIAL, Server, reply};

const NOW: Days = Days(-1, 30);

fn timeouts() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(5),
        read: Duration::from_millis(300),
    }
}

/// What a client of `authority` says about a server.
fn ask(authority: &Authority, revoked: &[u64], port: u16, host: &str) -> TransportError {
    let crl = authority.crl(revoked);
    let tls = tls::verified(&authority.pem(), Some(&crl), tls::Revocation::Chain, None)
        .expect("a configuration");
    let client = Client::new(Endpoint::new(host, port), tls, timeouts()).expect("a client");
    client
        .ask(Request::get("/x").limit(1000))
        .expect_err("it must fail")
}

fn serving(authority: &Authority, name: &str, days: Days, answer: Vec<u8>) -> Server {
    let tls = authority.server(name, days, None);
    Server::start(tls, Box::new(move |_| answer.clone()))
}

fn server_fault(error: &TransportError) -> &CertificateFault {
    match error {
        TransportError::ServerCertificate { fault, .. } => fault,
        other => panic!("{other}"),
    }
}

#[test]
fn a_master_that_is_away() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let error = ask(&Authority::new(), &[], port, "localhost");
    assert!(matches!(error, TransportError::Unreachable { .. }));
    assert!(
        error.to_string().contains("is the master running"),
        "{error}"
    );
}

#[test]
fn a_master_that_is_slow() {
    let authority = Authority::new();
    // The headers promise a body that never comes, on a connection that stays open.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let error = ask(&authority, &[], port, "localhost");
    assert!(
        matches!(
            error,
            TransportError::Unreachable { .. } | TransportError::Slow { .. }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("seconds"), "{error}");
    drop(listener);
}

#[test]
fn an_answer_that_is_cut_off() {
    let authority = Authority::new();
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec();
    let server = serving(&authority, "localhost", NOW, half);
    let error = ask(&authority, &[], server.port, "localhost");
    assert!(matches!(error, TransportError::CutOff { .. }), "{error:?}");
}

#[test]
fn an_answer_that_is_too_large() {
    let authority = Authority::new();
    let large = reply(200, "text/plain", &"x".repeat(1001));
    let server = serving(&authority, "localhost", NOW, large);
    let error = ask(&authority, &[], server.port, "localhost");
    assert!(
        matches!(error, TransportError::TooLarge { .. }),
        "{error:?}"
    );
}

#[test]
fn what_the_master_says_is_passed_on() {
    let authority = Authority::new();
    let json = r#"{"message":"Server Error: Syntax error at '}'","issue_kind":"RUNTIME_ERROR"}"#;
    let server = serving(
        &authority,
        "localhost",
        NOW,
        reply(500, "application/json", json),
    );
    let error = ask(&authority, &[], server.port, "localhost");
    assert_eq!(
        error.to_string(),
        "Error 500 on SERVER: Server Error: Syntax error at '}'"
    );
}

#[test]
fn certificates_that_cannot_be_trusted() {
    let authority = Authority::new();
    let fine = || reply(200, "text/plain", "");
    let expired = serving(&authority, "localhost", Days(-10, -1), fine());
    let error = ask(&authority, &[], expired.port, "localhost");
    assert_eq!(server_fault(&error), &CertificateFault::Expired);
    assert!(error.to_string().contains("verify time is synchronized"));

    let early = serving(&authority, "localhost", Days(1, 30), fine());
    let error = ask(&authority, &[], early.port, "localhost");
    assert_eq!(server_fault(&error), &CertificateFault::NotYetValid);

    let other = serving(&authority, "control", NOW, fine());
    let error = ask(&authority, &[], other.port, "localhost");
    assert_eq!(server_fault(&error), &CertificateFault::WrongName);
    assert!(
        error
            .to_string()
            .contains("did not match server certificate")
    );

    let revoked = serving(&authority, "localhost", NOW, fine());
    let error = ask(&authority, &[SERVER_SERIAL], revoked.port, "localhost");
    assert_eq!(server_fault(&error), &CertificateFault::Revoked);

    let stranger = serving(&Authority::new(), "localhost", NOW, fine());
    let error = ask(&authority, &[], stranger.port, "localhost");
    assert_eq!(server_fault(&error), &CertificateFault::UnknownIssuer);
}

#[test]
fn our_own_certificate_refused() {
    let authority = Authority::new();
    let (key, certificate) = authority.issue("node1", 7, NOW);
    let tls = authority.server("localhost", NOW, Some(&[7]));
    let server = Server::start(tls, Box::new(|_| reply(200, "text/plain", "")));
    let certname = Certname::parse("node1").expect("a name");
    Identity::new(&certname, &key, &certificate).expect("they fit together");
    let client = {
        use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
        let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).expect("PEM")];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("PEM");
        let tls = tls::verified(
            &authority.pem(),
            None,
            tls::Revocation::Ignore,
            Some((chain, key)),
        );
        let endpoint = Endpoint::new("localhost", server.port);
        Client::new(endpoint, tls.expect("a configuration"), timeouts()).expect("a client")
    };
    let error = client.ask(Request::get("/x")).expect_err("it is revoked");
    match error {
        TransportError::OwnCertificate { fault, .. } => {
            assert_eq!(fault, CertificateFault::Revoked);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_of_another_certificate() {
    let authority = Authority::new();
    let (_, certificate) = authority.issue("node1", 7, NOW);
    let (key, _) = authority.issue("node1", 8, NOW);
    let certname = Certname::parse("node1").expect("a name");
    let error = Identity::new(&certname, &key, &certificate).expect_err("they do not fit");
    assert!(error.to_string().contains("does not match its private key"));
    assert!(error.to_string().contains("master cert clean node1"));
}
