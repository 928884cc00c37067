//! What goes wrong, before a stream and in it, and when.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::{
    operation::{converse::ConverseError, converse_stream::ConverseStreamError},
    types::{ConverseStreamOutput, error::ConverseStreamOutputError},
};
use integration::bedrock::{Exception, Options, Script};

use crate::support::{MODEL, SOON, Stage, StreamError, next, texts, user, words};

/// Checks each error of the API, before a stream and without one: its type and its message.
macro_rules! before {
    ($stage:expr, $($name:ident $status:literal),+ $(,)?) => {$(
        let exception = Exception::new(stringify!($name), "Said so.");
        for _ in 0..2 {
            $stage.bedrock.script(Script { error_before: Some(exception.clone()), ..Script::default() });
        }
        let error = $stage.client.converse_stream().model_id(MODEL).messages(user("?")).send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), $status);
        match error.into_service_error() {
            ConverseStreamError::$name(error) => assert_eq!(error.message.as_deref(), Some("Said so.")),
            other => panic!("{other:?} is not {}", stringify!($name)),
        }
        let error = $stage.client.converse().model_id(MODEL).messages(user("?")).send().await.unwrap_err();
        assert!(matches!(error.into_service_error(), ConverseError::$name(_)));
    )+};
}

#[tokio::test]
async fn errors_before_a_stream_arrive_as_their_types() {
    let stage = Stage::start().await;
    before!(
        stage,
        AccessDeniedException 403,
        InternalServerException 500,
        ModelErrorException 424,
        ModelNotReadyException 429,
        ModelTimeoutException 408,
        ResourceNotFoundException 404,
        ServiceUnavailableException 503,
        ThrottlingException 429,
        ValidationException 400,
    );
}

#[tokio::test]
async fn errors_in_a_stream_arrive_as_their_types_after_what_was_said() {
    type IsRight = fn(&ConverseStreamOutputError) -> bool;
    let stage = Stage::start().await;
    let fails: [(&str, IsRight); 5] = [
        ("ThrottlingException", ConverseStreamOutputError::is_throttling_exception),
        ("ModelStreamErrorException", ConverseStreamOutputError::is_model_stream_error_exception),
        ("InternalServerException", ConverseStreamOutputError::is_internal_server_exception),
        ("ServiceUnavailableException", ConverseStreamOutputError::is_service_unavailable_exception),
        ("ValidationException", ConverseStreamOutputError::is_validation_exception),
    ];
    for (name, is_right) in fails {
        for after in [0, 2, 5] {
            let exception = Exception::new(name, "Said so.");
            let script = Script { deltas: Some(words()), error_after: Some((after, exception)), ..Script::default() };
            let (pieces, end) = texts(&mut stage.stream(script).await).await;
            assert_eq!(pieces, words()[..after]);
            let error = end.unwrap_err().into_service_error();
            assert!(is_right(&error), "{error:?} is not {name}");
            assert_eq!(error.meta().message(), Some("Said so."));
        }
    }
}

#[tokio::test]
async fn a_cut_connection_is_an_error_after_all_that_was_said() {
    let stage = Stage::start().await;
    for after in 0..=5 {
        let script = Script { deltas: Some(words()), cut_after: Some(after), ..Script::default() };
        let (pieces, end) = texts(&mut stage.stream(script).await).await;
        assert_eq!(pieces, words()[..after]);
        assert!(!matches!(end.unwrap_err(), StreamError::ServiceError(_)));
    }
}

#[tokio::test]
async fn a_stalled_stream_is_silent_and_its_client_may_leave() {
    let stage = Stage::start().await;
    let mut dropped = stage.bedrock.dropped_streams();
    let mut stream = stage.stream(Script { deltas: Some(words()), stall_after: Some(2), ..Script::default() }).await;
    for _ in 0..3 {
        next(&mut stream).await.unwrap().unwrap();
    }
    assert!(tokio::time::timeout(Duration::from_millis(300), stream.recv()).await.is_err());
    assert_eq!(*dropped.borrow_and_update(), 0);
    let left = Instant::now();
    drop(stream);
    tokio::time::timeout(SOON, dropped.changed()).await.unwrap().unwrap();
    assert_eq!(*dropped.borrow(), 1);
    assert!(left.elapsed() < Duration::from_millis(500));
}

