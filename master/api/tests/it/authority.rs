//! Enrolment, as an agent does it.

use ficelle_ca::{KeyType, authority::Permission, keys};
use ficelle_model::Certname;
use reqwest::{Method, StatusCode};

use crate::{Master, request};

#[tokio::test]
async fn a_node_enrols() {
    let master = Master::start().await;
    let client = master.anyone();
    let (status, authority) = client.get("/puppet-ca/v1/certificate/ca").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(authority, master.app.authority.issuer().certificate_pem());
    let (status, list) = client
        .get("/puppet-ca/v1/certificate_revocation_list/ca")
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(list.starts_with("-----BEGIN X509 CRL-----\n"), "{list}");

    let key = keys::generate(KeyType::P256).expect("a key");
    let path = "/puppet-ca/v1/certificate_request/node1";
    let (status, body) = client.put(path, request("node1", &key)).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    let (status, body) = client.get("/puppet-ca/v1/certificate/node1").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        body,
        r#"{"message":"Could not find certificate node1","issue_kind":"RESOURCE_NOT_FOUND"}"#
    );

    let name = Certname::parse("node1").expect("a valid name");
    let signed = master
        .app
        .authority
        .sign(&name, Permission::Refuse, "test")
        .await;
    let signed = signed.expect("signed");
    let (status, body) = client.get("/puppet-ca/v1/certificate/node1").await;
    assert_eq!((status, &body), (StatusCode::OK, &signed.pem));

    let node = master.with(&body, &key);
    let (status, body) = node
        .get("/puppet/v3/node/node1?environment=production")
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, r#"{"name":"node1","environment":"production"}"#);

    let renewed = node
        .ask(Method::POST, "/puppet-ca/v1/certificate_renewal")
        .send()
        .await;
    let renewed = renewed.expect("an answer").text().await.expect("a body");
    assert_ne!(renewed, signed.pem);
    let node = master.with(&renewed, &key);
    let (status, _) = node
        .get("/puppet/v3/node/node1?environment=production")
        .await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn puppets_agents_get_text_and_others_json() {
    let master = Master::start().await;
    let asked = master
        .anyone()
        .ask(Method::PUT, "/puppet-ca/v1/certificate_request/node1")
        .header("Accept", "text/plain")
        .body("garbage");
    let response = asked.send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()["x-puppet-version"], "8.11.0");
    assert_eq!(
        response.headers()["content-type"],
        "text/plain;charset=utf-8"
    );
    let body = response.text().await.expect("a body");
    assert_eq!(
        body,
        "the body is not a certificate request in PEM: no PEM block can be read in it"
    );
}

#[tokio::test]
async fn another_key_is_refused_with_a_way_out() {
    let master = Master::start().await;
    let _first = master.node("node1").await;
    let other = keys::generate(KeyType::P256).expect("a key");
    let path = "/puppet-ca/v1/certificate_request/node1";
    let (status, body) = master.anyone().put(path, request("node1", &other)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("already has a signed certificate"), "{body}");
    assert!(body.contains("master cert clean node1"), "{body}");
}

#[tokio::test]
async fn a_list_that_is_as_new_is_not_sent_again() {
    let master = Master::start().await;
    let path = "/puppet-ca/v1/certificate_revocation_list/ca";
    let first = master
        .anyone()
        .ask(Method::GET, path)
        .send()
        .await
        .expect("an answer");
    let modified = first.headers()["last-modified"].clone();
    let again = master
        .anyone()
        .ask(Method::GET, path)
        .header("If-Modified-Since", modified);
    let again = again.send().await.expect("an answer");
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}
