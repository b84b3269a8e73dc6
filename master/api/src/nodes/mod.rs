//! `/puppet/v3`, as far as it is about one node: its catalog, facts and report.

pub mod catalog;
pub mod definition;
pub mod environments;
pub mod facts;
pub mod node;
pub mod report;

use std::sync::Arc;

use ficelle_compiler::{Environment, EnvironmentError};
use ficelle_model::EnvironmentName;

use crate::{
    compile::PoolError,
    error::{ApiError, IssueKind},
    state::App,
};

/// Opens an environment on a thread that may wait for the disk.
pub(crate) async fn environment(
    app: &Arc<App>,
    name: &EnvironmentName,
) -> Result<Arc<Environment>, ApiError> {
    let environments = Arc::clone(&app.environments);
    let wanted = name.clone();
    let opened =
        tokio::task::spawn_blocking(move || environments.get(&wanted, &**environments.disk()));
    opened
        .await
        .map_err(ApiError::server_error)?
        .map_err(|error| refused(name, &error))
}

pub(crate) fn refused(name: &EnvironmentName, error: &EnvironmentError) -> ApiError {
    match error {
        EnvironmentError::Missing { .. } => ApiError::no_environment(name),
        error => {
            tracing::error!(environment = %name, %error, "the environment cannot be used");
            ApiError::server_error(error)
        }
    }
}

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full => Self::new(IssueKind::Unavailable, format!("Busy: {error}")),
            PoolError::Panicked => Self::server_error(error),
        }
    }
}
