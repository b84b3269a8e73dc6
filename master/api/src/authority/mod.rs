//! `/puppet-ca/v1`: enrolment, for which nobody has a certificate yet, and the authority's
//! administration.

pub mod certificate;
pub mod list;
pub mod request;
pub mod status;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

pub(crate) fn text(body: impl Into<String>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], body.into()).into_response()
}
