//! Titan Text Embeddings v2.

use aws_sdk_bedrockruntime::{error::SdkError, operation::invoke_model::InvokeModelError, primitives::Blob};
use integration::bedrock::{Exception, Script};
use serde_json::{Value, json};

use crate::support::Stage;

async fn invoke(stage: &Stage, body: Value) -> Result<Value, InvokeModelError> {
    let call = stage.client.invoke_model().model_id("amazon.titan-embed-text-v2:0").body(Blob::new(body.to_string()));
    let output = call.send().await.map_err(SdkError::into_service_error)?;
    assert_eq!(output.content_type, "application/json");
    Ok(serde_json::from_slice(output.body.as_ref()).unwrap())
}

async fn embed(stage: &Stage, text: &str) -> Vec<f64> {
    vector(&invoke(stage, json!({ "inputText": text })).await.unwrap())
}

fn vector(answer: &Value) -> Vec<f64> {
    answer["embedding"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn texts_that_share_words_are_close() {
    let stage = Stage::start().await;
    let question = embed(&stage, "How many days of holidays has an employee?").await;
    let answer = embed(&stage, "Employees have 30 days of holiday a year.").await;
    let other = embed(&stage, "The canteen opens at noon, and soup costs 2.50.").await;
    assert!(dot(&question, &answer) > 0.5, "{}", dot(&question, &answer));
    assert!(dot(&question, &other).abs() < 0.2, "{}", dot(&question, &other));
    assert_eq!(embed(&stage, "Employees have 30 days of holiday a year.").await, answer);
}

#[tokio::test]
async fn vectors_have_the_size_and_the_length_asked_for() {
    let stage = Stage::start().await;
    let text = "one two three four";
    for (body, dimensions) in [
        (json!({ "inputText": text }), 1024),
        (json!({ "inputText": text, "dimensions": 1024, "normalize": true }), 1024),
        (json!({ "inputText": text, "dimensions": 512 }), 512),
        (json!({ "inputText": text, "dimensions": 256 }), 256),
        (json!({ "inputText": "…" }), 1024),
    ] {
        let answer = invoke(&stage, body).await.unwrap();
        let vector = vector(&answer);
        assert_eq!(vector.len(), dimensions);
        assert!((dot(&vector, &vector) - 1.0).abs() < 1e-5);
        assert!(answer["inputTextTokenCount"].as_u64().unwrap() > 0);
    }
    let long = vector(&invoke(&stage, json!({ "inputText": text, "normalize": false })).await.unwrap());
    assert!(dot(&long, &long) > 1.5);
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let stage = Stage::start().await;
    for (body, reason) in [
        (json!({}), "required key [inputText]"),
        (json!({ "inputText": "" }), "minLength"),
        (json!({ "inputText": "x".repeat(50_001) }), "maxLength"),
        (json!({ "inputText": "word ".repeat(9_900) }), "Max input tokens: 8192"),
        (json!({ "inputText": "x", "dimensions": 100 }), "#/dimensions"),
    ] {
        match invoke(&stage, body).await.unwrap_err() {
            InvokeModelError::ValidationException(error) => assert!(error.message.unwrap().contains(reason)),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn scripts_of_embeddings_are_their_own() {
    let stage = Stage::start().await;
    stage.bedrock.script(Script { error_before: Some(Exception::validation("not for this")), ..Script::default() });
    stage.bedrock.script_embedding(Script { error_before: Some(Exception::throttling()), ..Script::default() });
    assert!(invoke(&stage, json!({ "inputText": "x" })).await.unwrap_err().is_throttling_exception());
    invoke(&stage, json!({ "inputText": "x" })).await.unwrap();
}
