//! The HTTP side: routes, and streams that keep to their script.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State as Shared},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Exception, Request, Script, State, embed, frames, lock, reply, validate};

/// Bytes that go out together when no pace keeps them apart.
const CHUNK: usize = 16 * 1024;

pub fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/model/{model_id}/converse", post(converse))
        .route("/model/{model_id}/converse-stream", post(converse_stream))
        .route("/model/{model_id}/invoke", post(invoke))
        .route("/_stand-in/scripts", post(add_script))
        .with_state(state)
}

impl IntoResponse for Exception {
    fn into_response(self) -> Response {
        let status = match self.name.as_str() {
            "AccessDeniedException" => StatusCode::FORBIDDEN,
            "ResourceNotFoundException" => StatusCode::NOT_FOUND,
            "ModelTimeoutException" => StatusCode::REQUEST_TIMEOUT,
            "ModelErrorException" => StatusCode::FAILED_DEPENDENCY,
            "ThrottlingException" | "ModelNotReadyException" => StatusCode::TOO_MANY_REQUESTS,
            "InternalServerException" => StatusCode::INTERNAL_SERVER_ERROR,
            "ServiceUnavailableException" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        (status, [("x-amzn-errortype", self.name)], Json(json!({ "message": self.message }))).into_response()
    }
}

/// Scripts the next call of Converse, for tests in other processes.
async fn add_script(Shared(state): Shared<Arc<State>>, Json(script): Json<Script>) -> StatusCode {
    lock(&state.scripts).push_back(script);
    StatusCode::NO_CONTENT
}

/// Keeps the request, and gives its body and its script.
async fn receive(
    state: &State,
    operation: &'static str,
    model_id: String,
    body: &Bytes,
) -> Result<(Value, Script), Exception> {
    let body: Value = serde_json::from_slice(body).map_err(|error| {
        Exception::new("SerializationException", &error.to_string())
    })?;
    let scripts = if operation == "invoke" { &state.embedding_scripts } else { &state.scripts };
    let script = lock(scripts).pop_front().unwrap_or_default();
    if state.options.tokens.is_none() {
        lock(&state.requests).push(Request { operation, model_id, body: body.clone() });
    }
    sleep(script.delay_before_headers).await;
    match script.error_before {
        Some(exception) => Err(exception),
        None => Ok((body, script)),
    }
}

/// What is said, in pieces.
fn pieces(state: &State, body: &Value, script: &Script) -> Vec<String> {
    match (&script.deltas, state.options.tokens) {
        (Some(deltas), _) => deltas.clone(),
        (None, Some(tokens)) => vec!["token ".to_owned(); tokens],
        (None, None) => reply::pieces(&reply::answer(body)),
    }
}

fn usage(body: &Value, pieces: &[String], script: &Script) -> Value {
    let texts = |blocks: &Value| validate::texts(blocks).map(str::len).sum::<usize>();
    let asked = body["messages"].as_array().into_iter().flatten().map(|message| texts(&message["content"])).sum::<usize>();
    let (input, output) = match script.usage {
        Some((input, output)) => (input as usize, output as usize),
        None => ((asked + texts(&body["system"])).div_ceil(4), pieces.len()),
    };
    json!({ "inputTokens": input, "outputTokens": output, "totalTokens": input + output })
}

fn stop_reason(script: &Script) -> &str {
    let default = if script.tool_use.is_some() { "tool_use" } else { "end_turn" };
    script.stop_reason.as_deref().unwrap_or(default)
}

async fn converse(
    Shared(state): Shared<Arc<State>>,
    Path(model_id): Path<String>,
    body: Bytes,
) -> Result<Response, Exception> {
    let (body, script) = receive(&state, "converse", model_id, &body).await?;
    validate::converse(&body)?;
    let pieces = pieces(&state, &body, &script);
    let mut content = vec![json!({ "text": pieces.concat() })];
    content.extend(script.tool_use.as_ref().map(|tool| {
        json!({ "toolUse": { "toolUseId": tool.id, "name": tool.name, "input": tool.input } })
    }));
    let answer = json!({
        "output": { "message": { "role": "assistant", "content": content } },
        "stopReason": stop_reason(&script),
        "usage": usage(&body, &pieces, &script),
        "metrics": { "latencyMs": 1 },
    });
    Ok(Json(answer).into_response())
}

/// What a stream does, one after the other.
enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    Stall,
    Cut,
}

