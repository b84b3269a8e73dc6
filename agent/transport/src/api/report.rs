//! The report of a run.

use ficelle_model::Report;

use super::query;
use crate::{
    client::{Client, Request, escape},
    error::TransportError,
};

/// Hands in a report.
///
/// # Errors
/// No answer, or a refusal.
pub fn submit(client: &Client, report: &Report, environment: &str) -> Result<(), TransportError> {
    let path = format!(
        "/puppet/v3/report/{}?{}",
        escape(&report.host),
        query(&[("environment", environment)])
    );
    let request = Request::put(path, "application/json", report.to_json());
    client.ask(request).map(drop)
}
