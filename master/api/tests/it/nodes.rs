//! Facts, reports and catalogs of a node.

use ficelle_model::Certname;
use reqwest::{Method, StatusCode};

use crate::{Client, Master, master::write};

/// What Puppet 7.23's own agent sent after a run.
const PUPPET_REPORT: &str = include_str!("fixtures/puppet-report.json");

const REPORT: &str = r#"{"host":"node1","time":"2026-11-21T08:36:07.207233819+00:00","configuration_version":1795250202,"transaction_uuid":"7b7ed0da-633b-4160-8adb-34e4516d86ba","report_format":12,"puppet_version":"7.23.0","status":"changed","transaction_completed":true,"noop":false,"noop_pending":false,"environment":"production","logs":[],"metrics":{"resources":{"name":"resources","label":"Resources","values":[["total","Total",8],["changed","Changed",2],["failed","Failed",1]]}},"resource_statuses":{},"corrective_change":false,"something_new":true}"#;

#[tokio::test]
async fn facts_are_kept_and_shown() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let facts = r#"{"name":"node1","values":{"os":{"family":"Debian"}}}"#;
    let (status, _) = node
        .put("/puppet/v3/facts/node1?environment=production", facts)
        .await;
    assert_eq!(status, StatusCode::OK);
    let (_, body) = node
        .get("/puppet/v3/node/node1?environment=production")
        .await;
    assert_eq!(
        body,
        r#"{"name":"node1","environment":"production","parameters":{"os":{"family":"Debian"}}}"#
    );
    let others = facts.replace("node1", "node2");
    let (status, _) = node
        .put("/puppet/v3/facts/node1?environment=production", others)
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_report_is_kept_as_it_came() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let path = "/puppet/v3/report/node1?environment=production";
    assert_eq!(
        node.put(path, REPORT).await,
        (StatusCode::OK, r#"["store"]"#.to_owned())
    );
    let name = Certname::parse("node1").expect("a valid name");
    let reports = master
        .app
        .store
        .reports(Some(&name), 10)
        .await
        .expect("an answer");
    let report = reports.first().expect("the report");
    assert_eq!(
        (report.status.as_str(), report.version.as_str()),
        ("changed", "1795250202")
    );
    assert_eq!((report.total, report.changed, report.failed), (8, 2, 1));
    let body = master
        .app
        .store
        .report(&report.id)
        .await
        .expect("an answer")
        .expect("its body");
    assert_eq!(String::from_utf8(body).expect("UTF-8"), REPORT);

    let (status, _) = node.put(path, REPORT.replace("node1", "node2")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _) = node.put(path, "garbage").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_report_of_puppets_own_agent_is_read() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let path = "/puppet/v3/report/node1?environment=production";
    let (status, body) = node.put(path, PUPPET_REPORT).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, r#"["store"]"#));
    let reports = master.app.store.reports(None, 10).await.expect("an answer");
    let report = reports.first().expect("the report");
    assert_eq!(
        (report.status.as_str(), report.total, report.changed),
        ("changed", 17, 7)
    );
}

