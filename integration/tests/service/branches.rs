//! Questions asked otherwise, answers generated again: what was before stays, as an alternative.

use integration::bedrock::Script;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::{
    shape::{each, with_query},
    stream::{Events, data, text},
    support::{Platform, User, ok, problem},
};

fn says(text: &str) -> Script {
    Script { text: Some(text.to_owned()), ..Script::default() }
}

/// Asks, has the answer, and gives the ids of chat, question and answer.
async fn ask(platform: &Platform, user: &User, answer: &str, question: &Value) -> [String; 3] {
    platform.bedrock.script(says(answer));
    let events = platform.service.ask(user, question).await.rest().await;
    assert_eq!((text(&events).as_str(), events.last().unwrap().event.as_str()), (answer, "done"));
    ids(&data(&events[0]))
}

fn ids(start: &Value) -> [String; 3] {
    ["chat_id", "user_message_id", "message_id"].map(|name| start[name].as_str().unwrap().to_owned())
}

async fn regenerate(platform: &Platform, user: &User, answer: &str, body: &Value) -> Events {
    let path = format!("/chat/messages/{answer}/regenerate");
    Events::of(platform.call(user, Method::POST, &path).json(body).send().await.unwrap())
}

async fn show(platform: &Platform, user: &User, chat: &str, message: &str) -> Value {
    let path = format!("/chats/{chat}/branch");
    let body = json!({ "message_id": message });
    ok(platform.call(user, Method::PUT, &path).json(&body).send().await.unwrap()).await
}

/// What the chat shows.
async fn history(platform: &Platform, user: &User, chat: &str) -> Value {
    platform.get(user, &format!("/chat/history/{chat}")).await["messages"].clone()
}

