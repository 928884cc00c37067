//! From a configuration to a running service, and back to nothing running.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, Uri, header},
    middleware,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, cors::CorsLayer};

use crate::{
    auth::{Caller, Claims, Standings, Verifier},
    chat::Generations,
    config::{Config, WorkerConfig},
    db::Db,
    documents::{self, Worker},
    error::Error,
    health, input,
    jobs::{self, Queue},
    model::Model,
    objects::Objects,
    openapi, page, telemetry,
    web::Fetcher,
};

/// What every handler can reach.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub verifier: Arc<Verifier>,
    pub standings: Arc<Standings>,
    pub model: Arc<Model>,
    pub generations: Arc<Generations>,
    /// Where the bytes of documents are, if that is configured.
    pub objects: Option<Arc<Objects>>,
    pub queue: Arc<dyn Queue>,
    pub fetcher: Arc<Fetcher>,
    /// Cancelled when the service is to end: it takes no new work from then on.
    pub shutdown: CancellationToken,
    /// Private: see [`App::caller`].
    db: Db,
}

impl App {
    /// Puts the parts together. Touches neither the database nor, unless a secret has its login, the network.
    pub async fn new(config: Config, shutdown: CancellationToken) -> anyhow::Result<Self> {
        let db = Db::new(&config.database).await?;
        let model = Arc::new(Model::new(config.bedrock.clone()).await);
        let objects = Objects::new(&config.documents)?.map(Arc::new);
        let queue = jobs::queue(config.documents.jobs_queue_url.as_deref(), db.clone()).await;
        Ok(Self {
            objects,
            queue,
            fetcher: Arc::new(Fetcher::new(&config.documents)?),
            verifier: Arc::new(Verifier::new(&config.cognito)?),
            standings: Arc::default(),
            generations: Generations::new(config.chat.clone(), db.clone(), model.clone()),
            model,
            config: Arc::new(config),
            shutdown,
            db,
        })
    }

    /// Who a verified token names. The only way from a handler to the database: no handler
    /// can forget to ask who calls.
    pub(crate) fn caller(&self, claims: Claims) -> Caller {
        Caller::new(claims, self.db.clone())
    }

    /// Who reads documents, if that is this process.
    fn worker(&self) -> anyhow::Result<Option<Arc<Worker>>> {
        let Some(objects) = self.objects.clone().filter(|_| self.config.read_documents) else { return Ok(None) };
        let config = &self.config.documents;
        let (queue, fetcher) = (self.queue.clone(), self.fetcher.clone());
        Worker::new(config, self.db.clone(), self.model.clone(), objects, queue, fetcher).map(Some)
    }

    /// What keeps the database from being ready, if anything.
    pub async fn database_not_ready(&self) -> Option<&'static str> {
        self.db.not_ready().await
    }

    /// All routes.
    pub fn router(self) -> Router {
        let (api, document) = openapi::router().split_for_parts();
        let router = Router::new()
            .merge(api.with_state(self.clone()))
            .merge(health::router().with_state(self.clone()))
            .merge(documents::uploads_router().with_state(self.clone()))
            .merge(openapi::pages(&document));
        let router = match &self.config.page_dir {
            Some(folder) => router.merge(page::router(folder, &self.config.cognito, &self.config.policy)),
            None => router.fallback(no_route),
        };
        router
            .method_not_allowed_fallback(method_not_allowed)
            .layer(DefaultBodyLimit::max(input::MAX_BODY))
            .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
                let cause = panic
                    .downcast_ref::<&str>()
                    .map(|text| (*text).to_owned())
                    .or_else(|| panic.downcast_ref::<String>().cloned())
                    .unwrap_or_default();
                axum::response::IntoResponse::into_response(Error::Internal(cause))
            }))
            .layer(cors(&self.config.allowed_origins))
            .layer(middleware::from_fn(telemetry::trace))
    }
}

