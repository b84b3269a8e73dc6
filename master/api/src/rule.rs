//! Who may ask what. A route cannot be added without its rule, and what has no route is refused.

use std::sync::Arc;

use axum::{
    Router,
    extract::{RawPathParams, Request, State},
    http::Uri,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use ficelle_model::Certname;

use crate::{
    error::{ApiError, IssueKind},
    peer::Peer,
    state::App,
};

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everybody, with or without a certificate: enrolment needs it.
    Anyone,
    /// Every node with a certificate that holds.
    Node,
    /// The node whose name stands in the path as `{certname}`, and no other.
    Own,
    /// Whose certificate carries `pp_cli_auth`.
    Administrator,
}

/// The node that a request is about: the `{certname}` of its path, parsed.
#[derive(Clone, Debug)]
pub struct Subject(pub Certname);

/// Routes, each with its rule.
pub struct Routes {
    app: Arc<App>,
    router: Router<Arc<App>>,
}

impl Routes {
    /// None yet.
    pub fn new(app: Arc<App>) -> Self {
        Self {
            app,
            router: Router::new(),
        }
    }

    /// Adds one.
    #[must_use]
    pub fn add(mut self, rule: Rule, path: &str, methods: MethodRouter<Arc<App>>) -> Self {
        let gate = Gate {
            app: Arc::clone(&self.app),
            rule,
        };
        self.router = self.router.route(
            path,
            methods.layer(middleware::from_fn_with_state(gate, keep)),
        );
        self
    }

    /// The router; what is not on it is refused.
    pub fn into_router(self) -> Router {
        self.router
            .fallback(refuse)
            .method_not_allowed_fallback(refuse)
            .with_state(self.app)
    }
}

#[derive(Clone)]
struct Gate {
    app: Arc<App>,
    rule: Rule,
}

async fn keep(
    State(gate): State<Gate>,
    parameters: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    match check(&gate, &parameters, &request) {
        Ok(subject) => {
            if let Some(subject) = subject {
                request.extensions_mut().insert(Subject(subject));
            }
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

fn check(
    gate: &Gate,
    parameters: &RawPathParams,
    request: &Request,
) -> Result<Option<Certname>, ApiError> {
    let named = parameters.iter().find(|(name, _)| *name == "certname");
    let subject = named.map(|(_, value)| Certname::parse(value)).transpose()?;
    let peer = request
        .extensions()
        .get::<Peer>()
        .expect("the server tells who is connected");
    let name = match (&peer.certificate, gate.rule) {
        (_, Rule::Anyone) => return Ok(subject),
        (None, _) => return Err(forbidden(request)),
        (Some(certificate), _) => {
            // The connection may be older than the revocation.
            if gate
                .app
                .authority
                .revocations()
                .contains(&certificate.serial)
            {
                return Err(forbidden(request));
            }
            &certificate.name
        }
    };
    let may = match gate.rule {
        Rule::Anyone | Rule::Node => true,
        Rule::Own => subject.as_ref() == Some(name),
        Rule::Administrator => peer.is_administrator(),
    };
    if may {
        Ok(subject)
    } else {
        Err(forbidden(request))
    }
}

fn forbidden(request: &Request) -> ApiError {
    let peer = request.extensions().get::<Peer>();
    tracing::warn!(
        http.path = request.uri().path(),
        http.method = %request.method(),
        node.certname = peer.and_then(Peer::name).map(Certname::as_str),
        client.address = peer.map(|peer| peer.address.to_string()),
        "refused"
    );
    ApiError::new(
        IssueKind::FailedAuthorization,
        format!(
            "Forbidden request: {} (method :{}). Please see the server logs for details.",
            request.uri().path(),
            request.method().as_str().to_ascii_lowercase()
        ),
    )
}

/// The last rule. Only who has a certificate is told what is not there.
async fn refuse(uri: Uri, request: Request) -> ApiError {
    let peer = request.extensions().get::<Peer>();
    if peer.is_some_and(|peer| peer.certificate.is_some()) {
        return ApiError::not_found(format_args!("{} {}", request.method(), uri.path()));
    }
    forbidden(&request)
}
