//! `/status/v1`: for load balancers and monitors, without a certificate.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::state::App;

/// `GET /status/v1/simple`: `running`, or 503 and `error`.
pub async fn simple(State(app): State<Arc<App>>) -> Response {
    let (status, state) = state_of(&app).await;
    (
        status,
        [(header::CONTENT_TYPE, "text/plain;charset=utf-8")],
        state,
    )
        .into_response()
}

/// `GET /status/v1/services`
pub async fn services(State(app): State<Arc<App>>) -> Response {
    let (status, state) = state_of(&app).await;
    let service = |state: &str, status: Value| {
        json!({
            "service_version": env!("CARGO_PKG_VERSION"),
            "service_status_version": 1,
            "detail_level": "info",
            "state": state,
            "status": status,
            "active_alerts": [],
        })
    };
    let compiler = app.compiler.load();
    let body = json!({
        "ca": service(state, json!({})),
        "server": service(state, json!({
            "compiling": compiler.running,
            "waiting": compiler.waiting,
            "threads": compiler.threads,
        })),
        "status-service": service("running", json!({})),
    });
    let json = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];
    (status, json, body.to_string()).into_response()
}

async fn state_of(app: &App) -> (StatusCode, &'static str) {
    match app.store.ping().await {
        Ok(()) => (StatusCode::OK, "running"),
        Err(error) => {
            tracing::error!(%error, "the store did not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "error")
        }
    }
}
