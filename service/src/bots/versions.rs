//! What bots were before, over HTTP.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, Bot, Changes, Configuration, Version};
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::BotId,
    input::{Bounded, Json, Path, Query},
    paging,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(versions)).routes(routes!(restore))
}

type Number = Bounded<1, { i32::MAX }>;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VersionsPage {
    #[serde(default = "Bounded::of::<50>")]
    limit: Bounded<1, 100>,
    /// Only versions below this number: `next_before` of the page before.
    before: Option<Number>,
}

#[derive(Serialize, ToSchema)]
struct Versions {
    /// Newest first.
    items: Vec<Version>,
    /// Where the next page begins, if there is one.
    next_before: Option<i32>,
}

/// What a bot of yours was before
///
/// The newest hundred states, each since it was made until the next; the first one is how the bot is now.
#[utoipa::path(get, path = "/bots/{bot_id}/versions", tag = "bots", params(("bot_id" = BotId, Path), VersionsPage), responses(
    (status = 200, body = Versions),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn versions(
    caller: Caller,
    Path(bot_id): Path<BotId>,
    Query(page): Query<VersionsPage>,
) -> Result<Json<Versions>> {
    let mut db = caller.db().await?;
    let (before, limit) = (page.before.map(Bounded::get), i64::from(page.limit.get()) + 1);
    let mut items = store::versions(&mut db, &caller.id, bot_id, before, limit).await?;
    if items.is_empty() {
        own(&caller, store::visible(&mut db, &caller.id, bot_id).await?)?;
    }
    let has_more = paging::cut(&mut items, page.limit);
    let next_before = items.last().filter(|_| has_more).map(|last| last.number);
    Ok(Json(Versions { items, next_before }))
}

fn own(caller: &Caller, bot: Option<Bot>) -> Result<Bot> {
    bot.filter(|bot| bot.owner_id == caller.id).ok_or(Error::NotFound("bot"))
}

/// Make a bot of yours what it was in a version
///
/// This is a version as well, so nothing is lost. Knowledge bases that are gone, or not shared
/// with you any more, are left out.
#[utoipa::path(post, path = "/bots/{bot_id}/versions/{number}/restore", tag = "bots",
    params(("bot_id" = BotId, Path), ("number" = Number, Path)),
    responses(
        (status = 200, body = Bot),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
async fn restore(caller: Caller, Path((bot_id, number)): Path<(BotId, i32)>) -> Result<Json<Bot>> {
    let mut db = caller.db().await?;
    let Configuration {
        name,
        description,
        instructions,
        model_id,
        temperature,
        max_tokens,
        rag_enabled,
        knowledge_base_ids,
        starters,
        icon,
        tags,
        category,
    } = store::version(&mut db, &caller.id, bot_id, number).await?.ok_or(Error::NotFound("version"))?;
    let changes = Changes {
        name: Some(name),
        description: Some(description),
        instructions: Some(instructions),
        model_id: Some(model_id),
        temperature: Some(temperature),
        max_tokens: Some(max_tokens),
        rag_enabled: Some(rag_enabled),
        knowledge_base_ids: Some(store::readable_bases(&mut db, &caller.id, &knowledge_base_ids).await?),
        starters: Some(starters),
        icon: Some(icon),
        tags: Some(tags),
        category: Some(category),
        ..Changes::default()
    };
    let bot = store::update(&mut db, &caller.id, bot_id, &changes).await?;
    bot.map(Json).ok_or(Error::NotFound("bot"))
}
