//! `/agents`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    shape::{assert_matches, each, with_query},
    support::{Platform, User, ok, problem},
};

fn agent(change: Value) -> Value {
    let mut agent = json!({
        "name": "translator", "display_name": "Translator", "category": "Language", "agent_type": "bedrock",
        "is_public": true,
    });
    if let Value::Object(fields) = change {
        agent.as_object_mut().unwrap().extend(fields);
    }
    agent
}

async fn make(platform: &Platform, admin: &User, change: Value) -> Value {
    platform.post(admin, "/agents", &agent(change)).await
}

#[tokio::test]
async fn an_administrator_makes_an_agent_and_everybody_sees_it() {
    let platform = Platform::start().await;
    let (admin, user) = (platform.admin(), platform.user());
    let body = agent(json!({
        "description": "Translates", "capabilities": ["translate", "detect"], "status": "beta",
        "icon_url": "https://example.com/icon.svg", "tags": ["text"],
        "config": { "model": "secret", "nested": [1, 2.5, null, { "x": true }] },
    }));

    let made = platform.post(&admin, "/agents", &body).await;

    assert_matches(
        &made,
        json!({
            "id": "<uuid>", "name": "translator", "display_name": "Translator", "description": "Translates",
            "category": "Language", "agent_type": "bedrock", "capabilities": ["translate", "detect"],
            "status": "beta", "is_public": true, "icon_url": "https://example.com/icon.svg", "tags": ["text"],
            "total_requests": 0, "success_rate": 0.0, "star_count": 0, "is_starred": false,
        }),
    );
    assert_eq!(platform.get(&user, "/agents").await, json!([made]));
    let path = format!("/agents/{}", made["id"].as_str().unwrap());
    assert_eq!(platform.get(&user, &path).await, made);
    let config: Value = sqlx::query_scalar("select config from agents").fetch_one(&platform.owner).await.unwrap();
    assert_eq!(config, body["config"]);
}

#[tokio::test]
async fn an_agent_of_the_least_has_defaults() {
    let platform = Platform::start().await;
    let body = json!({ "name": "a", "display_name": "A", "category": "C", "agent_type": "t" });
    let made = platform.post(&platform.admin(), "/agents", &body).await;
    assert_matches(
        &made,
        json!({
            "id": "<uuid>", "name": "a", "display_name": "A", "description": null, "category": "C", "agent_type": "t",
            "capabilities": [], "status": "active", "is_public": false, "icon_url": null, "tags": [],
            "total_requests": 0, "success_rate": 0.0, "star_count": 0, "is_starred": false,
        }),
    );
}

#[tokio::test]
async fn only_administrators_make_agents() {
    let platform = Platform::start().await;
    for user in [platform.user(), platform.user_with(|spec| spec.groups(["administrators", "Admin", "users"]))] {
        // Whatever the body is.
        for body in [agent(json!({})), json!({})] {
            let answer = platform.call(&user, Method::POST, "/agents").json(&body).send().await.unwrap();
            assert_eq!(problem(answer, 403).await["code"], "forbidden");
        }
    }
    assert_eq!(platform.get(&platform.admin(), "/agents").await, json!([]));
}

#[tokio::test]
async fn a_name_is_taken_once_in_a_tenant() {
    let platform = Platform::start().await;
    make(&platform, &platform.admin(), json!({})).await;

    let again = platform.call(&platform.admin(), Method::POST, "/agents").json(&agent(json!({ "display_name": "B" })));
    let answer = problem(again.send().await.unwrap(), 409).await;

    assert_eq!(answer["code"], "conflict");
    assert!(answer["detail"].as_str().unwrap().contains("translator"), "{answer}");
    let elsewhere = platform.user_with(|spec| spec.tenant("acme").groups(["admin"]));
    make(&platform, &elsewhere, json!({})).await;
}

#[tokio::test]
async fn private_agents_are_hidden() {
    let platform = Platform::start().await;
    let (admin, other_admin, user) = (platform.admin(), platform.admin(), platform.user());
    let public = make(&platform, &admin, json!({ "name": "public", "category": "Shown" })).await;
    let private = make(&platform, &admin, json!({ "name": "private", "category": "Hidden", "is_public": false })).await;
    let path = |agent: &Value| format!("/agents/{}", agent["id"].as_str().unwrap());

    assert_eq!(platform.get(&admin, "/agents").await, json!([private, public]));
    assert_eq!(platform.get(&admin, "/agents/categories/list").await, json!({ "categories": ["Hidden", "Shown"] }));
    assert_eq!(platform.get(&admin, &path(&private)).await, private);
    for stranger in [&other_admin, &user] {
        assert_eq!(platform.get(stranger, "/agents").await, json!([public]));
        assert_eq!(platform.get(stranger, "/agents/categories/list").await, json!({ "categories": ["Shown"] }));
        problem(platform.call(stranger, Method::GET, &path(&private)).send().await.unwrap(), 404).await;
    }
    let elsewhere = platform.user_of("acme");
    assert_eq!(platform.get(&elsewhere, "/agents").await, json!([]));
    assert_eq!(platform.get(&elsewhere, "/agents/categories/list").await, json!({ "categories": [] }));
    problem(platform.call(&elsewhere, Method::GET, &path(&public)).send().await.unwrap(), 404).await;
}

#[tokio::test]
async fn a_category_is_a_filter_and_is_listed_once() {
    let platform = Platform::start().await;
    let (admin, user) = (platform.admin(), platform.user());
    for (name, category) in [("a", "Law"), ("b", "R&D + more"), ("c", "Law"), ("d", "Änderungen")] {
        make(&platform, &admin, json!({ "name": name, "category": category })).await;
    }

    let categories = platform.get(&user, "/agents/categories/list").await;
    let mut names: Vec<&str> =
        categories["categories"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Law", "R&D + more", "Änderungen"]);
    let of = async |category: &str| {
        each(&platform.get(&user, &with_query("/agents", "category", category)).await, "name").join(" ")
    };
    assert_eq!(of("Law").await, "c a");
    assert_eq!(of("R&D + more").await, "b");
    assert_eq!(of("law").await, "");
    assert_eq!(of("%").await, "");
}

#[tokio::test]
async fn pages_have_each_agent_once_and_link_to_the_next() {
    let platform = Platform::start().await;
    let (admin, user) = (platform.admin(), platform.user());
    for number in 0..5 {
        let category = if number == 2 { "Other" } else { "R&D" };
        make(&platform, &admin, json!({ "name": format!("agent{number}"), "category": category })).await;
    }
    let mut next = Some("/agents?limit=2&category=R%26D".to_owned());
    let mut pages = Vec::new();
    while let Some(path) = next {
        let answer = platform.call(&user, Method::GET, &path).send().await.unwrap();
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        pages.push(each(&ok(answer).await, "name").join(" "));
        next = link.map(|link| link.strip_prefix("</api/v1").unwrap().split('>').next().unwrap().to_owned());
    }
    assert_eq!(pages, ["agent4 agent3", "agent1 agent0"]);
}
