//! Deleting all that a user has. It is hidden at once, by giving it to nobody: a user whose key
//! nobody's token can have. Then it goes in pieces, of which none is too large for a statement.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    App,
    auth::Caller,
    chat, documents,
    error::{Error, Result},
    id::{KnowledgeBaseId, MessageId, UserId},
    jobs::Job,
    knowledge, usage,
};

use super::store;

/// How long a request takes rows away. The job has what is left, where somebody does jobs.
const DELETES_FOR: Duration = Duration::from_secs(2);
/// When the job begins: by then the user has nothing any more.
const ERASE_AFTER: Duration = Duration::from_mins(1);
/// Rows of one piece; takes a second or two.
const SOME: i64 = 5_000;

/// Deletes everything of the caller's. What their answers cost stays, without them; so do public
/// agents, which are the tenant's.
pub async fn erase(app: &App, caller: &Caller) -> Result<()> {
    let nobody = UserId(format!("deleted:{}", Uuid::new_v4()));
    let mut db = caller.db().await?;
    // Who registers again is active again. That may not be a way around it for the seconds in which
    // a process does not know of it yet.
    if !store::standing(&mut db, &caller.id).await?.is_active {
        return Err(Error::Deactivated);
    }
    let bases = own_bases(&mut db, &caller.id).await?;
    drop(db);
    for base in &bases {
        documents::discard(app, caller, *base, None).await?;
    }
    let job = Job::Erase { tenant: caller.tenant.clone(), nobody: nobody.clone() };
    app.queue.send(&job, ERASE_AFTER).await?;
    let streaming = hide(&mut *caller.db().await?, &caller.id, &nobody, &bases).await?;
    app.standings.forget(&caller.tenant, &caller.id);
    chat::end_deleted(app, &streaming).await?;

    let began = Instant::now();
    let has_time = || app.objects.is_none() || began.elapsed() < DELETES_FOR;
    let mut db = caller.db().await?;
    while has_time() && erase_some(&mut db, &nobody).await? {}
    for base in bases {
        while has_time() && knowledge::store::delete_some(&mut db, base).await? {}
    }
    Ok(())
}

async fn own_bases(db: &mut PgConnection, user: &UserId) -> sqlx::Result<Vec<KnowledgeBaseId>> {
    sqlx::query_scalar!(
        r#"select id as "id: KnowledgeBaseId" from knowledge_bases where owner_id = $1"#,
        user as &UserId
    )
    .fetch_all(db)
    .await
}

/// Gives all that a user has to `nobody`, and says which answers still stream.
async fn hide(
    db: &mut PgConnection,
    user: &UserId,
    nobody: &UserId,
    bases: &[KnowledgeBaseId],
) -> sqlx::Result<Vec<MessageId>> {
    let mut transaction = db.begin().await?;
    let streaming = sqlx::query_scalar!(
        r#"select id as "id: MessageId" from messages where owner_id = $1 and status = 'streaming'"#,
        user as &UserId
    )
    .fetch_all(&mut *transaction)
    .await?;
    // While their bots are still known to be theirs.
    usage::store::forget_user(&mut transaction, user).await?;
    knowledge::store::hide(&mut transaction, user, nobody, bases).await?;
    sqlx::query!(
        "update bots set owner_id = $2, is_active = false, is_public = false, is_marketplace = false where owner_id = $1",
        user as &UserId,
        nobody as &UserId,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!("update chats set owner_id = $2 where owner_id = $1", user as &UserId, nobody as &UserId)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!("delete from attachments where owner_id = $1 and chat_id is null", user as &UserId)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!("update attachments set owner_id = $2 where owner_id = $1", user as &UserId, nobody as &UserId)
        .execute(&mut *transaction)
        .await?;
    // Whoever has the address of one sees nothing any more.
    sqlx::query!("delete from chat_shares where owner_id = $1", user as &UserId).execute(&mut *transaction).await?;
    sqlx::query!("delete from bot_pins where user_id = $1", user as &UserId).execute(&mut *transaction).await?;
    sqlx::query!("delete from bot_stars where user_id = $1", user as &UserId).execute(&mut *transaction).await?;
    sqlx::query!("delete from agent_stars where user_id = $1", user as &UserId).execute(&mut *transaction).await?;
    sqlx::query!("delete from agents where owner_id = $1 and not is_public", user as &UserId)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!("update agents set owner_id = $2 where owner_id = $1", user as &UserId, nobody as &UserId)
        .execute(&mut *transaction)
        .await?;
    // Who was deactivated since we asked stays so.
    sqlx::query!("delete from users where id = $1 and is_active", user as &UserId).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(streaming)
}

/// Takes rows away of what belongs to nobody. Whether there may be more.
pub async fn erase_some(db: &mut PgConnection, nobody: &UserId) -> sqlx::Result<bool> {
    let messages = sqlx::query!(
        "delete from messages where id in (
           select m.id from messages m join chats c on c.id = m.chat_id where c.owner_id = $1 limit $2)",
        nobody as &UserId,
        SOME,
    )
    .execute(&mut *db)
    .await?;
    if messages.rows_affected() > 0 {
        return Ok(true);
    }
    let chats = sqlx::query!(
        "delete from chats where id in (select id from chats where owner_id = $1 limit $2)",
        nobody as &UserId,
        SOME,
    )
    .execute(&mut *db)
    .await?;
    if chats.rows_affected() > 0 {
        return Ok(true);
    }
    // One by one: many chats of others may have one.
    let bots = sqlx::query!(
        "delete from bots where id in (select id from bots where owner_id = $1 limit 1)",
        nobody as &UserId
    )
    .execute(db)
    .await?;
    Ok(bots.rows_affected() > 0)
}
