//! Whether the process lives, and whether it can serve.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, bail};
use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use serde_json::json;

use crate::{App, error::Error, input::Json};

/// Longest that `mangoo healthy` waits. Whoever calls it gives up after 5 s by default.
const PATIENCE: Duration = Duration::from_secs(4);

pub fn router() -> Router<App> {
    alive().route("/ready", get(ready))
}

/// `/health` alone, for a process that needs nothing else to serve.
pub fn alive<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/health", get(health))
}

/// Asks the process that listens on `listen`, on this machine, for `/health`: what a container's
/// health check runs, where there is no shell and no curl.
pub async fn check(listen: SocketAddr) -> anyhow::Result<()> {
    let host: IpAddr = match listen.ip() {
        // It listens on every address: one that always leads there.
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let url = format!("http://{}/health", SocketAddr::new(host, listen.port()));
    // A proxy that the environment names is for what lies outside.
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let answer = client.get(&url).send().await.with_context(|| format!("{url} does not answer"))?;
    if answer.status() != StatusCode::OK {
        bail!("{url} answers {}", answer.status());
    }
    Ok(())
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
        None if !app.generations.is_open() && !app.generations.is_resting() => {
            Err(Error::Unavailable("The service has only just started."))
        }
        None => Ok((StatusCode::OK, Json(json!({ "status": "ready" })))),
        Some(reason) => Err(Error::Unavailable(reason)),
    }
}
