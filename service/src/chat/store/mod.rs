//! The SQL of chats and their messages.

mod answers;
mod attachments;
mod chats;
mod leases;
mod messages;
mod shares;
mod transfer;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use answers::{
    Exchange, Stored, answer_after, append_texts, begin, begin_again, finish, question_of, turns_before,
};
pub use attachments::{attach, attachment, attachments, files, forget_waiting_attachments};
pub use chats::{Changes, Chat, ChatFilter, MATCH_END, MATCH_START, delete, get, list, search, titled, update};
pub use leases::{STOP_CHANNEL, fail_answers_of, forget, lock_dead, notify_stop, renew_lease};
pub use messages::{Feedback, Message, Rating, messages, rate, show_branch};
pub use shares::{NewShare, Share, Shared, SharedMessage, SharedPassage, share, shared, shares, unshare};
pub use transfer::{Copied, all_messages, import};

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
