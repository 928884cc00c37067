//! Streams that keep to their script and their pace.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    Script, State,
    frames::{self, Deltas},
    reply,
    server::{stop_reason, usage},
};

/// Pieces that go out together at the most.
const BATCH: usize = 256;

/// An answer, encoded.
struct Recording {
    /// All before the first piece of the text.
    head: Bytes,
    deltas: Arc<Deltas>,
    /// Pieces that are sent before `end`.
    sent_deltas: usize,
    end: End,
    first_token_delay: Duration,
    pace: Duration,
}

enum End {
    /// The last frames.
    Frames(Bytes),
    Stall,
    Cut,
}

/// The stream that answers `body`, the way `script` says.
pub fn play(state: Arc<State>, body: &Value, script: &Script) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let player =
        Player { recording: record(&state, body, script), next: Next::Head, guard: Guard { state, is_over: false } };
    stream::unfold(player, |mut player| async move {
        let stop = player.guard.state.stop.clone();
        let item = tokio::select! {
            item = player.next() => item?,
            () = stop.cancelled() => {
                if player.guard.is_over {
                    return None;
                }
                player.finish();
                Err(io::Error::other("the stand-in stops"))
            }
        };
        Some((item, player))
    })
}

fn record(state: &State, body: &Value, script: &Script) -> Recording {
    let mut head = Vec::new();
    frames::event(&mut head, "messageStart", &json!({ "role": "assistant" }));
    let mut block = 0;
    if let Some(reasoning) = &script.reasoning {
        for piece in reply::pieces(reasoning) {
            frames::delta(&mut head, block, &json!({ "reasoningContent": { "text": piece } }));
        }
        frames::delta(&mut head, block, &json!({ "reasoningContent": { "signature": reply::SIGNATURE } }));
        frames::block_stop(&mut head, block);
        block += 1;
    }
    let deltas = match &state.tokens {
        Some(tokens) if block == 0 && !reply::is_scripted(script) => tokens.clone(),
        _ => Arc::new(Deltas::new(block, &reply::said(&state.options, body, script))),
    };

    let ends = [
        script.error_after.as_ref().map(|(after, exception)| {
            let mut frame = Vec::new();
            frames::exception(&mut frame, exception);
            (*after, End::Frames(frame.into()))
        }),
        script.cut_after.map(|after| (after, End::Cut)),
        script.stall_after.map(|after| (after, End::Stall)),
    ];
    // What comes first. An answer that ends before it does is whole.
    let early = ends.into_iter().flatten().filter(|(after, _)| *after <= deltas.len()).min_by_key(|(after, _)| *after);
    let (sent_deltas, end) =
        early.unwrap_or_else(|| (deltas.len(), End::Frames(tail(body, script, block, deltas.len()).into())));
    Recording {
        head: head.into(),
        deltas,
        sent_deltas,
        end,
        first_token_delay: script.first_token_delay,
        pace: script.pace.unwrap_or(state.options.pace),
    }
}

/// All after the last piece of the text, which is content block `block`.
fn tail(body: &Value, script: &Script, mut block: usize, pieces: usize) -> Vec<u8> {
    let mut out = Vec::new();
    if pieces > 0 {
        frames::block_stop(&mut out, block);
        block += 1;
    }
    if let Some(tool) = &script.tool_use {
        let start = json!({ "toolUse": { "toolUseId": tool.id, "name": tool.name } });
        frames::event(&mut out, "contentBlockStart", &json!({ "contentBlockIndex": block, "start": start }));
        // Bedrock sends the input in pieces that are no JSON of their own.
        let input = tool.input.to_string();
        let half = input.floor_char_boundary(input.len() / 2);
        for part in [&input[..half], &input[half..]] {
            frames::delta(&mut out, block, &json!({ "toolUse": { "input": part } }));
        }
        frames::block_stop(&mut out, block);
    }
    frames::event(&mut out, "messageStop", &json!({ "stopReason": stop_reason(script) }));
    let metadata = json!({ "usage": usage(body, pieces, script), "metrics": { "latencyMs": 1 } });
    frames::event(&mut out, "metadata", &metadata);
    out
}

struct Player {
    recording: Recording,
    next: Next,
    guard: Guard,
}

/// What is sent next.
enum Next {
    Head,
    /// This piece, of a text that began then.
    Delta(usize, Instant),
    End,
    Nothing,
}

impl Player {
    /// What can be sent together, once it is due; `None` at the end.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        let Recording { head, deltas, sent_deltas, end, first_token_delay, pace } = &self.recording;
        match self.next {
            Next::Head => {
                self.next = Next::Delta(0, Instant::now() + *first_token_delay);
                return Some(Ok(head.clone()));
            }
            Next::Delta(index, began) if index < *sent_deltas => {
                // Measured from the beginning, so that what comes late doesn't delay the rest.
                let due = began + pace.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX));
                if due > Instant::now() {
                    sleep_until(due).await;
                }
                let late = due.elapsed().as_nanos().checked_div(pace.as_nanos());
                let more = late.map_or(usize::MAX, |pieces| usize::try_from(pieces).unwrap_or(usize::MAX));
                let until = index.saturating_add(more.min(BATCH - 1) + 1).min(*sent_deltas);
                self.next = Next::Delta(until, began);
                return Some(Ok(deltas.slice(index..until)));
            }
            Next::Delta(0, began) => sleep_until(began).await,
            Next::Delta(..) | Next::End => {}
            Next::Nothing => return None,
        }
        self.next = Next::End;
        let item = match end {
            End::Frames(frames) => Ok(frames.clone()),
            End::Stall => std::future::pending().await,
            End::Cut => {
                // Lets the server send what it holds; it throws that away with the error.
                sleep(Duration::from_millis(1)).await;
                Err(io::Error::other("cut by the script"))
            }
        };
        self.finish();
        Some(item)
    }

    fn finish(&mut self) {
        self.next = Next::Nothing;
        self.guard.is_over = true;
    }
}

/// Counts a stream that is dropped before it is over.
struct Guard {
    state: Arc<State>,
    is_over: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.is_over {
            self.state.dropped.send_modify(|count| *count += 1);
        }
    }
}
