//! Stands in for Amazon Bedrock Runtime: Converse, `ConverseStream` and Titan Text Embeddings v2,
//! on the real wire protocol, so that the AWS SDKs talk to it unchanged.
//!
//! Answers are deterministic and made of what the model is given. Tests script what goes
//! wrong: see [`Script`]. Requests are checked as Bedrock checks them.

mod command;
mod embed;
mod frames;
mod play;
mod reply;
mod rerank;
mod server;
mod validate;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::serve::ListenerExt;
use serde::Deserialize;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub use embed::{Meanings, embed};

pub use command::Command;

/// How it answers when nothing is scripted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Between two pieces of a streamed answer.
    pub pace: Duration,
    /// Answers of so many equal pieces, for benchmarks; otherwise they have something to say.
    pub tokens: Option<usize>,
}

/// How one call is answered, other than by default. Offsets count the pieces of the answer's
/// text. Of an embedding, only the delay before the headers and the error before them count;
/// of Converse without a stream, not the pace, the stall and the cut.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Instead of an answer.
    pub error_before: Option<Exception>,
    #[serde(rename = "delay_before_headers_ms", deserialize_with = "milliseconds")]
    pub delay_before_headers: Duration,
    #[serde(rename = "first_token_delay_ms", deserialize_with = "milliseconds")]
    pub first_token_delay: Duration,
    #[serde(rename = "pace_ms", deserialize_with = "maybe_milliseconds")]
    pub pace: Option<Duration>,
    /// What is said; each word is a piece.
    pub text: Option<String>,
    /// What is said, in these pieces; goes before `text`.
    pub deltas: Option<Vec<String>>,
    /// What the model thinks before it says anything.
    pub reasoning: Option<String>,
    /// After so many pieces, an exception in the stream.
    pub error_after: Option<(usize, Exception)>,
    /// After so many pieces, silence; the connection stays open.
    pub stall_after: Option<usize>,
    /// After so many pieces, the connection is cut.
    pub cut_after: Option<usize>,
    /// `end_turn` by default, or `tool_use`.
    pub stop_reason: Option<String>,
    /// Input and output tokens.
    pub usage: Option<(u32, u32)>,
    /// The model asks for this tool after what it says.
    pub tool_use: Option<ToolUse>,
}

/// A call of a tool that the model asks for.
#[derive(Clone, Debug, Deserialize)]
pub struct ToolUse {
    pub id: String,
    pub name: String,
    pub input: Value,
}

/// An error as Bedrock gives it.
#[derive(Clone, Debug, Deserialize)]
pub struct Exception {
    /// `ThrottlingException`, …; in a stream its first letter becomes a small one.
    pub name: String,
    pub message: String,
}

impl Exception {
    pub fn new(name: &str, message: &str) -> Self {
        Self { name: name.to_owned(), message: message.to_owned() }
    }

    /// As Bedrock throttles.
    pub fn throttling() -> Self {
        Self::new("ThrottlingException", "Too many requests, please wait before trying again.")
    }

    /// The request is at fault.
    pub fn validation(message: &str) -> Self {
        Self::new("ValidationException", message)
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Request {
    /// `converse`, `converse-stream` or `invoke`.
    pub operation: &'static str,
    /// Decoded: an id, or the ARN of an inference profile.
    pub model_id: String,
    pub body: Value,
    pub at: Instant,
}

/// A running stand-in. It ends, and breaks off its streams, with [`Bedrock::stop`] or when dropped.
pub struct Bedrock {
    url: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

/// A piece of an answer of fixed length.
const TOKEN: &str = "token ";

/// Requests that are kept; older ones are forgotten.
const KEPT_REQUESTS: usize = 10_000;

struct State {
    options: Options,
    /// The pieces of every answer, if [`Options::tokens`] says so: encoded once.
    tokens: Option<Arc<frames::Deltas>>,
    scripts: Mutex<VecDeque<Script>>,
    embedding_scripts: Mutex<VecDeque<Script>>,
    meanings: Mutex<Meanings>,
    requests: Mutex<VecDeque<Request>>,
    /// Streams whose client went before their end.
    dropped: watch::Sender<usize>,
    stop: CancellationToken,
}

impl Bedrock {
    /// Serves on `address`; port 0 takes a free one.
    pub async fn start(address: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let url = format!("http://{}", listener.local_addr()?);
        // Small pieces would otherwise wait for the client's acknowledgement of the one before.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        let tokens = options.tokens.map(|count| Arc::new(frames::Deltas::new(0, &vec![TOKEN; count])));
        let state = Arc::new(State {
            options,
            tokens,
            scripts: Mutex::default(),
            embedding_scripts: Mutex::default(),
            meanings: Mutex::default(),
            requests: Mutex::default(),
            dropped: watch::Sender::new(0),
            stop: CancellationToken::new(),
        });
        let router = server::router(state.clone());
        let stop = state.stop.clone().cancelled_owned();
        let server = tokio::spawn(async move {
            if let Err(cause) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
                tracing::error!(%cause, "the Bedrock stand-in stopped");
            }
        });
        Ok(Self { url, state, server })
    }

    /// Ends it; streams that are under way break off.
    pub async fn stop(mut self) {
        self.state.stop.cancel();
        // Its only failure is a panic, which has been reported.
        let _ = (&mut self.server).await;
    }

    /// Without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Decides over the next call of Converse or `ConverseStream` that has no script yet.
    pub fn script(&self, script: Script) {
        lock(&self.state.scripts).push_back(script);
    }

    /// Has embeddings know what words mean, from lines of words that mean the same.
    pub fn learn(&self, meanings: &str) {
        *lock(&self.state.meanings) = Meanings::of(meanings);
    }

    /// Decides over the next embedding that has no script yet: its delay or its error.
    pub fn script_embedding(&self, script: Script) {
        lock(&self.state.embedding_scripts).push_back(script);
    }

    /// Calls that have no script yet are answered by default again.
    pub fn forget_scripts(&self) {
        lock(&self.state.scripts).clear();
        lock(&self.state.embedding_scripts).clear();
    }

    /// The newest 10,000 that came; of an instance with [`Options::tokens`] nothing is kept.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).iter().cloned().collect()
    }

    /// How many streams were dropped by their client before their end. Wait for a change to
    /// know when.
    pub fn dropped_streams(&self) -> watch::Receiver<usize> {
        self.state.dropped.subscribe()
    }
}

impl Drop for Bedrock {
    fn drop(&mut self) {
        self.state.stop.cancel();
    }
}

/// What the lock holds is whole after each operation, also if its holder panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn milliseconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

fn maybe_milliseconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(Duration::from_millis))
}
