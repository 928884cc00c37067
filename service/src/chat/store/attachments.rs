//! Images and documents that questions are asked with.

use bytes::Bytes;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    chat::attachments::{Attachment, Files},
    id::{AttachmentId, ChatId, UserId},
};

/// Most attachments of a user that no question is asked with yet.
const MOST_WAITING: i64 = 100;

/// Keeps an attachment for a question to come. `None` if too many wait.
pub async fn attach(
    db: &mut PgConnection,
    owner: &UserId,
    name: &str,
    media_type: &str,
    content: &[u8],
) -> sqlx::Result<Option<Attachment>> {
    sqlx::query_as!(
        Attachment,
        r#"
        insert into attachments (id, tenant_id, owner_id, name, media_type, content)
        select $1, current_setting('app.tenant'), $2, $3, $4, $5
        where (select count(*) from attachments where owner_id = $2 and chat_id is null) < $6
        returning id as "id: AttachmentId", name, media_type, length(content) as "size!"
        "#,
        AttachmentId::new() as AttachmentId,
        owner as &UserId,
        name,
        media_type,
        content,
        MOST_WAITING,
    )
    .fetch_optional(db)
    .await
}

/// Forgets the attachments, of everybody, that no question came with for a day.
pub async fn forget_waiting_attachments(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("delete from attachments where chat_id is null and created_at < now() - interval '1 day'")
        .execute(db)
        .await?;
    Ok(())
}

/// Attachments of the owner's, in the order of their keys, as far as they wait for a question or are
/// of the chat `chat_id`.
pub async fn attachments(
    db: &mut PgConnection,
    owner: &UserId,
    ids: &[AttachmentId],
    chat_id: Option<ChatId>,
) -> sqlx::Result<Vec<Attachment>> {
    sqlx::query_as!(
        Attachment,
        r#"
        select a.id as "id: AttachmentId", name, media_type, length(content) as "size!"
        from unnest($1::uuid[]) with ordinality wanted (id, place) join attachments a on a.id = wanted.id
        where owner_id = $2 and (chat_id is null or chat_id = $3)
        order by place
        "#,
        &keys(ids),
        owner as &UserId,
        chat_id as Option<ChatId>,
    )
    .fetch_all(db)
    .await
}

/// The bytes of attachments.
pub async fn files(db: &mut PgConnection, owner: &UserId, ids: &[AttachmentId]) -> sqlx::Result<Files> {
    let rows = sqlx::query!(
        r#"select id as "id: AttachmentId", content from attachments where id = any($1) and owner_id = $2"#,
        &keys(ids),
        owner as &UserId,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, Bytes::from(row.content))).collect())
}

/// The bytes of one, and what they are.
pub async fn attachment(
    db: &mut PgConnection,
    owner: &UserId,
    id: AttachmentId,
) -> sqlx::Result<Option<(Attachment, Bytes)>> {
    let row = sqlx::query!(
        "select name, media_type, content from attachments where id = $1 and owner_id = $2",
        id as AttachmentId,
        owner as &UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        let size = i32::try_from(row.content.len()).unwrap_or(i32::MAX);
        (Attachment { id, name: row.name, media_type: row.media_type, size }, Bytes::from(row.content))
    }))
}

fn keys(ids: &[AttachmentId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.0).collect()
}
