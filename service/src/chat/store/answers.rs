//! Answers from the question to their end.

use std::collections::HashSet;

use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{Role, Status};
use crate::{
    chat::{
        attachments::Attachment,
        block::Block,
        events::{Ending, Failure, Passage},
        history::Turn,
    },
    id::{BotId, ChatId, InstanceId, MessageId, UserId},
    model::Usage,
};

/// Messages that are read at the most to fill a model's budget.
const MAX_TURNS: i32 = 400;

/// A question and the answer to be.
pub struct Exchange<'a> {
    pub bot_id: BotId,
    /// `None` makes a new chat with `title`.
    pub chat_id: Option<ChatId>,
    /// The answer to go on from; `None` is the last of the branch that the chat shows.
    pub parent_id: Option<MessageId>,
    /// The question that this one is an alternative to.
    pub edit_of: Option<MessageId>,
    pub title: &'a str,
    pub question: &'a str,
    /// The owner's, of this chat or of none yet.
    pub attachments: &'a [Attachment],
    pub model_id: &'a str,
    pub instance: InstanceId,
}

impl Exchange<'_> {
    fn blocks(&self) -> Vec<Block> {
        let attachments = self.attachments.iter().cloned().map(Block::Attachment);
        attachments.chain(Block::text(self.question)).collect()
    }
}

/// The keys of a stored exchange.
pub struct Begun {
    pub chat: ChatId,
    pub question: MessageId,
    pub answer: MessageId,
    /// Whether something was said before the question.
    pub has_history: bool,
}

/// Stores a question and an empty answer in one round trip. `None` if the chat is not the owner's
/// or has no such message, or an attachment is not there for it.
pub async fn begin(db: &mut PgConnection, owner: &UserId, exchange: &Exchange<'_>) -> sqlx::Result<Option<Begun>> {
    let (question_id, answer_id) = (MessageId::new(), MessageId::new());
    let chat_id = exchange.chat_id.unwrap_or_else(ChatId::new);
    let attachments: Vec<Uuid> = exchange.attachments.iter().map(|attachment| attachment.id.0).collect();
    let begun = sqlx::query!(
        r#"
        with attachable as (
          -- Locked, so that no other chat takes one.
          select id from attachments
          where id = any($13) and owner_id = $2 and (chat_id is null or chat_id = $1) for no key update
        ), has_all as (
          select from attachable having count(*) = cardinality($13)
        ), shown as (
          select id, coalesce(
            leaf_id, (select m.id from messages m where m.chat_id = chats.id order by m.id desc limit 1)
          ) as leaf_id
          from chats where id = $1 and owner_id = $2 and not $9 and exists (select from has_all) for no key update
        ), place as (
          select shown.id, case
            when $11::uuid is not null then parent.id
            when $12::uuid is not null then edited.parent_id
            else leaf_id
          end as parent_id
          from shown
          left join messages parent on parent.id = $11 and parent.chat_id = shown.id and parent.role = 'assistant'
          left join messages edited on edited.id = $12 and edited.chat_id = shown.id and edited.role = 'user'
          where ($11 is null or parent.id is not null) and ($12 is null or edited.id is not null)
        ), old as (
          update chats set updated_at = now(), bot_id = $3, leaf_id = $7, is_archived = false
          from place where chats.id = place.id
          returning chats.id, place.parent_id
        ), new as (
          insert into chats (id, tenant_id, owner_id, bot_id, title, leaf_id)
          select $1, current_setting('app.tenant'), $2, $3, $4, $7 from has_all where $9
          returning id
        ), chat as (
          select id, parent_id from old union all select id, null from new
        ), question as (
          insert into messages (id, tenant_id, owner_id, chat_id, parent_id, is_placed, role, content, status)
          select $5, current_setting('app.tenant'), $2, id, parent_id, true, 'user', $6, 'complete' from chat
        ), answer as (
          insert into messages
            (id, tenant_id, owner_id, chat_id, parent_id, is_placed, role, status, model_id, instance_id)
          select $7, current_setting('app.tenant'), $2, id, $5, true, 'assistant', 'streaming', $8, $10 from chat
        ), attached as (
          update attachments set chat_id = chat.id from chat, attachable where attachments.id = attachable.id
        )
        select id as "id!: ChatId", parent_id is not null as "has_history!" from chat
        "#,
        chat_id as ChatId,
        owner as &UserId,
        exchange.bot_id as BotId,
        exchange.title,
        question_id as MessageId,
        Json(exchange.blocks()) as _,
        answer_id as MessageId,
        exchange.model_id,
        exchange.chat_id.is_none(),
        exchange.instance as InstanceId,
        exchange.parent_id as Option<MessageId>,
        exchange.edit_of as Option<MessageId>,
        &attachments,
    )
    .fetch_optional(db)
    .await?;
    Ok(begun.map(|begun| Begun {
        chat: begun.id,
        question: question_id,
        answer: answer_id,
        has_history: begun.has_history,
    }))
}

