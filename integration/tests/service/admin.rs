//! What administrators see and do: `/admin`, and agents.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    shape::{assert_matches, each, with_query},
    support::{Platform, User, ok, problem},
};

async fn registered(platform: &Platform) -> User {
    let user = platform.user();
    platform.post(&user, "/users/register", &json!({})).await;
    user
}

async fn set_active(platform: &Platform, admin: &User, id: &str, is_active: bool) -> reqwest::Response {
    let change = json!({ "is_active": is_active });
    platform.call(admin, Method::PATCH, &format!("/admin/users/{id}")).json(&change).send().await.unwrap()
}

#[tokio::test]
async fn only_administrators_are_let_in() {
    let platform = Platform::start().await;
    let (user, admin) = (registered(&platform).await, platform.admin());
    let agent = json!({ "name": "a", "display_name": "A", "category": "C", "agent_type": "t", "is_public": true });
    let agent = platform.post(&admin, "/agents", &agent).await["id"].as_str().unwrap().to_owned();
    for (method, path, body) in [
        (Method::GET, "/admin/users".to_owned(), json!({})),
        (Method::PATCH, format!("/admin/users/{}", admin.id), json!({ "is_active": false })),
        (Method::GET, "/admin/bots".to_owned(), json!({})),
        (Method::GET, "/admin/agents".to_owned(), json!({})),
        (Method::GET, "/admin/usage?by=user".to_owned(), json!({})),
        (Method::PATCH, format!("/agents/{agent}"), json!({ "is_public": false })),
        (Method::DELETE, format!("/agents/{agent}"), json!({})),
    ] {
        let answer = platform.call(&user, method.clone(), &path).json(&body).send().await.unwrap();
        let answer = problem(answer, 403).await;
        assert_eq!(answer["code"], "forbidden", "{method} {path}");
    }
}

