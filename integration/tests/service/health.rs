//! Health, and what holds for every answer.

use std::time::Duration;

use reqwest::{Method, header};
use serde_json::json;
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::support::{Platform, ok, problem};

#[tokio::test]
async fn health_needs_no_token_and_no_database() {
    let platform = Platform::start().await;
    let nowhere = platform
        .unready_instance(|config| {
            // Nothing listens there.
            config.database.database_url = Some("postgres://mangoo_service@127.0.0.1:1/mangoo".to_owned());
        })
        .await;

    let answer = nowhere.request(Method::GET, "//health").timeout(Duration::from_secs(2)).send().await.unwrap();

    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(ok(answer).await, json!({ "status": "healthy" }));
}

#[tokio::test]
async fn ready_says_that_all_is_well() {
    let platform = Platform::start().await;
    let answer = platform.service.request(Method::GET, "//ready").send().await.unwrap();
    assert_eq!(ok(answer).await, json!({ "status": "ready" }));
}

#[tokio::test]
async fn ready_says_that_the_database_is_not_migrated() {
    let platform = Platform::start().await;
    let owner: PgConnectOptions = platform.database.parse().unwrap();
    let name = format!("mangoo_test_{}", Uuid::new_v4().simple());
    let mut connection = PgConnection::connect_with(&owner).await.unwrap();
    let statement = format!("create database {name} template template0");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let empty = platform.as_service().database(&name).to_url_lossy().to_string();
    let instance = platform.unready_instance(|config| config.database.database_url = Some(empty)).await;

    let answer = problem(instance.request(Method::GET, "//ready").send().await.unwrap(), 503).await;
    assert!(answer["detail"].as_str().unwrap().contains("mangoo migrate"), "{answer}");

    service::db::migrate(&owner.database(&name), None).await.unwrap();
    instance.wait_until_ready().await;
}

#[tokio::test]
async fn ready_says_that_a_migration_is_missing() {
    let platform = Platform::start().await;
    sqlx::query("delete from _sqlx_migrations").execute(&platform.owner).await.unwrap();
    let answer = problem(platform.service.request(Method::GET, "//ready").send().await.unwrap(), 503).await;
    assert!(answer["detail"].as_str().unwrap().contains("mangoo migrate"), "{answer}");
}

#[tokio::test]
async fn ready_says_that_the_database_does_not_answer() {
    let platform = Platform::start().await;
    let nowhere = platform
        .unready_instance(|config| {
            config.database.database_url = Some("postgres://mangoo_service@127.0.0.1:1/mangoo".to_owned());
        })
        .await;
    let answer = problem(nowhere.request(Method::GET, "//ready").send().await.unwrap(), 503).await;
    assert!(answer["detail"].as_str().unwrap().contains("does not answer"), "{answer}");
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    let platform = Platform::start().await;
    let service = &platform.service;
    for path in ["//", "//nowhere", "//api", "//api/v1", "//api/v2/bots", "/nowhere", "/bots/", "/bots/x/y", "/chat"] {
        problem(service.request(Method::GET, path).send().await.unwrap(), 404).await;
    }
    for (method, path) in [
        (Method::PUT, "/bots"),
        (Method::POST, "/users/me"),
        (Method::GET, "/users/register"),
        (Method::GET, "/chat/stream"),
        (Method::DELETE, "/agents"),
        (Method::POST, "//health"),
        (Method::TRACE, "/bots"),
    ] {
        let answer = service.request(method.clone(), path).send().await.unwrap();
        assert!(answer.headers().contains_key(header::ALLOW), "{method} {path}");
        problem(answer, 405).await;
    }
}

#[tokio::test]
async fn a_request_id_comes_back_or_is_made() {
    let platform = Platform::start().await;
    let send = async |id: Option<&str>| {
        let request = platform.service.request(Method::GET, "//health");
        let request = match id {
            Some(id) => request.header("x-request-id", id),
            None => request,
        };
        request.send().await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned()
    };

    assert_eq!(
        send(Some("Root=1-67891233-abcdef012345678912345678")).await,
        "Root=1-67891233-abcdef012345678912345678"
    );
    let made = [send(None).await, send(None).await];
    assert!(made[0].parse::<Uuid>().is_ok() && made[0] != made[1], "{made:?}");
    // Into logs goes nothing that was not checked.
    for bad in ["", "two words", "tab\tbed", &"x".repeat(129)] {
        assert!(send(Some(bad)).await.parse::<Uuid>().is_ok(), "{bad}");
    }

    let refused = platform.service.request(Method::GET, "/bots").header("x-request-id", "mine").send().await.unwrap();
    assert_eq!(problem(refused, 401).await["request_id"], "mine");
}

#[tokio::test]
async fn only_pages_of_allowed_origins_may_call() {
    let platform = Platform::start_with(|config| {
        config.allowed_origins = vec!["https://chat.example.com".into(), " https://b.example".into()];
    })
    .await;
    let user = platform.user();
    let preflight = async |origin: &str, method: &str| {
        let request = platform.service.request(Method::OPTIONS, "/chat/stream").header("origin", origin);
        let request = request.header("access-control-request-method", method);
        request
            .header("access-control-request-headers", "authorization,content-type,last-event-id")
            .send()
            .await
            .unwrap()
    };

    for origin in ["https://chat.example.com", "https://b.example"] {
        let answer = preflight(origin, "POST").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["access-control-allow-origin"], origin);
        let headers = answer.headers()["access-control-allow-headers"].to_str().unwrap();
        for header in ["authorization", "content-type", "last-event-id", "x-request-id"] {
            assert!(headers.contains(header), "{headers}");
        }
        let methods = answer.headers()["access-control-allow-methods"].to_str().unwrap();
        for method in ["GET", "POST", "PATCH", "DELETE"] {
            assert!(methods.contains(method), "{methods}");
        }
        let answer = platform.call(&user, Method::GET, "/bots").header("origin", origin).send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], origin);
        let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("x-request-id") && exposed.contains("link"), "{exposed}");
    }
    for origin in ["https://evil.example", "https://chat.example.com.evil.example", "http://chat.example.com", "null"] {
        assert!(!preflight(origin, "POST").await.headers().contains_key("access-control-allow-origin"), "{origin}");
        let answer = platform.call(&user, Method::GET, "/bots").header("origin", origin).send().await.unwrap();
        assert!(!answer.headers().contains_key("access-control-allow-origin"), "{origin}");
    }
}

#[tokio::test]
async fn refusals_too_may_be_read_by_allowed_origins() {
    let platform =
        Platform::start_with(|config| config.allowed_origins = vec!["https://chat.example.com".into()]).await;
    for path in ["/bots", "/nowhere"] {
        let request = platform.service.request(Method::GET, path).header("origin", "https://chat.example.com");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "https://chat.example.com");
    }
}
