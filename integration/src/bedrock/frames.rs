//! Frames of `application/vnd.amazon.eventstream`.

use std::ops::Range;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use serde_json::{Value, json};

use super::Exception;

/// The pieces of a text, a frame each, one after the other: any run of them is one slice.
pub struct Deltas {
    bytes: Bytes,
    /// Where each piece ends.
    ends: Vec<usize>,
}

impl Deltas {
    /// `block`: index of the content block that the pieces belong to.
    pub fn new(block: usize, pieces: &[impl AsRef<str>]) -> Self {
        let mut bytes = Vec::new();
        let ends = pieces
            .iter()
            .map(|piece| {
                delta(&mut bytes, block, &json!({ "text": piece.as_ref() }));
                bytes.len()
            })
            .collect();
        Self { bytes: bytes.into(), ends }
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The frames of the pieces in `range`, which must not be empty.
    pub fn slice(&self, range: Range<usize>) -> Bytes {
        let start = range.start.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.bytes.slice(start..self.ends[range.end - 1])
    }
}

/// Appends a piece of content block `block`.
pub fn delta(out: &mut Vec<u8>, block: usize, delta: &Value) {
    event(out, "contentBlockDelta", &json!({ "contentBlockIndex": block, "delta": delta }));
}

/// Appends the end of content block `block`.
pub fn block_stop(out: &mut Vec<u8>, block: usize) {
    event(out, "contentBlockStop", &json!({ "contentBlockIndex": block }));
}

/// Appends an event.
pub fn event(out: &mut Vec<u8>, kind: &str, payload: &Value) {
    write(out, ":event-type", kind, "event", payload);
}

/// Appends an exception, which ends a stream.
pub fn exception(out: &mut Vec<u8>, exception: &Exception) {
    // In a stream their names begin in lower case.
    let mut letters = exception.name.chars();
    let kind: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    write(out, ":exception-type", &kind, "exception", &json!({ "message": exception.message }));
}

fn write(out: &mut Vec<u8>, type_header: &'static str, kind: &str, message_type: &'static str, payload: &Value) {
    let text = |text: &str| HeaderValue::String(text.to_owned().into());
    let message = Message::new(Bytes::from(payload.to_string()))
        .add_header(Header::new(type_header, text(kind)))
        .add_header(Header::new(":content-type", text("application/json")))
        .add_header(Header::new(":message-type", text(message_type)));
    if let Err(error) = write_message_to(&message, out) {
        // Only headers or payloads beyond the format's 16 MiB fail.
        tracing::error!(%error, "cannot write a frame");
    }
}
