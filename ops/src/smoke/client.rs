//! The API as a client sees it: calls, and streams with the time at which each event came.

use std::time::{Duration, Instant};

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value as Json;

/// For what is not a stream.
const TIMEOUT: Duration = Duration::from_secs(30);

pub struct Client {
    http: reqwest::Client,
    address: String,
    token: String,
}

/// An event, and when it came after the request was sent.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub name: String,
    pub id: String,
    pub data: Json,
    pub after: Duration,
}

impl Client {
    pub fn new(address: &str, token: &str) -> Result<Self, String> {
        let http = reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).build();
        let http = http.map_err(|error| error.to_string())?;
        Ok(Self { http, address: address.trim_end_matches('/').to_owned(), token: token.to_owned() })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.address)).bearer_auth(&self.token)
    }

    pub async fn health(&self) -> Result<(), String> {
        let answer = self.http.get(format!("{}/health", self.address)).timeout(TIMEOUT).send().await;
        answered(answer.map_err(unsent)?).await.map(|_| ())
    }

    /// Calls the API, and reads its JSON.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Json>) -> Result<Json, String> {
        let mut request = self.request(method, &format!("/api/v1{path}")).timeout(TIMEOUT);
        if let Some(body) = body {
            request = request.json(body);
        }
        answered(request.send().await.map_err(unsent)?).await?.json().await.map_err(unsent)
    }

    /// Reads a stream to its end, or, with `first` given, so many events of it. Between two
    /// pieces it waits no longer than `patience`.
    pub async fn stream(
        &self,
        method: Method,
        path: &str,
        body: Option<&Json>,
        last_event_id: Option<&str>,
        first: Option<usize>,
        patience: Duration,
    ) -> Result<Vec<Arrived>, String> {
        let started = Instant::now();
        let mut request = self.request(method, &format!("/api/v1{path}"));
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let answer = tokio::time::timeout(TIMEOUT, request.send()).await.map_err(|_| "no answer in 30 s".to_owned())?;
        let mut events = answered(answer.map_err(unsent)?).await?.bytes_stream().eventsource();
        let mut arrived = Vec::new();
        while first.is_none_or(|first| arrived.len() < first) {
            let event = tokio::time::timeout(patience, events.next())
                .await
                .map_err(|_| format!("nothing came for {} s", patience.as_secs()))?;
            let Some(event) = event else { break };
            let event = event.map_err(|error| {
                format!(
                    "the stream was cut after {:.1} s and {} events: {error}",
                    started.elapsed().as_secs_f64(),
                    arrived.len()
                )
            })?;
            let data = serde_json::from_str(&event.data).map_err(|_| format!("`{}` is not JSON", event.data))?;
            arrived.push(Arrived { name: event.event, id: event.id, data, after: started.elapsed() });
        }
        Ok(arrived)
    }
}

/// The answer, if it is a good one; else what it says.
async fn answered(answer: Response) -> Result<Response, String> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let path = answer.url().path().to_owned();
    let text = answer.text().await.unwrap_or_default();
    let problem: Json = serde_json::from_str(&text).unwrap_or_default();
    let detail = problem["detail"].as_str().map_or_else(|| text.chars().take(200).collect(), str::to_owned);
    Err(format!("{path} answers {status}: {detail}"))
}

#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn unsent(error: reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
