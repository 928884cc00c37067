//! Chats as they were when somebody shared them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use utoipa::ToSchema;

use super::{Message, Role, Status};
use crate::{
    chat::events::Passage,
    id::{ChatId, ShareId, UserId},
};

/// Most shares of one chat.
const MOST: i64 = 20;

/// A link to a chat as it was.
#[derive(Serialize, ToSchema)]
pub struct Share {
    pub id: ShareId,
    pub chat_id: ChatId,
    /// What the link ends with: whoever of the company has it can read the copy.
    pub token: String,
    pub title: String,
    pub message_count: i32,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// What somebody sees of a shared chat.
#[derive(Serialize, ToSchema)]
pub struct Shared {
    pub title: String,
    pub bot_name: Option<String>,
    /// The full name, or user name, of who shared it; `null` when they are gone.
    #[allow(clippy::struct_field_names)] // as the link says it
    pub shared_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub messages: Vec<SharedMessage>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SharedMessage {
    pub role: Role,
    pub content: String,
    pub status: Status,
    pub created_at: DateTime<Utc>,
    pub model_id: Option<String>,
    /// Those that the message cites.
    pub passages: Vec<SharedPassage>,
}

/// Where a passage comes from. Not what it says: who reads the copy may not be allowed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SharedPassage {
    pub number: usize,
    pub source_type: String,
    pub source_uri: Option<String>,
    pub page: Option<i32>,
    pub headings: Vec<String>,
}

impl From<&Passage> for SharedPassage {
    fn from(passage: &Passage) -> Self {
        Self {
            number: passage.number,
            source_type: passage.source_type.clone(),
            source_uri: passage.source_uri.clone(),
            page: passage.page,
            headings: passage.headings.clone(),
        }
    }
}

impl From<Message> for SharedMessage {
    fn from(message: Message) -> Self {
        Self {
            passages: message.passages.iter().filter(|passage| passage.is_cited).map(SharedPassage::from).collect(),
            role: message.role,
            content: message.content,
            // The copy stays as far as the answer was.
            status: if message.status == Status::Streaming { Status::Stopped } else { message.status },
            created_at: message.created_at,
            model_id: message.model_id,
        }
    }
}

/// A share to be.
pub struct NewShare<'a> {
    pub chat_id: ChatId,
    pub token: &'a str,
    pub messages: &'a [SharedMessage],
    pub days: i32,
}

/// Keeps a copy of a chat of the owner's. `None` if it is not theirs, or has the most shares there
/// may be.
pub async fn share(db: &mut PgConnection, owner: &UserId, new: &NewShare<'_>) -> sqlx::Result<Option<Share>> {
    sqlx::query!("delete from chat_shares where owner_id = $1 and expires_at < now()", owner as &UserId)
        .execute(&mut *db)
        .await?;
    sqlx::query_as!(
        Share,
        r#"
        insert into chat_shares (id, tenant_id, owner_id, chat_id, token, title, bot_name, messages, expires_at)
        select $1, current_setting('app.tenant'), $2, c.id, $4, c.title, b.name, $5, now() + make_interval(days => $6)
        from chats c left join bots b on b.id = c.bot_id
        where c.id = $3 and c.owner_id = $2 and (select count(*) from chat_shares s where s.chat_id = c.id) < $7
        returning
          id as "id: ShareId", chat_id as "chat_id: ChatId", token, title,
          jsonb_array_length(messages) as "message_count!", created_at, expires_at
        "#,
        ShareId::new() as ShareId,
        owner as &UserId,
        new.chat_id as ChatId,
        new.token,
        Json(new.messages) as _,
        new.days,
        MOST,
    )
    .fetch_optional(db)
    .await
}

/// The shares of a chat of the owner's, newest first. `None` if it is not theirs.
pub async fn shares(db: &mut PgConnection, owner: &UserId, chat_id: ChatId) -> sqlx::Result<Option<Vec<Share>>> {
    if super::get(&mut *db, owner, chat_id).await?.is_none() {
        return Ok(None);
    }
    sqlx::query_as!(
        Share,
        r#"
        select
          id as "id: ShareId", chat_id as "chat_id: ChatId", token, title,
          jsonb_array_length(messages) as "message_count!", created_at, expires_at
        from chat_shares where chat_id = $1 and owner_id = $2 and expires_at > now()
        order by id desc
        "#,
        chat_id as ChatId,
        owner as &UserId,
    )
    .fetch_all(db)
    .await
    .map(Some)
}

/// Deletes a share. False if it is not the owner's.
pub async fn unshare(db: &mut PgConnection, owner: &UserId, id: ShareId) -> sqlx::Result<bool> {
    let deleted =
        sqlx::query!("delete from chat_shares where id = $1 and owner_id = $2", id as ShareId, owner as &UserId)
            .execute(db)
            .await?;
    Ok(deleted.rows_affected() > 0)
}

/// The copy that a token opens, for anyone of the tenant, until it expires.
pub async fn shared(db: &mut PgConnection, token: &str) -> sqlx::Result<Option<Shared>> {
    let row = sqlx::query!(
        r#"
        select
          s.title, s.bot_name, coalesce(u.full_name, u.username) as shared_by, s.created_at, s.expires_at,
          s.messages as "messages: Json<Vec<SharedMessage>>"
        from chat_shares s left join users u on u.id = s.owner_id and u.tenant_id = s.tenant_id
        where s.token = $1 and s.expires_at > now()
        "#,
        token,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Shared {
        title: row.title,
        bot_name: row.bot_name,
        shared_by: row.shared_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        messages: row.messages.0,
    }))
}