pub async fn no_route(uri: Uri) -> Error {
    Error::NoRoute(uri.path().to_owned())
}

pub async fn method_not_allowed(method: Method, uri: Uri) -> Error {
    Error::MethodNotAllowed(format!("{} does not take {method}. The API is described at /api/docs.", uri.path()))
}

fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.trim().parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("last-event-id"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([HeaderName::from_static("x-request-id"), header::LINK])
        .max_age(Duration::from_hours(1))
}

/// Serves on `listener` until `shutdown`, then ends in order: no new requests, generations
/// go on for [`Config::drain`], what is left is saved and marked.
pub async fn serve(config: Config, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
    let drain = config.drain;
    let app = App::new(config, shutdown.clone()).await?;
    let generations = app.generations.clone();
    let db = app.db.clone();
    tracing::info!(address = %listener.local_addr()?, "listening");

    let mut work = tokio::spawn({
        let (generations, db) = (generations.clone(), db.clone());
        async move {
            db.wait().await?;
            tracing::info!("the database answers");
            generations.run().await
        }
    });
    let worker = app.worker()?.map(|worker| {
        let (db, shutdown) = (db.clone(), shutdown.clone());
        tokio::spawn(async move { run(worker, &db, shutdown, drain).await })
    });
    let http = tokio::spawn(
        // A plain `Router` would be copied whole, with all that its handlers hold, for each connection.
        axum::serve(listener, app.router().into_make_service())
            .with_graceful_shutdown(shutdown.clone().cancelled_owned())
            .into_future(),
    );

    tokio::select! {
        () = shutdown.cancelled() => {}
        // It goes on as long as the process; that it ended means that serving is no use.
        ended = &mut work => ended??,
    }
    tracing::info!(generations = generations.count(), "shutting down");
    tokio::join!(generations.drain(drain), async {
        if let Some(worker) = worker
            && let Err(error) = worker.await
        {
            tracing::error!(%error, "reading documents failed");
        }
    });
    work.abort();
    // Every watched answer has ended, so the open responses end now; what does not is a
    // client that reads nothing.
    if tokio::time::timeout(Duration::from_secs(5), http).await.is_err() {
        tracing::warn!("some connections did not end");
    }
    tokio::time::timeout(Duration::from_secs(5), db.close()).await.ok();
    tracing::info!("ended");
    Ok(())
}

/// Does jobs until `shutdown`, and answers `/health` on `listener` meanwhile. What is under way
/// then goes on for [`WorkerConfig::drain`]; others take up the rest.
pub async fn work(config: WorkerConfig, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
    let db = Db::new(&config.database).await?;
    let objects = Objects::new(&config.documents)?
        .context("there is nowhere to read documents from: set UPLOADS_BUCKET or UPLOADS_DIR, as for the service")?;
    let model = Arc::new(Model::new(config.bedrock).await);
    let queue = jobs::queue(config.documents.jobs_queue_url.as_deref(), db.clone()).await;
    let fetcher = Arc::new(Fetcher::new(&config.documents)?);
    let worker = Worker::new(&config.documents, db.clone(), model, Arc::new(objects), queue, fetcher)?;
    tracing::info!(address = %listener.local_addr()?, "working");
    let http = tokio::spawn(axum::serve(listener, health::alive().into_make_service()).into_future());
    let result = run(worker, &db, shutdown, config.drain).await;
    http.abort();
    tokio::time::timeout(Duration::from_secs(5), db.close()).await.ok();
    tracing::info!("ended");
    result
}

/// Runs a worker as soon as there is a database.
async fn run(worker: Arc<Worker>, db: &Db, shutdown: CancellationToken, drain: Duration) -> anyhow::Result<()> {
    tokio::select! {
        () = shutdown.cancelled() => return Ok(()),
        ready = db.wait() => ready?,
    }
    worker.run(shutdown, drain).await;
    Ok(())
}
