//! Facts, reports and catalogs of a node.

use ficelle_model::Certname;
use reqwest::StatusCode;

use crate::Master;

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
