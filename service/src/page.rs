//! The built page: beside the API for development, and alone in a container of its own.

use std::{path::Path, time::Duration};

use anyhow::bail;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Response, header},
    middleware,
    routing::{any, get},
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

use crate::{
    config::{CognitoConfig, PageConfig, PolicyConfig},
    health,
    input::Json,
    server::{method_not_allowed, no_route},
    telemetry,
};

/// How long a client that reads slowly may hold up the end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// Serves the page alone on `listener` until `shutdown`.
pub async fn serve(config: PageConfig, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
    if !config.page_dir.join("index.html").is_file() {
        bail!("PAGE_DIR is {}, which has no index.html: it has to name the built page", config.page_dir.display());
    }
    tracing::info!(address = %listener.local_addr()?, "listening");
    let router = Router::new()
        .merge(health::alive())
        .merge(router(&config.page_dir, &config.cognito, &config.policy))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn(telemetry::trace));
    let too_late = async {
        shutdown.cancelled().await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    let http = axum::serve(listener, router.into_make_service())
        .with_graceful_shutdown(shutdown.clone().cancelled_owned())
        .into_future();
    tokio::select! {
        ended = http => ended?,
        () = too_late => tracing::warn!("some connections did not end"),
    }
    tracing::info!("ended");
    Ok(())
}

/// The page's files, `index.html` for all addresses that only the page knows, and its
/// configuration, which is served so that one build fits every environment. A file that has
/// a compressed one (`.br`, `.gz`) beside it goes out as that to whoever takes it.
pub fn router(folder: &Path, cognito: &CognitoConfig, policy: &PolicyConfig) -> Router {
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
        .service(ServeDir::new(folder.join("assets")).precompressed_br().precompressed_gzip());
    let index = ServeFile::new(folder.join("index.html")).precompressed_br().precompressed_gzip();
    let files = tower::ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        // A container's files have times that tell contents apart, but not which is newer: only
        // the ETag, which is made of them, may say whether a browser's copy is still good.
        .map_response(|mut response: Response<_>| {
            response.headers_mut().remove(header::LAST_MODIFIED);
            response
        })
        .service(ServeDir::new(folder).precompressed_br().precompressed_gzip().fallback(index));
    Router::new()
        .route("/config.json", get(move || async move { ([(header::CACHE_CONTROL, "no-cache")], Json(runtime)) }))
        .nest_service("/assets", assets)
        // What the API does not know is an error there, and not a page.
        .route("/api/{*path}", any(no_route))
        .fallback_service(files)
        .layer(middleware::map_response_with_state(security(cognito, policy), secured))
}

async fn secured(State(headers): State<HeaderMap>, mut response: axum::response::Response) -> axum::response::Response {
    response.headers_mut().extend(headers);
    response
}

/// What keeps the page to itself, whatever finds its way into it.
fn security(cognito: &CognitoConfig, policy: &PolicyConfig) -> HeaderMap {
    let policy = content_security_policy(cognito, policy);
    HeaderMap::from_iter([
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // No other site learns where somebody came from.
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    ])
}

/// Code and styles are the page's own files, none of them inline; what it asks for comes from here, the user
/// pool and where documents are. Images are also those that were pasted, and diagrams drawn from text.
fn content_security_policy(cognito: &CognitoConfig, policy: &PolicyConfig) -> HeaderValue {
    let reached = [Some(cognito.origin()), policy.uploads_origin.clone()];
    let reached = reached.into_iter().flatten().fold(String::new(), |reached, source| reached + " " + &source);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; \
         connect-src 'self'{reached}; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("addresses, as they were parsed, have no signs that a header can't")
}
