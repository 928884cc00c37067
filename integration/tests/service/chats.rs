//! Chats: their list, history, titles, search and removal.

use std::collections::HashSet;

use integration::bedrock::Script;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    shape::{assert_matches, each, time, with_query},
    stream::{data, text},
    support::{Platform, SOON, User, ok, problem},
};

/// Asks in a new chat, which has ended; gives its id.
async fn chat(platform: &Platform, user: &User, bot: &str, message: &str) -> String {
    let events = platform.service.ask(user, &json!({ "bot_id": bot, "message": message })).await.rest().await;
    assert_eq!(events.last().unwrap().event, "done");
    data(&events[0])["chat_id"].as_str().unwrap().to_owned()
}

fn says(text: &str) -> Script {
    Script { text: Some(text.to_owned()), ..Script::default() }
}

#[tokio::test]
async fn a_chat_begins_with_a_question_that_gives_the_title() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;

    let id = chat(&platform, &user, &bot, "  What is\n a   mango? ").await;

    let listed = platform.get(&user, "/chats").await;
    assert_matches(
        &listed,
        json!({
            "items": [
                { "id": id, "bot_id": bot, "title": "What is a mango?", "is_pinned": false, "is_archived": false, "created_at": "<time>", "updated_at": "<time>" },
            ],
            "next_cursor": null,
        }),
    );
    assert_eq!(platform.get(&user, &format!("/chats/{id}")).await, listed["items"][0]);

    let long = chat(&platform, &user, &bot, &"word ".repeat(50)).await;
    let title = platform.get(&user, &format!("/chats/{long}")).await["title"].as_str().unwrap().to_owned();
    assert!(title.ends_with("word…") && (40..=61).contains(&title.chars().count()), "{title}");
}

#[tokio::test]
async fn the_list_is_newest_first_by_the_last_question() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let first = chat(&platform, &user, &bot, "First").await;
    let second = chat(&platform, &user, &bot, "Second").await;
    let before = platform.get(&user, "/chats").await;
    assert_eq!(each(&before["items"], "id"), [&second, &first]);

    platform.service.ask(&user, &json!({ "bot_id": bot, "message": "More", "chat_id": first })).await.rest().await;

    let after = platform.get(&user, "/chats").await;
    assert_eq!(each(&after["items"], "id"), [&first, &second]);
    assert_eq!(after["items"][0]["title"], "First");
    assert!(time(&after["items"][0]["updated_at"]) > time(&before["items"][0]["updated_at"]));
}

#[tokio::test]
async fn pages_have_each_chat_once_while_others_come() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(chat(&platform, &user, &bot, &format!("Question {number}")).await);
    }
    // Some of the same instant, across the end of a page.
    sqlx::query("update chats set updated_at = '2026-01-01' where title in ('Question 2', 'Question 3', 'Question 4')")
        .execute(&platform.owner)
        .await
        .unwrap();
    let whole = platform.get(&user, "/chats").await["items"].clone();

    let (mut seen, mut pages) = (Vec::new(), Vec::new());
    let mut path = "/chats?limit=3".to_owned();
    loop {
        let page = platform.get(&user, &path).await;
        assert_eq!(page.as_object().unwrap().len(), 2);
        pages.push(page["items"].as_array().unwrap().len());
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/chats?limit=3&cursor={cursor}");
        chat(&platform, &user, &bot, "One that comes in between").await;
    }

    assert_eq!(pages, [3, 3, 1]);
    assert_eq!(Value::from(seen), whole);
    assert_eq!(each(&whole, "id").into_iter().collect::<HashSet<_>>(), made.iter().map(String::as_str).collect());
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    chat(&platform, &user, &bot, "First").await;
    chat(&platform, &user, &bot, "Second").await;
    assert_eq!(platform.get(&user, "/chats?limit=2").await["next_cursor"], Value::Null);
    assert_ne!(platform.get(&user, "/chats?limit=1").await["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_title_can_be_changed() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let id = chat(&platform, &user, &bot, "First").await;
    let before = platform.get(&user, &format!("/chats/{id}")).await;

    let change = platform.call(&user, Method::PATCH, &format!("/chats/{id}")).json(&json!({ "title": "Mangoes 🥭" }));
    let renamed = ok(change.send().await.unwrap()).await;

    assert_eq!(renamed["title"], "Mangoes 🥭");
    assert_eq!((&renamed["id"], &renamed["created_at"]), (&before["id"], &before["created_at"]));
    assert_eq!(platform.get(&user, &format!("/chats/{id}")).await, renamed);
}

#[tokio::test]
async fn history_has_all_of_each_message() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { usage: Some((7, 2)), ..says("Hello there") });
    let id = chat(&platform, &user, &bot, "Hi").await;

    assert_matches(
        &platform.get(&user, &format!("/chat/history/{id}")).await,
        json!({
            "chat_id": id,
            "messages": [
                {
                    "id": "<uuid>", "parent_id": null, "alternatives": [], "attachments": [], "reasoning": null, "feedback": null, "role": "user", "content": "Hi", "created_at": "<time>", "model_id": null,
                    "status": "complete", "stop_reason": null, "usage": null, "error": null, "passages": [],
                },
                {
                    "id": "<uuid>", "parent_id": "<uuid>", "alternatives": [], "attachments": [], "reasoning": null, "feedback": null, "role": "assistant", "content": "Hello there", "created_at": "<time>",
                    "model_id": "test.model-v1:0", "status": "complete", "stop_reason": "end_turn",
                    "usage": { "input_tokens": 7, "output_tokens": 2, "estimated": false }, "error": null, "passages": [],
                },
            ],
        }),
    );
}

