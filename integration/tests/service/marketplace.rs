//! Finding bots and agents: stars, uses, words, categories, tags and orders.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    shape::{each, with_query},
    support::{Platform, User, ok, problem},
};

async fn bot(platform: &Platform, user: &User, name: &str, change: Value) -> Value {
    let mut bot = json!({ "name": name, "model_id": "test.model-v1:0", "is_marketplace": true });
    bot.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    platform.post(user, "/bots", &bot).await
}

async fn agent(platform: &Platform, admin: &User, name: &str, change: Value) -> Value {
    let mut agent =
        json!({ "name": name, "display_name": name, "category": "Text", "agent_type": "t", "is_public": true });
    agent.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    platform.post(admin, "/agents", &agent).await
}

fn star_of(kind: &str, thing: &Value) -> String {
    format!("/{kind}/{}/star", thing["id"].as_str().unwrap())
}

async fn star(platform: &Platform, user: &User, kind: &str, thing: &Value, method: Method) -> (i64, bool) {
    let answer = ok(platform.call(user, method, &star_of(kind, thing)).send().await.unwrap()).await;
    (answer["star_count"].as_i64().unwrap(), answer["is_starred"].as_bool().unwrap())
}

#[tokio::test]
async fn a_star_counts_once_for_each_user() {
    let platform = Platform::start().await;
    let (owner, other) = (platform.admin(), platform.user());
    for (kind, thing) in [
        ("bots", bot(&platform, &owner, "Helper", json!({})).await),
        ("agents", agent(&platform, &owner, "helper", json!({})).await),
    ] {
        let star = async |user: &User, method: Method| star(&platform, user, kind, &thing, method).await;
        assert_eq!(star(&owner, Method::PUT).await, (1, true));
        assert_eq!(star(&owner, Method::PUT).await, (1, true));
        assert_eq!(star(&other, Method::PUT).await, (2, true));
        assert_eq!(star(&owner, Method::DELETE).await, (1, false));
        assert_eq!(star(&owner, Method::DELETE).await, (1, false));
        let path = format!("/{kind}/{}", thing["id"].as_str().unwrap());
        for (user, is_starred) in [(&owner, false), (&other, true)] {
            let one = platform.get(user, &path).await;
            assert_eq!((&one["star_count"], &one["is_starred"]), (&json!(1), &json!(is_starred)));
            assert_eq!(platform.get(user, &format!("/{kind}")).await, json!([one]));
            let starred = platform.get(user, &format!("/{kind}?starred_only=true")).await;
            assert_eq!(starred.as_array().unwrap().len(), usize::from(is_starred));
        }
        // The same from everybody at once.
        let users: Vec<User> = (0..10).map(|_| platform.user()).collect();
        futures_util::future::join_all(users.iter().map(|user| star(user, Method::PUT))).await;
        assert_eq!(platform.get(&owner, &path).await["star_count"], 11);
    }
}

#[tokio::test]
async fn what_one_does_not_see_gets_no_star() {
    let platform = Platform::start().await;
    let (owner, other, elsewhere) = (platform.admin(), platform.user(), platform.user_of("acme"));
    let private = json!({ "is_marketplace": false });
    let hidden = json!({ "is_public": false });
    let things = [
        ("bots", bot(&platform, &owner, "Private", private).await, vec![&other, &elsewhere]),
        ("agents", agent(&platform, &owner, "hidden", hidden).await, vec![&other, &elsewhere]),
        ("bots", bot(&platform, &owner, "Shared", json!({})).await, vec![&elsewhere]),
        ("agents", agent(&platform, &owner, "shared", json!({})).await, vec![&elsewhere]),
    ];
    for (kind, thing, strangers) in things {
        for stranger in strangers {
            for method in [Method::PUT, Method::DELETE] {
                problem(platform.call(stranger, method, &star_of(kind, &thing)).send().await.unwrap(), 404).await;
            }
        }
        let path = format!("/{kind}/{}", thing["id"].as_str().unwrap());
        assert_eq!(platform.get(&owner, &path).await["star_count"], 0);
    }
}

