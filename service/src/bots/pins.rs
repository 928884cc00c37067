//! Bots that a user keeps at hand.

use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store;
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{BotId, UserId},
    input::{Json, Path},
};

/// Most bots that one pins.
const MAX: i64 = 100;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(pin, unpin))
}

#[derive(Serialize, ToSchema)]
struct PinnedBot {
    #[schema(example = "success")]
    status: &'static str,
    id: BotId,
    is_pinned: bool,
}

/// Pin a bot, for yourself
#[utoipa::path(put, path = "/bots/{bot_id}/pin", tag = "bots", params(("bot_id" = BotId, Path)), responses(
    (status = 200, body = PinnedBot),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn pin(caller: Caller, Path(bot_id): Path<BotId>) -> Result<Json<PinnedBot>> {
    let mut db = caller.db().await?;
    store::visible(&mut db, &caller.id, bot_id).await?.ok_or(Error::NotFound("bot"))?;
    if !insert(&mut db, &caller.id, bot_id).await? {
        return Err(Error::Conflict(format!("You have pinned {MAX} bots already. Unpin one first.")));
    }
    Ok(Json(PinnedBot { status: "success", id: bot_id, is_pinned: true }))
}

/// Unpin a bot
///
/// Also one that you may not use any more.
#[utoipa::path(delete, path = "/bots/{bot_id}/pin", tag = "bots", params(("bot_id" = BotId, Path)), responses(
    (status = 200, body = PinnedBot),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn unpin(caller: Caller, Path(bot_id): Path<BotId>) -> Result<Json<PinnedBot>> {
    let mut db = caller.db().await?;
    let was_pinned = remove(&mut db, &caller.id, bot_id).await?;
    if !was_pinned && store::visible(&mut db, &caller.id, bot_id).await?.is_none() {
        return Err(Error::NotFound("bot"));
    }
    Ok(Json(PinnedBot { status: "success", id: bot_id, is_pinned: false }))
}

/// Pins a bot. False if the user has as many as they may.
async fn insert(db: &mut PgConnection, user: &UserId, bot: BotId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        with pinned as (
          insert into bot_pins (tenant_id, user_id, bot_id)
          select current_setting('app.tenant'), $1, $2
          where (select count(*) from bot_pins where user_id = $1) < $3
          on conflict do nothing returning bot_id
        )
        select exists (select from pinned) or exists (select from bot_pins where user_id = $1 and bot_id = $2) as "is_pinned!"
        "#,
        user as &UserId,
        bot as BotId,
        MAX,
    )
    .fetch_one(db)
    .await
}

/// Takes a pin away. False if there is none.
async fn remove(db: &mut PgConnection, user: &UserId, bot: BotId) -> sqlx::Result<bool> {
    let removed =
        sqlx::query!("delete from bot_pins where user_id = $1 and bot_id = $2", user as &UserId, bot as BotId)
            .execute(db)
            .await?;
    Ok(removed.rows_affected() > 0)
}
