//! From request to certificate to revocation.

use std::{fs, os::unix::fs::PermissionsExt as _};

use ficelle_ca::{
    Authority, AuthorityError, Autosign, Certificate, KeyType, Submission,
    authority::{OwnFiles, Permission, Policy},
    registry::Registry as _,
    request::AltName,
};
use x509_parser::prelude::FromDer as _;

use crate::{ELLIPTIC_ALT_NAMES, PUPPET_ATTRIBUTES, clock, files, key, name, open, request};

#[tokio::test]
async fn the_authority_is_made_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let (first, registry) = open(directory.path(), Policy::default()).await;
    let mode = fs::metadata(directory.path().join("ca/ca_key.pem"))
        .expect("the key")
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let second =
        Authority::open(&files(directory.path()), registry, Policy::default(), clock).await;
    let second = second.expect("the same authority");
    assert_eq!(
        first.issuer().certificate_pem(),
        second.issuer().certificate_pem()
    );
}

#[tokio::test]
async fn a_request_waits_until_it_is_signed() {
    let directory = tempfile::tempdir().expect("a directory");
    let (authority, registry) = open(directory.path(), Policy::default()).await;
    let web = name("web1.example.org");
    let submitted = authority
        .submit(&web, PUPPET_ATTRIBUTES)
        .await
        .expect("accepted");
    assert_eq!(submitted, Submission::Waits);
    assert_eq!(authority.certificate(&web).await.expect("an answer"), None);

    let record = authority
        .sign(&web, Permission::Refuse, "command:root")
        .await
        .expect("signed");
    let certificate = Certificate::from_pem(&record.pem).expect("a certificate");
    assert_eq!(certificate.name, web);
    assert_eq!(certificate.serial.to_u64(), Some(1));
    assert_eq!(certificate.alt_names, ["DNS:web1.example.org"]);
    assert_eq!(certificate.not_before.to_string(), "2025-12-31T00:00:00Z");
    assert_eq!(certificate.not_after.to_string(), "2030-12-31T00:00:00Z");
    let extensions: Vec<_> = certificate
        .extensions
        .iter()
        .map(|held| held.name())
        .collect();
    assert_eq!(
        extensions,
        ["pp_role", "pp_uuid", "1.3.6.1.4.1.34380.1.2.1"]
    );
    assert_eq!(certificate.extensions[0].text(), "webserver");

    let again = authority
        .submit(&web, PUPPET_ATTRIBUTES)
        .await
        .expect("the same key");
    assert_eq!(again, Submission::Known);
    assert_eq!(authority.requests().await.expect("an answer"), []);
    let trail: Vec<_> = registry
        .trail()
        .into_iter()
        .map(|entry| format!("{} {} {}", entry.actor, entry.action, entry.name))
        .collect();
    assert_eq!(
        trail,
        [
            "wire submit web1.example.org",
            "command:root sign web1.example.org"
        ]
    );
}

#[tokio::test]
async fn another_key_under_a_known_name_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let (authority, _) = open(directory.path(), Policy::default()).await;
    let web = name("web1");
    let first = request("web1", &[], &key());
    authority.submit(&web, &first).await.expect("accepted");
    let other = request("web1", &[], &key());
    let refused = authority
        .submit(&web, &other)
        .await
        .expect_err("another key");
    assert!(matches!(refused, AuthorityError::Requested(_)), "{refused}");
    assert_eq!(
        authority.submit(&web, &first).await.expect("the same"),
        Submission::Waits
    );

    authority
        .sign(&web, Permission::Refuse, "command:root")
        .await
        .expect("signed");
    let refused = authority
        .submit(&web, &other)
        .await
        .expect_err("another key");
    assert!(matches!(refused, AuthorityError::Signed(_)), "{refused}");

    authority
        .clean(&web, "command:root")
        .await
        .expect("cleaned");
    assert_eq!(
        authority.submit(&web, &other).await.expect("free again"),
        Submission::Waits
    );
    let refused = authority
        .clean(&name("nobody"), "command:root")
        .await
        .expect_err("unknown");
    assert!(matches!(refused, AuthorityError::Unknown(_)), "{refused}");
}

