//! What is said in a chat. Its messages are a tree: those that follow the same one are alternatives,
//! and a path through it, a branch, is shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use utoipa::ToSchema;

use super::{Chat, Role, Status};
use crate::{
    chat::{
        attachments::Attachment,
        block::Block,
        events::{Failure, Passage},
    },
    id::{BotId, ChatId, MessageId, UserId},
    model::Usage,
};

/// A message, as its chat's history shows it.
#[derive(Serialize, ToSchema)]
pub struct Message {
    pub id: MessageId,
    /// The message that it follows; `null` at the beginning of a chat.
    pub parent_id: Option<MessageId>,
    /// Where there are several: the messages that follow the same one, oldest first, with this one.
    pub alternatives: Vec<MessageId>,
    pub role: Role,
    /// The text; of an answer that still streams, what is stored of it.
    pub content: String,
    /// The images and documents that it was asked with.
    pub attachments: Vec<Attachment>,
    /// What the model thought before it answered, where it told us.
    pub reasoning: Option<String>,
    pub created_at: DateTime<Utc>,
    pub model_id: Option<String>,
    pub status: Status,
    /// Why the model ended its answer, in Converse's words.
    pub stop_reason: Option<String>,
    pub usage: Option<Usage>,
    pub error: Option<Failure>,
    /// The passages that the model was given.
    pub passages: Vec<Passage>,
    /// What its reader thinks of it.
    pub feedback: Option<Feedback>,
}

/// What a reader thinks of an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Feedback {
    pub rating: Rating,
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Rating {
    Up,
    Down,
}

/// The last `limit` messages of the branch that a chat shows, oldest first; those before `before`,
/// if it is given, in its branch. `None` if the chat is not the owner's.
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
        with recursive branch as (
          select
            case when $3::uuid is null
              then coalesce(c.leaf_id, (select m.id from messages m where m.chat_id = c.id order by m.id desc limit 1))
              else (select m.parent_id from messages m where m.id = $3 and m.chat_id = c.id)
            end as id,
            1::bigint as number
          from chats c where c.id = $1 and c.owner_id = $2
          union all
          select m.parent_id, number + 1 from branch join messages m on m.id = branch.id where number < $4
        )
        select
          m.id as "id?: MessageId", m.parent_id as "parent_id?: MessageId", m.role as "role?: Role",
          m.content as "content?: Json<Vec<Block>>", m.created_at as "created_at?", m.model_id as "model_id?",
          m.status as "status?: Status", m.stop_reason as "stop_reason?", m.usage as "usage?: Json<Usage>",
          m.error as "error?: Json<Failure>", m.passages as "passages?: Json<Vec<Passage>>",
          m.rating as "rating?: Rating", m.rating_reason as "rating_reason?",
          array(
            select s.id from messages s
            where coalesce(s.parent_id, s.chat_id) = coalesce(m.parent_id, m.chat_id) and s.role = m.role
            order by s.id
          ) as "alternatives!: Vec<MessageId>",
          (select string_agg(d.text, '' order by d.start_offset) from message_deltas d
           where m.status = 'streaming' and d.message_id = m.id) as "streamed?"
        from chats c
        left join (branch join messages m on m.id = branch.id) on true
        where c.id = $1 and c.owner_id = $2
        order by branch.number desc
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
        let blocks = row.content.map(|blocks| blocks.0).unwrap_or_default();
        Some(Message {
            id: row.id?,
            parent_id: row.parent_id,
            alternatives: if row.alternatives.len() > 1 { row.alternatives } else { Vec::new() },
            role: row.role?,
            content: row.streamed.unwrap_or_else(|| Block::join(&blocks)),
            attachments: Block::attachments(&blocks),
            reasoning: Block::reasoning(&blocks),
            created_at: row.created_at?,
            model_id: row.model_id,
            status: row.status?,
            stop_reason: row.stop_reason,
            usage: row.usage.map(|usage| usage.0),
            error: row.error.map(|error| error.0),
            passages: row.passages.map(|passages| passages.0).unwrap_or_default(),
            feedback: row.rating.map(|rating| Feedback { rating, reason: row.rating_reason }),
        })
    });
    Ok(Some(messages.collect()))
}

/// Has a chat show the branch through a message, on to the newest that follows it. `None` if the
/// chat is not the owner's or has no such message.
pub async fn show_branch(
    db: &mut PgConnection,
    owner: &UserId,
    chat_id: ChatId,
    through: MessageId,
) -> sqlx::Result<Option<Chat>> {
    sqlx::query_as!(
        Chat,
        r#"
        with recursive branch as (
          select id, 0 as distance from messages where id = $3 and chat_id = $1 and owner_id = $2
          union all
          select
            (select m.id from messages m where coalesce(m.parent_id, m.chat_id) = branch.id order by m.id desc limit 1),
            distance + 1
          from branch where branch.id is not null
        ), leaf as (
          select id from branch where id is not null order by distance desc limit 1
        )
        update chats set leaf_id = leaf.id from leaf
        where chats.id = $1 and owner_id = $2
        returning
          chats.id as "id: ChatId", bot_id as "bot_id: BotId", title, is_pinned, is_archived, created_at, updated_at
        "#,
        chat_id as ChatId,
        owner as &UserId,
        through as MessageId,
    )
    .fetch_optional(db)
    .await
}

/// Keeps what the owner thinks of an answer, or forgets it. False if it is not theirs.
pub async fn rate(
    db: &mut PgConnection,
    owner: &UserId,
    id: MessageId,
    feedback: Option<&Feedback>,
) -> sqlx::Result<bool> {
    let rated = sqlx::query!(
        "update messages set rating = $3, rating_reason = $4 where id = $1 and owner_id = $2 and role = 'assistant'",
        id as MessageId,
        owner as &UserId,
        feedback.map(|feedback| feedback.rating) as Option<Rating>,
        feedback.and_then(|feedback| feedback.reason.as_deref()),
    )
    .execute(db)
    .await?;
    Ok(rated.rows_affected() > 0)
}
