//! Whether events stream: a stream that asks no model, whose every event is due at a known time.
//! Who deployed the platform sees by it whether something on the way holds events back, or cuts
//! a stream that is silent.

use std::time::{Duration, Instant};

use axum::{extract::State, response::Response};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    input::{Bounded, Query},
    sse,
};

/// Checks at once in one process: they are for who looks after it, not for everybody.
static CHECKS: Semaphore = Semaphore::const_new(16);

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Check {
    /// Events before the silence.
    #[serde(default = "Bounded::of::<10>")]
    events: Bounded<1, 100>,
    /// Milliseconds between two of them.
    #[serde(default = "Bounded::of::<200>")]
    interval_ms: Bounded<10, 5_000>,
    /// Seconds without an event before the last; comment lines keep the stream open.
    #[serde(default = "Bounded::of::<0>")]
    silence_seconds: Bounded<0, 900>,
}

/// An event of a checked stream.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum CheckEvent {
    /// Any number, as event `tick`, numbered from 1.
    Tick { number: i32, sent_after_ms: u64 },
    /// Last, as event `done`.
    Done { sent_after_ms: u64 },
}

/// Check that events stream
///
/// Server-sent events at known times: `tick` after `tick`, a silence, then `done`. Each says
/// how long after the stream's begin it was sent.
#[utoipa::path(get, path = "/stream-check", tag = "operations", params(Check), responses(
    (status = 200, body = CheckEvent, content_type = "text/event-stream"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
async fn check(_: Caller, State(app): State<App>, Query(check): Query<Check>) -> Result<Response> {
    let events = check.events.get();
    let interval = milliseconds(check.interval_ms.get());
    let silence = milliseconds(check.silence_seconds.get()) * 1000;
    let permit =
        CHECKS.try_acquire().map_err(|_| Error::Unavailable("Too many streams are being checked. Try again later."))?;
    let started = Instant::now();
    let heartbeat = app.config.chat.chat_heartbeat;
    let state = (1, app.shutdown, permit);
    let stream = stream::unfold(state, move |(number, shutdown, permit)| async move {
        let pause = match number {
            1 => Duration::ZERO,
            number if number <= events => interval,
            number if number == events + 1 => silence,
            _ => return None,
        };
        tokio::select! {
            () = shutdown.cancelled() => return None,
            () = tokio::time::sleep(pause) => {}
        }
        let sent_after_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (name, event) = if number <= events {
            ("tick", CheckEvent::Tick { number, sent_after_ms })
        } else {
            ("done", CheckEvent::Done { sent_after_ms })
        };
        let mut bytes = Vec::new();
        sse::write_event(&mut bytes, usize::try_from(number).unwrap_or_default(), name, &event);
        Some((Bytes::from(bytes), (number + 1, shutdown, permit)))
    });
    Ok(sse::response(stream, heartbeat))
}

fn milliseconds(count: i32) -> Duration {
    Duration::from_millis(count.unsigned_abs().into())
}
