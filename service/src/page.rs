//! The built page, for development: in the cloud a container of its own serves it.

use std::path::Path;

use axum::{
    Router,
    http::{HeaderValue, Response, header},
    routing::{any, get},
};
use serde_json::json;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

use crate::{config::Config, input::Json, server::no_route};

/// The page's files, `index.html` for all addresses that only the page knows, and its
/// configuration, which is served so that one build fits every environment.
pub fn router(folder: &Path, config: &Config) -> Router {
    let cognito = &config.cognito;
    let runtime = json!({
        "api": "/api/v1",
        "region": cognito.cognito_region,
        "user_pool_id": cognito.cognito_user_pool_id,
        "client_id": cognito.cognito_app_client_id,
        "cognito_endpoint": cognito.cognito_endpoint,
    });
    // Files whose name carries a hash never change; all others are asked for again.
    let assets = tower::ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, |response: &Response<_>| {
            let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
            response.status().is_success().then_some(forever)
        }))
        .service(ServeDir::new(folder.join("assets")));
    let files = tower::ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .service(ServeDir::new(folder).fallback(ServeFile::new(folder.join("index.html"))));
    Router::new()
        .route("/config.json", get(move || async move { Json(runtime) }))
        .nest_service("/assets", assets)
        // What the API does not know is an error there, and not a page.
        .route("/api/{*path}", any(no_route))
        .fallback_service(files)
}
