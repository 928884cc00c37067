//! Trying out bots that are not saved.

use std::time::Duration;

use integration::bedrock::Script;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    documents::eventually,
    knowledge::{COFFEE, base_of},
    stream::{Events, data, text},
    support::{Platform, SOON, User, problem},
};

fn draft(messages: &Value) -> Value {
    json!({ "instructions": "Be brief.", "model_id": "test.model-v1:0", "messages": messages })
}

fn question() -> Value {
    draft(&json!([{ "role": "user", "content": "Hi" }]))
}

async fn send(platform: &Platform, user: &User, body: &Value) -> Response {
    platform.call(user, Method::POST, "/bots/try").json(body).send().await.unwrap()
}

async fn rows(platform: &Platform) -> i64 {
    sqlx::query_scalar(
        "select (select count(*) from chats) + (select count(*) from messages) + (select count(*) from bots)",
    )
    .fetch_one(&platform.owner)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_draft_answers_as_a_bot_and_nothing_is_stored() {
    let platform = Platform::start().await;
    let user = platform.user();
    let mut body = draft(&json!([
        { "role": "user", "content": "First" },
        { "role": "assistant", "content": "Said" },
        { "role": "assistant", "content": "" },
        { "role": "user", "content": "Second" },
    ]));
    (body["temperature"], body["max_tokens"]) = (json!(10), json!(99));
    platform.bedrock.script(Script {
        deltas: Some(vec!["Hello".into(), ", wörld".into()]),
        usage: Some((12, 3)),
        ..Script::default()
    });

    let events = Events::of(send(&platform, &user, &body).await).rest().await;

    let names: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(names, ["start", "message", "message", "done"]);
    assert_eq!(text(&events), "Hello, wörld");
    assert_eq!(data(&events[3])["usage"], json!({ "input_tokens": 12, "output_tokens": 3, "estimated": false }));
    let asked = &platform.bedrock.requests()[0];
    assert_eq!(asked.model_id, "test.model-v1:0");
    assert_eq!(asked.body["system"][0]["text"], "Be brief.");
    assert_eq!(asked.body["inferenceConfig"]["maxTokens"], 99);
    let said: Vec<&Value> =
        asked.body["messages"].as_array().unwrap().iter().map(|message| &message["content"][0]["text"]).collect();
    assert_eq!(said, ["First", "Said", "Second"]);
    assert_eq!(rows(&platform).await, 0);
    let chat = data(&events[0])["chat_id"].as_str().unwrap().to_owned();
    problem(platform.call(&user, Method::GET, &format!("/chats/{chat}")).send().await.unwrap(), 404).await;
}

#[tokio::test]
async fn it_answers_from_knowledge_bases_that_one_may_read() {
    let platform = Platform::start().await;
    let (user, other) = (platform.user(), platform.user());
    let base = base_of(&platform, &user, &[COFFEE]).await;
    let mut body = draft(&json!([{ "role": "user", "content": "When is the coffee machine cleaned?" }]));
    (body["rag_enabled"], body["knowledge_base_ids"]) = (json!(true), json!([base]));

    let events = Events::of(send(&platform, &user, &body).await).rest().await;
    assert_eq!(data(events.last().unwrap())["passages"][0]["text"], COFFEE);
    assert!(text(&events).contains("[1]"), "{}", text(&events));
    let answer = problem(send(&platform, &other, &body).await, 422).await;
    assert!(answer["detail"].as_str().unwrap().contains("knowledge_base_ids"), "{answer}");
    // Without the switch they are not looked at.
    body["rag_enabled"] = json!(false);
    let events = Events::of(send(&platform, &other, &body).await).rest().await;
    assert_eq!(data(events.last().unwrap())["passages"], json!([]));
}

#[tokio::test]
async fn the_answer_ends_when_nobody_listens() {
    let platform = Platform::start().await;
    let user = platform.user();
    platform.bedrock.script(Script { stall_after: Some(1), ..Script::default() });
    let mut dropped = platform.bedrock.dropped_streams();
    let mut events = Events::of(send(&platform, &user, &question()).await);
    assert_eq!(events.next().await.unwrap().event, "start");
    assert_eq!(events.next().await.unwrap().event, "message");

    drop(events);

    tokio::time::timeout(SOON, dropped.wait_for(|&count| count == 1))
        .await
        .expect("Bedrock's stream is dropped")
        .unwrap();
    eventually("what it took is counted", async || {
        let answers = sqlx::query_scalar("select estimated_answers from usage where output_tokens > 0");
        answers.fetch_optional(&platform.owner).await.unwrap() == Some(1_i64)
    })
    .await;
}

#[tokio::test]
async fn trials_count_among_the_answers_that_a_service_gives_at_once() {
    let platform = Platform::start_with(|config| config.chat.chat_max_generations = 1).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { stall_after: Some(1), ..Script::default() });
    let mut events = Events::of(send(&platform, &user, &question()).await);
    events.next().await.unwrap();

    let chat = json!({ "bot_id": bot, "message": "Hi" });
    let asked = platform.call(&user, Method::POST, "/chat/stream").json(&chat).send().await.unwrap();
    assert_eq!(problem(asked, 503).await["code"], "unavailable");
    assert_eq!(problem(send(&platform, &user, &question()).await, 503).await["code"], "unavailable");

    drop(events);
    tokio::time::timeout(SOON, async {
        while send(&platform, &user, &question()).await.status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("its place is free again");
}

#[tokio::test]
async fn a_trial_ends_with_its_service() {
    let platform = Platform::start().await;
    platform.bedrock.script(Script { stall_after: Some(1), ..Script::default() });
    let mut events = Events::of(send(&platform, &platform.user(), &question()).await);
    events.next().await.unwrap();
    platform.service.shutdown.cancel();
    assert_eq!(data(&events.rest().await.pop().unwrap())["code"], "interrupted");
    platform.service.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_was_said_has_limits() {
    let platform = Platform::start().await;
    let user = platform.user();
    let (said, answered) =
        (json!({ "role": "user", "content": "Hi" }), json!({ "role": "assistant", "content": "Hi" }));
    for messages in [
        json!([]),
        json!([answered]),
        json!([said, answered]),
        json!([{ "role": "user", "content": " \n" }]),
        json!([{ "role": "system", "content": "Hi" }]),
        json!([{ "role": "user" }]),
        json!([{ "role": "user", "content": "x".repeat(100_001) }]),
        json!(vec![said.clone(); 51]),
    ] {
        let answer = problem(send(&platform, &user, &draft(&messages)).await, 422).await;
        assert!(answer["detail"].as_str().unwrap().contains("messages"), "{answer}");
    }
    Events::of(send(&platform, &user, &draft(&json!(vec![said.clone(); 50]))).await).rest().await;
    assert_eq!(platform.bedrock.requests().len(), 1);
}