/// A question that was asked.
pub struct Asked {
    pub id: MessageId,
    pub chat_id: ChatId,
    /// The chat's bot, if it is there still.
    pub bot_id: Option<BotId>,
    pub text: String,
    pub attachments: Vec<Attachment>,
    pub has_history: bool,
}

/// The question of one of the owner's answers.
pub async fn question_of(db: &mut PgConnection, owner: &UserId, answer: MessageId) -> sqlx::Result<Option<Asked>> {
    let row = sqlx::query!(
        r#"
        select
          q.id as "id: MessageId", q.chat_id as "chat_id: ChatId", c.bot_id as "bot_id: BotId",
          q.content as "content: Json<Vec<Block>>", q.parent_id is not null as "has_history!"
        from messages a join messages q on q.id = a.parent_id join chats c on c.id = a.chat_id
        where a.id = $1 and a.owner_id = $2 and a.role = 'assistant' and q.role = 'user'
        "#,
        answer as MessageId,
        owner as &UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Asked {
        id: row.id,
        chat_id: row.chat_id,
        bot_id: row.bot_id,
        text: Block::join(&row.content),
        attachments: Block::attachments(&row.content),
        has_history: row.has_history,
    }))
}

/// Stores another empty answer to a question. `None` if its chat is gone.
pub async fn begin_again(
    db: &mut PgConnection,
    owner: &UserId,
    asked: &Asked,
    bot_id: BotId,
    model_id: &str,
    instance: InstanceId,
) -> sqlx::Result<Option<Begun>> {
    let answer_id = MessageId::new();
    let begun = sqlx::query!(
        r#"
        with chat as (
          update chats set updated_at = now(), bot_id = $3, leaf_id = $4, is_archived = false
          where id = $1 and owner_id = $2
          returning id
        )
        insert into messages (id, tenant_id, owner_id, chat_id, parent_id, is_placed, role, status, model_id, instance_id)
        select $4, current_setting('app.tenant'), $2, id, $5, true, 'assistant', 'streaming', $6, $7 from chat
        "#,
        asked.chat_id as ChatId,
        owner as &UserId,
        bot_id as BotId,
        answer_id as MessageId,
        asked.id as MessageId,
        model_id,
        instance as InstanceId,
    )
    .execute(db)
    .await?;
    Ok((begun.rows_affected() > 0).then_some(Begun {
        chat: asked.chat_id,
        question: asked.id,
        answer: answer_id,
        has_history: asked.has_history,
    }))
}

/// What was said before a question, in its branch, oldest first: the newest of it.
pub async fn turns_before(db: &mut PgConnection, owner: &UserId, question: MessageId) -> sqlx::Result<Vec<Turn>> {
    let turns = sqlx::query_as!(
        Row,
        r#"
        with recursive branch as (
          select parent_id, 0 as distance from messages where id = $1 and owner_id = $2
          union all
          select m.parent_id, distance + 1 from branch join messages m on m.id = branch.parent_id where distance < $3
        )
        select m.role as "role: Role", m.content as "content: Json<Vec<Block>>"
        from branch join messages m on m.id = branch.parent_id
        where distance < $3
        order by distance desc
        "#,
        question as MessageId,
        owner as &UserId,
        MAX_TURNS,
    )
    .fetch_all(db)
    .await?;
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
    reasoning: &str,
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
        Json(Block::answer(reasoning, text)) as _,
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
          parent_id as "question_id: MessageId",
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
