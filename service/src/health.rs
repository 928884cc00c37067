//! Whether the process lives, and whether it can serve.

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use serde_json::json;

use crate::{App, error::Error, input::Json};

pub fn router() -> Router<App> {
    Router::new().route("/health", get(health)).route("/ready", get(ready))
}

/// At once, without the database: a load balancer must not kill tasks because the database is slow.
async fn health() -> impl IntoResponse {
    Json(json!({ "status": "healthy" }))
}

async fn ready(State(app): State<App>) -> Result<impl IntoResponse, Error> {
    if app.shutdown.is_cancelled() {
        return Err(Error::Unavailable("The service is shutting down."));
    }
    match app.database_not_ready().await {
        None if !app.generations.is_open() => Err(Error::Unavailable("The service has only just started.")),
        None => Ok((StatusCode::OK, Json(json!({ "status": "ready" })))),
        Some(reason) => Err(Error::Unavailable(reason)),
    }
}
