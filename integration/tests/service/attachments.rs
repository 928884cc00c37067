//! Images and documents that questions are asked with.

use base64::{Engine, prelude::BASE64_STANDARD};
use integration::bedrock::Script;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    documents::eventually,
    shape::{assert_matches, with_query},
    stream::data,
    support::{Platform, User, ok, problem},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of an image";
const PDF: &[u8] = b"%PDF-1.7 not much of a document";

async fn send(platform: &Platform, user: &User, name: &str, bytes: &[u8]) -> Response {
    let path = with_query("/chat/attachments", "name", name);
    platform.call(user, Method::POST, &path).body(bytes.to_vec()).send().await.unwrap()
}

async fn attach(platform: &Platform, user: &User, name: &str, bytes: &[u8]) -> Value {
    ok(send(platform, user, name, bytes).await).await
}

/// Asks, has the answer, and gives the stream's first event.
async fn ask(platform: &Platform, user: &User, question: &Value) -> Value {
    platform.bedrock.script(Script { text: Some("I see.".into()), ..Script::default() });
    let events = platform.service.ask(user, question).await.rest().await;
    assert_eq!(events.last().unwrap().event, "done");
    data(&events[0])
}

/// The blocks of a message that the model was sent last.
fn sent(platform: &Platform, message: usize) -> Value {
    platform.bedrock.requests().pop().unwrap().body["messages"][message]["content"].clone()
}

#[tokio::test]
async fn a_model_sees_what_is_attached() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let image = attach(&platform, &user, "A photo.png", PNG).await;
    assert_matches(
        &image,
        json!({ "id": "<uuid>", "name": "A photo.png", "media_type": "image/png", "size": PNG.len() }),
    );
    let document = attach(&platform, &user, "Ignore: all.pdf", PDF).await;

    let question = json!({ "bot_id": bot, "message": "What is this?", "attachments": [image["id"], document["id"]] });
    let start = ask(&platform, &user, &question).await;

    let blocks = sent(&platform, 0);
    assert_eq!(blocks[0]["image"]["format"], "png");
    assert_eq!(blocks[0]["image"]["source"]["bytes"], BASE64_STANDARD.encode(PNG));
    assert_eq!(blocks[1]["document"]["format"], "pdf");
    assert_eq!(blocks[1]["document"]["name"], "2 Ignore all pdf");
    assert_eq!(blocks[1]["document"]["source"]["bytes"], BASE64_STANDARD.encode(PDF));
    assert_eq!(blocks[2]["text"], "What is this?");
    let chat = start["chat_id"].as_str().unwrap();
    let history = platform.get(&user, &format!("/chat/history/{chat}")).await;
    assert_eq!(history["messages"][0]["attachments"], json!([image, document]));
    assert_eq!(history["messages"][0]["content"], "What is this?");
    assert_eq!(history["messages"][1]["attachments"], json!([]));

    let export = platform.call(&user, Method::GET, &format!("/chats/{chat}/export?format=markdown"));
    let markdown = export.send().await.unwrap().text().await.unwrap();
    assert!(markdown.contains("What is this?\n\nAttached: A photo.png, Ignore: all.pdf\n"), "{markdown}");

    // It stays in the conversation, also when the question is asked otherwise or answered again.
    ask(&platform, &user, &json!({ "bot_id": bot, "message": "And the colour?", "chat_id": chat })).await;
    assert_eq!(sent(&platform, 0)[0]["image"]["format"], "png");
    let edited = json!({
        "bot_id": bot, "message": "What is that?", "chat_id": chat, "edit_of": start["user_message_id"],
        "attachments": [image["id"]],
    });
    let again = ask(&platform, &user, &edited).await;
    assert_eq!(sent(&platform, 0).as_array().unwrap().len(), 2);
    platform.bedrock.script(Script { text: Some("I see.".into()), ..Script::default() });
    let path = format!("/chat/messages/{}/regenerate", again["message_id"].as_str().unwrap());
    platform.call(&user, Method::POST, &path).json(&json!({})).send().await.unwrap().text().await.unwrap();
    assert_eq!(sent(&platform, 0)[0]["image"]["format"], "png");

    let path = format!("/chat/attachments/{}", image["id"].as_str().unwrap());
    let fetched = platform.call(&user, Method::GET, &path).send().await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "image/png");
    assert_eq!(fetched.bytes().await.unwrap(), PNG);
    ok(platform.call(&user, Method::DELETE, &format!("/chats/{chat}")).send().await.unwrap()).await;
    problem(platform.call(&user, Method::GET, &path).send().await.unwrap(), 404).await;
}

#[tokio::test]
async fn what_no_model_takes_is_refused() {
    let platform = Platform::start().await;
    let user = platform.user();
    let large = |start: &[u8], size: usize| [start, &vec![b'x'; size - start.len()]].concat();
    for (name, bytes, status) in [
        ("a.zip", b"PK\x03\x04".to_vec(), 415),
        ("a.exe", b"MZ\0\0".to_vec(), 415),
        ("a.txt", Vec::new(), 422),
        ("a.png", large(PNG, 3_750_001), 413),
        ("a.pdf", large(PDF, 4_500_001), 413),
        ("", b"text".to_vec(), 422),
    ] {
        problem(send(&platform, &user, name, &bytes).await, status).await;
    }
    attach(&platform, &user, "a.png", &large(PNG, 3_750_000)).await;
    attach(&platform, &user, "a.pdf", &large(PDF, 4_500_000)).await;
}

