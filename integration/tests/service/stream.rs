//! Reading streams of events, with a parser that is not ours.

use std::time::Duration;

use eventsource_stream::{Event, EventStream, Eventsource};
use futures_util::{Stream, StreamExt};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{Instance, SOON, User};

/// The events of an answer, as they come.
pub struct Events(std::pin::Pin<Box<dyn Stream<Item = Event> + Send>>);

impl Events {
    pub fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        // A connection that breaks ends the events, as it does for a browser.
        let events: EventStream<_> = response.bytes_stream().eventsource();
        Self(Box::pin(
            events.take_while(|event| std::future::ready(event.is_ok())).filter_map(async |event| event.ok()),
        ))
    }

    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::time::timeout(SOON, self.0.next()).await.expect("an event comes, or the end")
    }

    /// Whether nothing comes for so long.
    pub async fn is_silent_for(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.0.next()).await.is_err()
    }

    /// All that is left.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

pub fn data(event: &Event) -> Value {
    serde_json::from_str(&event.data).unwrap()
}

/// The text of `message` events.
pub fn text(events: &[Event]) -> String {
    events
        .iter()
        .filter(|event| event.event == "message")
        .map(|event| data(event)["content"].as_str().unwrap().to_owned())
        .collect()
}

impl Instance {
    /// Asks, and gives the events of the answer.
    pub async fn ask(&self, user: &User, question: &Value) -> Events {
        Events::of(self.call(user, Method::POST, "/chat/stream").json(question).send().await.unwrap())
    }

    /// Watches an answer again.
    pub async fn watch(&self, user: &User, message_id: &str, after: Option<&str>) -> Events {
        let request = self.call(user, Method::GET, &format!("/chat/streams/{message_id}"));
        let request = match after {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        Events::of(request.send().await.unwrap())
    }

    pub async fn stop(&self, user: &User, message_id: &str) -> Value {
        let stop = self.call(user, Method::POST, &format!("/chat/streams/{message_id}/stop"));
        crate::support::ok(stop.send().await.unwrap()).await
    }

    /// A bot without anything special.
    pub async fn bot(&self, user: &User) -> String {
        let bot = json!({ "name": "Helper", "model_id": "test.model-v1:0" });
        let made = crate::support::ok(self.call(user, Method::POST, "/bots").json(&bot).send().await.unwrap()).await;
        made["id"].as_str().unwrap().to_owned()
    }
}
