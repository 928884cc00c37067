//! Chats that others read, and that are taken out and in.

use chrono::{Duration, Utc};
use integration::bedrock::Script;
use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::{
    shape::{assert_matches, each, time},
    stream::data,
    support::{Platform, User, ok, problem},
};

/// A chat of one question and its answer.
async fn chat(platform: &Platform, user: &User, bot: &str) -> String {
    platform.bedrock.script(Script { text: Some("A fruit.".into()), ..Script::default() });
    let question = json!({ "bot_id": bot, "message": "What is a mango?" });
    let events = platform.service.ask(user, &question).await.rest().await;
    data(&events[0])["chat_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_shared_chat_is_read_as_it_was_until_it_is_revoked() {
    let platform = Platform::start().await;
    let user = platform.user();
    ok(platform.call(&user, Method::POST, "/users/register").send().await.unwrap()).await;
    let bot = platform.service.bot(&user).await;
    let id = chat(&platform, &user, &bot).await;

    let share = platform.post(&user, &format!("/chats/{id}/shares"), &json!({ "expires_in_days": 7 })).await;
    assert_eq!(share["message_count"], 2);
    let days = time(&share["expires_at"]) - Utc::now();
    assert!(days > Duration::days(6) && days <= Duration::days(7), "{days}");
    // What comes later is no part of it.
    platform.service.ask(&user, &json!({ "bot_id": bot, "message": "A secret", "chat_id": id })).await.rest().await;

    let path = format!("/shared/{}", share["token"].as_str().unwrap());
    let read = platform.get(&platform.user(), &path).await;
    assert_matches(
        &read,
        json!({
            "title": "What is a mango?", "bot_name": "Helper", "shared_by": "Test User",
            "created_at": "<time>", "expires_at": "<time>",
            "messages": [
                {
                    "role": "user", "content": "What is a mango?", "status": "complete", "created_at": "<time>",
                    "model_id": null, "passages": [],
                },
                {
                    "role": "assistant", "content": "A fruit.", "status": "complete", "created_at": "<time>",
                    "model_id": "test.model-v1:0", "passages": [],
                },
            ],
        }),
    );
    // Not by other companies, nor by who is not signed in.
    problem(platform.call(&platform.user_of("acme"), Method::GET, &path).send().await.unwrap(), 404).await;
    problem(platform.service.request(Method::GET, &path).send().await.unwrap(), 401).await;
    problem(platform.call(&user, Method::GET, "/shared/guess%00").send().await.unwrap(), 422).await;

    let shares = format!("/chats/{id}/shares");
    assert_eq!(platform.get(&user, &shares).await, json!({ "items": [share] }));
    let revoke = format!("/shares/{}", share["id"].as_str().unwrap());
    for stranger in [platform.user(), platform.admin(), platform.user_of("acme")] {
        problem(platform.call(&stranger, Method::GET, &shares).send().await.unwrap(), 404).await;
        problem(platform.call(&stranger, Method::POST, &shares).json(&json!({})).send().await.unwrap(), 404).await;
        problem(platform.call(&stranger, Method::DELETE, &revoke).send().await.unwrap(), 404).await;
    }
    ok(platform.call(&user, Method::DELETE, &revoke).send().await.unwrap()).await;
    problem(platform.call(&platform.user(), Method::GET, &path).send().await.unwrap(), 404).await;
    assert_eq!(platform.get(&user, &shares).await, json!({ "items": [] }));
}

#[tokio::test]
async fn a_link_expires_and_goes_with_its_chat() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let id = chat(&platform, &user, &bot).await;
    let shares = format!("/chats/{id}/shares");
    let [first, second] =
        [platform.post(&user, &shares, &json!({})).await, platform.post(&user, &shares, &json!({})).await];
    assert_ne!(first["token"], second["token"]);
    let read = async |share: &Value| {
        let path = format!("/shared/{}", share["token"].as_str().unwrap());
        platform.call(&user, Method::GET, &path).send().await.unwrap()
    };

    sqlx::query("update chat_shares set expires_at = now() - interval '1 second' where token = $1")
        .bind(first["token"].as_str().unwrap())
        .execute(&platform.owner)
        .await
        .unwrap();
    problem(read(&first).await, 404).await;
    ok(read(&second).await).await;
    assert_eq!(each(&platform.get(&user, &shares).await["items"], "id"), [second["id"].as_str().unwrap()]);

    for days in [0, 366] {
        let body = json!({ "expires_in_days": days });
        problem(platform.call(&user, Method::POST, &shares).json(&body).send().await.unwrap(), 422).await;
    }
    ok(platform.call(&user, Method::DELETE, &format!("/chats/{id}")).send().await.unwrap()).await;
    problem(read(&second).await, 404).await;
}