#[tokio::test]
async fn users_are_listed_with_what_they_have() {
    let platform = Platform::start().await;
    let admin = platform.admin();
    let (first, second) = (registered(&platform).await, registered(&platform).await);
    let elsewhere = platform.user_of("acme");
    platform.post(&elsewhere, "/users/register", &json!({})).await;
    let bot = platform.service.bot(&first).await;
    platform.service.ask(&first, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;
    platform.post(&first, "/knowledge-bases", &json!({ "name": "Handbook" })).await;

    let users = platform.get(&admin, "/admin/users").await;

    assert_eq!(each(&users["items"], "id"), [&second.id, &first.id]);
    assert_eq!((&users["total"], &users["next_cursor"]), (&json!(2), &Value::Null));
    assert_matches(
        &users["items"][1],
        json!({
            "id": first.id, "email": format!("{}@example.com", first.id), "username": first.id, "full_name": "Test User",
            "role": "user", "is_active": true, "created_at": "<time>", "last_login": "<time>",
            "chats": 1, "bots": 1, "knowledge_bases": 1,
        }),
    );
    let page = platform.get(&admin, "/admin/users?limit=1").await;
    assert_eq!((each(&page["items"], "id"), &page["next_cursor"]), (vec![second.id.as_str()], &json!(second.id)));
    let page = platform.get(&admin, &format!("/admin/users?limit=1&after={}", second.id)).await;
    assert_eq!((each(&page["items"], "id"), &page["next_cursor"]), (vec![first.id.as_str()], &Value::Null));
    for (words, count) in [(first.id.to_uppercase(), 1), ("test user".to_owned(), 2), ("%".to_owned(), 0)] {
        let found = platform.get(&admin, &with_query("/admin/users", "q", &words)).await;
        assert_eq!(found["total"], count, "{words}");
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{words}");
    }
}

#[tokio::test]
async fn who_is_deactivated_can_do_nothing_until_they_are_active_again() {
    let platform = Platform::start().await;
    let second = platform.second_instance(|_| {}).await;
    let (admin, user, other) = (platform.admin(), registered(&platform).await, registered(&platform).await);
    let bot = platform.service.bot(&user).await;

    let changed = ok(set_active(&platform, &admin, &user.id, false).await).await;

    assert_eq!((&changed["is_active"], &changed["bots"]), (&json!(false), &json!(1)));
    for (method, path) in [
        (Method::GET, "/users/me"),
        (Method::POST, "/users/register"),
        (Method::DELETE, "/users/me"),
        (Method::GET, "/models"),
        (Method::GET, "/bots"),
        (Method::GET, "/usage"),
        (Method::POST, "/chat/stream"),
    ] {
        let question = json!({ "bot_id": bot, "message": "Hi" });
        for instance in [&platform.service, &second] {
            let answer = instance.call(&user, method.clone(), path).json(&question).send().await.unwrap();
            let answer = problem(answer, 403).await;
            assert_eq!(answer["code"], "deactivated", "{path}");
            assert!(answer["detail"].as_str().unwrap().contains("administrator"), "{answer}");
        }
    }
    platform.get(&other, "/bots").await;

    ok(set_active(&platform, &admin, &user.id, true).await).await;
    assert_eq!(platform.get(&user, "/users/me").await["is_active"], true);
}

#[tokio::test]
async fn who_is_deactivated_does_not_get_out_of_it_by_deleting_themselves() {
    let platform = Platform::start().await;
    let second = platform.second_instance(|_| {}).await;
    let (admin, user) = (platform.admin(), registered(&platform).await);
    let bot = platform.service.bot(&user).await;
    // From now on it takes them for active, for a while.
    ok(second.call(&user, Method::GET, "/users/me").send().await.unwrap()).await;
    ok(set_active(&platform, &admin, &user.id, false).await).await;

    let answer = problem(second.call(&user, Method::DELETE, "/users/me").send().await.unwrap(), 403).await;

    assert_eq!(answer["code"], "deactivated");
    let users = platform.get(&admin, "/admin/users").await;
    assert_eq!((&users["items"][0]["id"], &users["items"][0]["is_active"]), (&json!(user.id), &json!(false)));
    assert_eq!(platform.get(&admin, "/admin/bots").await["items"][0]["id"], bot.as_str());
}

#[tokio::test]
async fn administrators_keep_themselves_in_and_others_tenants_out() {
    let platform = Platform::start().await;
    let admin = platform.admin();
    platform.post(&admin, "/users/register", &json!({})).await;
    problem(set_active(&platform, &admin, &admin.id, false).await, 409).await;
    ok(set_active(&platform, &admin, &admin.id, true).await).await;

    let user = registered(&platform).await;
    let elsewhere = platform.user_with(|spec| spec.tenant("acme").groups(["admin"]));
    for id in [user.id.as_str(), "nobody"] {
        problem(set_active(&platform, &elsewhere, id, false).await, 404).await;
    }
    assert_eq!(platform.get(&user, "/users/me").await["is_active"], true);
}

#[tokio::test]
async fn a_process_asks_about_a_user_again_after_a_while_only() {
    let platform = Platform::start().await;
    let user = registered(&platform).await;
    platform.get(&user, "/bots").await;
    // Past the service: what it knows is still fresh.
    sqlx::query("update users set is_active = false").execute(&platform.owner).await.unwrap();
    let asked = std::time::Instant::now();
    let answer = platform.call(&user, Method::GET, "/bots").send().await.unwrap();
    assert!(answer.status() == 200 || asked.elapsed() > Duration::from_secs(10), "{}", answer.status());
}

#[tokio::test]
async fn bots_are_listed_with_their_use_and_without_their_instructions() {
    let platform = Platform::start().await;
    let (admin, user) = (platform.admin(), registered(&platform).await);
    let bot = json!({ "name": "Secret helper", "instructions": "Keep this.", "model_id": "test.model-v1:0" });
    let bot = platform.post(&user, "/bots", &bot).await["id"].as_str().unwrap().to_owned();
    let newer = platform.service.bot(&user).await;
    platform.service.bot(&platform.user_of("acme")).await;
    for _ in 0..2 {
        platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;
    }

    let bots = platform.get(&admin, "/admin/bots").await;

    assert_eq!(each(&bots["items"], "id"), [&newer, &bot]);
    assert_matches(
        &bots["items"][1],
        json!({
            "id": bot, "name": "Secret helper", "owner_id": user.id, "owner_name": "Test User",
            "model_id": "test.model-v1:0", "is_public": false, "is_marketplace": false, "is_active": true,
            "created_at": "<time>", "updated_at": "<time>", "answers": 2, "users": 1,
        }),
    );
    let page = platform.get(&admin, "/admin/bots?limit=1").await;
    let page =
        platform.get(&admin, &format!("/admin/bots?limit=1&cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!((each(&page["items"], "id"), &page["next_cursor"]), (vec![bot.as_str()], &Value::Null));
    assert_eq!(each(&platform.get(&admin, "/admin/bots?q=SECRET").await["items"], "id"), [&bot]);
}

#[tokio::test]
async fn agents_are_changed_and_deleted_by_any_administrator() {
    let platform = Platform::start().await;
    let (maker, admin, user) = (platform.admin(), platform.admin(), platform.user());
    let agent = json!({ "name": "helper", "display_name": "Helper", "category": "Law", "agent_type": "t" });
    let made = platform.post(&maker, "/agents", &agent).await;
    let path = format!("/agents/{}", made["id"].as_str().unwrap());
    assert_eq!(platform.get(&admin, "/admin/agents").await, json!({ "items": [made], "next_cursor": null }));
    assert_eq!(platform.get(&admin, "/admin/agents?q=law").await["items"], json!([made]));
    assert_eq!(platform.get(&admin, "/admin/agents?q=tax").await["items"], json!([]));
    problem(platform.call(&user, Method::GET, &path).send().await.unwrap(), 404).await;

    let change = json!({ "is_public": true });
    let changed = ok(platform.call(&admin, Method::PATCH, &path).json(&change).send().await.unwrap()).await;
    assert_eq!((&changed["is_public"], &changed["status"]), (&json!(true), &json!("active")));
    let change = json!({ "status": "inactive" });
    ok(platform.call(&admin, Method::PATCH, &path).json(&change).send().await.unwrap()).await;
    let seen = platform.get(&user, &path).await;
    assert_eq!((&seen["is_public"], &seen["status"]), (&json!(true), &json!("inactive")));

    let elsewhere = platform.user_with(|spec| spec.tenant("acme").groups(["admin"]));
    problem(platform.call(&elsewhere, Method::DELETE, &path).send().await.unwrap(), 404).await;
    let deleted = ok(platform.call(&admin, Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(deleted, json!({ "status": "success", "id": made["id"] }));
    problem(platform.call(&user, Method::GET, &path).send().await.unwrap(), 404).await;
}
