//! Answers that stream, so many at any time, while something else happens.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    sync::{Arc, Mutex},
    time::Duration,
};

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

use crate::user::User;

/// An answer takes as long as a task has to end: ministack kills after five seconds, whatever
/// the template allows.
pub const PACE: Duration = Duration::from_millis(200);
pub const TOKENS: usize = 20;

pub struct Streams {
    readers: JoinSet<()>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    is_over: AtomicBool,
    whole: AtomicUsize,
    broken: Mutex<Vec<String>>,
}

/// What became of the answers.
pub struct Ended {
    pub whole: usize,
    pub broken: Vec<String>,
}

impl Streams {
    /// Starts so many readers, each of which asks again when its answer is whole; returns when
    /// all have had their first event.
    pub async fn start(user: &User, readers: usize) -> Self {
        let bot = json!({ "name": "Streams", "model_id": "amazon.nova-lite-v1:0" });
        let bot = user.ok(Method::POST, "/bots", Some(bot)).await;
        let question = json!({ "bot_id": bot["id"], "message": "Say something.", "use_rag": false });
        let shared = Arc::new(Shared::default());
        let mut running = JoinSet::new();
        let (started, mut all) = tokio::sync::mpsc::channel(readers);
        for _ in 0..readers {
            let (shared, started) = (Arc::clone(&shared), started.clone());
            let request = user.call(Method::POST, "/chat/stream").json(&question);
            running.spawn(async move {
                while !shared.is_over.load(Ordering::Relaxed) {
                    match read(&request, &started).await {
                        Ok(()) => _ = shared.whole.fetch_add(1, Ordering::Relaxed),
                        Err(problem) => shared.broken.lock().unwrap().push(problem),
                    }
                }
            });
        }
        for _ in 0..readers {
            all.recv().await.unwrap();
        }
        // From now on nobody listens.
        all.close();
        Self { readers: running, shared }
    }

    /// Lets all answers end.
    pub async fn finish(self) -> Ended {
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.readers.join_all().await;
        let broken = std::mem::take(&mut *self.shared.broken.lock().unwrap());
        Ended { whole: self.shared.whole.load(Ordering::Relaxed), broken }
    }
}

/// Reads one answer to its end.
async fn read(request: &RequestBuilder, started: &tokio::sync::mpsc::Sender<()>) -> Result<(), String> {
    let ask = || request.try_clone().unwrap().send();
    let mut answer = ask().await.map_err(|error| format!("{error:?}"))?;
    // ministack's load balancer sends requests to containers that do not listen yet, and to
    // those that are told to end; ECS tells a task only after its load balancer has let it go.
    while matches!(answer.status(), StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE) {
        tokio::time::sleep(PACE).await;
        answer = ask().await.map_err(|error| format!("{error:?}"))?;
    }
    if !answer.status().is_success() {
        return Err(format!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()));
    }
    let mut events = answer.bytes_stream().eventsource();
    let mut names = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.map_err(|error| format!("cut after {} events: {error:?}", names.len()))?;
        _ = started.try_send(());
        names.push(event.event);
    }
    if names.len() == TOKENS + 2 && names.last().is_some_and(|name| name == "done") {
        Ok(())
    } else {
        Err(format!("it has {} events and ends with {:?}", names.len(), names.last()))
    }
}
