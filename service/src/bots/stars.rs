//! Stars on bots, over HTTP.

use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, Bot};
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::BotId,
    input::{Json, Path},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(star, unstar))
}

/// Mark a bot with your star
#[utoipa::path(put, path = "/bots/{bot_id}/star", tag = "bots", params(("bot_id" = BotId, Path)), responses(
    (status = 200, body = Bot),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn star(caller: Caller, Path(bot_id): Path<BotId>) -> Result<Json<Bot>> {
    change(&caller, bot_id, true).await
}

/// Take your star off a bot
#[utoipa::path(delete, path = "/bots/{bot_id}/star", tag = "bots", params(("bot_id" = BotId, Path)), responses(
    (status = 200, body = Bot),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn unstar(caller: Caller, Path(bot_id): Path<BotId>) -> Result<Json<Bot>> {
    change(&caller, bot_id, false).await
}

async fn change(caller: &Caller, id: BotId, is_starred: bool) -> Result<Json<Bot>> {
    let mut db = caller.db().await?;
    store::visible(&mut db, &caller.id, id).await?.ok_or(Error::NotFound("bot"))?;
    if is_starred {
        store::star(&mut db, &caller.id, id).await?;
    } else {
        store::unstar(&mut db, &caller.id, id).await?;
    }
    store::visible(&mut db, &caller.id, id).await?.map(Json).ok_or(Error::NotFound("bot"))
}