#[tokio::test]
async fn other_names_need_the_operators_word() {
    let directory = tempfile::tempdir().expect("a directory");
    let policy = Policy {
        autosign: Autosign::Everyone,
        ..Policy::default()
    };
    let (authority, _) = open(directory.path(), policy).await;
    let web = name("web2.example.org");
    let submitted = authority
        .submit(&web, ELLIPTIC_ALT_NAMES)
        .await
        .expect("accepted");
    assert_eq!(
        submitted,
        Submission::Waits,
        "even where everybody is signed"
    );
    let refused = authority
        .sign(&web, Permission::Refuse, "command:root")
        .await;
    assert_eq!(
        refused.expect_err("other names").to_string(),
        "CSR 'web2.example.org' contains subject alternative names (DNS:www.example.org, \
         IP:192.0.2.7), which are disallowed. Use `master cert sign --allow-dns-alt-names \
         web2.example.org` to sign this request"
    );
    let record = authority
        .sign(&web, Permission::Allow, "command:root")
        .await
        .expect("signed");
    assert_eq!(
        Certificate::from_pem(&record.pem)
            .expect("a certificate")
            .alt_names,
        [
            "DNS:web2.example.org",
            "DNS:www.example.org",
            "IP:192.0.2.7"
        ]
    );
}

#[tokio::test]
async fn a_revocation_reaches_the_list_and_outlives_the_certificate() {
    let directory = tempfile::tempdir().expect("a directory");
    let policy = Policy {
        autosign: Autosign::Everyone,
        ..Policy::default()
    };
    let (authority, registry) = open(directory.path(), policy).await;
    let web = name("web1");
    let submitted = authority
        .submit(&web, &request("web1", &[], &key()))
        .await
        .expect("accepted");
    assert_eq!(submitted, Submission::Signed);
    let record = authority
        .certificate(&web)
        .await
        .expect("an answer")
        .expect("a certificate");
    assert!(!authority.revocations().contains(&record.serial));

    authority
        .clean(&web, "command:root")
        .await
        .expect("cleaned");
    assert!(authority.revocations().contains(&record.serial));
    assert_eq!(authority.certificate(&web).await.expect("an answer"), None);
    let (list, _) = authority.revocation_list();
    let list = pem::parse(list.as_bytes()).expect("PEM");
    let (_, list) =
        x509_parser::revocation_list::CertificateRevocationList::from_der(list.contents())
            .expect("a revocation list");
    let serials: Vec<_> = list
        .iter_revoked_certificates()
        .map(|entry| entry.serial().to_string())
        .collect();
    assert_eq!(serials, ["1"]);
    let (_, root) = x509_parser::parse_x509_certificate(authority.issuer().certificate())
        .expect("the authority's certificate");
    list.verify_signature(root.public_key())
        .expect("signed by the authority");

    // What another process revoked is taken in by a refresh.
    let other = name("web2");
    authority
        .submit(&other, &request("web2", &[], &key()))
        .await
        .expect("accepted");
    let record = authority
        .certificate(&other)
        .await
        .expect("an answer")
        .expect("a certificate");
    registry.revoke(&other, clock()).await.expect("kept");
    authority.refresh().await.expect("an answer");
    assert!(authority.revocations().contains(&record.serial));
}

