//! One line for each request, for those who look for what an agent did (`log_level = debug`).

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};
use ficelle_model::Certname;

use crate::peer::Peer;

/// Logs a request when it was answered.
pub async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let peer = request.extensions().get::<Peer>().cloned();
    let response = next.run(request).await;
    tracing::debug!(
        http.method = %method,
        http.path = path,
        http.status = response.status().as_u16(),
        node.certname = peer.as_ref().and_then(Peer::name).map(Certname::as_str),
        client.address = peer.as_ref().map(|peer| peer.address.to_string()),
        duration_ms = started.elapsed().as_secs_f64() * 1000.0,
        "answered"
    );
    response
}
