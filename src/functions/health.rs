//! `health`: ready or not, with no detail for strangers.

use std::sync::Arc;

use warp::http::StatusCode;

use crate::app::App;

/// 200 when calls can be kept, else 503.
pub async fn health(app: Arc<App>) -> StatusCode {
    match app.store.due(app.clock.now(), 0).await {
        Ok(_) => StatusCode::OK,
        Err(error) => {
            tracing::error!(function = "health", "not ready: {error}");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
