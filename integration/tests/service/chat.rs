//! Answers: their events, stopping them, watching them again.

use std::time::{Duration, Instant};

use integration::bedrock::{Exception, Script};
use reqwest::Method;
use serde_json::json;

use crate::{
    stream::{data, text},
    support::{Platform, SOON, problem},
};

#[tokio::test]
async fn an_answer_streams_from_start_to_done() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script {
        deltas: Some(vec!["Hello".into(), ", ".into(), "wörld".into()]),
        usage: Some((12, 3)),
        ..Script::default()
    });

    let events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;

    let names: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(names, ["start", "message", "message", "message", "done"]);
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["0", "5", "7", "13", "13"], "ids are offsets in bytes");
    assert_eq!(text(&events), "Hello, wörld");
    let (start, done) = (data(&events[0]), data(&events[4]));
    assert_eq!(done["chat_id"], start["chat_id"]);
    assert_eq!(done["message_id"], start["message_id"]);
    assert_eq!(done["usage"], json!({ "input_tokens": 12, "output_tokens": 3, "estimated": false }));
    assert_eq!(done["stop_reason"], "end_turn");

    let chat = start["chat_id"].as_str().unwrap();
    let history = platform.get(&user, &format!("/chat/history/{chat}")).await;
    let messages = history["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!((&messages[0]["role"], &messages[0]["content"]), (&json!("user"), &json!("Hi")));
    assert_eq!((&messages[1]["role"], &messages[1]["content"]), (&json!("assistant"), &json!("Hello, wörld")));
    assert_eq!(messages[1]["status"], "complete");
    assert_eq!(messages[1]["model_id"], "test.model-v1:0");
}

#[tokio::test]
async fn a_chat_goes_on_with_its_history() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let first = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "First" })).await.rest().await;
    let chat_id = data(&first[0])["chat_id"].clone();
    let second = json!({ "bot_id": bot, "message": "Second", "chat_id": chat_id });

    let events = platform.service.ask(&user, &second).await.rest().await;

    assert_eq!(data(&events[0])["chat_id"], chat_id);
    let asked = &platform.bedrock.requests()[1].body["messages"];
    assert_eq!(asked.as_array().unwrap().len(), 3);
    assert_eq!(asked[0]["content"][0]["text"], "First");
    assert_eq!(asked[1]["content"][0]["text"], text(&first));
    assert_eq!(asked[2]["content"][0]["text"], "Second");
}

#[tokio::test]
async fn stopping_drops_bedrocks_stream_and_keeps_the_text() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script {
        deltas: Some(vec!["Some ".into(), "text".into()]),
        stall_after: Some(2),
        ..Script::default()
    });
    let mut dropped = platform.bedrock.dropped_streams();
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    events.next().await;
    events.next().await;

    let asked = Instant::now();
    platform.service.stop(&user, start["message_id"].as_str().unwrap()).await;
    dropped.wait_for(|&count| count == 1).await.unwrap();
    let took = asked.elapsed();

    assert!(took < Duration::from_millis(500), "{took:?}");
    let error = events.rest().await.pop().unwrap();
    assert_eq!(error.event, "error");
    assert_eq!(data(&error)["code"], "stopped");
    assert_eq!(data(&error)["usage"]["estimated"], true);
    let history = platform.get(&user, &format!("/chat/history/{}", start["chat_id"].as_str().unwrap())).await;
    let answer = &history["messages"][1];
    assert_eq!((&answer["content"], &answer["status"]), (&json!("Some text"), &json!("stopped")));
    assert!(answer["usage"]["output_tokens"].as_i64().unwrap() > 0);
}

#[tokio::test]
async fn another_instance_serves_and_stops_an_answer() {
    let platform = Platform::start().await;
    let second = platform.second_instance(|_| {}).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let words: Vec<String> = (0..50).map(|n| format!("wörd{n} ")).collect();
    platform.bedrock.script(Script {
        deltas: Some(words.clone()),
        pace: Some(Duration::from_millis(10)),
        stall_after: Some(50),
        ..Script::default()
    });
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = events.next().await.unwrap();
    let message_id = data(&start)["message_id"].as_str().unwrap().to_owned();

    let mut watched = second.watch(&user, &message_id, None).await;
    assert_eq!(watched.next().await.unwrap().data.replace("null", ""), start.data.replace("null", ""));
    let mut seen = String::new();
    while seen.len() < words.concat().len() {
        seen += data(&watched.next().await.unwrap())["content"].as_str().unwrap();
    }
    assert_eq!(seen, words.concat());

    let mut dropped = platform.bedrock.dropped_streams();
    second.stop(&user, &message_id).await;
    dropped.wait_for(|&count| count == 1).await.unwrap();
    let (here, there) = (events.rest().await.pop().unwrap(), watched.rest().await.pop().unwrap());
    assert_eq!(data(&here)["code"], "stopped");
    assert_eq!((here.id, here.data), (there.id, there.data));
}

