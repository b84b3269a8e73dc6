//! A revocation acts at once, on open connections and on new ones.

use std::error::Error as _;

use ficelle_model::Certname;
use reqwest::{Method, StatusCode};

use crate::Master;

#[tokio::test]
async fn a_revoked_node_is_out_at_once() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let path = "/puppet/v3/node/node1?environment=production";
    assert_eq!(node.get(path).await.0, StatusCode::OK);

    let name = Certname::parse("node1").expect("a valid name");
    master
        .app
        .authority
        .revoke(&name, "test")
        .await
        .expect("revoked");
    // The connection is kept alive, and the request refused on it.
    assert_eq!(node.get(path).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_revoked_certificate_opens_no_connection() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let name = Certname::parse("node1").expect("a valid name");
    master
        .app
        .authority
        .revoke(&name, "test")
        .await
        .expect("revoked");
    let refused = node
        .ask(Method::GET, "/status/v1/simple")
        .send()
        .await
        .expect_err("revoked");
    let mut causes = Vec::new();
    let mut cause = refused.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let causes = causes.join(": ");
    assert!(causes.contains("CertificateRevoked"), "{causes}");
}

#[tokio::test]
async fn what_another_process_revoked_is_taken_in() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let path = "/puppet/v3/node/node1?environment=production";
    assert_eq!(node.get(path).await.0, StatusCode::OK);
    let name = Certname::parse("node1").expect("a valid name");
    let now = jiff::Timestamp::now().as_millisecond();
    master.app.store.revoke(&name, now).await.expect("written");
    master.app.authority.refresh().await.expect("read");
    assert_eq!(node.get(path).await.0, StatusCode::FORBIDDEN);
}
