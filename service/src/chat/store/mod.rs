//! The SQL of chats and their messages.

mod answers;
mod chats;
mod leases;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use answers::{Exchange, Stored, answer_after, append_texts, begin, finish, turns_before};
pub use chats::{Chat, MATCH_END, MATCH_START, Message, delete, get, list, messages, rename, search};
pub use leases::{STOP_CHANNEL, fail_answers_of, forget, lock_dead, notify_stop, renew_lease};

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Role {
    User,
    Assistant,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Status {
    Streaming,
    Complete,
    Stopped,
    Failed,
}
