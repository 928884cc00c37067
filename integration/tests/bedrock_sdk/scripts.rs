//! Scripts as tests in other processes give them.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::{operation::converse_stream::builders::ConverseStreamFluentBuilder, primitives::Blob};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    converse::in_short,
    support::{MODEL, Stage, texts, user},
};

async fn post(stage: &Stage, path: &str, script: &Value) -> StatusCode {
    let url = format!("{}/_stand-in/{path}", stage.bedrock.url());
    reqwest::Client::new().post(url).json(script).send().await.unwrap().status()
}

fn ask(stage: &Stage) -> ConverseStreamFluentBuilder {
    stage.client.converse_stream().model_id(MODEL).messages(user("Hello?"))
}

#[tokio::test]
async fn a_script_says_all_in_json() {
    let stage = Stage::start().await;
    let script = json!({
        "delay_before_headers_ms": 30,
        "first_token_delay_ms": 30,
        "pace_ms": 20,
        "deltas": ["One ", "two"],
        "reasoning": "Count.",
        "stop_reason": "max_tokens",
        "usage": [5, 6],
        "tool_use": { "id": "a", "name": "clock", "input": { "zone": "UTC" } },
    });
    assert_eq!(post(&stage, "scripts", &script).await, StatusCode::NO_CONTENT);
    let asked = Instant::now();
    let events = in_short(ask(&stage).send().await.unwrap().stream).await;
    assert!(asked.elapsed() >= Duration::from_millis(80));
    let expected = [
        "start assistant",
        "0 thought \"Count.\"",
        "0 signature",
        "0 end",
        "1 text \"One \"",
        "1 text \"two\"",
        "1 end",
        "2 tool a clock",
        "2 input {\"zone\"",
        "2 input :\"UTC\"}",
        "2 end",
        "stop max_tokens",
        "usage 5 6",
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn embeddings_have_scripts_of_their_own() {
    let stage = Stage::start().await;
    let script = json!({ "error_before": { "name": "ServiceUnavailableException", "message": "Later." } });
    assert_eq!(post(&stage, "embedding-scripts", &script).await, StatusCode::NO_CONTENT);
    ask(&stage).send().await.unwrap();
    let call = stage.client.invoke_model().model_id("amazon.titan-embed-text-v2:0");
    let error = call.body(Blob::new(r#"{"inputText":"Hello"}"#)).send().await.unwrap_err().into_service_error();
    assert!(error.is_service_unavailable_exception(), "{error:?}");
}

#[tokio::test]
async fn a_misspelt_script_is_refused() {
    let stage = Stage::start().await;
    for wrong in [json!({ "first_token_delay": 30 }), json!({ "pace_ms": -1 }), json!({ "error_after": 3 })] {
        assert_eq!(post(&stage, "scripts", &wrong).await, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    // Nothing of them was kept.
    texts(&mut ask(&stage).send().await.unwrap().stream).await.1.unwrap();
}