/// What the model was asked last.
fn asked(platform: &Platform) -> Vec<String> {
    let request = platform.bedrock.requests().pop().unwrap().body["messages"].clone();
    let messages = request.as_array().unwrap().clone();
    messages.iter().map(|message| message["content"][0]["text"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_answer_is_generated_again_beside_the_first() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let [chat, question, first] =
        ask(&platform, &user, "One", &json!({ "bot_id": bot, "message": "Say something" })).await;

    platform.bedrock.script(says("Two"));
    let events = regenerate(&platform, &user, &first, &json!({})).await.rest().await;

    assert_eq!(text(&events), "Two");
    let [again_in, again_of, second] = ids(&data(&events[0]));
    assert_eq!((&again_in, &again_of), (&chat, &question));
    assert_eq!(asked(&platform), ["Say something"]);
    let shown = history(&platform, &user, &chat).await;
    assert_eq!(each(&shown, "content"), ["Say something", "Two"]);
    assert_eq!(shown[1]["alternatives"], json!([first, second]));
    assert_eq!(shown[1]["parent_id"], question.as_str());
    assert_eq!((&shown[0]["alternatives"], &shown[0]["parent_id"]), (&json!([]), &Value::Null));

    // Back to the first, and on from there: the second is no part of that.
    show(&platform, &user, &chat, &first).await;
    assert_eq!(each(&history(&platform, &user, &chat).await, "content"), ["Say something", "One"]);
    ask(&platform, &user, "Three", &json!({ "bot_id": bot, "message": "And then?", "chat_id": chat })).await;
    assert_eq!(asked(&platform), ["Say something", "One", "And then?"]);
    let shown = history(&platform, &user, &chat).await;
    assert_eq!(each(&shown, "content"), ["Say something", "One", "And then?", "Three"]);

    // The other branch, and back through a message in the middle: to the end of it.
    show(&platform, &user, &chat, &second).await;
    assert_eq!(each(&history(&platform, &user, &chat).await, "content"), ["Say something", "Two"]);
    show(&platform, &user, &chat, &first).await;
    assert_eq!(history(&platform, &user, &chat).await, shown);
}

#[tokio::test]
async fn a_question_is_asked_otherwise_beside_the_first() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let [chat, first, answer] = ask(&platform, &user, "A", &json!({ "bot_id": bot, "message": "First" })).await;
    let next = json!({ "bot_id": bot, "message": "Second", "chat_id": chat });
    let [_, second, _] = ask(&platform, &user, "B", &next).await;

    let edited = json!({ "bot_id": bot, "message": "Second, or not", "chat_id": chat, "edit_of": second });
    let [_, otherwise, _] = ask(&platform, &user, "C", &edited).await;

    assert_eq!(asked(&platform), ["First", "A", "Second, or not"]);
    let shown = history(&platform, &user, &chat).await;
    assert_eq!(each(&shown, "content"), ["First", "A", "Second, or not", "C"]);
    assert_eq!(shown[2]["alternatives"], json!([second, otherwise]));

    // The question that the chat began with too.
    let edited = json!({ "bot_id": bot, "message": "First, or not", "chat_id": chat, "edit_of": first });
    let [_, beginning, _] = ask(&platform, &user, "D", &edited).await;
    assert_eq!(asked(&platform), ["First, or not"]);
    let shown = history(&platform, &user, &chat).await;
    assert_eq!(each(&shown, "content"), ["First, or not", "D"]);
    assert_eq!(shown[0]["alternatives"], json!([first, beginning]));

    // Or from any message on, whatever is shown.
    let from = json!({ "bot_id": bot, "message": "Third", "chat_id": chat, "parent_id": answer });
    ask(&platform, &user, "E", &from).await;
    assert_eq!(asked(&platform), ["First", "A", "Third"]);

    let exported = platform.get(&user, &format!("/chats/{chat}/export")).await;
    assert_eq!(each(&exported["messages"], "content").len(), 10, "nothing is overwritten");
}

#[tokio::test]
async fn pages_follow_the_branch() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let [chat, _, first] = ask(&platform, &user, "A", &json!({ "bot_id": bot, "message": "1" })).await;
    ask(&platform, &user, "B", &json!({ "bot_id": bot, "message": "2", "chat_id": chat })).await;
    let third = json!({ "bot_id": bot, "message": "3", "chat_id": chat, "parent_id": first });
    ask(&platform, &user, "C", &third).await;
    let whole = history(&platform, &user, &chat).await;
    assert_eq!(each(&whole, "content"), ["1", "A", "3", "C"]);

    let newest = platform.get(&user, &format!("/chat/history/{chat}?limit=3")).await["messages"].clone();
    assert_eq!(newest.as_array().unwrap()[..], whole.as_array().unwrap()[1..]);
    let before = newest[0]["id"].as_str().unwrap();
    let older = platform.get(&user, &format!("/chat/history/{chat}?limit=3&before={before}")).await;
    assert_eq!(older["messages"].as_array().unwrap()[..], whole.as_array().unwrap()[..1]);
    let first = whole[0]["id"].as_str().unwrap();
    let none = platform.get(&user, &format!("/chat/history/{chat}?before={first}")).await;
    assert_eq!(none["messages"], json!([]));
}

#[tokio::test]
async fn places_are_of_the_same_chat_and_ones_own() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let [chat, question, answer] = ask(&platform, &user, "A", &json!({ "bot_id": bot, "message": "1" })).await;
    let [other, ..] = ask(&platform, &user, "B", &json!({ "bot_id": bot, "message": "2" })).await;
    let call = async |user: &User, method: Method, path: &str, body: Value, status: u16| {
        problem(platform.call(user, method, path).json(&body).send().await.unwrap(), status).await
    };

    for place in [json!({ "parent_id": answer }), json!({ "edit_of": question })] {
        let mut body = json!({ "bot_id": bot, "message": "3", "chat_id": other });
        body.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        call(&user, Method::POST, "/chat/stream", body.clone(), 404).await;
        body["chat_id"] = Value::Null;
        call(&user, Method::POST, "/chat/stream", body, 422).await;
    }
    let edit_of_answer = json!({ "bot_id": bot, "message": "3", "chat_id": chat, "edit_of": answer });
    call(&user, Method::POST, "/chat/stream", edit_of_answer, 404).await;
    // A question follows an answer.
    let after_question = json!({ "bot_id": bot, "message": "3", "chat_id": chat, "parent_id": question });
    call(&user, Method::POST, "/chat/stream", after_question, 404).await;
    let both = json!({ "bot_id": bot, "message": "3", "chat_id": chat, "edit_of": question, "parent_id": answer });
    call(&user, Method::POST, "/chat/stream", both, 422).await;
    let branch = format!("/chats/{other}/branch");
    call(&user, Method::PUT, &branch, json!({ "message_id": answer }), 404).await;
    // A question has no question.
    call(&user, Method::POST, &format!("/chat/messages/{question}/regenerate"), json!({}), 404).await;

    for stranger in [platform.user(), platform.admin(), platform.user_of("acme")] {
        let branch = format!("/chats/{chat}/branch");
        call(&stranger, Method::PUT, &branch, json!({ "message_id": answer }), 404).await;
        call(&stranger, Method::POST, &format!("/chat/messages/{answer}/regenerate"), json!({ "bot_id": bot }), 404)
            .await;
        let feedback = format!("/chat/messages/{answer}/feedback");
        call(&stranger, Method::PUT, &feedback, json!({ "rating": "up" }), 404).await;
        call(&stranger, Method::DELETE, &feedback, json!({}), 404).await;
    }
    assert_eq!(each(&history(&platform, &user, &chat).await, "content"), ["1", "A"]);
}

