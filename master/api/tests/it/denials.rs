//! Who may not ask what. Every route is here, for a stranger and for a node.

use reqwest::Method;

use crate::Master;

const ROUTES: &[(&str, &str)] = &[
    ("GET", "/status/v1/simple"),
    ("GET", "/status/v1/services"),
    ("GET", "/puppet-ca/v1/certificate/ca"),
    ("GET", "/puppet-ca/v1/certificate/node2"),
    ("GET", "/puppet-ca/v1/certificate_revocation_list/ca"),
    ("GET", "/puppet-ca/v1/certificate_request/node2"),
    ("DELETE", "/puppet-ca/v1/certificate_request/node2"),
    ("POST", "/puppet-ca/v1/certificate_renewal"),
    ("GET", "/puppet-ca/v1/certificate_status/node2"),
    ("PUT", "/puppet-ca/v1/certificate_status/node2"),
    ("DELETE", "/puppet-ca/v1/certificate_status/node2"),
    ("GET", "/puppet-ca/v1/certificate_statuses/any"),
    ("POST", "/puppet/v3/catalog/node2?environment=production"),
    ("GET", "/puppet/v3/catalog/node2?environment=production"),
    ("GET", "/puppet/v3/node/node2?environment=production"),
    ("PUT", "/puppet/v3/facts/node2?environment=production"),
    ("PUT", "/puppet/v3/report/node2?environment=production"),
    ("GET", "/puppet/v3/environments"),
    (
        "GET",
        "/puppet/v3/file_metadata/modules/motd/motd?environment=production",
    ),
    (
        "GET",
        "/puppet/v3/file_metadatas/plugins?environment=production",
    ),
    (
        "GET",
        "/puppet/v3/file_content/modules/motd/motd?environment=production",
    ),
    (
        "GET",
        "/puppet/v3/file_bucket_file/md5/5bbf5a52328e7439ae6e719dfe712200",
    ),
    ("GET", "/puppet/v3/nosuch/x"),
    ("DELETE", "/puppet/v3/node/node1"),
    ("GET", "/"),
    ("GET", "/puppet/v3/node/NODE1?environment=production"),
    ("GET", "/puppet/v3/node/a%2fb?environment=production"),
    ("GET", "/puppet/v3/node/a%00b?environment=production"),
    ("GET", "/puppet/v3/node/n%C3%B6de?environment=production"),
    ("GET", "/puppet-ca/v1/certificate/..%2f..%2fetc%2fpasswd"),
    ("PUT", "/puppet-ca/v1/certificate_request/NODE9"),
    (
        "GET",
        "/puppet/v3/file_content/modules/motd/..%2f..%2fmotd?environment=production",
    ),
    (
        "GET",
        "/puppet/v3/file_content/modules/motd/motd?environment=../production",
    ),
    (
        "GET",
        "/puppet/v3/file_content/modules/motd/motd?environment=nosuch",
    ),
    ("GET", "/puppet/v3/file_content/modules/motd/motd"),
];

#[tokio::test]
async fn every_route_has_its_rule() {
    let master = Master::start().await;
    let stranger = master.anyone();
    let node = master.node("node1").await;
    let mut table = String::new();
    for (method, path) in ROUTES {
        let method: Method = method.parse().expect("a method");
        let ask = async |client: &crate::Client| {
            let response = client
                .ask(method.clone(), path)
                .send()
                .await
                .expect("an answer");
            response.status().as_u16()
        };
        let (stranger, node) = (ask(&stranger).await, ask(&node).await);
        table.push_str(&format!("{stranger} {node} {method} {path}\n"));
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn a_refusal_says_what_was_asked() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let (_, body) = node
        .get("/puppet/v3/node/node2?environment=production")
        .await;
    insta::assert_snapshot!(body, @r#"{"message":"Forbidden request: /puppet/v3/node/node2 (method :get). Please see the server logs for details.","issue_kind":"FAILED_AUTHORIZATION"}"#);
    let (_, body) = node
        .get("/puppet/v3/node/NODE1?environment=production")
        .await;
    insta::assert_snapshot!(body, @r#"{"message":"Bad Request: invalid certname \"NODE1\": it must be lower case","issue_kind":"BAD_REQUEST"}"#);
    let (_, body) = node.get("/puppet/v3/node/node1?environment=nosuch").await;
    insta::assert_snapshot!(body, @r#"{"message":"Not Found: Could not find environment 'nosuch'","issue_kind":"RUNTIME_ERROR"}"#);
}
