use indexmap::IndexMap;
use jiff::Timestamp;

use super::{Event, EventStatus, Level, Log, Report, ResourceStatus, Status};
use crate::data::Data;

fn moment() -> Timestamp {
    "2026-11-21T08:36:07.207233819Z"
        .parse()
        .expect("it is a time")
}

fn event(status: EventStatus) -> Event {
    Event {
        audited: false,
        property: Some("ensure".into()),
        previous_value: "absent".into(),
        desired_value: "present".into(),
        historical_value: Data::Undef,
        message: "created".into(),
        name: Some("file_created".into()),
        status,
        time: moment(),
        redacted: false,
        corrective_change: Some(false),
    }
}

fn changed() -> Report {
    let mut report = Report::new("node1", moment());
    report.transaction_completed = true;
    report.configuration_version = Data::Integer(1_795_250_202);
    report.logs.push(Log {
        level: Level::Notice,
        message: "created".into(),
        source: "/Stage[main]/Main/File[/x]/ensure".into(),
        tags: crate::Tags::from_iter(["notice".into()]),
        time: moment(),
        file: None,
        line: None,
    });
    let mut status = ResourceStatus::new("File", "/x", moment());
    status.evaluation_time = Some(0.25);
    status.add(event(EventStatus::Success));
    report
        .resource_statuses
        .insert(status.resource.clone(), status);
    report.finish(&IndexMap::from([("total".into(), 0.5)]));
    report
}

#[test]
fn what_is_written_is_read_again() {
    let report = changed();
    let read = Report::from_json(&report.to_json()).expect("its own JSON is read");
    assert_eq!(read, report);
}

#[test]
fn the_json_is_of_format_12() {
    let json: serde_json::Value = serde_json::from_slice(&changed().to_json()).expect("it is JSON");
    assert_eq!(json["time"], "2026-11-21T08:36:07.207233819+00:00");
    assert_eq!(json["report_format"], 12);
    assert_eq!(json["status"], "changed");
    assert_eq!(json["configuration_version"], 1_795_250_202);
    assert_eq!(json["metrics"]["time"]["values"][0][1], "File");
    let event = &json["resource_statuses"]["File[/x]"]["events"][0];
    assert_eq!(event["previous_value"], "absent");
    assert_eq!(event["historical_value"], serde_json::Value::Null);
    assert!(json.get("server_used").is_none(), "left out where unknown");
}

#[test]
fn counts_and_exit_codes() {
    let mut report = changed();
    assert_eq!(report.status, Status::Changed);
    assert_eq!(report.exit_code(), 2);
    let mut failed = ResourceStatus::new("Exec", "x", moment());
    failed.add(event(EventStatus::Failure));
    report
        .resource_statuses
        .insert(failed.resource.clone(), failed);
    report.finish(&IndexMap::new());
    assert_eq!(report.status, Status::Failed);
    assert_eq!(report.exit_code(), 6);
    assert_eq!(report.metrics["events"].value("failure"), 1.0);
    assert_eq!(report.metrics["resources"].value("total"), 2.0);
}

#[test]
fn a_noop_is_pending_and_no_change() {
    let mut report = Report::new("node1", moment());
    report.transaction_completed = true;
    let mut status = ResourceStatus::new("File", "/x", moment());
    status.add(event(EventStatus::Noop));
    report
        .resource_statuses
        .insert(status.resource.clone(), status);
    report.finish(&IndexMap::new());
    assert_eq!(report.status, Status::Unchanged);
    assert!(report.noop_pending);
    assert_eq!(report.exit_code(), 0);
}

#[test]
fn a_status_of_nothing_is_left_out() {
    let mut json: serde_json::Value =
        serde_json::from_slice(&changed().to_json()).expect("it is JSON");
    json["resource_statuses"]["File[/y]"] = serde_json::json!({});
    json["resource_statuses"]["File[/z]"] = serde_json::Value::Null;
    let read = Report::from_json(json.to_string().as_bytes()).expect("it is read");
    assert_eq!(read.resource_statuses.len(), 1);
}

#[test]
fn the_summary_names_what_people_graph() {
    let summary = changed().summary("agent", "production", moment());
    assert_eq!(summary["resources"]["changed"], 1);
    assert_eq!(summary["events"]["success"], 1);
    assert_eq!(summary["time"]["last_run"], 1_795_250_167);
    assert_eq!(summary["version"]["config"], 1_795_250_202);
}
