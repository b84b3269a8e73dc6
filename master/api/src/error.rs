//! Answers that say what went wrong, in the form that Puppet documents:
//! `{"message": …, "issue_kind": …}`.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use ficelle_ca::{AuthorityError, RequestError};
use ficelle_model::NameError;
use ficelle_store::StoreError;
use serde_json::json;

/// What kind of trouble, as agents know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueKind {
    /// There is no such thing.
    ResourceNotFound,
    /// It may be there, but not for you.
    FailedAuthorization,
    /// Anything that failed while it was done.
    RuntimeError,
    /// The body or a parameter is wrong.
    BadRequest,
    /// No form that the client takes.
    UnsupportedFormat,
    /// Too much to do right now.
    Unavailable,
}

impl IssueKind {
    fn name(self) -> &'static str {
        match self {
            Self::ResourceNotFound => "RESOURCE_NOT_FOUND",
            Self::FailedAuthorization => "FAILED_AUTHORIZATION",
            Self::RuntimeError => "RUNTIME_ERROR",
            Self::BadRequest => "BAD_REQUEST",
            Self::UnsupportedFormat => "UNSUPPORTED_FORMAT",
            Self::Unavailable => "SERVICE_UNAVAILABLE",
        }
    }
}

/// An answer that says what went wrong.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// The status.
    pub status: StatusCode,
    /// The kind.
    pub kind: IssueKind,
    /// For a person.
    pub message: String,
}

impl ApiError {
    /// An error of a kind, with the kind's usual status.
    pub fn new(kind: IssueKind, message: impl Into<String>) -> Self {
        let status = match kind {
            IssueKind::ResourceNotFound => StatusCode::NOT_FOUND,
            IssueKind::FailedAuthorization => StatusCode::FORBIDDEN,
            IssueKind::RuntimeError => StatusCode::INTERNAL_SERVER_ERROR,
            IssueKind::BadRequest => StatusCode::BAD_REQUEST,
            IssueKind::UnsupportedFormat => StatusCode::NOT_ACCEPTABLE,
            IssueKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self {
            status,
            kind,
            message: message.into(),
        }
    }

    /// 404 about something that an indirection was asked for.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(
            IssueKind::ResourceNotFound,
            format!("Not Found: Could not find {what}"),
        )
    }

    /// 400
    pub fn bad_request(message: impl std::fmt::Display) -> Self {
        Self::new(IssueKind::BadRequest, format!("Bad Request: {message}"))
    }

    /// 404 about an environment, in the reference's words.
    pub fn no_environment(name: impl std::fmt::Display) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            kind: IssueKind::RuntimeError,
            message: format!("Not Found: Could not find environment '{name}'"),
        }
    }

    /// 500, in the reference's words.
    pub fn server_error(message: impl std::fmt::Display) -> Self {
        Self::new(IssueKind::RuntimeError, format!("Server Error: {message}"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "message": self.message, "issue_kind": self.kind.name() });
        let json = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];
        let mut response = (self.status, json, body.to_string()).into_response();
        if self.kind == IssueKind::Unavailable {
            // Puppet's agents wait and come back.
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Clients that take text only (Puppet's agents, of the authority) get the message alone.
pub async fn in_the_clients_form(request: Request, next: Next) -> Response {
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let text_only = accept.is_some_and(|accept| accept.trim() == "text/plain");
    let response = next.run(request).await;
    match response.extensions().get::<ApiError>() {
        Some(error) if text_only => {
            let text = [(header::CONTENT_TYPE, "text/plain;charset=utf-8")];
            (error.status, text, error.message.clone()).into_response()
        }
        _ => response,
    }
}

impl From<NameError> for ApiError {
    fn from(error: NameError) -> Self {
        Self::bad_request(error)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store did not answer");
        Self::server_error("the master's store does not answer; see its log")
    }
}

impl From<AuthorityError> for ApiError {
    fn from(error: AuthorityError) -> Self {
        match &error {
            AuthorityError::Request(
                RequestError::Malformed(_)
                | RequestError::Signature
                | RequestError::Name { .. }
                | RequestError::Key(..)
                | RequestError::Extensions(_),
            )
            | AuthorityError::Signed(_)
            | AuthorityError::Reserved(_)
            | AuthorityError::Requested(_)
            | AuthorityError::AltNames { .. }
            | AuthorityError::Authorization { .. } => {
                Self::new(IssueKind::BadRequest, error.to_string())
            }
            AuthorityError::Full(_) => Self::new(IssueKind::Unavailable, error.to_string()),
            AuthorityError::NoRequest(_)
            | AuthorityError::NoCertificate(_)
            | AuthorityError::Unknown(_) => {
                Self::new(IssueKind::ResourceNotFound, error.to_string())
            }
            _ => {
                tracing::error!(%error, "the authority failed");
                Self::server_error("the authority failed; see the master's log")
            }
        }
    }
}
