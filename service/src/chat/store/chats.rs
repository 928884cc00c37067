//! Chats as their owner sees them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, types::Json};
use utoipa::ToSchema;

use super::{Role, Status};
use crate::{
    chat::{
        events::{Failure, Passage},
        history::Block,
    },
    id::{BotId, ChatId, MessageId, UserId},
    model::Usage,
    paging::Cursor,
};

/// A chat, as lists show it.
#[derive(Serialize, ToSchema)]
pub struct Chat {
    pub id: ChatId,
    /// `null` when the bot was deleted.
    pub bot_id: Option<BotId>,
    pub title: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The owner's chats, newest first, after the place `after`.
pub async fn list(db: &mut PgConnection, owner: &UserId, after: Option<Cursor>, limit: i64) -> sqlx::Result<Vec<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        select id as "id: ChatId", bot_id as "bot_id: BotId", title, created_at, updated_at from chats
        where owner_id = $1 and ($2::timestamptz is null or (updated_at, id) < ($2, $3))
        order by updated_at desc, id desc limit $4
        "#,
        owner as &UserId,
        after.map(|after| after.time),
        after.map(|after| after.id),
        limit,
    )
    .fetch_all(db)
    .await
}

/// One chat of the owner's.
pub async fn get(db: &mut PgConnection, owner: &UserId, id: ChatId) -> sqlx::Result<Option<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        select id as "id: ChatId", bot_id as "bot_id: BotId", title, created_at, updated_at from chats
        where id = $1 and owner_id = $2
        "#,
        id as ChatId,
        owner as &UserId,
    )
    .fetch_optional(db)
    .await
}

/// Gives a chat another title.
pub async fn rename(db: &mut PgConnection, owner: &UserId, id: ChatId, title: &str) -> sqlx::Result<Option<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        update chats set title = $3 where id = $1 and owner_id = $2
        returning id as "id: ChatId", bot_id as "bot_id: BotId", title, created_at, updated_at
        "#,
        id as ChatId,
        owner as &UserId,
        title,
    )
    .fetch_optional(db)
    .await
}

/// What went with a chat.
pub struct Deleted {
    pub messages: i64,
    /// Answers that were still being generated.
    pub streaming: Vec<MessageId>,
}

/// Deletes a chat with its messages. `None` if it is not the owner's.
pub async fn delete(db: &mut PgConnection, owner: &UserId, id: ChatId) -> sqlx::Result<Option<Deleted>> {
    let row = sqlx::query!(
        r#"
        with deleted as (delete from chats where id = $1 and owner_id = $2 returning id)
        select
          exists (select from deleted) as "found!",
          count(m.id) as "messages!",
          coalesce(array_agg(m.id) filter (where m.status = 'streaming'), '{}') as "streaming!: Vec<MessageId>"
        from messages m where m.chat_id in (select id from deleted)
        "#,
        id as ChatId,
        owner as &UserId,
    )
    .fetch_one(db)
    .await?;
    Ok(row.found.then_some(Deleted { messages: row.messages, streaming: row.streaming }))
}

/// A message, as its chat's history shows it.
#[derive(Serialize, ToSchema)]
pub struct Message {
    pub id: MessageId,
    pub role: Role,
    /// The text; of an answer that still streams, what is stored of it.
    pub content: String,
    pub created_at: DateTime<Utc>,
    pub model_id: Option<String>,
    pub status: Status,
    /// Why the model ended its answer, in Converse's words.
    pub stop_reason: Option<String>,
    pub usage: Option<Usage>,
    pub error: Option<Failure>,
    /// The passages that the model was given.
    pub passages: Vec<Passage>,
}

/// The newest `limit` messages of a chat before `before`, oldest first. `None` if the chat
/// is not the owner's.
pub async fn messages(
    db: &mut PgConnection,
    owner: &UserId,
    chat_id: ChatId,
    before: Option<MessageId>,
    limit: i64,
) -> sqlx::Result<Option<Vec<Message>>> {
    // The outer join yields one row without a message for a chat without messages.
    let rows = sqlx::query!(
        r#"
        select
          m.id as "id?: MessageId", m.role as "role?: Role", m.content as "content?: Json<Vec<Block>>",
          m.created_at as "created_at?", m.model_id as "model_id?", m.status as "status?: Status",
          m.stop_reason as "stop_reason?", m.usage as "usage?: Json<Usage>", m.error as "error?: Json<Failure>",
          m.passages as "passages?: Json<Vec<Passage>>",
          (select string_agg(d.text, '' order by d.start_offset) from message_deltas d
           where m.status = 'streaming' and d.message_id = m.id) as "streamed?"
        from chats c
        left join lateral (
          select * from messages where chat_id = c.id and ($3::uuid is null or id < $3) order by id desc limit $4
        ) m on true
        where c.id = $1 and c.owner_id = $2
        order by m.id
        "#,
        chat_id as ChatId,
        owner as &UserId,
        before as Option<MessageId>,
        limit,
    )
    .fetch_all(db)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let messages = rows.into_iter().filter_map(|row| {
        Some(Message {
            id: row.id?,
            role: row.role?,
            content: row.streamed.unwrap_or_else(|| row.content.map(|blocks| Block::join(&blocks)).unwrap_or_default()),
            created_at: row.created_at?,
            model_id: row.model_id,
            status: row.status?,
            stop_reason: row.stop_reason,
            usage: row.usage.map(|usage| usage.0),
            error: row.error.map(|error| error.0),
            passages: row.passages.map(|passages| passages.0).unwrap_or_default(),
        })
    });
    Ok(Some(messages.collect()))
}

/// A message that was found.
pub struct Found {
    pub chat_id: ChatId,
    pub message_id: MessageId,
    pub title: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    /// A piece of its text, the words that match between [`MATCH_START`] and [`MATCH_END`].
    pub headline: String,
}

/// What surrounds the words that match. Not for text: they are control characters.
pub const MATCH_START: char = '\u{2}';
pub const MATCH_END: char = '\u{3}';

/// The owner's messages that hold the words of `query` (in the syntax of web searches), newest first.
pub async fn search(db: &mut PgConnection, owner: &UserId, query: &str, limit: i64) -> sqlx::Result<Vec<Found>> {
    sqlx::query_as!(
        Found,
        r#"
        with found as materialized (
          select m.id, m.chat_id, m.role, m.created_at, m.content
          from messages m
          where m.owner_id = $1 and m.search @@ websearch_to_tsquery('simple', $2)
          order by m.id desc limit $3
        )
        select
          f.chat_id as "chat_id: ChatId", f.id as "message_id: MessageId", c.title, f.role as "role: Role", f.created_at,
          ts_headline(
            'simple',
            (select coalesce(string_agg(block ->> 'text', ' '), '') from jsonb_array_elements(f.content) block),
            websearch_to_tsquery('simple', $2),
            'MaxFragments=1, MaxWords=30, MinWords=10, StartSel=' || chr(2) || ', StopSel=' || chr(3)
          ) as "headline!"
        from found f join chats c on c.id = f.chat_id
        order by f.id desc
        "#,
        owner as &UserId,
        query,
        limit,
    )
    .fetch_all(db)
    .await
}
