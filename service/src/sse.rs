//! Server-sent events: their bytes, and the comment lines that keep silent streams open.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;

/// What a silent stream carries: browsers ignore it, load balancers see that it lives.
const HEARTBEAT: Bytes = Bytes::from_static(b": heartbeat\n\n");

/// Appends an event to `out`. JSON has no line breaks, so `data` is always one line.
pub fn write_event(out: &mut Vec<u8>, id: usize, name: &str, data: &impl Serialize) {
    use std::io::Write;
    // Writing into a vector can't fail, and none of the events has a key that is not text.
    let _ = write!(out, "id: {id}\nevent: {name}\ndata: ");
    let _ = serde_json::to_writer(&mut *out, data);
    out.extend_from_slice(b"\n\n");
}

/// Answers with `events`, pieces of one or more whole events each, and a comment line
/// whenever none came for the time of `heartbeat`.
pub fn response(events: impl Stream<Item = Bytes> + Send + 'static, heartbeat: Duration) -> Response {
    let body = stream::unfold(Box::pin(events), move |mut events| async move {
        let bytes = tokio::time::timeout(heartbeat, events.next()).await.unwrap_or(Some(HEARTBEAT))?;
        Some((Ok::<_, Infallible>(bytes), events))
    });
    (
        [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-cache, no-transform"),
            // Tells nginx, and what descends from it, not to collect the events.
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ],
        Body::from_stream(body),
    )
        .into_response()
}