async fn converse_stream(
    Shared(state): Shared<Arc<State>>,
    Path(model_id): Path<String>,
    body: Bytes,
) -> Result<Response, Exception> {
    let (body, script) = receive(&state, "converse-stream", model_id, &body).await?;
    validate::converse(&body)?;
    let steps = steps(&state, &body, &script);
    let guard = Guard { state, ended: false };
    let stream = stream::unfold((steps, guard), |(mut steps, mut guard)| async move {
        loop {
            match steps.pop_front() {
                Some(Step::Send(bytes)) => return Some((Ok(bytes), (steps, guard))),
                Some(Step::Wait(time)) => sleep(time).await,
                Some(Step::Stall) => std::future::pending().await,
                Some(Step::Cut) => {
                    guard.end();
                    return Some((Err(std::io::Error::other("cut by the script")), (VecDeque::new(), guard)));
                }
                None => {
                    guard.end();
                    return None;
                }
            }
        }
    });
    Ok(([(header::CONTENT_TYPE, "application/vnd.amazon.eventstream")], Body::from_stream(stream)).into_response())
}

/// Counts a stream that is dropped before it ended.
struct Guard {
    state: Arc<State>,
    ended: bool,
}

impl Guard {
    /// It ended as it was to.
    fn end(&mut self) {
        self.ended = true;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.ended {
            self.state.dropped.send_modify(|count| *count += 1);
        }
    }
}

fn steps(state: &State, body: &Value, script: &Script) -> VecDeque<Step> {
    let pace = script.pace.unwrap_or(state.options.pace);
    let pieces = pieces(state, body, script);
    let mut steps = VecDeque::new();
    let mut out = Vec::new();
    frames::event(&mut out, "messageStart", &json!({ "role": "assistant" }));
    let flush = |steps: &mut VecDeque<Step>, out: &mut Vec<u8>| {
        if !out.is_empty() {
            steps.push_back(Step::Send(std::mem::take(out)));
        }
    };
    if !script.first_token_delay.is_zero() {
        flush(&mut steps, &mut out);
        steps.push_back(Step::Wait(script.first_token_delay));
    }
    for index in 0..=pieces.len() {
        let now = |after: Option<usize>| after == Some(index);
        if let Some((_, exception)) = script.error_after.as_ref().filter(|(after, _)| now(Some(*after))) {
            frames::exception(&mut out, exception);
            flush(&mut steps, &mut out);
            return steps;
        }
        if now(script.stall_after) || now(script.cut_after) {
            flush(&mut steps, &mut out);
            steps.push_back(if now(script.cut_after) { Step::Cut } else { Step::Stall });
            return steps;
        }
        let Some(piece) = pieces.get(index) else { break };
        if index > 0 && !pace.is_zero() {
            flush(&mut steps, &mut out);
            steps.push_back(Step::Wait(pace));
        }
        frames::event(&mut out, "contentBlockDelta", &json!({ "contentBlockIndex": 0, "delta": { "text": piece } }));
        if out.len() > CHUNK {
            flush(&mut steps, &mut out);
        }
    }
    frames::event(&mut out, "contentBlockStop", &json!({ "contentBlockIndex": 0 }));
    if let Some(tool) = &script.tool_use {
        let start = json!({ "contentBlockIndex": 1, "start": { "toolUse": { "toolUseId": tool.id, "name": tool.name } } });
        frames::event(&mut out, "contentBlockStart", &start);
        let delta = json!({ "contentBlockIndex": 1, "delta": { "toolUse": { "input": tool.input.to_string() } } });
        frames::event(&mut out, "contentBlockDelta", &delta);
        frames::event(&mut out, "contentBlockStop", &json!({ "contentBlockIndex": 1 }));
    }
    frames::event(&mut out, "messageStop", &json!({ "stopReason": stop_reason(script) }));
    let metadata = json!({ "usage": usage(body, &pieces, script), "metrics": { "latencyMs": 1 } });
    frames::event(&mut out, "metadata", &metadata);
    flush(&mut steps, &mut out);
    steps
}

/// Titan Text Embeddings v2.
async fn invoke(
    Shared(state): Shared<Arc<State>>,
    Path(model_id): Path<String>,
    body: Bytes,
) -> Result<Response, Exception> {
    let (body, _) = receive(&state, "invoke", model_id, &body).await?;
    let text = body["inputText"].as_str().filter(|text| !text.is_empty()).ok_or_else(|| {
        Exception::validation("Malformed input request: #: required key [inputText] not found, please reformat your input and try again.")
    })?;
    if text.chars().count() > 50_000 {
        return Err(Exception::validation("400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count exceeds it"));
    }
    let dimensions = match body["dimensions"].as_u64() {
        None => 1024,
        Some(dimensions @ (256 | 512 | 1024)) => usize::try_from(dimensions).unwrap_or(1024),
        Some(_) => return Err(Exception::validation("Malformed input request: #/dimensions: must be 256, 512 or 1024")),
    };
    let embedding = embed::embed(text, dimensions, body["normalize"].as_bool().unwrap_or(true));
    Ok(Json(json!({ "embedding": embedding, "inputTextTokenCount": text.len().div_ceil(4) })).into_response())
}
