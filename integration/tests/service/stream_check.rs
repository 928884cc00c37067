//! The stream by which one sees whether events stream.

use reqwest::Method;
use serde_json::json;

use crate::{
    stream::{Events, data},
    support::{Platform, problem},
};

#[tokio::test]
async fn events_come_when_they_are_due_and_the_silence_is_none() {
    let platform =
        Platform::start_with(|config| config.chat.chat_heartbeat = std::time::Duration::from_millis(100)).await;
    let path = "/stream-check?events=3&interval_ms=50&silence_seconds=1";
    let text = platform.call(&platform.user(), Method::GET, path).send().await.unwrap().text().await.unwrap();
    assert!(text.matches(": heartbeat\n\n").count() >= 3, "{text}");

    let answer = platform.call(&platform.user(), Method::GET, "/stream-check?events=3&interval_ms=50").send().await;
    let mut events = Events::of(answer.unwrap());
    for number in 1..=3 {
        let event = events.next().await.unwrap();
        assert_eq!((event.event.as_str(), event.id.as_str()), ("tick", number.to_string().as_str()));
        let tick = data(&event);
        assert_eq!(tick["number"], json!(number));
        assert!(tick["sent_after_ms"].as_u64().unwrap() >= 50 * (number - 1), "{tick}");
    }
    assert_eq!(events.next().await.unwrap().event, "done");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_check_has_limits() {
    let platform = Platform::start().await;
    for query in ["events=0", "events=101", "interval_ms=9", "silence_seconds=901"] {
        let path = format!("/stream-check?{query}");
        problem(platform.call(&platform.user(), Method::GET, &path).send().await.unwrap(), 422).await;
    }
    problem(platform.service.request(Method::GET, "/stream-check").send().await.unwrap(), 401).await;
}
