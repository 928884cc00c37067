//! Answers that stream, so many at any time, while something else happens.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use crate::aws::Aws;

/// An answer takes as long as a task has to end: ministack kills after five seconds, whatever
/// the template allows.
pub const PACE: Duration = Duration::from_millis(200);
pub const TOKENS: usize = 20;
const USER: &str = "streams@example.com";
const PASSWORD: &str = "Streams-1-password";

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
    pub async fn start(aws: &Aws, address: &str, outputs: &Json, readers: usize) -> Self {
        let token = token(aws, outputs).await;
        let http = Client::builder().pool_max_idle_per_host(readers).build().unwrap();
        let call = |path: &str| http.post(format!("{address}/api/v1{path}")).bearer_auth(&token);
        call("/users/register").json(&json!({})).send().await.unwrap().error_for_status().unwrap();
        let bot = json!({ "name": "Streams", "model_id": "amazon.nova-lite-v1:0" });
        let bot = call("/bots").json(&bot).send().await.unwrap().error_for_status().unwrap();
        let bot: Json = bot.json().await.unwrap();
        let question = json!({ "bot_id": bot["id"], "message": "Say something.", "use_rag": false });
        let shared = Arc::new(Shared::default());
        let mut running = JoinSet::new();
        let (started, mut all) = tokio::sync::mpsc::channel(readers);
        for _ in 0..readers {
            let (shared, started) = (Arc::clone(&shared), started.clone());
            let request = call("/chat/stream").json(&question);
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
    // ministack's load balancer sends requests to containers that do not listen yet.
    while answer.status() == StatusCode::BAD_GATEWAY {
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

async fn token(aws: &Aws, outputs: &Json) -> String {
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(&aws.config);
    let (pool, client) = (outputs["UserPoolId"].as_str().unwrap(), outputs["UserPoolClientId"].as_str().unwrap());
    cognito.admin_create_user().user_pool_id(pool).username(USER).send().await.unwrap();
    let set = cognito.admin_set_user_password().user_pool_id(pool).username(USER);
    set.password(PASSWORD).permanent(true).send().await.unwrap();
    let sign_in = cognito.admin_initiate_auth().user_pool_id(pool).client_id(client);
    let sign_in = sign_in.auth_flow(AuthFlowType::AdminUserPasswordAuth);
    let sign_in = sign_in.auth_parameters("USERNAME", USER).auth_parameters("PASSWORD", PASSWORD);
    sign_in.send().await.unwrap().authentication_result.unwrap().id_token.unwrap()
}