#[tokio::test]
async fn a_chat_goes_out_and_in_with_all_its_branches() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let id = chat(&platform, &user, &bot).await;
    let before = platform.get(&user, &format!("/chat/history/{id}")).await["messages"].clone();
    let question = before[0]["id"].as_str().unwrap();
    platform.bedrock.script(Script {
        text: Some("A *stone* fruit.".into()),
        reasoning: Some("Botany.".into()),
        ..Script::default()
    });
    let edited = json!({ "bot_id": bot, "message": "What is a mango really?", "chat_id": id, "edit_of": question });
    platform.service.ask(&user, &edited).await.rest().await;
    // The first branch is shown.
    let branch = platform.call(&user, Method::PUT, &format!("/chats/{id}/branch"));
    ok(branch.json(&json!({ "message_id": question })).send().await.unwrap()).await;

    let answer = platform.call(&user, Method::GET, &format!("/chats/{id}/export?format=json")).send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"chat.json\"");
    let exported = ok(answer).await;
    let imported = platform.post(&user, "/chats/import", &exported).await;
    assert_ne!(imported["id"], id.as_str());
    assert_eq!((&imported["title"], &imported["bot_id"]), (&json!("What is a mango?"), &json!(bot)));

    let copy = imported["id"].as_str().unwrap();
    let shown = platform.get(&user, &format!("/chat/history/{copy}")).await["messages"].clone();
    assert_eq!(each(&shown, "content"), ["What is a mango?", "A fruit."]);
    assert_eq!(each(&shown, "created_at"), each(&before, "created_at"));
    let again = platform.get(&user, &format!("/chats/{copy}/export")).await;
    let contents = |chat: &Value| {
        let fields = ["role", "content", "reasoning", "status", "model_id", "created_at"];
        let messages = chat["messages"].as_array().unwrap().clone();
        messages.iter().map(|message| fields.map(|name| message[name].clone())).collect::<Vec<_>>()
    };
    assert_eq!(contents(&again), contents(&exported));
    assert_eq!(again["messages"].as_array().unwrap().len(), 4);
    // It goes on where it was.
    platform.service.ask(&user, &json!({ "bot_id": bot, "message": "More", "chat_id": copy })).await.rest().await;
    let asked = platform.bedrock.requests().pop().unwrap().body["messages"].clone();
    assert_eq!(asked.as_array().unwrap().len(), 3);

    let markdown =
        platform.call(&user, Method::GET, &format!("/chats/{id}/export?format=markdown")).send().await.unwrap();
    assert_eq!(markdown.headers()[header::CONTENT_TYPE], "text/markdown; charset=utf-8");
    let markdown = markdown.text().await.unwrap();
    assert!(markdown.starts_with("# What is a mango?\n"), "{markdown}");
    assert!(markdown.contains("**You** ·") && markdown.contains("\n\nA fruit.\n"), "{markdown}");
    assert!(!markdown.contains("stone"), "only what is shown: {markdown}");
    for stranger in [platform.user(), platform.user_of("acme")] {
        problem(platform.call(&stranger, Method::GET, &format!("/chats/{id}/export")).send().await.unwrap(), 404).await;
    }
}

#[tokio::test]
async fn what_is_no_export_is_refused_whole() {
    let platform = Platform::start().await;
    let user = platform.user();
    let message = |id: u32, parent: Option<u32>, role: &str| {
        let key = |number: u32| format!("00000000-0000-0000-0000-{number:012}");
        json!({
            "id": key(id), "parent_id": parent.map(key), "role": role, "content": "Text",
            "created_at": "2026-01-01T00:00:00Z",
        })
    };
    let file =
        |messages: Vec<Value>| json!({ "format": "mangoo-chat", "version": 1, "title": "T", "messages": messages });
    let good = file(vec![message(1, None, "user"), message(2, Some(1), "assistant")]);
    let with = |name: &str, value: Value| {
        let mut file = good.clone();
        file[name] = value;
        file
    };
    let mut far = message(1, None, "user");
    far["created_at"] = json!("+020000-01-01T00:00:00Z");
    let mut nul = message(1, None, "user");
    nul["content"] = json!("a\u{0}b");

    for (body, says) in [
        (with("format", json!("chatgpt")), "format"),
        (with("version", json!(2)), "format"),
        (with("leaf_id", json!("00000000-0000-0000-0000-000000000009")), "leaf_id"),
        (with("title", json!("")), "title"),
        (file(vec![]), "messages"),
        (file(vec![message(1, None, "assistant")]), "messages[0]"),
        (file(vec![message(1, None, "user"), message(1, None, "user")]), "messages[1]"),
        (file(vec![message(1, Some(2), "user"), message(2, None, "user")]), "messages[0]"),
        (
            file(vec![message(1, None, "user"), message(2, Some(1), "assistant"), message(3, Some(2), "assistant")]),
            "messages[2]",
        ),
        (with("leaf_id", json!("00000000-0000-0000-0000-000000000001")), "leaf_id"),
        (file(vec![far]), "messages[0]"),
        (file(vec![nul]), "messages[0]"),
    ] {
        let refused = platform.call(&user, Method::POST, "/chats/import").json(&body).send().await.unwrap();
        let detail = problem(refused, 422).await["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{says}: {detail}");
    }
    assert_eq!(platform.get(&user, "/chats").await["items"], json!([]));
    platform.post(&user, "/chats/import", &good).await;
    // A question that was never answered, and the next one.
    let unanswered = file(vec![message(1, None, "user"), message(2, Some(1), "user")]);
    let chat = platform.post(&user, "/chats/import", &unanswered).await;
    let exported = platform.get(&user, &format!("/chats/{}/export", chat["id"].as_str().unwrap())).await;
    platform.post(&user, "/chats/import", &exported).await;

    // More than other bodies may have, and more than any.
    let mut long = message(1, None, "user");
    long["content"] = json!("x".repeat(1_000_000));
    let six: Vec<Value> = (1..7)
        .map(|id| {
            let mut message = long.clone();
            message["id"] = json!(format!("00000000-0000-0000-0000-{id:012}"));
            message
        })
        .collect();
    platform.post(&user, "/chats/import", &file(six)).await;
    let most = platform.call(&user, Method::POST, "/chats/import").json(&json!({ "format": "x".repeat(33 << 20) }));
    problem(most.send().await.unwrap(), 413).await;
}
