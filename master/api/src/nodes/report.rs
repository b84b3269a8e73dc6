//! `report/NAME`: what became of a run.

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};
use ficelle_model::{Certname, Data, report::Report};
use ficelle_store::NewReport;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{error::ApiError, query::Query, rule::Subject, state::App};

/// `PUT /puppet/v3/report/{certname}`. The body is kept as it came.
///
/// # Errors
/// The body is no report, or somebody else's.
pub async fn put(
    State(app): State<Arc<App>>,
    Extension(Subject(name)): Extension<Subject>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.unwrap_or_default().as_bytes())?;
    let report = Report::from_json(&body).map_err(ApiError::bad_request)?;
    if Certname::from_typed(&report.host).ok().as_ref() != Some(&name) {
        return Err(ApiError::bad_request(format_args!(
            "a report of {} does not belong to {name}",
            report.host
        )));
    }
    let environment = report
        .environment
        .as_deref()
        .or_else(|| query.get("environment"));
    let version = match &report.configuration_version {
        Data::String(text) => text.to_string(),
        Data::Integer(number) => number.to_string(),
        _ => String::new(),
    };
    let resources = |figure: &str| {
        report
            .metrics
            .get("resources")
            .map_or(0, |metric| metric.value(figure) as i64)
    };
    let kept = NewReport {
        id: &Uuid::new_v4().to_string(),
        certname: &name,
        environment: environment.unwrap_or("production"),
        status: report.status.name(),
        noop: report.noop,
        version: &version,
        started_at: report.time.as_millisecond(),
        received_at: Timestamp::now().as_millisecond(),
        changed: resources("changed"),
        failed: resources("failed"),
        total: resources("total"),
        json: &body,
    };
    app.store.save_report(&kept).await?;
    tracing::info!(
        node.certname = %name,
        report.status = kept.status,
        report.changed = kept.changed,
        report.failed = kept.failed,
        "report received"
    );
    let json = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];
    Ok((json, r#"["store"]"#).into_response())
}