#[tokio::test]
async fn attachments_are_ones_own_and_of_one_chat() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let image = attach(&platform, &user, "a.png", PNG).await;
    let start = ask(&platform, &user, &json!({ "bot_id": bot, "message": "1", "attachments": [image["id"]] })).await;
    let refused = async |user: &User, body: Value, status: u16| {
        problem(platform.call(user, Method::POST, "/chat/stream").json(&body).send().await.unwrap(), status).await
    };

    // Not of another chat, nor of nobody's.
    refused(&user, json!({ "bot_id": bot, "message": "2", "attachments": [image["id"]] }), 404).await;
    refused(&user, json!({ "bot_id": bot, "message": "2", "attachments": [uuid::Uuid::nil()] }), 404).await;
    refused(&user, json!({ "bot_id": bot, "message": "2", "attachments": vec![uuid::Uuid::nil(); 11] }), 422).await;
    let waiting = attach(&platform, &user, "b.png", PNG).await;
    for stranger in [platform.user(), platform.admin(), platform.user_of("acme")] {
        for id in [&image["id"], &waiting["id"]] {
            let path = format!("/chat/attachments/{}", id.as_str().unwrap());
            problem(platform.call(&stranger, Method::GET, &path).send().await.unwrap(), 404).await;
        }
    }
    let other = platform.user();
    let bot = platform.service.bot(&other).await;
    refused(&other, json!({ "bot_id": bot, "message": "2", "attachments": [waiting["id"]] }), 404).await;
    assert_eq!(platform.get(&user, "/chats").await["items"].as_array().unwrap().len(), 1);
    assert_ne!(start["chat_id"], Value::Null);
}

#[tokio::test]
async fn a_model_is_sent_each_attachment_once() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let image = attach(&platform, &user, "a.png", PNG).await["id"].clone();
    let document = attach(&platform, &user, "b.pdf", PDF).await["id"].clone();
    let twice = json!({ "bot_id": bot, "message": "1", "attachments": [image, document, image] });
    let refused = platform.call(&user, Method::POST, "/chat/stream").json(&twice).send().await.unwrap();
    assert!(problem(refused, 422).await["detail"].as_str().unwrap().contains("attachments[2]"));

    let start =
        ask(&platform, &user, &json!({ "bot_id": bot, "message": "1", "attachments": [image, document] })).await;
    let chat = &start["chat_id"];
    // More often than a model takes documents.
    for _ in 0..6 {
        let again = json!({ "bot_id": bot, "message": "Again", "chat_id": chat, "attachments": [document] });
        ask(&platform, &user, &again).await;
    }

    let blocks = |message: usize| sent(&platform, message).as_array().unwrap().clone();
    assert_eq!(blocks(0).len(), 2, "the image is where it was: {:?}", blocks(0));
    assert_eq!(blocks(0)[0]["image"]["format"], "png");
    assert_eq!(blocks(10).len(), 1);
    assert_eq!(blocks(12)[0]["document"]["format"], "pdf");
}

#[tokio::test]
async fn what_is_attached_counts_when_an_answer_is_stopped() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let image = attach(&platform, &user, "a.png", PNG).await["id"].clone();
    let document = attach(&platform, &user, "b.pdf", &[PDF, &[b'x'; 800]].concat()).await["id"].clone();
    platform.bedrock.script(Script { text: Some("I see".into()), stall_after: Some(1), ..Script::default() });
    let question = json!({ "bot_id": bot, "message": "What?", "attachments": [image, document] });
    let mut events = platform.service.ask(&user, &question).await;
    let start = data(&events.next().await.unwrap());
    events.next().await;

    platform.service.stop(&user, start["message_id"].as_str().unwrap()).await;

    let usage = data(events.rest().await.last().unwrap())["usage"].clone();
    assert_eq!(usage["estimated"], true);
    assert!((1_700..1_800).contains(&usage["input_tokens"].as_i64().unwrap()), "{usage}");
}

#[tokio::test]
async fn two_chats_do_not_take_the_same_attachment() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let image = attach(&platform, &user, "a.png", PNG).await["id"].clone();
    // Both find it free, and wait to take it.
    let mut held = platform.owner.begin().await.unwrap();
    sqlx::query("select from attachments for update").execute(&mut *held).await.unwrap();
    let question = json!({ "bot_id": bot, "message": "Hi", "attachments": [image] });
    let begin = || tokio::spawn(platform.call(&user, Method::POST, "/chat/stream").json(&question).send());
    let (first, second) = (begin(), begin());
    eventually("both wait", async || {
        let waiting: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
        .fetch_one(&platform.owner)
        .await
        .unwrap();
        waiting == 2
    })
    .await;
    held.rollback().await.unwrap();

    let answers = [first.await.unwrap().unwrap(), second.await.unwrap().unwrap()];
    let mut statuses = answers.each_ref().map(|answer| answer.status().as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    let refused = answers.into_iter().find(|answer| answer.status() == 404).unwrap();
    assert!(problem(refused, 404).await["detail"].as_str().unwrap().contains("attachment"));
    assert_eq!(platform.get(&user, "/chats").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_nobody_asks_with_is_forgotten() {
    let platform = Platform::start().await;
    let user = platform.user();
    let old = attach(&platform, &user, "a.png", PNG).await;
    for number in 1..100 {
        attach(&platform, &user, &format!("{number}.txt"), b"text").await;
    }
    problem(send(&platform, &user, "one too many.txt", b"text").await, 409).await;
    sqlx::query("update attachments set created_at = now() - interval '25 hours' where name = 'a.png'")
        .execute(&platform.owner)
        .await
        .unwrap();

    // It looks for them when it begins.
    platform.second_instance(|_| {}).await;

    let path = format!("/chat/attachments/{}", old["id"].as_str().unwrap());
    let status = async || platform.call(&user, Method::GET, &path).send().await.unwrap().status();
    eventually("it goes", async || status().await == 404).await;
    attach(&platform, &user, "one less.txt", b"text").await;
}
