//! Logs: a line of JSON an event, a span a request, the request's id in each.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt};
use uuid::Uuid;

const REQUEST_ID: &str = "x-request-id";

tokio::task_local! {
    static CURRENT_REQUEST_ID: String;
}

/// Starts logging to `output`; `RUST_LOG` overrides the level.
pub fn init(debug: bool, output: impl for<'w> MakeWriter<'w> + Send + Sync + 'static) -> anyhow::Result<()> {
    let level = if debug { "debug,hyper=info,h2=info,rustls=info,aws=info,aws_smithy=info" } else { "info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let registry = tracing_subscriber::registry().with(filter);
    if debug {
        registry.with(tracing_subscriber::fmt::layer().with_writer(output)).try_init()?;
    } else {
        let json = tracing_subscriber::fmt::layer()
            .with_writer(output)
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false);
        registry.with(json).try_init()?;
    }
    Ok(())
}

/// The id of the request that the current task serves; empty outside of one.
pub fn request_id() -> String {
    CURRENT_REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Gives each request an id (the caller's, if it sent a sane one) and a span, and logs its end.
pub async fn trace(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()))
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
    let path = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request_id = %id, method = %request.method(), path);
    let started = Instant::now();

    let header = HeaderValue::from_str(&id);
    let mut response = CURRENT_REQUEST_ID.scope(id, next.run(request)).instrument(span.clone()).await;
    if let Ok(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    // A stream goes on after this: what is logged is the time to its first byte.
    span.in_scope(|| {
        tracing::info!(status = response.status().as_u16(), duration_ms = milliseconds(started), "request");
    });
    response
}

/// Milliseconds since `started`, for the log.
pub fn milliseconds(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}
