//! Typed keys: a `ChatId` can't be passed where a `BotId` is meant.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type, ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new key, greater than all that this process made before (UUID version 7).
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

id! {
    /// A bot.
    BotId,
    /// A chat.
    ChatId,
    /// A message of a chat.
    MessageId,
    /// An image or a document that a question is asked with.
    AttachmentId,
    /// A shared copy of a chat.
    ShareId,
    /// A knowledge base.
    KnowledgeBaseId,
    /// A chunk of text in a knowledge base.
    ChunkId,
    /// A document of a knowledge base.
    DocumentId,
    /// An agent.
    AgentId,
    /// A running process of the service.
    InstanceId,
    /// One attempt to do a job.
    LeaseId,
}

/// A user: the Cognito `sub`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct UserId(pub String);

/// A tenant, by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct TenantId(pub String);

impl TenantId {
    /// The tenant of users whose token names none.
    pub const DEFAULT: &str = "default";
}
