//! `/bots` and `/models`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    shape::{assert_matches, each, time},
    support::{Platform, User, ok, problem},
};

async fn make(platform: &Platform, user: &User, change: Value) -> Value {
    let mut bot = json!({ "name": "Helper", "model_id": "test.model-v1:0" });
    if let Value::Object(fields) = change {
        bot.as_object_mut().unwrap().extend(fields);
    }
    platform.post(user, "/bots", &bot).await
}

async fn knowledge_base(platform: &Platform, user: &User) -> Value {
    platform.post(user, "/knowledge-bases", &json!({ "name": "Handbook" })).await["id"].clone()
}

/// The names of the bots that a user is shown.
async fn listed(platform: &Platform, user: &User, query: &str) -> Vec<String> {
    let bots = platform.get(user, &format!("/bots{query}")).await;
    let mut names: Vec<String> = each(&bots, "name").into_iter().map(str::to_owned).collect();
    names.sort();
    names
}

fn path(bot: &Value) -> String {
    format!("/bots/{}", bot["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_bot_of_the_least_has_defaults() {
    let platform = Platform::start().await;
    let user = platform.user();

    let made = platform.post(&user, "/bots", &json!({ "name": "Helper", "model_id": "test.model-v1:0" })).await;

    assert_matches(
        &made,
        json!({
            "id": "<uuid>",
            "owner_id": user.id,
            "name": "Helper",
            "description": null,
            "instructions": null,
            "model_id": "test.model-v1:0",
            "temperature": 70,
            "max_tokens": 4096,
            "rag_enabled": false,
            "knowledge_base_id": null,
            "knowledge_base_ids": [],
            "starters": [],
            "icon": null,
            "category": null,
            "is_public": false,
            "is_marketplace": false,
            "is_active": true,
            "tags": [],
            "star_count": 0,
            "is_starred": false,
            "use_count": 0,
            "is_pinned": false,
            "created_at": "<time>",
            "updated_at": "<time>",
        }),
    );
    assert_eq!(platform.get(&user, &path(&made)).await, made);
    assert_eq!(platform.get(&user, "/bots").await, json!([made]));
}

#[tokio::test]
async fn a_bot_keeps_all_it_is_given() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = json!({
        "name": "Ünïcode 🥭",
        "description": "Answers",
        "instructions": "Be brief.\nAlways.",
        "model_id": "other.model-v2:0",
        "temperature": 0,
        "max_tokens": 1,
        "rag_enabled": true,
        "knowledge_base_id": knowledge_base(&platform, &user).await,
        "starters": ["How many days?", "Who?"],
        "icon": "🥭",
        "category": "Fruit",
        "is_public": true,
        "is_marketplace": true,
        "tags": ["b", "a"],
    });

    let made = platform.post(&user, "/bots", &bot).await;

    for (field, value) in bot.as_object().unwrap() {
        assert_eq!(made[field], *value, "{field}");
    }
    assert_eq!(platform.get(&user, &path(&made)).await, made);
}

#[tokio::test]
async fn null_is_as_good_as_absent() {
    let platform = Platform::start().await;
    let user = platform.user();
    let nulls = json!({ "description": null, "instructions": null, "knowledge_base_id": null, "tags": null });
    let made = make(&platform, &user, nulls).await;
    assert_eq!((&made["description"], &made["tags"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn a_change_is_of_what_it_names() {
    let platform = Platform::start().await;
    let user = platform.user();
    let mut bot = make(&platform, &user, json!({ "description": "Old", "instructions": "Old", "tags": ["old"] })).await;
    let base = knowledge_base(&platform, &user).await;

    for change in [
        json!({}),
        json!({ "name": "New" }),
        json!({ "description": "New" }),
        json!({ "description": null }),
        json!({ "instructions": "New" }),
        json!({ "instructions": null }),
        json!({ "model_id": "other.model-v1:0" }),
        json!({ "temperature": 100, "max_tokens": 200_000 }),
        json!({ "rag_enabled": true, "knowledge_base_id": base, "knowledge_base_ids": [base] }),
        json!({ "knowledge_base_id": null, "knowledge_base_ids": [] }),
        json!({ "starters": ["One?", "Two?"], "icon": "🥭", "category": "Fruit" }),
        json!({ "starters": [], "icon": null, "category": null }),
        json!({ "is_public": true, "is_marketplace": true }),
        json!({ "is_active": false }),
        json!({ "tags": ["new", "newer"] }),
        json!({ "tags": [] }),
    ] {
        let changed = ok(platform.call(&user, Method::PATCH, &path(&bot)).json(&change).send().await.unwrap()).await;

        bot.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert!(time(&changed["updated_at"]) > time(&bot["updated_at"]), "{change}");
        bot["updated_at"] = changed["updated_at"].clone();
        assert_eq!(changed, bot, "{change}");
        assert_eq!(platform.get(&user, &path(&bot)).await, bot);
    }
}

#[tokio::test]
async fn a_deleted_bot_is_gone_and_its_chats_stay() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = make(&platform, &user, json!({})).await;
    platform.service.ask(&user, &json!({ "bot_id": bot["id"], "message": "Hi" })).await.rest().await;

    let deleted = ok(platform.call(&user, Method::DELETE, &path(&bot)).send().await.unwrap()).await;

    assert_eq!(deleted, json!({ "status": "success", "id": bot["id"] }));
    problem(platform.call(&user, Method::GET, &path(&bot)).send().await.unwrap(), 404).await;
    problem(platform.call(&user, Method::DELETE, &path(&bot)).send().await.unwrap(), 404).await;
    let chats = platform.get(&user, "/chats").await;
    assert_eq!(chats["items"][0]["bot_id"], Value::Null);
    assert_eq!(chats["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn one_sees_ones_own_and_what_is_shared() {
    let platform = Platform::start().await;
    let (owner, other, elsewhere) = (platform.user(), platform.user(), platform.user_of("acme"));
    for (name, is_public, is_marketplace) in
        [("private", false, false), ("public", true, false), ("marketplace", false, true), ("both", true, true)]
    {
        let sharing = json!({ "name": name, "is_public": is_public, "is_marketplace": is_marketplace });
        make(&platform, &owner, sharing).await;
    }

    for (query, of_owner, of_other) in [
        ("", vec!["both", "marketplace", "private", "public"], vec!["both", "marketplace", "public"]),
        (
            "?include_public=true",
            vec!["both", "marketplace", "private", "public"],
            vec!["both", "marketplace", "public"],
        ),
        ("?include_public=false", vec!["both", "marketplace", "private", "public"], vec![]),
        ("?marketplace_only=true", vec!["both", "marketplace"], vec!["both", "marketplace"]),
    ] {
        assert_eq!(listed(&platform, &owner, query).await, of_owner, "{query}");
        assert_eq!(listed(&platform, &other, query).await, of_other, "{query}");
        assert_eq!(listed(&platform, &elsewhere, query).await, Vec::<String>::new(), "{query}");
    }
    // The same rule decides who may get one and ask it.
    let bots = platform.get(&owner, "/bots").await;
    for bot in bots.as_array().unwrap() {
        let is_shared = bot["name"] != "private";
        let got = platform.call(&other, Method::GET, &path(bot)).send().await.unwrap();
        assert_eq!(got.status(), if is_shared { 200 } else { 404 }, "{bot}");
        let question = json!({ "bot_id": bot["id"], "message": "Hi" });
        let asked = platform.call(&other, Method::POST, "/chat/stream").json(&question).send().await.unwrap();
        assert_eq!(asked.status(), if is_shared { 200 } else { 404 }, "{bot}");
    }
}

#[tokio::test]
async fn an_inactive_bot_is_its_owners_alone() {
    let platform = Platform::start().await;
    let (owner, other) = (platform.user(), platform.user());
    let bot = make(&platform, &owner, json!({ "is_public": true, "is_marketplace": true })).await;
    let off = platform.call(&owner, Method::PATCH, &path(&bot)).json(&json!({ "is_active": false }));
    ok(off.send().await.unwrap()).await;

    assert_eq!(listed(&platform, &owner, "").await, ["Helper"]);
    assert_eq!(listed(&platform, &other, "").await, Vec::<String>::new());
    problem(platform.call(&other, Method::GET, &path(&bot)).send().await.unwrap(), 404).await;
}

#[tokio::test]
async fn a_shared_bot_is_not_others_to_change() {
    let platform = Platform::start().await;
    let (owner, other) = (platform.user(), platform.user());
    let bot = make(&platform, &owner, json!({ "is_public": true })).await;
    let change = platform.call(&other, Method::PATCH, &path(&bot)).json(&json!({ "name": "Mine" }));
    problem(change.send().await.unwrap(), 404).await;
    problem(platform.call(&other, Method::DELETE, &path(&bot)).send().await.unwrap(), 404).await;
    assert_eq!(platform.get(&owner, &path(&bot)).await, bot);
}

#[tokio::test]
async fn a_knowledge_base_has_to_be_the_owners() {
    let platform = Platform::start().await;
    let (user, other, elsewhere) = (platform.user(), platform.user(), platform.user_of("acme"));
    let bot = make(&platform, &user, json!({})).await;
    for base in [
        knowledge_base(&platform, &other).await,
        knowledge_base(&platform, &elsewhere).await,
        json!(uuid::Uuid::new_v4()),
    ] {
        let with_base = json!({ "name": "Spy", "model_id": "test.model-v1:0", "knowledge_base_id": base });
        let made = platform.call(&user, Method::POST, "/bots").json(&with_base).send().await.unwrap();
        let answer = problem(made, 422).await;
        assert!(answer["detail"].as_str().unwrap().contains("knowledge_base_id"), "{answer}");
        let change = json!({ "knowledge_base_id": base, "name": "Spy" });
        let changed = platform.call(&user, Method::PATCH, &path(&bot)).json(&change).send().await.unwrap();
        let answer = problem(changed, 422).await;
        assert!(answer["detail"].as_str().unwrap().contains("knowledge_base_id"), "{answer}");
    }
    assert_eq!(platform.get(&user, "/bots").await, json!([bot]));
}

#[tokio::test]
async fn pages_have_each_bot_once_and_link_to_the_next() {
    let platform = Platform::start().await;
    let user = platform.user();
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(
            make(&platform, &user, json!({ "name": format!("Bot {number}"), "is_marketplace": number != 3 })).await,
        );
    }
    made.reverse();

    for (limit, lengths) in [(3, vec![3, 3, 1]), (7, vec![7]), (200, vec![7])] {
        let mut next = Some(format!("/bots?limit={limit}"));
        let (mut seen, mut pages) = (Vec::new(), Vec::new());
        while let Some(path) = next {
            let answer = platform.call(&user, Method::GET, &path).send().await.unwrap();
            let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            let page = ok(answer).await;
            pages.push(page.as_array().unwrap().len());
            seen.extend(page.as_array().unwrap().clone());
            next = link.map(|link| {
                let path = link.strip_prefix("</api/v1").unwrap().strip_suffix(">; rel=\"next\"").unwrap();
                path.to_owned()
            });
        }
        assert_eq!(seen, made);
        assert_eq!(pages, lengths);
    }
    let after = platform.get(&user, &format!("/bots?after={}&limit=1", made[2]["id"].as_str().unwrap())).await;
    assert_eq!(after, json!([made[3]]));

    // The link keeps the filters.
    let answer = platform.call(&user, Method::GET, "/bots?limit=3&marketplace_only=true").send().await.unwrap();
    let link = answer.headers()["link"].to_str().unwrap().to_owned();
    let path = link.strip_prefix("</api/v1").unwrap().split('>').next().unwrap();
    let page = platform.get(&user, path).await;
    assert_eq!(each(&page, "name"), ["Bot 2", "Bot 1", "Bot 0"]);
}

#[tokio::test]
async fn models_are_those_of_the_configuration() {
    let platform = Platform::start_with(|config| {
        config.bedrock.bedrock_model_id = "us.anthropic.claude-sonnet-4-5-20250929-v1:0".to_owned();
        config.bedrock.bedrock_model_ids =
            vec!["amazon.nova-lite-v1:0".to_owned(), "us.anthropic.claude-sonnet-4-5-20250929-v1:0".to_owned()];
    })
    .await;
    assert_eq!(
        platform.get(&platform.user(), "/models").await,
        json!({ "models": [
            { "id": "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "name": "Claude Sonnet 4 5", "is_default": true,
              "input_price": null, "output_price": null },
            { "id": "amazon.nova-lite-v1:0", "name": "Nova Lite", "is_default": false,
              "input_price": null, "output_price": null },
        ] })
    );
}