#[tokio::test]
async fn a_use_is_a_chat_that_begins() {
    let platform = Platform::start().await;
    let (owner, other) = (platform.user(), platform.user());
    let helper = bot(&platform, &owner, "Helper", json!({})).await;
    let uses = async || {
        let bot = platform.get(&owner, &format!("/bots/{}", helper["id"].as_str().unwrap())).await;
        bot["use_count"].as_i64().unwrap()
    };
    let ask = async |user: &User, chat: Option<&Value>| {
        let question = json!({ "bot_id": helper["id"], "message": "Hi", "chat_id": chat });
        let events = platform.service.ask(user, &question).await.rest().await;
        crate::stream::data(&events[0])["chat_id"].clone()
    };
    assert_eq!(uses().await, 0);
    let chat = ask(&owner, None).await;
    assert_eq!(uses().await, 1);
    ask(&owner, Some(&chat)).await;
    assert_eq!(uses().await, 1);
    ask(&other, None).await;
    assert_eq!(uses().await, 2);
    let path = format!("/chats/{}", chat.as_str().unwrap());
    ok(platform.call(&owner, Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(uses().await, 2, "it was used, whatever became of the chat");
    let chat = ask(&other, None).await;
    let exported = platform.get(&other, &format!("/chats/{}/export", chat.as_str().unwrap())).await;
    let imported = platform.post(&other, "/chats/import", &exported).await;
    assert_eq!(imported["bot_id"], helper["id"]);
    assert_eq!(uses().await, 3, "a copy is no use");

    // Many at once wait for nobody, and are all counted when the next one begins.
    futures_util::future::join_all((0..8).map(|_| ask(&other, None))).await;
    ask(&other, None).await;
    assert_eq!(uses().await, 12);
    // What it was used for is none of the versions' business.
    let versions = platform.get(&owner, &format!("/bots/{}/versions", helper["id"].as_str().unwrap())).await;
    assert_eq!(versions["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_bot_that_is_made_from_an_agent_is_a_use_of_it() {
    let platform = Platform::start().await;
    let (admin, user, elsewhere) = (platform.admin(), platform.user(), platform.user_of("acme"));
    let helper = agent(&platform, &admin, "helper", json!({})).await;
    let hidden = agent(&platform, &admin, "hidden", json!({ "is_public": false })).await;
    let times = async || {
        let path = format!("/agents/{}", helper["id"].as_str().unwrap());
        platform.get(&admin, &path).await["total_requests"].as_i64().unwrap()
    };
    bot(&platform, &user, "One", json!({ "agent_id": helper["id"] })).await;
    bot(&platform, &admin, "Other", json!({ "agent_id": helper["id"] })).await;
    bot(&platform, &user, "Of its own", json!({})).await;
    assert_eq!(times().await, 2);
    for (user, body) in [
        (&user, json!({ "agent_id": hidden["id"] })),
        (&elsewhere, json!({ "agent_id": helper["id"] })),
        // No bot, no use.
        (&user, json!({ "agent_id": helper["id"], "knowledge_base_ids": [hidden["id"]] })),
    ] {
        let mut bot = json!({ "name": "None", "model_id": "test.model-v1:0" });
        bot.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        problem(platform.call(user, Method::POST, "/bots").json(&bot).send().await.unwrap(), 422).await;
    }
    assert_eq!(times().await, 2);
}

/// The names that a list has, page by page.
async fn paged(platform: &Platform, user: &User, path: &str, name: &str) -> Vec<String> {
    let mut next = Some(path.to_owned());
    let mut names = Vec::new();
    while let Some(path) = next {
        let answer = platform.call(user, Method::GET, &path).send().await.unwrap();
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        names.extend(each(&ok(answer).await, name).into_iter().map(str::to_owned));
        next = link.map(|link| link.strip_prefix("</api/v1").unwrap().split('>').next().unwrap().to_owned());
    }
    names
}

#[tokio::test]
async fn lists_come_in_each_order_page_by_page() {
    let platform = Platform::start().await;
    let admin = platform.admin();
    for (kind, name) in [("bots", "name"), ("agents", "display_name")] {
        let mut things = Vec::new();
        for number in 0..5 {
            let name = format!("n{number}");
            things.push(match kind {
                "bots" => bot(&platform, &admin, &name, json!({})).await,
                _ => agent(&platform, &admin, &name, json!({})).await,
            });
        }
        for (thing, stars, uses) in [(1, 2, 0), (2, 1, 3), (3, 1, 7)] {
            for _ in 0..stars {
                star(&platform, &platform.user(), kind, &things[thing], Method::PUT).await;
            }
            let column = if kind == "bots" { "use_count" } else { "total_requests" };
            sqlx::query(sqlx::AssertSqlSafe(format!("update {kind} set {column} = $1 where id::text = $2")))
                .bind(uses)
                .bind(things[thing]["id"].as_str().unwrap())
                .execute(&platform.owner)
                .await
                .unwrap();
        }
        for (sort, order) in [
            ("", ["n4", "n3", "n2", "n1", "n0"]),
            ("newest", ["n4", "n3", "n2", "n1", "n0"]),
            ("most_used", ["n3", "n2", "n4", "n1", "n0"]),
            ("most_starred", ["n1", "n3", "n2", "n4", "n0"]),
        ] {
            let sort = if sort.is_empty() { String::new() } else { format!("&sort={sort}") };
            for limit in [2, 5] {
                assert_eq!(paged(&platform, &admin, &format!("/{kind}?limit={limit}{sort}"), name).await, order);
            }
        }
        // The last of a page gets a star before the next one is asked for: n1, n3, n2 | n4, n0.
        let answer =
            platform.call(&admin, Method::GET, &format!("/{kind}?limit=3&sort=most_starred")).send().await.unwrap();
        let link = answer.headers()["link"].to_str().unwrap().to_owned();
        star(&platform, &admin, kind, &things[2], Method::PUT).await;
        star(&platform, &platform.user(), kind, &things[2], Method::PUT).await;
        let next = link.strip_prefix("</api/v1").unwrap().split('>').next().unwrap();
        assert_eq!(each(&platform.get(&admin, next).await, name), ["n4", "n0"]);
    }
}

#[tokio::test]
async fn lists_are_narrowed_by_words_category_and_tag() {
    let platform = Platform::start().await;
    let (admin, other) = (platform.admin(), platform.user());
    let french = json!({ "description": "Says it in French", "category": "Language", "tags": ["text", "50%"] });
    let german = json!({ "description": "Says it in German", "category": "Language", "tags": ["text"] });
    let sums = json!({ "description": "Adds up", "category": "Numbers", "tags": ["maths"] });
    for (name, fields) in [("Translator", &french), ("Übersetzer", &german), ("Adder", &sums)] {
        bot(&platform, &admin, name, fields.clone()).await;
        agent(&platform, &admin, name, fields.clone()).await;
    }
    bot(&platform, &admin, "Hidden", json!({ "is_marketplace": false, "category": "Secret", "tags": ["secret"] }))
        .await;
    agent(&platform, &admin, "hidden", json!({ "is_public": false, "category": "Secret", "tags": ["secret"] })).await;

    for (kind, name) in [("bots?marketplace_only=true", "name"), ("agents?limit=2", "display_name")] {
        for (parameter, value, found) in [
            ("search", "says", vec!["Übersetzer", "Translator"]),
            ("search", "  SAYS   french ", vec!["Translator"]),
            ("search", "übersetz", vec!["Übersetzer"]),
            ("search", "numbers", vec!["Adder"]),
            ("search", "maths", vec!["Adder"]),
            ("search", "%", vec!["Translator"]),
            ("search", "s_ys", vec![]),
            ("search", "\\", vec![]),
            ("category", "Language", vec!["Übersetzer", "Translator"]),
            ("category", "language", vec![]),
            ("tag", "text", vec!["Übersetzer", "Translator"]),
            ("tag", "50%", vec!["Translator"]),
            ("tag", "tex", vec![]),
        ] {
            let (path, rest) = kind.split_once('?').unwrap();
            let path = format!("{}&{rest}", with_query(&format!("/{path}"), parameter, value));
            assert_eq!(paged(&platform, &other, &path, name).await, found, "{path}");
        }
    }

    let facets = json!({ "categories": ["Language", "Numbers"], "tags": ["text", "50%", "maths"] });
    assert_eq!(platform.get(&other, "/marketplace/facets").await, json!({ "bots": facets, "agents": facets }));
    let nothing = json!({ "categories": [], "tags": [] });
    let elsewhere = platform.get(&platform.user_of("acme"), "/marketplace/facets").await;
    assert_eq!(elsewhere, json!({ "bots": nothing, "agents": nothing }));
}