#[tokio::test]
async fn an_answer_can_be_watched_again_from_any_offset() {
    let platform = Platform::start().await;
    let second = platform.second_instance(|_| {}).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let events =
        platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Write some code — ünïcode 🥭" })).await;
    let whole = events.rest().await;
    let message_id = data(&whole[0])["message_id"].as_str().unwrap().to_owned();
    let all = text(&whole);

    for _ in 0..20 {
        let seen = fastrand::usize(1..whole.len());
        let last = &whole[seen - 1];
        let from: usize = last.id.parse().unwrap();
        for instance in [&platform.service, &second] {
            let rest = instance.watch(&user, &message_id, Some(&last.id)).await.rest().await;
            assert_eq!(text(&rest), all[from..]);
            assert_eq!(rest.last().unwrap().data, whole.last().unwrap().data);
            assert!(rest.iter().all(|event| event.event != "start"));
        }
    }
}

#[tokio::test]
async fn failures_have_names() {
    let platform = Platform::start_with(|config| config.bedrock.bedrock_max_attempts = 1).await;
    let exception = |name: &str, message: &str| Exception::new(name, message);
    let before = |error: Exception| Script { error_before: Some(error), ..Script::default() };
    let after = |error: Exception| Script { deltas: some_text(), error_after: Some((2, error)), ..Script::default() };
    let stopped_by =
        |reason: &str| Script { deltas: some_text(), stop_reason: Some(reason.into()), ..Script::default() };
    let cases = vec![
        (before(Exception::throttling()), "throttled", ""),
        (after(Exception::throttling()), "throttled", "Some text"),
        (before(exception("ServiceUnavailableException", "full")), "throttled", ""),
        (before(exception("ModelTimeoutException", "slow")), "timed_out", ""),
        (before(exception("ValidationException", "Input is too long for requested model.")), "context_too_long", ""),
        (stopped_by("model_context_window_exceeded"), "context_too_long", "Some text"),
        (before(exception("AccessDeniedException", "no access")), "model_unavailable", ""),
        (before(exception("InternalServerException", "oops")), "internal", ""),
        (after(exception("InternalServerException", "oops")), "internal", "Some text"),
        (after(exception("ModelStreamErrorException", "oops")), "internal", "Some text"),
        (Script { deltas: some_text(), cut_after: Some(2), ..Script::default() }, "internal", "Some text"),
        (stopped_by("content_filtered"), "model_refused", "Some text"),
        (stopped_by("guardrail_intervened"), "model_refused", "Some text"),
    ];
    assert_failures(&platform, cases).await;
}

#[tokio::test]
async fn a_model_that_takes_too_long_is_given_up() {
    let platform = Platform::start_with(|config| {
        config.bedrock.bedrock_first_token_timeout = Duration::from_secs(1);
        config.bedrock.bedrock_token_timeout = Duration::from_secs(1);
    })
    .await;
    let cases = vec![
        (Script { delay_before_headers: SOON, ..Script::default() }, "timed_out", ""),
        (Script { first_token_delay: SOON, ..Script::default() }, "timed_out", ""),
        (Script { deltas: some_text(), stall_after: Some(2), ..Script::default() }, "timed_out", "Some text"),
    ];
    assert_failures(&platform, cases).await;
}

#[allow(clippy::unnecessary_wraps)] // as a script has it
fn some_text() -> Option<Vec<String>> {
    Some(vec!["Some ".to_owned(), "text".to_owned()])
}

/// Each script has to end in an error of this code, with this text kept.
async fn assert_failures(platform: &Platform, cases: Vec<(Script, &str, &str)>) {
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    for (script, code, kept) in cases {
        let what = format!("{script:?}");
        platform.bedrock.script(script);
        let events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;
        let last = events.last().unwrap();
        assert_eq!(last.event, "error", "{what}");
        assert_eq!(data(last)["code"], code, "{what}");
        assert!(!data(last)["error"].as_str().unwrap().is_empty());
        assert_eq!(text(&events), kept, "{what}");
        let chat = data(&events[0])["chat_id"].as_str().unwrap().to_owned();
        let answer = platform.get(&user, &format!("/chat/history/{chat}")).await["messages"][1].clone();
        assert_eq!((&answer["status"], &answer["content"]), (&json!("failed"), &json!(kept)), "{what}");
        assert_eq!(answer["error"]["code"], code, "{what}");
    }
}