#[tokio::test]
async fn a_page_of_history_is_of_the_newest() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let id = chat(&platform, &user, &bot, "Question 0").await;
    for number in 1..3 {
        let question = json!({ "bot_id": bot, "message": format!("Question {number}"), "chat_id": id });
        platform.service.ask(&user, &question).await.rest().await;
    }
    let whole = platform.get(&user, &format!("/chat/history/{id}")).await["messages"].clone();
    assert_eq!(whole.as_array().unwrap().len(), 6);

    let newest = platform.get(&user, &format!("/chat/history/{id}?limit=4")).await["messages"].clone();
    assert_eq!(newest.as_array().unwrap()[..], whole.as_array().unwrap()[2..]);
    let first = newest[0]["id"].as_str().unwrap();
    let older = platform.get(&user, &format!("/chat/history/{id}?limit=4&before={first}")).await["messages"].clone();
    assert_eq!(older.as_array().unwrap()[..], whole.as_array().unwrap()[..2]);
}

#[tokio::test]
async fn history_shows_what_has_come_of_an_answer() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { stall_after: Some(2), ..says("Hello there") });
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    let id = start["chat_id"].as_str().unwrap();

    let answer = tokio::time::timeout(SOON, async {
        loop {
            let history = platform.get(&user, &format!("/chat/history/{id}")).await;
            if history["messages"][1]["content"] == "Hello there" {
                break history["messages"][1].clone();
            }
        }
    })
    .await
    .expect("the text is stored while it streams");

    assert_eq!((&answer["status"], &answer["usage"]), (&json!("streaming"), &Value::Null));
    assert_eq!(answer["id"], start["message_id"]);
}

#[tokio::test]
async fn deleting_takes_the_messages_along() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let by_history = chat(&platform, &user, &bot, "First").await;
    platform.service.ask(&user, &json!({ "bot_id": bot, "message": "More", "chat_id": by_history })).await.rest().await;
    let by_chat = chat(&platform, &user, &bot, "Second").await;
    let kept = chat(&platform, &user, &bot, "Third").await;

    let path = format!("/chat/history/{by_history}");
    let deleted = ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(deleted, json!({ "status": "success", "deleted_count": 4 }));
    let path = format!("/chats/{by_chat}");
    let deleted = ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(deleted, json!({ "status": "success", "id": by_chat }));

    for id in [&by_history, &by_chat] {
        for (method, path) in [
            (Method::GET, format!("/chats/{id}")),
            (Method::DELETE, format!("/chats/{id}")),
            (Method::GET, format!("/chat/history/{id}")),
            (Method::DELETE, format!("/chat/history/{id}")),
        ] {
            problem(platform.call(&user, method, &path).send().await.unwrap(), 404).await;
        }
        let question = json!({ "bot_id": bot, "message": "Still there?", "chat_id": id });
        problem(platform.call(&user, Method::POST, "/chat/stream").json(&question).send().await.unwrap(), 404).await;
    }
    assert_eq!(each(&platform.get(&user, "/chats").await["items"], "id"), [&kept]);
    let messages: i64 = sqlx::query_scalar("select count(*) from messages").fetch_one(&platform.owner).await.unwrap();
    assert_eq!(messages, 2);
}

