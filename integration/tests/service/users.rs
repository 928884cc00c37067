//! `/users`.

use integration::cognito::TokenSpec;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    shape::{assert_matches, time},
    support::{Platform, User, problem},
};

async fn register(platform: &Platform, user: &User) -> Value {
    platform.post(user, "/users/register", &json!({})).await
}

#[tokio::test]
async fn nobody_is_known_before_they_register() {
    let platform = Platform::start().await;
    let user = platform.user();

    let answer = problem(platform.call(&user, Method::GET, "/users/me").send().await.unwrap(), 404).await;
    assert!(answer["detail"].as_str().unwrap().contains("/users/register"), "{answer}");

    let registered = register(&platform, &user).await;
    assert_matches(
        &registered,
        json!({
            "id": user.id,
            "email": format!("{}@example.com", user.id),
            "username": user.id,
            "full_name": "Test User",
            "role": "user",
            "is_active": true,
            "created_at": "<time>",
            "last_login": "<time>",
        }),
    );
    assert_eq!(platform.get(&user, "/users/me").await, registered);
}

#[tokio::test]
async fn registering_needs_no_body() {
    let platform = Platform::start().await;
    let user = platform.user();
    let answer = platform.call(&user, Method::POST, "/users/register").send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn registering_again_refreshes_what_the_token_says() {
    let platform = Platform::start().await;
    let user = platform.user();
    let first = register(&platform, &user).await;
    let spec = TokenSpec::id(&user.id).email("new@example.com").name("New Name").username("newname").groups(["admin"]);
    let renamed = User { token: platform.token(&spec), ..user.clone() };

    let second = register(&platform, &renamed).await;

    assert_eq!(second["email"], "new@example.com");
    assert_eq!(second["full_name"], "New Name");
    assert_eq!(second["username"], "newname");
    assert_eq!(second["role"], "admin");
    assert_eq!(second["created_at"], first["created_at"]);
    assert!(time(&second["last_login"]) > time(&first["last_login"]));
    let users: i64 = sqlx::query_scalar("select count(*) from users").fetch_one(&platform.owner).await.unwrap();
    assert_eq!(users, 1);
}

#[tokio::test]
async fn an_access_token_does_not_erase_what_an_id_token_said() {
    let platform = Platform::start().await;
    let user = platform.user();
    let first = register(&platform, &user).await;
    let with_access_token = User { token: platform.token(&TokenSpec::access(&user.id)), ..user };

    let second = register(&platform, &with_access_token).await;

    assert_eq!((&second["email"], &second["full_name"]), (&first["email"], &first["full_name"]));
}

#[tokio::test]
async fn a_user_who_comes_with_an_access_token_only_is_known_by_name() {
    let platform = Platform::start().await;
    let token = platform.token(&TokenSpec::access("some-sub").username("ada"));
    let registered = register(&platform, &User { id: "some-sub".into(), token }).await;
    assert_eq!((&registered["email"], &registered["username"]), (&json!("ada"), &json!("ada")));
    assert_eq!(registered["full_name"], Value::Null);
}

#[tokio::test]
async fn where_there_are_several_tenants_an_access_token_has_to_name_its_own() {
    let platform = Platform::start().await;
    let (user, elsewhere) = (platform.user(), platform.user_of("acme"));
    register(&platform, &elsewhere).await;
    // In AWS neither of them says so.
    for sub in [&user.id, &elsewhere.id] {
        let access = User { id: sub.clone(), token: platform.token(&TokenSpec::access(sub).groups(["admin"])) };
        let refused = problem(platform.call(&access, Method::GET, "/bots").send().await.unwrap(), 401).await;
        assert!(refused["detail"].as_str().unwrap().contains("ID token"), "{refused}");
    }
    let named = User { token: platform.token(&TokenSpec::access(&elsewhere.id).tenant("acme")), ..elsewhere.clone() };
    assert_eq!(platform.get(&named, "/users/me").await["id"], elsewhere.id);
    register(&platform, &user).await;
}

#[tokio::test]
async fn the_same_sub_in_two_tenants_is_two_users() {
    let platform = Platform::start().await;
    let user = platform.user();
    register(&platform, &user).await;
    let spec = TokenSpec::id(&user.id).email("elsewhere@example.com").tenant("acme");
    let elsewhere = User { token: platform.token(&spec), ..user.clone() };

    problem(platform.call(&elsewhere, Method::GET, "/users/me").send().await.unwrap(), 404).await;
    register(&platform, &elsewhere).await;

    assert_eq!(platform.get(&elsewhere, "/users/me").await["email"], "elsewhere@example.com");
    assert_eq!(platform.get(&user, "/users/me").await["email"], format!("{}@example.com", user.id));
}

#[tokio::test]
async fn a_name_that_postgres_cannot_store_is_not_our_failure() {
    let platform = Platform::start().await;
    for spec in [
        TokenSpec::id("some-sub").email("a@example.com").name("Nul\0name"),
        TokenSpec::id("some-sub").email("nul\0@example.com"),
        TokenSpec::id("some-sub").username("nul\0"),
    ] {
        let user = User { id: "some-sub".into(), token: platform.token(&spec) };
        let answer = platform.call(&user, Method::POST, "/users/register").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{spec:?}: {}", answer.text().await.unwrap());
    }
}
