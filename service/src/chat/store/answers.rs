//! Answers from the question to their end.

use std::collections::HashSet;

use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{Role, Status};
use crate::{
    chat::{
        events::{Ending, Failure, Passage},
        history::{Block, Turn},
    },
    id::{BotId, ChatId, InstanceId, MessageId, UserId},
    model::Usage,
};

/// Messages that are read at the most to fill a model's budget.
const MAX_TURNS: i64 = 400;

/// A question and the answer to be.
pub struct Exchange<'a> {
    pub bot_id: BotId,
    /// `None` makes a new chat with `title`.
    pub chat_id: Option<ChatId>,
    pub title: &'a str,
    pub question: &'a str,
    pub model_id: &'a str,
    pub instance: InstanceId,
}

/// The keys of a stored exchange.
pub struct Begun {
    pub chat: ChatId,
    pub question: MessageId,
    pub answer: MessageId,
}

/// Stores a question and an empty answer in one round trip. `None` if the chat is not the owner's.
pub async fn begin(db: &mut PgConnection, owner: &UserId, exchange: &Exchange<'_>) -> sqlx::Result<Option<Begun>> {
    let (question_id, answer_id) = (MessageId::new(), MessageId::new());
    let chat_id = exchange.chat_id.unwrap_or_else(ChatId::new);
    let begun = sqlx::query_scalar!(
        r#"
        with old as (
          update chats set updated_at = now(), bot_id = $3
          where id = $1 and owner_id = $2 and not $9
          returning id
        ), new as (
          insert into chats (id, tenant_id, owner_id, bot_id, title)
          select $1, current_setting('app.tenant'), $2, $3, $4 where $9
          returning id
        ), chat as (
          select id from old union all select id from new
        ), question as (
          insert into messages (id, tenant_id, owner_id, chat_id, role, content, status)
          select $5, current_setting('app.tenant'), $2, id, 'user', $6, 'complete' from chat
        ), answer as (
          insert into messages (id, tenant_id, owner_id, chat_id, role, status, model_id, instance_id)
          select $7, current_setting('app.tenant'), $2, id, 'assistant', 'streaming', $8, $10 from chat
        )
        select id as "id!: ChatId" from chat
        "#,
        chat_id as ChatId,
        owner as &UserId,
        exchange.bot_id as BotId,
        exchange.title,
        question_id as MessageId,
        Json(Block::text(exchange.question)) as _,
        answer_id as MessageId,
        exchange.model_id,
        exchange.chat_id.is_none(),
        exchange.instance as InstanceId,
    )
    .fetch_optional(db)
    .await?;
    Ok(begun.map(|chat| Begun { chat, question: question_id, answer: answer_id }))
}

/// The newest messages of a chat before the question `before`, oldest first.
pub async fn turns_before(
    db: &mut PgConnection,
    owner: &UserId,
    chat_id: ChatId,
    before: MessageId,
) -> sqlx::Result<Vec<Turn>> {
    let mut turns = sqlx::query_as!(
        Row,
        r#"
        select role as "role: Role", content as "content: Json<Vec<Block>>" from messages
        where chat_id = $1 and owner_id = $2 and id < $3
        order by id desc limit $4
        "#,
        chat_id as ChatId,
        owner as &UserId,
        before as MessageId,
        MAX_TURNS,
    )
    .fetch_all(db)
    .await?;
    turns.reverse();
    Ok(turns.into_iter().map(|row| Turn { role: row.role, blocks: row.content.0 }).collect())
}

struct Row {
    role: Role,
    content: Json<Vec<Block>>,
}

/// Appends text to answers that still stream, and says which these are.
pub async fn append_texts(
    db: &mut PgConnection,
    ids: &[Uuid],
    offsets: &[i32],
    texts: &[String],
) -> sqlx::Result<HashSet<MessageId>> {
    // The lock makes this wait for a `finish` under way, and then see that the answer has
    // ended: no piece is left behind.
    let streaming = sqlx::query_scalar!(
        r#"
        with streaming as (
          select id from messages where id = any($1) and status = 'streaming' for share
        ), appended as (
          insert into message_deltas (message_id, tenant_id, start_offset, text)
          select id, current_setting('app.tenant'), start_offset, text
          from unnest($1::uuid[], $2::int[], $3::text[]) as piece (id, start_offset, text) join streaming using (id)
          -- The reply to an earlier attempt may have been lost.
          on conflict (message_id, start_offset) do update set text = excluded.text
        )
        select id as "id: MessageId" from streaming
        "#,
        ids,
        offsets,
        texts,
    )
    .fetch_all(db)
    .await?;
    Ok(streaming.into_iter().collect())
}