#[tokio::test]
async fn a_policy_executable_decides() {
    let directory = tempfile::tempdir().expect("a directory");
    let policy_file = directory.path().join("policy");
    let script = "#!/bin/sh\n[ \"$1\" = web1 ] && grep -q 'BEGIN CERTIFICATE REQUEST'\n";
    ficelle_model::atomic::create(&policy_file, script.as_bytes(), 0o755).expect("written");
    let policy = Policy {
        autosign: Autosign::File(policy_file),
        ..Policy::default()
    };
    let (authority, _) = open(directory.path(), policy).await;
    let submitted = authority
        .submit(&name("web1"), &request("web1", &[], &key()))
        .await;
    assert_eq!(submitted.expect("accepted"), Submission::Signed);
    let submitted = authority
        .submit(&name("web2"), &request("web2", &[], &key()))
        .await;
    assert_eq!(submitted.expect("accepted"), Submission::Waits);
}

#[tokio::test]
async fn the_masters_certificate_is_kept_until_it_lacks_a_name() {
    let directory = tempfile::tempdir().expect("a directory");
    let (authority, _) = open(directory.path(), Policy::default()).await;
    let control = name("control");
    let own = OwnFiles {
        key: directory.path().join("private_keys/control.pem"),
        certificate: directory.path().join("certs/control.pem"),
    };
    let puppet = [AltName::Dns("puppet".to_owned())];
    let issue = async |names: &[AltName]| {
        authority
            .own_certificate(&control, names, &own, KeyType::P256, "serve")
            .await
            .expect("a certificate")
            .certificate_pem
    };
    let first = issue(&puppet).await;
    assert_eq!(first, issue(&puppet).await);
    let both = [
        AltName::Dns("puppet".to_owned()),
        AltName::Dns("control.lan".to_owned()),
    ];
    let second = issue(&both).await;
    assert_ne!(first, second);
    let second = Certificate::from_pem(&second).expect("a certificate");
    assert_eq!(
        second.alt_names,
        ["DNS:control", "DNS:puppet", "DNS:control.lan"]
    );
    authority
        .revoke(&control, "command:root")
        .await
        .expect("revoked");
    assert_ne!(
        issue(&both).await,
        first,
        "a revoked certificate is not used again"
    );
}

#[tokio::test]
async fn a_renewed_certificate_keeps_key_and_extensions() {
    let directory = tempfile::tempdir().expect("a directory");
    let (authority, _) = open(directory.path(), Policy::default()).await;
    let web = name("web1.example.org");
    authority
        .submit(&web, PUPPET_ATTRIBUTES)
        .await
        .expect("accepted");
    let record = authority
        .sign(&web, Permission::Refuse, "command:root")
        .await
        .expect("signed");
    let held = Certificate::from_pem(&record.pem).expect("a certificate");
    let renewed = authority.renew(&held).await.expect("renewed");
    let renewed = Certificate::from_pem(&renewed.pem).expect("a certificate");
    assert_eq!(renewed.public_key, held.public_key);
    assert_eq!(renewed.extensions, held.extensions);
    assert_ne!(renewed.serial, held.serial);
    authority
        .revoke(&web, "command:root")
        .await
        .expect("both revoked");
    assert!(authority.renew(&held).await.is_err());
}

#[tokio::test]
async fn a_flood_of_requests_ends() {
    let directory = tempfile::tempdir().expect("a directory");
    let policy = Policy {
        most_requests: 2,
        ..Policy::default()
    };
    let (authority, _) = open(directory.path(), policy).await;
    let submit = async |text: &str| {
        let key = key();
        authority
            .submit(&name(text), &request(text, &[], &key))
            .await
    };
    submit("web1").await.expect("the first");
    submit("web2").await.expect("the second");
    let refused = submit("web3").await.expect_err("too many");
    assert!(matches!(refused, AuthorityError::Full(2)), "{refused}");
}

#[tokio::test]
async fn nobody_is_called_as_the_authority_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let (authority, _) = open(directory.path(), Policy::default()).await;
    let refused = authority
        .submit(&name("ca"), &request("ca", &[], &key()))
        .await;
    let refused = refused.expect_err("a name of the authority");
    assert!(matches!(refused, AuthorityError::Reserved(_)), "{refused}");
}
