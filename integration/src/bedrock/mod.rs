//! Stands in for Amazon Bedrock Runtime: Converse, ConverseStream and Titan Text Embeddings v2,
//! on the real wire protocol, so that the AWS SDKs talk to it unchanged.
//!
//! Answers are deterministic and made of what the model is given. Tests script what goes
//! wrong: see [`Script`]. Requests are checked as Bedrock checks them.

mod command;
mod embed;
mod frames;
mod reply;
mod server;
mod validate;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use command::Command;

/// How it answers when nothing is scripted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Between two pieces of a streamed answer.
    pub pace: Duration,
    /// Answers of so many equal pieces, for benchmarks; otherwise they have something to say.
    pub tokens: Option<usize>,
}

/// How one call is answered, other than by default. Offsets count the pieces of the answer.
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
    /// What is said, in pieces.
    pub deltas: Option<Vec<String>>,
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

#[derive(Clone, Debug, Deserialize)]
pub struct ToolUse {
    pub id: String,
    pub name: String,
    pub input: Value,
}

/// An error as Bedrock gives it.
#[derive(Clone, Debug, Deserialize)]
pub struct Exception {
    /// `ThrottlingException`, …
    pub name: String,
    pub message: String,
}

impl Exception {
    pub fn new(name: &str, message: &str) -> Self {
        Self { name: name.to_owned(), message: message.to_owned() }
    }

    pub fn throttling() -> Self {
        Self::new("ThrottlingException", "Too many requests, please wait before trying again.")
    }

    fn validation(message: impl Into<String>) -> Self {
        Self { name: "ValidationException".to_owned(), message: message.into() }
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Request {
    /// `converse`, `converse-stream` or `invoke`.
    pub operation: &'static str,
    pub model_id: String,
    pub body: Value,
}

/// A running stand-in; it ends when this is dropped.
pub struct Bedrock {
    url: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

struct State {
    options: Options,
    scripts: Mutex<VecDeque<Script>>,
    embedding_scripts: Mutex<VecDeque<Script>>,
    requests: Mutex<Vec<Request>>,
    /// Streams whose client went before their end.
    dropped: watch::Sender<usize>,
}

impl Bedrock {
    /// Serves on `address`; port 0 takes a free one.
    pub async fn start(address: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(State {
            options,
            scripts: Mutex::default(),
            embedding_scripts: Mutex::default(),
            requests: Mutex::default(),
            dropped: watch::Sender::new(0),
        });
        let router = server::router(state.clone());
        let server = tokio::spawn(async move {
            if let Err(cause) = axum::serve(listener, router).await {
                tracing::error!(%cause, "the Bedrock stand-in stopped");
            }
        });
        Ok(Self { url, state, server })
    }

    /// Without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Decides over the next call of Converse or `ConverseStream` that has no script yet.
    pub fn script(&self, script: Script) {
        lock(&self.state.scripts).push_back(script);
    }

    /// Decides over the next embedding that has no script yet: its delay or its error.
    pub fn script_embedding(&self, script: Script) {
        lock(&self.state.embedding_scripts).push_back(script);
    }

    /// All that came so far; of an instance with [`Options::tokens`] nothing is kept.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).clone()
    }

    /// How many streams were dropped by their client before their end.
    pub fn dropped_streams(&self) -> watch::Receiver<usize> {
        self.state.dropped.subscribe()
    }
}

impl Drop for Bedrock {
    fn drop(&mut self) {
        self.server.abort();
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
