//! `environments`: which there are, and how they are set up.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};

use crate::{error::ApiError, state::App};

/// `GET /puppet/v3/environments`
///
/// # Errors
/// The disk cannot be read.
pub async fn get(State(app): State<Arc<App>>) -> Result<Json<Value>, ApiError> {
    let environments = Arc::clone(&app.environments);
    let listed = tokio::task::spawn_blocking(move || {
        let mut listed = Map::new();
        for name in environments.names() {
            // One that cannot be opened is still there; its error is for those who use it.
            let Ok(environment) = environments.get(&name, &**environments.disk()) else {
                continue;
            };
            let configuration = environment.configuration();
            let timeout = configuration
                .environment_timeout
                .as_deref()
                .unwrap_or("unlimited");
            let settings = json!({
                "modulepath": configuration.modulepath.iter().map(|path| path.as_str()).collect::<Vec<_>>(),
                "manifest": configuration.manifest.as_ref().map(|path| path.as_str()),
                "environment_timeout": timeout,
                "config_version": configuration.config_version.as_deref().unwrap_or(""),
            });
            listed.insert(name.to_string(), json!({ "settings": settings }));
        }
        listed
    });
    let listed = listed.await.map_err(ApiError::server_error)?;
    let folders = app.environments.folders();
    let paths: Vec<_> = folders
        .path
        .iter()
        .map(|path| format!("file://{path}"))
        .collect();
    Ok(Json(
        json!({ "search_paths": paths, "environments": listed }),
    ))
}
