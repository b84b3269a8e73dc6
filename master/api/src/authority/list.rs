//! `certificate_revocation_list/ca`.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, fmt::rfc2822};

use super::text;
use crate::state::App;

/// `GET /puppet-ca/v1/certificate_revocation_list/ca`; 304 where the client's is as new.
pub async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let (list, signed) = app.authority.revocation_list();
    let since = headers
        .get(header::IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(text).ok());
    // The header counts whole seconds.
    if since.is_some_and(|since: Timestamp| signed.as_second() <= since.as_second()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = text(list.as_ref());
    let modified = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&signed);
    if let Some(value) = modified.ok().and_then(|modified| modified.parse().ok()) {
        response.headers_mut().insert(header::LAST_MODIFIED, value);
    }
    response
}
