//! An AWS that does what a test tells it to. It speaks what the SDK speaks (queries and XML,
//! JSON, S3), and knows of stacks, tasks and objects just enough for `mangoo-ops` to go on.

mod cloudformation;
mod ecs;
mod platform;
mod s3;
mod world;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

pub use world::{Event, Migration, Outcome, SETTINGS, Stack, Task, World, definition, image};

pub const ACCOUNT: &str = "123456789012";

/// What goes wrong with calls.
pub struct Fault {
    /// Of this name; of any if it is empty.
    pub action: &'static str,
    /// Only once this has been called.
    pub after: Option<&'static str>,
    /// So many of them.
    pub times: usize,
    pub error: Error,
}

#[derive(Clone)]
pub enum Error {
    /// AWS says no: a code, and its words.
    Says(&'static str, &'static str),
    /// The connection is cut in the middle of the answer.
    Cut,
}

impl Fault {
    pub fn of(action: &'static str, code: &'static str, message: &'static str) -> Self {
        Self { action, after: None, times: usize::MAX, error: Error::Says(code, message) }
    }

    pub fn cut(action: &'static str) -> Self {
        Self { action, after: None, times: usize::MAX, error: Error::Cut }
    }

    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    pub fn after(self, action: &'static str) -> Self {
        Self { after: Some(action), ..self }
    }
}

pub struct Endpoint {
    pub url: String,
    world: Arc<Mutex<World>>,
}

impl Endpoint {
    pub async fn start(world: World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(world));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, world }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// How often an action was called.
    pub fn calls(&self, action: &str) -> usize {
        self.world().calls.iter().filter(|call| *call == action).count()
    }
}

/// Parameters of a query, with their full names.
type Query = HashMap<String, String>;
/// What an action comes to: a body, or a code and words.
type Answer<T> = Result<T, (&'static str, String)>;

async fn answer(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut world = world.lock().unwrap();
    if let Some((_, action)) = header("x-amz-target").split_once('.') {
        let input: Json = serde_json::from_slice(&body).unwrap();
        let answer = match world.call(action) {
            Some(Error::Cut) => return cut(),
            Some(Error::Says(code, message)) => Err((code, message.to_owned())),
            None => ecs::answer(&mut world, action, &input),
        };
        let (status, body) = match answer {
            Ok(answer) => (StatusCode::OK, answer),
            Err((code, message)) => (StatusCode::BAD_REQUEST, json!({ "__type": code, "message": message })),
        };
        return (status, [(CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response();
    }
    if header("content-type").starts_with("application/x-www-form-urlencoded") {
        let query = query(std::str::from_utf8(&body).unwrap());
        let action = &query["Action"];
        let answer = match world.call(action) {
            Some(Error::Cut) => return cut(),
            Some(Error::Says(code, message)) => Err((code, message.to_owned())),
            None => cloudformation::answer(&mut world, action, &query),
        };
        return match answer {
            Ok(result) => {
                let result = format!("<{action}Result>{result}</{action}Result>");
                xml(StatusCode::OK, format!("<{action}Response>{result}</{action}Response>"))
            }
            Err((code, message)) => {
                let error = format!("<Code>{code}</Code><Message>{}</Message>", escape(&message));
                xml(StatusCode::BAD_REQUEST, format!("<ErrorResponse><Error>{error}</Error></ErrorResponse>"))
            }
        };
    }
    if head.uri.path() == "/health" || head.uri.path().starts_with("/api/") {
        return platform::answer(&mut world, &head);
    }
    s3::answer(&mut world, &head, &body)
}

/// The name and value of each part of a query.
fn query(text: &str) -> Query {
    let url = reqwest::Url::parse(&format!("http://localhost/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "text/xml")], body).into_response()
}

fn cut() -> Response {
    let broken = futures_util::stream::iter([Ok(Bytes::from_static(b"<")), Err(std::io::Error::other("cut"))]);
    Body::from_stream(broken).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