#[tokio::test]
async fn a_client_that_leaves_a_paced_stream_is_noticed_and_one_that_stays_is_not() {
    let stage = Stage::with(Options { pace: Duration::from_secs(100), tokens: None }).await;
    let mut dropped = stage.bedrock.dropped_streams();
    let quick = Script { pace: Some(Duration::ZERO), ..Script::default() };
    texts(&mut stage.stream(quick).await).await.1.unwrap();
    assert_eq!(*dropped.borrow(), 0);
    let mut stream = stage.stream(Script::default()).await;
    next(&mut stream).await.unwrap().unwrap();
    drop(stream);
    tokio::time::timeout(SOON, dropped.changed()).await.unwrap().unwrap();
    assert_eq!(*dropped.borrow(), 1);
}

#[tokio::test]
async fn pieces_come_at_their_pace() {
    let stage = Stage::start().await;
    let script = Script {
        deltas: Some(words()),
        delay_before_headers: Duration::from_millis(100),
        first_token_delay: Duration::from_millis(100),
        pace: Some(Duration::from_millis(50)),
        ..Script::default()
    };
    let asked = Instant::now();
    let mut stream = stage.stream(script).await;
    assert!(asked.elapsed() >= Duration::from_millis(100));
    let mut times = Vec::new();
    while let Some(event) = next(&mut stream).await.unwrap() {
        if let ConverseStreamOutput::ContentBlockDelta(_) = event {
            times.push(asked.elapsed());
        }
    }
    assert_eq!(times.len(), 5);
    for (time, due) in times.into_iter().zip([200, 250, 300, 350, 400]) {
        assert!(time >= Duration::from_millis(due), "{time:?} is before {due} ms");
    }
}

#[tokio::test]
async fn answers_of_a_fixed_length_are_exact() {
    let stage = Stage::with(Options { tokens: Some(1_000), pace: Duration::from_micros(10) }).await;
    let (pieces, end) = texts(&mut stage.stream(Script::default()).await).await;
    end.unwrap();
    assert_eq!(pieces, ["token "; 1_000]);
    assert!(stage.bedrock.requests().is_empty());
}

#[tokio::test]
async fn stopping_breaks_off_the_streams() {
    let Stage { bedrock, client } = Stage::start().await;
    bedrock.script(Script { deltas: Some(words()), stall_after: Some(1), ..Script::default() });
    let call = client.converse_stream().model_id(MODEL).messages(user("?"));
    let mut stream = call.clone().send().await.unwrap().stream;
    next(&mut stream).await.unwrap().unwrap();
    tokio::time::timeout(SOON, bedrock.stop()).await.expect("it ends");
    texts(&mut stream).await.1.unwrap_err();
    assert!(call.send().await.unwrap_err().as_service_error().is_none());
}

#[tokio::test]
async fn another_process_scripts_over_http() {
    let stage = Stage::start().await;
    let url = format!("{}/_stand-in/scripts", stage.bedrock.url());
    let http = reqwest::Client::new();
    let script = serde_json::json!({
        "text": "one two", "error_after": [1, { "name": "ThrottlingException", "message": "Slow down." }], "pace_ms": 1,
    });
    assert_eq!(http.post(&url).json(&script).send().await.unwrap().status(), 204);
    let stream = stage.client.converse_stream().model_id(MODEL).messages(user("?")).send().await.unwrap();
    let (pieces, end) = texts(&mut { stream.stream }).await;
    assert_eq!(pieces, ["one "]);
    assert!(end.unwrap_err().into_service_error().is_throttling_exception());
    let unknown = serde_json::json!({ "eror_after": 1 });
    assert_eq!(http.post(&url).json(&unknown).send().await.unwrap().status(), 422);
}
