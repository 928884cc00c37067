//! The HTTP side.

use std::{sync::Arc, time::Instant};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, State as Shared},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::time::sleep;
use tower_http::set_header::SetResponseHeaderLayer;

use super::{Exception, KEPT_REQUESTS, Request, Script, State, embed, lock, play, reply, rerank, validate};

/// Bytes of a request, as Bedrock takes them.
const MAX_BODY: usize = 25_000_000;

pub fn router(state: Arc<State>) -> Router {
    let request_id = SetResponseHeaderLayer::overriding(HeaderName::from_static("x-amzn-requestid"), |_: &Response| {
        HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).ok()
    });
    Router::new()
        .route("/model/{model_id}/converse", post(converse))
        .route("/model/{model_id}/converse-stream", post(converse_stream))
        .route("/model/{model_id}/invoke", post(invoke))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(request_id)
        .route("/_stand-in/scripts", post(add_script))
        .route("/_stand-in/embedding-scripts", post(add_embedding_script))
        .with_state(state)
}

impl IntoResponse for Exception {
    fn into_response(self) -> Response {
        let status = match self.name.as_str() {
            "AccessDeniedException" => StatusCode::FORBIDDEN,
            "ResourceNotFoundException" => StatusCode::NOT_FOUND,
            "ModelTimeoutException" => StatusCode::REQUEST_TIMEOUT,
            "ModelErrorException" | "ModelStreamErrorException" => StatusCode::FAILED_DEPENDENCY,
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

/// Scripts the next embedding, for tests in other processes.
async fn add_embedding_script(Shared(state): Shared<Arc<State>>, Json(script): Json<Script>) -> StatusCode {
    lock(&state.embedding_scripts).push_back(script);
    StatusCode::NO_CONTENT
}

/// Keeps the request, and gives its body and its script.
async fn receive(
    state: &State,
    operation: &'static str,
    model_id: String,
    body: &Bytes,
) -> Result<(Value, Script), Exception> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| Exception::new("SerializationException", &error.to_string()))?;
    let scripts = if operation == "invoke" { &state.embedding_scripts } else { &state.scripts };
    let script = lock(scripts).pop_front().unwrap_or_default();
    if state.options.tokens.is_none() {
        let mut requests = lock(&state.requests);
        if requests.len() == KEPT_REQUESTS {
            requests.pop_front();
        }
        requests.push_back(Request { operation, model_id, body: body.clone(), at: Instant::now() });
    }
    if !script.delay_before_headers.is_zero() {
        sleep(script.delay_before_headers).await;
    }
    match script.error_before {
        Some(exception) => Err(exception),
        None => Ok((body, script)),
    }
}

/// What an answer of so many pieces cost; a piece counts as a token.
pub fn usage(body: &Value, pieces: usize, script: &Script) -> Value {
    let (input, output) = script.usage.map_or_else(
        || (validate::length(body).div_ceil(4), pieces),
        |(input, output)| (input as usize, output as usize),
    );
    json!({ "inputTokens": input, "outputTokens": output, "totalTokens": input + output })
}

pub fn stop_reason(script: &Script) -> &str {
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
    sleep(script.first_token_delay).await;
    if let Some((_, exception)) = script.error_after {
        return Err(exception);
    }
    let pieces = reply::said(&state.options, &body, &script);
    let reasoning = script.reasoning.as_ref().map(
        |text| json!({ "reasoningContent": { "reasoningText": { "text": text, "signature": reply::SIGNATURE } } }),
    );
    let text = (!pieces.is_empty()).then(|| json!({ "text": pieces.concat() }));
    let tool_use = script
        .tool_use
        .as_ref()
        .map(|tool| json!({ "toolUse": { "toolUseId": tool.id, "name": tool.name, "input": tool.input } }));
    let content: Vec<Value> = [reasoning, text, tool_use].into_iter().flatten().collect();
    let answer = json!({
        "output": { "message": { "role": "assistant", "content": content } },
        "stopReason": stop_reason(&script),
        "usage": usage(&body, pieces.len(), &script),
        "metrics": { "latencyMs": 1 },
    });
    Ok(Json(answer).into_response())
}

async fn converse_stream(
    Shared(state): Shared<Arc<State>>,
    Path(model_id): Path<String>,
    body: Bytes,
) -> Result<Response, Exception> {
    let (body, script) = receive(&state, "converse-stream", model_id, &body).await?;
    validate::converse(&body)?;
    let stream = play::play(state, &body, &script);
    Ok(([(header::CONTENT_TYPE, "application/vnd.amazon.eventstream")], Body::from_stream(stream)).into_response())
}

/// Titan Text Embeddings v2.
async fn invoke(
    Shared(state): Shared<Arc<State>>,
    Path(model_id): Path<String>,
    body: Bytes,
) -> Result<Response, Exception> {
    let ranks = model_id.contains("rerank");
    let (body, _) = receive(&state, "invoke", model_id, &body).await?;
    if ranks {
        let (query, documents, top_n) = validate::rerank(&body)?;
        return Ok(Json(rerank::rank(query, &documents, top_n)).into_response());
    }
    let (text, dimensions, normalize) = validate::embedding(&body)?;
    let embedding = embed::embed(text, dimensions, normalize, &lock(&state.meanings));
    let answer = json!({
        "embedding": embedding,
        "embeddingsByType": { "float": embedding },
        "inputTextTokenCount": text.len().div_ceil(4),
    });
    Ok(Json(answer).into_response())
}