/// Stores the whole answer. False if it no longer streams: deleted, or given up.
/// `is_partly_saved` says whether pieces of it may be there from [`append_texts`].
pub async fn finish(
    db: &mut PgConnection,
    id: MessageId,
    text: &str,
    ending: &Ending,
    is_partly_saved: bool,
) -> sqlx::Result<bool> {
    let finished = sqlx::query!(
        r#"
        update messages
        set status = $2, content = $3, stop_reason = $4, usage = $5, error = $6, passages = $7, instance_id = null
        where id = $1 and status = 'streaming'
        "#,
        id as MessageId,
        ending.status as Status,
        Json(Block::text(text)) as _,
        ending.stop_reason,
        ending.usage.map(Json) as _,
        ending.error.as_ref().map(Json) as _,
        Json(&ending.passages) as _,
    )
    .execute(&mut *db)
    .await?;
    if is_partly_saved {
        // A statement of its own: the first may have waited for pieces that were being
        // appended, and would not have seen them.
        sqlx::query!("delete from message_deltas where message_id = $1", id as MessageId).execute(db).await?;
    }
    Ok(finished.rows_affected() > 0)
}

/// An answer as the database has it, with its text after an offset.
pub struct Stored {
    pub id: MessageId,
    pub chat_id: ChatId,
    pub question_id: Option<MessageId>,
    pub status: Status,
    pub text: String,
    /// Where in the answer `text` begins, in bytes.
    pub text_start: usize,
    pub stop_reason: Option<String>,
    pub usage: Option<Usage>,
    pub error: Option<Failure>,
    pub passages: Vec<Passage>,
}

impl From<Stored> for Ending {
    fn from(stored: Stored) -> Self {
        Self {
            status: stored.status,
            stop_reason: stored.stop_reason,
            usage: stored.usage,
            error: stored.error,
            passages: stored.passages,
        }
    }
}

/// An answer of the owner's with its text after byte `from`.
pub async fn answer_after(
    db: &mut PgConnection,
    owner: &UserId,
    id: MessageId,
    from: usize,
) -> sqlx::Result<Option<Stored>> {
    let from_byte = i32::try_from(from).unwrap_or(i32::MAX);
    let Some(row) = sqlx::query!(
        r#"
        select
          chat_id as "chat_id: ChatId",
          (select q.id from messages q
           where q.chat_id = m.chat_id and q.id < m.id and q.role = 'user'
           order by q.id desc limit 1) as "question_id: MessageId",
          status as "status: Status",
          content as "content: Json<Vec<Block>>",
          stop_reason,
          usage as "usage: Json<Usage>",
          error as "error: Json<Failure>",
          passages as "passages: Json<Vec<Passage>>",
          d.start_offset as "start_offset?",
          d.text as "text?"
        from messages m
        left join lateral (
          select min(start_offset) as start_offset, string_agg(text, '' order by start_offset) as text
          from message_deltas where message_id = m.id and start_offset + octet_length(text) > $3
        ) d on m.status = 'streaming'
        where m.id = $1 and m.owner_id = $2 and m.role = 'assistant'
        "#,
        id as MessageId,
        owner as &UserId,
        from_byte,
    )
    .fetch_optional(db)
    .await?
    else {
        return Ok(None);
    };
    let (text, start) = if row.status == Status::Streaming {
        (row.text.unwrap_or_default(), row.start_offset.and_then(|start| usize::try_from(start).ok()).unwrap_or(from))
    } else {
        (Block::join(&row.content.0), 0)
    };
    // An offset that we gave lies between two characters; one that was made up is moved there.
    let skip = text.floor_char_boundary(from.saturating_sub(start));
    Ok(Some(Stored {
        id,
        chat_id: row.chat_id,
        question_id: row.question_id,
        status: row.status,
        text: text[skip..].to_owned(),
        text_start: start + skip,
        stop_reason: row.stop_reason,
        usage: row.usage.map(|usage| usage.0),
        error: row.error.map(|error| error.0),
        passages: row.passages.0,
    }))
}