/// Asks for a catalog as Puppet's agents do: the facts in a form, encoded twice.
pub async fn catalog(
    node: &Client,
    name: &str,
    environment: &str,
) -> (StatusCode, serde_json::Value) {
    let facts = format!(r#"{{"name":"{name}","values":{{"greeting":"hello + welcome"}}}}"#);
    let once = encoded(&facts);
    let body = format!("facts_format=application%2Fjson&facts={}", encoded(&once));
    let path = format!("/puppet/v3/catalog/{name}?environment={environment}");
    let response = node
        .ask(Method::POST, &path)
        .header(
            "Accept",
            "application/vnd.puppet.rich+json, application/json, text/pson",
        )
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let status = response.status();
    if status == StatusCode::OK {
        let kind = "application/vnd.puppet.rich+json; charset=utf-8";
        assert_eq!(response.headers()["content-type"], kind);
    }
    let body = response.text().await.expect("a body");
    (status, serde_json::from_str(&body).expect("JSON"))
}

fn encoded(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

pub fn titles(catalog: &serde_json::Value, kind: &str) -> Vec<String> {
    let resources = catalog["resources"].as_array().expect("resources").iter();
    let of_kind = resources.filter(|resource| resource["type"] == kind);
    of_kind
        .map(|resource| resource["title"].as_str().expect("a title").to_owned())
        .collect()
}

pub fn site(master: &Master, environment: &str, code: &str) {
    let path = format!("environments/{environment}/manifests/site.pp");
    write(&master.directory.path().join(path), code);
}

#[tokio::test]
async fn a_catalog_is_made_from_facts_and_manifests() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    site(
        &master,
        "production",
        "notify { \"${facts['greeting']} ${trusted['certname']}\": }\n",
    );
    let (status, made) = catalog(&node, "node1", "production").await;
    assert_eq!(status, StatusCode::OK, "{made}");
    assert_eq!(titles(&made, "Notify"), ["hello + welcome node1"]);
    assert!(
        made["version"].is_i64() && made["catalog_format"] == 2,
        "{made}"
    );
    assert_eq!(made["catalog_uuid"].as_str().map(str::len), Some(36));
    // A changed manifest counts at once.
    site(
        &master,
        "production",
        "notify { 'changed': }\n# longer than before, so seen at once\n",
    );
    let (_, made) = catalog(&node, "node1", "production").await;
    assert_eq!(titles(&made, "Notify"), ["changed"]);
    let name = Certname::parse("node1").expect("a valid name");
    let kept = master
        .app
        .store
        .catalog(&name)
        .await
        .expect("an answer")
        .expect("kept");
    assert!(
        String::from_utf8(kept.json)
            .expect("UTF-8")
            .contains("changed")
    );
}

#[tokio::test]
async fn a_mistake_in_one_environment_leaves_the_others_alone() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    site(&master, "production", "notify { 'fine': }\n");
    site(&master, "broken", "notify { 'x':\n");
    site(&master, "failing", "\n  fail('on purpose')\n");
    let (status, body) = catalog(&node, "node1", "broken").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(body["issue_kind"], "RUNTIME_ERROR");
    let message = body["message"].as_str().expect("a message");
    assert!(message.starts_with("Server Error: "), "{message}");
    assert!(
        message.contains("environments/broken/manifests/site.pp"),
        "{message}"
    );
    let (status, body) = catalog(&node, "node1", "failing").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let message = body["message"].as_str().expect("a message");
    assert!(message.contains("on purpose"), "{message}");
    assert!(
        message.contains("line: 2, column: 3) on node node1"),
        "{message}"
    );
    let (status, body) = catalog(&node, "node1", "nosuch").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{body}");
    let (status, made) = catalog(&node, "node1", "production").await;
    assert_eq!(
        (status, titles(&made, "Notify")),
        (StatusCode::OK, vec!["fine".to_owned()])
    );
}

#[tokio::test]
async fn facts_of_a_compile_that_fails_are_kept() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    site(&master, "failing", "fail('on purpose')\n");
    let (status, _) = catalog(&node, "node1", "failing").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let name = Certname::parse("node1").expect("a valid name");
    let kept = master.app.store.facts(&name).await.expect("an answer");
    let kept = String::from_utf8(kept.expect("kept").json).expect("UTF-8");
    assert!(kept.contains("hello + welcome"), "{kept}");
}

#[tokio::test]
async fn what_a_node_exports_is_replaced_with_its_catalog() {
    let master = Master::start().await;
    let (one, two) = (master.node("node1").await, master.node("node2").await);
    let code = "node 'node1' { @@notify { ['a', 'b']: } }\nnode 'node2' { Notify <<| |>> }\n";
    site(&master, "production", code);
    let (status, made) = catalog(&one, "node1", "production").await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let (_, collected) = catalog(&two, "node2", "production").await;
    assert_eq!(titles(&collected, "Notify"), ["a", "b"]);

    site(&master, "production", &code.replace("['a', 'b']", "'c'"));
    let (status, made) = catalog(&one, "node1", "production").await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let (_, collected) = catalog(&two, "node2", "production").await;
    assert_eq!(titles(&collected, "Notify"), ["c"]);

    let name = Certname::parse("node1").expect("a valid name");
    let now = jiff::Timestamp::now().as_millisecond();
    master
        .app
        .store
        .deactivate(&name, now)
        .await
        .expect("written");
    let (_, collected) = catalog(&two, "node2", "production").await;
    assert_eq!(titles(&collected, "Notify"), Vec::<String>::new());
}

#[tokio::test]
async fn facts_that_are_none_are_refused() {
    let master = Master::start().await;
    let node = master.node("node1").await;
    let ask = async |body: &str| {
        let path = "/puppet/v3/catalog/node1?environment=production";
        let asked = node
            .ask(Method::POST, path)
            .body(body.to_owned())
            .send()
            .await;
        asked.expect("an answer").status()
    };
    assert_eq!(ask("facts=garbage").await, StatusCode::BAD_REQUEST);
    assert_eq!(ask("facts=%FF").await, StatusCode::BAD_REQUEST);
    let others = encoded(r#"{"name":"node2","values":{}}"#);
    assert_eq!(
        ask(&format!("facts={others}")).await,
        StatusCode::BAD_REQUEST
    );
    let deep = encoded(&format!(
        r#"{{"name":"node1","values":{{"x":{}"#,
        "[".repeat(10_000)
    ));
    assert_eq!(ask(&format!("facts={deep}")).await, StatusCode::BAD_REQUEST);
}