#[tokio::test]
async fn deleting_a_chat_ends_the_answer_that_streams() {
    let platform = Platform::start().await;
    let other_instance = platform.second_instance(|_| {}).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    for (count, instance, path) in
        [(1, &platform.service, "/chat/history/"), (2, &platform.service, "/chats/"), (3, &other_instance, "/chats/")]
    {
        platform.bedrock.script(Script { stall_after: Some(2), ..says("Hello there") });
        let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
        let start = data(&events.next().await.unwrap());
        events.next().await.unwrap();
        let mut dropped = platform.bedrock.dropped_streams();

        let path = format!("{path}{}", start["chat_id"].as_str().unwrap());
        ok(instance.call(&user, Method::DELETE, &path).send().await.unwrap()).await;

        tokio::time::timeout(SOON, dropped.wait_for(|&dropped| dropped == count)).await.unwrap().unwrap();
        let rest = events.rest().await;
        assert_eq!(rest.last().unwrap().event, "error");
        assert!(text(&rest).len() <= "there".len());
        let watch = format!("/chat/streams/{}", start["message_id"].as_str().unwrap());
        problem(platform.call(&user, Method::GET, &watch).send().await.unwrap(), 404).await;
    }
    let left: i64 =
        sqlx::query_scalar("select (select count(*) from messages) + (select count(*) from message_deltas)")
            .fetch_one(&platform.owner)
            .await
            .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn search_finds_words_and_marks_them() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(says("Alphonso mango is grown in Ratnagiri."));
    let first = chat(&platform, &user, &bot, "Which mango is best").await;
    platform.bedrock.script(says("Pears are fine."));
    chat(&platform, &user, &bot, "And <b>pears</b>?").await;
    let find = async |query: &str| platform.get(&user, &with_query("/chats/search", "q", query)).await["items"].clone();

    let found = find("mango").await;
    assert_matches(
        &found,
        json!([
            {
                "chat_id": first, "message_id": "<uuid>", "title": "Which mango is best", "role": "assistant",
                "created_at": "<time>",
                "snippet": [
                    { "text": "Alphonso ", "is_match": false },
                    { "text": "mango", "is_match": true },
                    { "text": " is grown in Ratnagiri", "is_match": false },
                ],
            },
            {
                "chat_id": first, "message_id": "<uuid>", "title": "Which mango is best", "role": "user",
                "created_at": "<time>",
                "snippet": [
                    { "text": "Which ", "is_match": false },
                    { "text": "mango", "is_match": true },
                    { "text": " is best", "is_match": false },
                ],
            },
        ]),
    );
    let history = platform.get(&user, &format!("/chat/history/{first}")).await;
    assert_eq!(found[0]["message_id"], history["messages"][1]["id"]);
    // Words, phrases, what is left out; case does not matter, order of words does not either.
    for (query, count) in [
        ("MANGO", 2),
        ("ratnagiri alphonso", 1),
        ("\"alphonso mango\"", 1),
        ("\"mango alphonso\"", 0),
        ("mango -alphonso", 1),
        ("pears or ratnagiri", 3),
        ("papaya", 0),
        ("' \" \\ & | ! ( ) : * <->", 0),
    ] {
        assert_eq!(find(query).await.as_array().unwrap().len(), count, "{query}");
    }
    let limited = platform.get(&user, "/chats/search?q=mango&limit=1").await;
    assert_eq!(limited["items"], json!([found[0]]));
}

#[tokio::test]
async fn a_snippet_of_a_long_text_is_around_the_words() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let filler = "Nothing of interest happens here. ".repeat(200);
    platform.bedrock.script(says(&format!("{filler} Then a mango fell. {filler}")));
    chat(&platform, &user, &bot, "Tell me a story").await;

    let found = platform.get(&user, "/chats/search?q=mango").await;

    let snippet = &found["items"][0]["snippet"];
    assert!(each(snippet, "text").concat().contains("a mango fell"), "{snippet}");
    assert!(each(snippet, "text").concat().len() < 400, "{snippet}");
    let matches = snippet.as_array().unwrap().iter().filter(|part| part["is_match"] == true);
    assert_eq!(matches.map(|part| &part["text"]).collect::<Vec<_>>(), ["mango"]);
}

#[tokio::test]
async fn chats_are_ones_own() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let public = platform.call(&user, Method::PATCH, &format!("/bots/{bot}")).json(&json!({ "is_public": true }));
    ok(public.send().await.unwrap()).await;
    let id = chat(&platform, &user, &bot, "Which mango is best").await;
    let history = platform.get(&user, &format!("/chat/history/{id}")).await;

    for stranger in [platform.user(), platform.admin(), platform.user_of("acme")] {
        assert_eq!(platform.get(&stranger, "/chats").await, json!({ "items": [], "next_cursor": null }));
        assert_eq!(platform.get(&stranger, "/chats/search?q=mango").await, json!({ "items": [], "chats": [] }));
        let question = json!({ "bot_id": bot, "message": "Go on", "chat_id": id });
        problem(platform.call(&stranger, Method::POST, "/chat/stream").json(&question).send().await.unwrap(), 404)
            .await;
        let rename = platform.call(&stranger, Method::PATCH, &format!("/chats/{id}")).json(&json!({ "title": "Mine" }));
        problem(rename.send().await.unwrap(), 404).await;
    }
    assert_eq!(platform.get(&user, &format!("/chat/history/{id}")).await, history);
}

#[tokio::test]
async fn an_answer_too_long_to_be_searched_whole_is_kept() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    // More than a search index of Postgres takes of one text: 1 MB.
    let words: Vec<String> = (0..60_000).map(|number| format!("{number:016x} and ")).collect();
    let deltas: Vec<String> = words.chunks(1_000).map(<[String]>::concat).collect();
    let whole = deltas.concat();
    platform.bedrock.script(Script { deltas: Some(deltas), ..Script::default() });

    let events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Go on and on" })).await.rest().await;

    assert_eq!(events.last().unwrap().event, "done", "{}", events.last().unwrap().data);
    let id = data(&events[0])["chat_id"].as_str().unwrap().to_owned();
    let answer = platform.get(&user, &format!("/chat/history/{id}")).await["messages"][1].clone();
    assert_eq!(answer["status"], "complete");
    assert!(answer["content"] == whole.as_str());
}
