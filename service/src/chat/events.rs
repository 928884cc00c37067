//! The events of a stream, as they go over the wire, and how an answer ends.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::{ChatId, ChunkId, DocumentId, KnowledgeBaseId, MessageId},
    model::{self, Usage},
    sse::write_event,
};

use super::store::Status;

/// A passage that the model was given. `[number]` in the answer cites it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Passage {
    /// From 1.
    pub number: usize,
    pub id: ChunkId,
    pub knowledge_base_id: KnowledgeBaseId,
    pub text: String,
    pub source_type: String,
    pub source_uri: Option<String>,
    /// The document it is of, if it is of one.
    #[serde(default)]
    pub document_id: Option<DocumentId>,
    /// The page or slide it begins on, from 1.
    #[serde(default)]
    pub page: Option<i32>,
    /// The headings it stands under, the highest first.
    #[serde(default)]
    pub headings: Vec<String>,
    /// Its first character's place in the document's text, from 0.
    #[serde(default)]
    pub char_start: Option<i32>,
    /// The place after its last character.
    #[serde(default)]
    pub char_end: Option<i32>,
    /// Cosine similarity to the question, −1 to 1.
    pub similarity: f64,
    /// Whether the answer cites it.
    #[serde(default)]
    pub is_cited: bool,
}

/// Why an answer failed or stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failure {
    /// `throttled`, `timed_out`, `context_too_long`, `model_refused`, `model_unavailable`,
    /// `stopped`, `interrupted` or `internal`.
    pub code: String,
    /// For the user.
    pub detail: String,
}

impl Failure {
    fn new(code: &str, detail: &str) -> Self {
        Self { code: code.to_owned(), detail: detail.to_owned() }
    }

    pub fn stopped() -> Self {
        Self::new("stopped", "You stopped this answer.")
    }

    /// The process that generated the answer ended before it did.
    pub fn interrupted() -> Self {
        Self::new("interrupted", "The answer was interrupted on our side. Ask again to get a whole one.")
    }

    pub fn internal() -> Self {
        Self::new("internal", "The answer failed on our side. Try again.")
    }
}

impl From<model::Error> for Failure {
    fn from(error: model::Error) -> Self {
        Self::new(error.code(), &error.to_string())
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database failed while an answer was generated");
        Self::internal()
    }
}

/// All that is known of an answer when it has ended, but its text.
#[derive(Clone, Debug)]
pub struct Ending {
    pub status: Status,
    pub stop_reason: Option<String>,
    pub usage: Option<Usage>,
    pub error: Option<Failure>,
    pub passages: Vec<Passage>,
}

/// One event of a stream. A client must ignore types and fields that it does not know.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamEvent<'a> {
    /// First, as event `start`.
    Start { chat_id: ChatId, message_id: MessageId, user_message_id: Option<MessageId> },
    /// Any number, as event `message`: what comes next in the answer's text.
    Content {
        content: &'a str,
        /// The passages that this piece cites, which are in the order of their numbers.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        citations: Vec<ChunkId>,
    },
    /// Any number, as event `reasoning`: what the model thinks before or while it answers. One that
    /// comes again, after a broken connection, has the same `index`.
    Reasoning { content: &'a str, index: usize },
    /// Last, as event `done`, when the answer is complete.
    Done {
        chat_id: ChatId,
        message_id: MessageId,
        usage: Option<Usage>,
        stop_reason: Option<&'a str>,
        passages: &'a [Passage],
    },
    /// Last, as event `error`, when it is not. The text so far is kept.
    Error { error: &'a str, code: &'a str, message_id: MessageId, usage: Option<Usage> },
}

impl StreamEvent<'_> {
    /// Appends the event. `end` is the offset in the answer's text after it, in bytes, and
    /// is the event's id: a client that comes back with it as `Last-Event-ID` goes on there.
    pub fn write(&self, out: &mut Vec<u8>, end: usize) {
        let name = match self {
            Self::Start { .. } => "start",
            Self::Content { .. } => "message",
            Self::Reasoning { .. } => "reasoning",
            Self::Done { .. } => "done",
            Self::Error { .. } => "error",
        };
        write_event(out, end, name, self);
    }
}

impl Ending {
    /// The stream's last event.
    pub fn event(&self, chat_id: ChatId, message_id: MessageId) -> StreamEvent<'_> {
        match &self.error {
            None => StreamEvent::Done {
                chat_id,
                message_id,
                usage: self.usage,
                stop_reason: self.stop_reason.as_deref(),
                passages: &self.passages,
            },
            Some(failure) => {
                StreamEvent::Error { error: &failure.detail, code: &failure.code, message_id, usage: self.usage }
            }
        }
    }
}
