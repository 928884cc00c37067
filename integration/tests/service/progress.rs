//! Following how documents are read, as a page does.

use std::time::Duration;

use integration::bedrock::{Exception, Script};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    documents::{long_text, ready, upload},
    stream::{Events, data},
    support::{Platform, User, problem},
};

async fn watch(platform: &Platform, user: &User, base: &Value) -> Events {
    let path = format!("/knowledge-bases/{}/documents/watch", base.as_str().unwrap());
    Events::of(platform.call(user, Method::GET, &path).send().await.unwrap())
}

async fn base(platform: &Platform, user: &User) -> Value {
    platform.post(user, "/knowledge-bases", &json!({ "name": "Handbook" })).await["id"].clone()
}

#[tokio::test]
async fn progress_reaches_whoever_watches() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    ready(&platform, &user, &base, "short.txt", b"Mangoes are fruit.").await;
    // Longer than it takes to be looked at, in the middle.
    for _ in 0..64 {
        platform.bedrock.script_embedding(Script::default());
    }
    platform.bedrock.script_embedding(Script { delay_before_headers: Duration::from_secs(2), ..Script::default() });
    let long = upload(&platform, &user, &base, "long.txt", long_text(70).as_bytes()).await;

    let events = watch(&platform, &user, &base).await.rest().await;

    let of_long: Vec<Value> = events
        .iter()
        .filter(|event| event.event == "document")
        .map(|event| data(event)["document"].clone())
        .filter(|document| document["id"] == long.as_str())
        .collect();
    let progress: Vec<i64> = of_long.iter().map(|document| document["progress"].as_i64().unwrap()).collect();
    assert!(progress.is_sorted(), "{progress:?}");
    assert!(progress.iter().any(|percent| (50..100).contains(percent)), "{progress:?}");
    assert_eq!(of_long.last().unwrap()["status"], "ready");
    assert_eq!(*of_long.last().unwrap(), platform.get(&user, &format!("/documents/{long}")).await);
    let counts: Vec<Value> =
        events.iter().filter(|event| event.event == "progress").map(|event| data(event)["counts"].clone()).collect();
    assert!(counts.iter().any(|counts| counts["embedding"] == 1 && counts["ready"] == 1), "{counts:?}");
    assert_eq!((&counts.last().unwrap()["ready"], &counts.last().unwrap()["embedding"]), (&json!(2), &json!(0)));
    assert_eq!(events.last().unwrap().event, "done");
}

#[tokio::test]
async fn watching_ends_where_nothing_is_under_way() {
    let platform = Platform::start().await;
    let (user, other) = (platform.user(), platform.user());
    let base = base(&platform, &user).await;

    let names =
        |events: &[eventsource_stream::Event]| events.iter().map(|event| event.event.clone()).collect::<Vec<_>>();
    let events = watch(&platform, &user, &base).await.rest().await;
    assert_eq!(names(&events), ["progress", "done"]);

    // One that fails says why.
    let denied = Exception::new("AccessDeniedException", "You don't have access to the model.");
    platform.bedrock.script_embedding(Script { error_before: Some(denied), ..Script::default() });
    upload(&platform, &user, &base, "coffee.txt", b"Coffee.").await;
    let events = watch(&platform, &user, &base).await.rest().await;
    let last = events.iter().rfind(|event| event.event == "document").unwrap();
    assert_eq!(data(last)["document"]["error"]["code"], "model_unavailable");

    // One whose knowledge base is deleted is nobody's.
    let stall = Script { delay_before_headers: Duration::from_mins(1), ..Script::default() };
    platform.bedrock.script_embedding(stall);
    upload(&platform, &user, &base, "tea.txt", b"Tea.").await;
    let mut events = watch(&platform, &user, &base).await;
    assert!(events.next().await.is_some());
    let path = format!("/knowledge/{}", base.as_str().unwrap());
    let deleted = platform.call(&user, Method::DELETE, &path).send().await.unwrap();
    assert!(deleted.status().is_success());
    assert_eq!(names(&events.rest().await).last().unwrap(), "done");

    let path = format!("/knowledge-bases/{}/documents/watch", base.as_str().unwrap());
    for user in [&user, &other] {
        problem(platform.call(user, Method::GET, &path).send().await.unwrap(), 404).await;
    }
}
