//! Stars on bots.

use sqlx::PgConnection;

use crate::id::{BotId, UserId};

/// Marks a bot that the user may use with their star, if it has it not yet.
pub async fn star(db: &mut PgConnection, user: &UserId, id: BotId) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into bot_stars (bot_id, user_id, tenant_id) values ($1, $2, current_setting('app.tenant'))
         on conflict do nothing",
        id as BotId,
        user as &UserId,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the user's star off a bot.
pub async fn unstar(db: &mut PgConnection, user: &UserId, id: BotId) -> sqlx::Result<()> {
    sqlx::query!("delete from bot_stars where bot_id = $1 and user_id = $2", id as BotId, user as &UserId)
        .execute(db)
        .await?;
    Ok(())
}