#[tokio::test]
async fn what_the_version_before_writes_follows_what_was_there() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let [chat, ..] = ask(&platform, &user, "A", &json!({ "bot_id": bot, "message": "1" })).await;
    // Its statement, which knows nothing of branches.
    let mut old = sqlx::PgConnection::connect_with(&platform.as_service()).await.unwrap();
    sqlx::query("select set_config('app.tenant', 'default', false)").execute(&mut old).await.unwrap();
    sqlx::query(
        "with question as (
           insert into messages (id, tenant_id, owner_id, chat_id, role, content, status)
           values ($1, 'default', $4, $3, 'user', '[{\"type\": \"text\", \"text\": \"2\"}]', 'complete')
         )
         insert into messages (id, tenant_id, owner_id, chat_id, role, content, status)
         values ($2, 'default', $4, $3, 'assistant', '[{\"type\": \"text\", \"text\": \"B\"}]', 'complete')",
    )
    .bind(uuid::Uuid::now_v7())
    .bind(uuid::Uuid::now_v7())
    .bind(chat.parse::<uuid::Uuid>().unwrap())
    .bind(&user.id)
    .execute(&mut old)
    .await
    .unwrap();

    assert_eq!(each(&history(&platform, &user, &chat).await, "content"), ["1", "A", "2", "B"]);
    ask(&platform, &user, "C", &json!({ "bot_id": bot, "message": "3", "chat_id": chat })).await;
    assert_eq!(asked(&platform), ["1", "A", "2", "B", "3"]);
}

#[tokio::test]
async fn thoughts_stream_beside_the_answer_and_are_not_told_again() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { reasoning: Some("They greet. I greet back.".into()), ..says("Hello there") });

    let events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;

    let thoughts: Vec<_> = events.iter().filter(|event| event.event == "reasoning").map(data).collect();
    assert_eq!(
        thoughts.iter().map(|thought| thought["content"].as_str().unwrap()).collect::<String>(),
        "They greet. I greet back."
    );
    assert!(thoughts.iter().zip(0..).all(|(thought, index)| thought["index"] == index));
    assert_eq!(text(&events), "Hello there");
    let [chat, _, answer] = ids(&data(&events[0]));
    let shown = history(&platform, &user, &chat).await;
    assert_eq!(shown[1]["reasoning"], "They greet. I greet back.");
    assert_eq!(shown[1]["content"], "Hello there");
    assert_eq!(platform.get(&user, "/chats/search?q=greet").await["items"], json!([]));

    ask(&platform, &user, "Fine", &json!({ "bot_id": bot, "message": "How are you?", "chat_id": chat })).await;
    assert_eq!(asked(&platform), ["Hi", "Hello there", "How are you?"]);

    // Who comes back in mid-thought hears the thoughts again, each under its number.
    platform.bedrock.script(Script {
        reasoning: Some("Hm. Well. So.".into()),
        stall_after: Some(0),
        ..says("Never said")
    });
    let mut live = regenerate(&platform, &user, &answer, &json!({})).await;
    let start = data(&live.next().await.unwrap());
    let mut first = Vec::new();
    while first.iter().map(|thought: &Value| thought["content"].as_str().unwrap()).collect::<String>()
        != "Hm. Well. So."
    {
        first.push(data(&live.next().await.unwrap()));
    }
    let watch = format!("/chat/streams/{}", start["message_id"].as_str().unwrap());
    let again = platform.call(&user, Method::GET, &watch).header("last-event-id", "0").send().await.unwrap();
    let mut again = Events::of(again);
    let mut second = Vec::new();
    while second.len() < first.len() {
        second.push(data(&again.next().await.unwrap()));
    }
    assert_eq!(second, first);
    platform.service.stop(&user, start["message_id"].as_str().unwrap()).await;
}

