//! Chats as their owner sees them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::Role;
use crate::{
    id::{BotId, ChatId, MessageId, UserId},
    paging::Cursor,
};

/// A chat, as lists show it.
#[derive(Serialize, ToSchema)]
pub struct Chat {
    pub id: ChatId,
    /// `null` when the bot was deleted.
    pub bot_id: Option<BotId>,
    pub title: String,
    pub is_pinned: bool,
    /// Whether it is in the archive.
    pub is_archived: bool,
    pub created_at: DateTime<Utc>,
    /// When somebody last asked in it.
    pub updated_at: DateTime<Utc>,
}

/// Which chats a list has.
pub struct ChatFilter {
    pub is_archived: bool,
    /// `None` is both.
    pub is_pinned: Option<bool>,
}

/// The owner's chats, newest first, after the place `after`.
pub async fn list(
    db: &mut PgConnection,
    owner: &UserId,
    filter: ChatFilter,
    after: Option<Cursor>,
    limit: i64,
) -> sqlx::Result<Vec<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        select id as "id: ChatId", bot_id as "bot_id: BotId", title, is_pinned, is_archived, created_at, updated_at
        from chats
        where owner_id = $1 and is_archived = $5 and ($6::bool is null or is_pinned = $6)
          and ($2::timestamptz is null or (updated_at, id) < ($2, $3))
        order by updated_at desc, id desc limit $4
        "#,
        owner as &UserId,
        after.map(|after| after.time),
        after.map(|after| after.id),
        limit,
        filter.is_archived,
        filter.is_pinned,
    )
    .fetch_all(db)
    .await
}

/// Chats whose title holds each word of a text, whatever its case and accents, newest first: at most ten.
pub async fn titled(db: &mut PgConnection, owner: &UserId, text: &str) -> sqlx::Result<Vec<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        select id as "id: ChatId", bot_id as "bot_id: BotId", title, is_pinned, is_archived, created_at, updated_at
        from chats where owner_id = $1 and (
            select bool_and(position(word in regexp_replace(normalize(lower(title), nfd), '[\u0300-\u036f]', '', 'g')) > 0)
            from regexp_split_to_table(regexp_replace(normalize(lower($2), nfd), '[\u0300-\u036f]', '', 'g'), '\s+') word
        )
        order by updated_at desc, id desc limit 10
        "#,
        owner as &UserId,
        text.trim(),
    )
    .fetch_all(db)
    .await
}

/// One chat of the owner's.
pub async fn get(db: &mut PgConnection, owner: &UserId, id: ChatId) -> sqlx::Result<Option<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        select id as "id: ChatId", bot_id as "bot_id: BotId", title, is_pinned, is_archived, created_at, updated_at
        from chats where id = $1 and owner_id = $2
        "#,
        id as ChatId,
        owner as &UserId,
    )
    .fetch_optional(db)
    .await
}

/// What is `None` stays as it is.
pub struct Changes {
    pub title: Option<String>,
    pub is_pinned: Option<bool>,
    pub is_archived: Option<bool>,
}

/// Changes a chat. `None` if it is not the owner's.
pub async fn update(
    db: &mut PgConnection,
    owner: &UserId,
    id: ChatId,
    changes: &Changes,
) -> sqlx::Result<Option<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        update chats set
          title = coalesce($3, title), is_pinned = coalesce($4, is_pinned), is_archived = coalesce($5, is_archived)
        where id = $1 and owner_id = $2
        returning id as "id: ChatId", bot_id as "bot_id: BotId", title, is_pinned, is_archived, created_at, updated_at
        "#,
        id as ChatId,
        owner as &UserId,
        changes.title,
        changes.is_pinned,
        changes.is_archived,
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
        from found f join chats c on c.id = f.chat_id and c.owner_id = $1
        order by f.id desc
        "#,
        owner as &UserId,
        query,
        limit,
    )
    .fetch_all(db)
    .await
}
