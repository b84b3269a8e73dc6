//! What is read from a request, and what is refused.

use ficelle_ca::{Request, RequestError, request::AltName};

use crate::{ELLIPTIC_ALT_NAMES, PUPPET_ATTRIBUTES, key, name, request};

#[test]
fn puppets_extensions_and_password_are_read() {
    let request = Request::parse(PUPPET_ATTRIBUTES, &name("web1.example.org")).expect("valid");
    let extensions: Vec<_> = request
        .extensions
        .iter()
        .map(|asked| (asked.name(), asked.text()))
        .collect();
    assert_eq!(
        extensions,
        [
            ("pp_role", "webserver".to_owned()),
            ("pp_uuid", "ED803750-E3C7-44F5-BB08-41A04433FE2E".to_owned()),
            ("1.3.6.1.4.1.34380.1.2.1", "private".to_owned()),
        ]
    );
    assert_eq!(request.challenge_password.as_deref(), Some("open sesame"));
    assert_eq!(request.alt_names, []);
}

#[test]
fn elliptic_keys_and_other_names_are_read() {
    let request = Request::parse(ELLIPTIC_ALT_NAMES, &name("web2.example.org")).expect("valid");
    assert_eq!(
        request.alt_names,
        [
            AltName::Dns("www.example.org".to_owned()),
            AltName::Ip([192, 0, 2, 7].into()),
        ]
    );
}

#[test]
fn a_request_for_another_name_is_refused() {
    let refused = Request::parse(PUPPET_ATTRIBUTES, &name("control")).expect_err("not its name");
    assert_eq!(
        refused.to_string(),
        "Instance name \"web1.example.org\" does not match requested key \"control\""
    );
}

#[test]
fn capitals_in_the_subject_are_refused() {
    let refused = Request::parse(&request("WEB1", &[], &key()), &name("web1"));
    assert!(
        matches!(refused, Err(RequestError::Name { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_changed_request_is_refused() {
    let pem = request("web1", &[], &key());
    let block = pem::parse(&pem).expect("PEM");
    let mut der = block.contents().to_vec();
    let at = der
        .windows(4)
        .position(|bytes| bytes == b"web1")
        .expect("the name stands in it");
    der[at + 3] = b'2';
    let changed = pem::encode(&pem::Pem::new("CERTIFICATE REQUEST", der));
    assert_eq!(
        Request::parse(&changed, &name("web2")),
        Err(RequestError::Signature)
    );
}

#[test]
fn wildcards_are_refused() {
    let refused = Request::parse(&request("web1", &["*.example.org"], &key()), &name("web1"));
    assert!(
        matches!(refused, Err(RequestError::Extensions(_))),
        "{refused:?}"
    );
}

#[test]
fn garbage_is_refused_without_a_panic() {
    let cut = &PUPPET_ATTRIBUTES[..PUPPET_ATTRIBUTES.len() / 2];
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let empty = "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n";
    let long = "x".repeat(70_000);
    for garbage in ["", "garbage", cut, certificate, empty, &long] {
        let refused = Request::parse(garbage, &name("web1"));
        assert!(
            matches!(refused, Err(RequestError::Malformed(_))),
            "{refused:?}"
        );
    }
}