#[tokio::test]
async fn an_answer_is_rated_and_the_rating_taken_back() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let [chat, question, answer] = ask(&platform, &user, "A", &json!({ "bot_id": bot, "message": "1" })).await;
    let path = format!("/chat/messages/{answer}/feedback");
    let rate = async |body: Value| platform.call(&user, Method::PUT, &path).json(&body).send().await.unwrap();

    ok(rate(json!({ "rating": "down", "reason": "Too short" })).await).await;
    let feedback = history(&platform, &user, &chat).await[1]["feedback"].clone();
    assert_eq!(feedback, json!({ "rating": "down", "reason": "Too short" }));
    ok(rate(json!({ "rating": "up" })).await).await;
    let feedback = history(&platform, &user, &chat).await[1]["feedback"].clone();
    assert_eq!(feedback, json!({ "rating": "up", "reason": null }));
    problem(rate(json!({ "rating": "sideways" })).await, 422).await;
    problem(rate(json!({ "rating": "up", "reason": "x".repeat(2_001) })).await, 422).await;
    let of_question = format!("/chat/messages/{question}/feedback");
    let refused =
        platform.call(&user, Method::PUT, &of_question).json(&json!({ "rating": "up" })).send().await.unwrap();
    problem(refused, 404).await;

    ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(history(&platform, &user, &chat).await[1]["feedback"], Value::Null);
}

#[tokio::test]
async fn chats_are_pinned_and_archived() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let [first, ..] = ask(&platform, &user, "A", &json!({ "bot_id": bot, "message": "100 % of mangoes" })).await;
    let [second, ..] = ask(&platform, &user, "B", &json!({ "bot_id": bot, "message": "Second" })).await;
    let change = async |id: &str, body: Value| {
        ok(platform.call(&user, Method::PATCH, &format!("/chats/{id}")).json(&body).send().await.unwrap()).await
    };
    let list = async |query: &str| {
        let page = platform.get(&user, &format!("/chats{query}")).await;
        each(&page["items"], "id").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };

    let pinned = change(&first, json!({ "is_pinned": true })).await;
    assert_eq!((&pinned["is_pinned"], &pinned["title"]), (&json!(true), &json!("100 % of mangoes")));
    assert_eq!(list("?pinned=true").await, [first.as_str()]);
    assert_eq!(list("?pinned=false").await, [second.as_str()]);
    assert_eq!(list("").await, [second.as_str(), first.as_str()]);

    change(&second, json!({ "is_archived": true })).await;
    assert_eq!(list("").await, [first.as_str()]);
    assert_eq!(list("?archived=true").await, [second.as_str()]);
    // A question brings it back.
    ask(&platform, &user, "C", &json!({ "bot_id": bot, "message": "More", "chat_id": second })).await;
    assert_eq!(list("").await, [second.as_str(), first.as_str()]);

    let found = platform.get(&user, "/chats/search?q=100%20%25").await;
    assert_eq!(each(&found["chats"], "id"), [first.as_str()], "a percent sign is one");
    change(&first, json!({ "title": "Crème brûlée for Ürdingen" })).await;
    for (query, count) in [("CREME brul", 1), ("urdingen Crème", 1), ("creme caramel", 0)] {
        let found = platform.get(&user, &with_query("/chats/search", "q", query)).await;
        assert_eq!(found["chats"].as_array().unwrap().len(), count, "{query}");
    }
}
