//! Frames of `application/vnd.amazon.eventstream`.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use serde_json::Value;

use super::Exception;

/// Appends an event.
pub fn event(out: &mut Vec<u8>, kind: &str, payload: &Value) {
    write(out, ":event-type", kind, "event", payload);
}

/// Appends an exception, which ends a stream.
pub fn exception(out: &mut Vec<u8>, exception: &Exception) {
    // In a stream their names begin in lower case.
    let mut letters = exception.name.chars();
    let kind: String = letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
    write(out, ":exception-type", &kind, "exception", &serde_json::json!({ "message": exception.message }));
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