#[tokio::test]
async fn throttling_is_retried_before_the_first_token() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { error_before: Some(Exception::throttling()), ..Script::default() });
    platform.bedrock.script(Script { error_after: Some((0, Exception::throttling())), ..Script::default() });

    let events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;

    assert_eq!(events.last().unwrap().event, "done");
    assert_eq!(platform.bedrock.requests().len(), 3);
}

#[tokio::test]
async fn nothing_is_retried_after_the_first_token() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { error_after: Some((1, Exception::throttling())), ..Script::default() });

    let events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;

    assert_eq!(data(events.last().unwrap())["code"], "throttled");
    assert_eq!(platform.bedrock.requests().len(), 1);
}

#[tokio::test]
async fn a_closed_browser_loses_nothing() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { pace: Some(Duration::from_millis(5)), ..Script::default() });
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    drop(events);

    let again = platform.service.watch(&user, start["message_id"].as_str().unwrap(), None).await.rest().await;

    assert_eq!(again.last().unwrap().event, "done");
    assert_eq!(*platform.bedrock.dropped_streams().borrow(), 0);
}

#[tokio::test]
async fn a_silent_stream_carries_comment_lines() {
    let platform = Platform::start_with(|config| config.chat.chat_heartbeat = Duration::from_millis(50)).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { stall_after: Some(0), ..Script::default() });
    let question = json!({ "bot_id": bot, "message": "Hi" });
    let mut answer = platform.call(&user, Method::POST, "/chat/stream").json(&question).send().await.unwrap();

    let mut bytes = Vec::new();
    while bytes.windows(3).filter(|three| three == b"\n: ").count() < 3 {
        bytes.extend(answer.chunk().await.unwrap().unwrap());
    }
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\n\n: heartbeat\n\n: heartbeat\n\n: heartbeat\n\n"), "{text}");
}

#[tokio::test]
async fn the_default_heartbeat_is_15_seconds() {
    let platform = Platform::start_with(|config| assert_eq!(config.chat.chat_heartbeat, Duration::from_secs(15))).await;
    let user = platform.user();
    let unknown = uuid::Uuid::now_v7();
    let answer = platform.call(&user, Method::GET, &format!("/chat/streams/{unknown}")).send().await.unwrap();
    problem(answer, 404).await;
}

#[tokio::test]
async fn deleting_a_chat_ends_its_answer_for_all_who_watch() {
    let platform = Platform::start().await;
    let second = platform.second_instance(|_| {}).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { deltas: some_text(), stall_after: Some(2), ..Script::default() });
    let mut here = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&here.next().await.unwrap());
    let mut there = second.watch(&user, start["message_id"].as_str().unwrap(), None).await;
    there.next().await;
    let mut dropped = platform.bedrock.dropped_streams();

    let chat = format!("/chat/history/{}", start["chat_id"].as_str().unwrap());
    crate::support::ok(second.call(&user, Method::DELETE, &chat).send().await.unwrap()).await;

    dropped.wait_for(|&count| count == 1).await.unwrap();
    for events in [here, there] {
        let last = events.rest().await.pop().unwrap();
        assert_eq!(last.event, "error");
    }
}

#[tokio::test]
async fn a_question_whose_asker_leaves_while_it_is_stored_is_answered() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let mut blocker = platform.owner.begin().await.unwrap();
    sqlx::query("lock table chats in access exclusive mode").execute(&mut *blocker).await.unwrap();

    let question = platform.call(&user, Method::POST, "/chat/stream").json(&json!({ "bot_id": bot, "message": "Hi" }));
    assert!(question.timeout(Duration::from_millis(300)).send().await.is_err(), "the asker gives up");
    blocker.rollback().await.unwrap();

    tokio::time::timeout(SOON, async {
        loop {
            let chats = platform.get(&user, "/chats").await;
            if let Some(chat) = chats["items"][0]["id"].as_str() {
                let history = platform.get(&user, &format!("/chat/history/{chat}")).await;
                if history["messages"][1]["status"] == "complete" {
                    break;
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the question is answered");
}
