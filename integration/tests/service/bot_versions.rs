//! What bots were before.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    shape::assert_matches,
    support::{Platform, User, ok, problem},
};

async fn make(platform: &Platform, user: &User) -> Value {
    let bot = json!({ "name": "First", "model_id": "test.model-v1:0", "instructions": "Be brief." });
    platform.post(user, "/bots", &bot).await
}

fn path(bot: &Value) -> String {
    format!("/bots/{}", bot["id"].as_str().unwrap())
}

async fn change(platform: &Platform, user: &User, bot: &Value, change: Value) -> Value {
    ok(platform.call(user, Method::PATCH, &path(bot)).json(&change).send().await.unwrap()).await
}

async fn versions(platform: &Platform, user: &User, bot: &Value) -> Vec<Value> {
    let page = platform.get(user, &format!("{}/versions", path(bot))).await;
    page["items"].as_array().unwrap().clone()
}

fn numbers(versions: &[Value]) -> Vec<i64> {
    versions.iter().map(|version| version["number"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn each_change_keeps_what_was_before() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = make(&platform, &user).await;
    let first = versions(&platform, &user, &bot).await;
    assert_eq!(first.len(), 1);
    assert_matches(
        &first[0],
        json!({ "number": 1, "created_at": "<time>", "configuration": {
            "name": "First", "description": null, "instructions": "Be brief.", "model_id": "test.model-v1:0",
            "temperature": 70, "max_tokens": 4096, "rag_enabled": false, "knowledge_base_ids": [], "starters": [],
            "icon": null, "tags": [], "category": null,
        } }),
    );
    let base = platform.post(&user, "/knowledge-bases", &json!({ "name": "Handbook" })).await["id"].clone();

    let changes = [
        json!({ "name": "Second" }),
        json!({ "description": "D" }),
        json!({ "instructions": "Be thorough." }),
        json!({ "model_id": "other.model-v1:0" }),
        json!({ "temperature": 10 }),
        json!({ "max_tokens": 10 }),
        json!({ "rag_enabled": true }),
        json!({ "knowledge_base_ids": [base] }),
        json!({ "starters": ["Why?"] }),
        json!({ "icon": "🥭" }),
        json!({ "tags": ["a"] }),
        json!({ "category": "Fruit" }),
    ];
    for (index, of) in changes.into_iter().enumerate() {
        let before = versions(&platform, &user, &bot).await;
        change(&platform, &user, &bot, of.clone()).await;
        let after = versions(&platform, &user, &bot).await;
        assert_eq!(after.len(), index + 2, "{of}");
        assert_eq!(after[1..], before, "{of}");
        let (field, value) = of.as_object().unwrap().iter().next().unwrap();
        assert_eq!(after[0]["configuration"][field], *value);
    }
    let before = versions(&platform, &user, &bot).await;
    // Who may use it is no part of what it is, and what is as it was is no change.
    for of in [json!({}), json!({ "is_public": true, "is_active": false }), json!({ "name": "Second", "tags": ["a"] })]
    {
        change(&platform, &user, &bot, of).await;
    }
    platform.service.ask(&user, &json!({ "bot_id": bot["id"], "message": "Hi" })).await.rest().await;
    assert_eq!(versions(&platform, &user, &bot).await, before);
}

#[tokio::test]
async fn a_version_is_restored_as_a_new_one() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = |name| json!({ "name": name });
    let kept = platform.post(&user, "/knowledge-bases", &base("Kept")).await["id"].clone();
    let gone = platform.post(&user, "/knowledge-bases", &base("Gone")).await["id"].clone();
    let bot = make(&platform, &user).await;
    let full = json!({
        "name": "Second", "description": "D", "temperature": 1, "max_tokens": 2, "rag_enabled": true,
        "knowledge_base_ids": [gone, kept], "starters": ["Why?"], "icon": "🥭", "tags": ["a"], "category": "Fruit",
    });
    let second = change(&platform, &user, &bot, full).await;
    let emptied = json!({
        "name": "Third", "description": null, "instructions": null, "knowledge_base_ids": [], "starters": [],
        "icon": null, "tags": [], "category": null, "is_public": true,
    });
    change(&platform, &user, &bot, emptied).await;
    let path_of = |number: u32| format!("{}/versions/{number}/restore", path(&bot));
    let delete = format!("/knowledge/{}", gone.as_str().unwrap());
    ok(platform.call(&user, Method::DELETE, &delete).send().await.unwrap()).await;

    let restored = platform.post(&user, &path_of(2), &json!({})).await;

    let mut expected = second.clone();
    expected["updated_at"] = restored["updated_at"].clone();
    // A base that is gone is left out, and who may use it stays.
    (expected["knowledge_base_id"], expected["knowledge_base_ids"]) = (kept.clone(), json!([kept]));
    expected["is_public"] = json!(true);
    assert_eq!(restored, expected);
    assert_eq!(platform.get(&user, &path(&bot)).await, restored);
    assert_eq!(numbers(&versions(&platform, &user, &bot).await), [4, 3, 2, 1]);
    let again = platform.post(&user, &path_of(1), &json!({})).await;
    assert_eq!((&again["name"], &again["instructions"]), (&json!("First"), &json!("Be brief.")));
    for number in [0, 6, 1_000_000] {
        problem(platform.call(&user, Method::POST, &path_of(number)).send().await.unwrap(), 404).await;
    }
}

#[tokio::test]
async fn versions_are_their_owners_alone() {
    let platform = Platform::start().await;
    let owner = platform.user();
    let bot = make(&platform, &owner).await;
    change(&platform, &owner, &bot, json!({ "is_public": true, "is_marketplace": true, "name": "Shared" })).await;
    for other in [platform.user(), platform.admin(), platform.user_of("acme")] {
        for (method, end) in [(Method::GET, "versions"), (Method::POST, "versions/1/restore")] {
            let path = format!("{}/{end}", path(&bot));
            problem(platform.call(&other, method, &path).send().await.unwrap(), 404).await;
        }
    }
    assert_eq!(platform.get(&owner, &path(&bot)).await["name"], "Shared");
}

#[tokio::test]
async fn the_newest_hundred_are_kept_and_come_in_pages() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = make(&platform, &user).await;
    for number in 2..=105 {
        change(&platform, &user, &bot, json!({ "name": number.to_string() })).await;
    }
    let (mut seen, mut before) = (Vec::new(), Value::Null);
    loop {
        let query = if before.is_null() { String::new() } else { format!("&before={before}") };
        let page = platform.get(&user, &format!("{}/versions?limit=40{query}", path(&bot))).await;
        seen.extend(numbers(page["items"].as_array().unwrap()));
        before = page["next_before"].clone();
        if before.is_null() {
            break;
        }
    }
    assert_eq!(seen, (6..=105).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn changes_at_the_same_time_are_each_a_version() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = make(&platform, &user).await;
    let changes = (0..12).map(|number| change(&platform, &user, &bot, json!({ "name": format!("Name {number}") })));
    futures_util::future::join_all(changes).await;
    assert_eq!(numbers(&versions(&platform, &user, &bot).await), (1..=13).rev().collect::<Vec<_>>());
}
