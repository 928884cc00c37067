//! Whole chats, out and in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};
use sqlx::{Connection, PgConnection, types::Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Chat, Role, SharedPassage, Status};
use crate::{
    chat::{block::Block, events::Passage},
    id::{BotId, ChatId, MessageId, UserId},
};

/// A message outside of its chat.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Copied {
    /// Tells it from the others of the same copy.
    pub id: MessageId,
    /// The message that it follows.
    #[serde(default)]
    pub parent_id: Option<MessageId>,
    pub role: Role,
    pub content: String,
    #[serde(default)]
    pub reasoning: Option<String>,
    #[serde(default = "complete")]
    pub status: Status,
    #[serde(default)]
    pub model_id: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The sources that it cites. They don't come in again: they may not be there.
    #[serde(default, deserialize_with = "ignored")]
    pub passages: Vec<SharedPassage>,
}

fn complete() -> Status {
    Status::Complete
}

/// Nothing is kept, not even while it is read.
fn ignored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SharedPassage>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| Vec::new())
}

/// All messages of a chat of the owner's, of all branches, each after the one that it follows.
pub async fn all_messages(db: &mut PgConnection, owner: &UserId, chat_id: ChatId) -> sqlx::Result<Vec<Copied>> {
    let rows = sqlx::query!(
        r#"
        select
          id as "id: MessageId", parent_id as "parent_id: MessageId", role as "role: Role", model_id,
          content as "content: Json<Vec<Block>>", status as "status: Status", created_at,
          passages as "passages: Json<Vec<Passage>>",
          (select string_agg(d.text, '' order by d.start_offset) from message_deltas d
           where m.status = 'streaming' and d.message_id = m.id) as streamed
        from messages m where chat_id = $1 and owner_id = $2 order by id
        "#,
        chat_id as ChatId,
        owner as &UserId,
    )
    .fetch_all(db)
    .await?;
    let messages = rows.into_iter().map(|row| Copied {
        id: row.id,
        parent_id: row.parent_id,
        role: row.role,
        content: row.streamed.unwrap_or_else(|| Block::join(&row.content)),
        reasoning: Block::reasoning(&row.content),
        // The copy stays as far as the answer was.
        status: if row.status == Status::Streaming { Status::Stopped } else { row.status },
        model_id: row.model_id,
        created_at: row.created_at,
        passages: row.passages.0.iter().filter(|passage| passage.is_cited).map(SharedPassage::from).collect(),
    });
    Ok(messages.collect())
}

/// Stores a chat with copies of messages, under keys of their own; each must come after the one
/// that it follows. `leaf` is the place of the last of the branch to show.
pub async fn import(
    db: &mut PgConnection,
    owner: &UserId,
    title: &str,
    bot_id: Option<BotId>,
    messages: &[Copied],
    leaf: usize,
) -> sqlx::Result<Chat> {
    let chat_id = ChatId::new();
    let keys: Vec<Uuid> = messages.iter().map(|_| MessageId::new().0).collect();
    let places: std::collections::HashMap<MessageId, usize> =
        messages.iter().enumerate().map(|(place, message)| (message.id, place)).collect();
    let parents: Vec<Option<Uuid>> = messages
        .iter()
        .map(|message| message.parent_id.and_then(|id| places.get(&id)).map(|&place| keys[place]))
        .collect();
    let roles: Vec<String> = messages
        .iter()
        .map(|message| if message.role == Role::User { "user" } else { "assistant" }.to_owned())
        .collect();
    let statuses: Vec<String> = messages
        .iter()
        .map(|message| match message.status {
            Status::Complete => "complete",
            Status::Failed => "failed",
            Status::Stopped | Status::Streaming => "stopped",
        })
        .map(str::to_owned)
        .collect();
    let contents: Vec<serde_json::Value> = messages
        .iter()
        .map(|message| {
            let blocks = Block::answer(message.reasoning.as_deref().unwrap_or_default(), &message.content);
            serde_json::to_value(blocks).unwrap_or_default()
        })
        .collect();
    let models: Vec<Option<String>> = messages.iter().map(|message| message.model_id.clone()).collect();
    let times: Vec<DateTime<Utc>> = messages.iter().map(|message| message.created_at).collect();
    let mut transaction = db.begin().await?;
    sqlx::query!(
        r#"
        with chat as (
          insert into chats (id, tenant_id, owner_id, title, leaf_id)
          values ($1, current_setting('app.tenant'), $2, $3, $4)
          returning id
        )
        insert into messages
          (id, tenant_id, owner_id, chat_id, parent_id, is_placed, role, content, status, model_id, created_at)
        select message.id, current_setting('app.tenant'), $2, chat.id, parent_id, true, role, content, status,
          model_id, created_at
        from chat, unnest($5::uuid[], $6::uuid[], $7::text[], $8::jsonb[], $9::text[], $10::text[], $11::timestamptz[])
          as message (id, parent_id, role, content, status, model_id, created_at)
        "#,
        chat_id as ChatId,
        owner as &UserId,
        title,
        keys[leaf],
        &keys,
        &parents as &[Option<Uuid>],
        &roles,
        &contents,
        &statuses,
        &models as &[Option<String>],
        &times,
    )
    .execute(&mut *transaction)
    .await?;
    // Afterwards, because a chat that is made with a bot counts as a use of it.
    let chat = sqlx::query_as!(
        Chat,
        r#"
        update chats set bot_id = (select id from bots where id = $2 and (owner_id = $3 or is_public or is_marketplace))
        where id = $1
        returning id as "id: ChatId", bot_id as "bot_id: BotId", title, is_pinned, is_archived, created_at, updated_at
        "#,
        chat_id as ChatId,
        bot_id as Option<BotId>,
        owner as &UserId,
    )
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(chat)
}
