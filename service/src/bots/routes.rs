//! Bots over HTTP.

use std::collections::HashSet;

use axum::{http::HeaderMap, response::IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Starters,
    icon::Icon,
    store::{self, Bot, Changes, Filter, NewBot},
};
use crate::{
    App,
    agents::store as agents,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{AgentId, BotId, KnowledgeBaseId},
    input::{self, Bounded, Ids, Json, Path, Query, Text, Texts},
    marketplace::Sort,
    paging,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

type Tags = Texts<0, 20, 50>;
type Bases = Ids<KnowledgeBaseId, 10>;
type Category = Text<1, 100>;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListBots {
    /// Also the bots that others share.
    #[serde(default = "yes", deserialize_with = "input::flag")]
    #[param(default = true)]
    include_public: bool,
    /// Only the bots that the marketplace lists.
    #[serde(default, deserialize_with = "input::flag")]
    marketplace_only: bool,
    /// Only the bots that you marked with a star.
    #[serde(default, deserialize_with = "input::flag")]
    starred_only: bool,
    /// Words that all are in a bot's name, description, category or tags.
    search: Option<Text<1, 200>>,
    /// Only bots of this category.
    category: Option<Category>,
    /// Only bots with this tag.
    tag: Option<Text<1, 50>>,
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// Most bots of one page.
    #[serde(default = "Bounded::of::<200>")]
    limit: Bounded<1, 200>,
    /// The last bot of the page before.
    after: Option<BotId>,
    /// How often that one was used or had a star when it was listed, as `sort` says. Without it, what it is now counts.
    after_rank: Option<Bounded<0, { i32::MAX }>>,
}

impl ListBots {
    /// Of the page after the bot `last`.
    fn parameters(&self, last: &Bot) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("include_public", self.include_public.to_string()),
            ("marketplace_only", self.marketplace_only.to_string()),
            ("limit", self.limit.get().to_string()),
            ("after", last.id.to_string()),
        ];
        parameters.extend(self.sort.rank(last.use_count, last.star_count).map(|rank| ("after_rank", rank.to_string())));
        parameters.extend(self.starred_only.then(|| ("starred_only", true.to_string())));
        parameters.extend(self.search.as_deref().map(|words| ("search", words.to_owned())));
        parameters.extend(self.category.as_deref().map(|category| ("category", category.to_owned())));
        parameters.extend(self.tag.as_deref().map(|tag| ("tag", tag.to_owned())));
        parameters.extend(self.sort.name().map(|sort| ("sort", sort.to_owned())));
        parameters
    }
}

fn yes() -> bool {
    true
}

/// The bots that you may use
///
/// When more follow, the header `Link` names the next page.
#[utoipa::path(get, path = "/bots", tag = "bots", params(ListBots), responses((status = 200, body = Vec<Bot>)))]
async fn list(caller: Caller, Query(query): Query<ListBots>) -> Result<impl IntoResponse> {
    let filter = Filter {
        include_public: query.include_public,
        marketplace_only: query.marketplace_only,
        starred_only: query.starred_only,
        search: query.search.as_deref().map(str::to_owned),
        category: query.category.as_deref().map(str::to_owned),
        tag: query.tag.as_deref().map(str::to_owned),
        sort: query.sort,
        after: query.after,
        after_rank: query.after_rank.map(|rank| rank.get().into()),
        limit: i64::from(query.limit.get()) + 1,
    };
    let mut bots = store::list(&mut *caller.db().await?, &caller.id, &filter).await?;
    let has_more = paging::cut(&mut bots, query.limit);
    let headers = match bots.last() {
        Some(last) if has_more => paging::next_link("/api/v1/bots", &query.parameters(last)),
        _ => HeaderMap::new(),
    };
    Ok((headers, Json(bots)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateBot {
    name: Text<1, 200>,
    /// The agent that the bot is made from: one use of it.
    agent_id: Option<AgentId>,
    description: Option<Text<0, 2_000>>,
    /// The system prompt.
    instructions: Option<Text<0, 32_000>>,
    model_id: Text<1, 2_048>,
    /// In hundredths of the model's temperature.
    #[serde(default = "Bounded::of::<70>")]
    #[schema(default = 70)]
    temperature: Bounded<0, 100>,
    /// Most tokens of one answer. No model on Bedrock writes more than the maximum.
    #[serde(default = "Bounded::of::<4096>")]
    #[schema(default = 4096)]
    max_tokens: Bounded<1, 200_000>,
    #[serde(default)]
    rag_enabled: bool,
    /// One that you may read: the first of `knowledge_base_ids`, where those are given as well.
    knowledge_base_id: Option<KnowledgeBaseId>,
    /// Some that you may read.
    #[schema(value_type = Option<Vec<KnowledgeBaseId>>, min_items = 0, max_items = 10)]
    knowledge_base_ids: Option<Bases>,
    /// Questions to begin a chat with.
    starters: Option<Starters>,
    icon: Option<Icon>,
    /// Where the marketplace lists it.
    category: Option<Category>,
    #[serde(default)]
    is_public: bool,
    #[serde(default)]
    is_marketplace: bool,
    #[serde(default)]
    tags: Option<Tags>,
}

/// Make a bot
#[utoipa::path(post, path = "/bots", tag = "bots", request_body = CreateBot, responses(
    (status = 200, body = Bot),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn create(caller: Caller, Json(body): Json<CreateBot>) -> Result<Json<Bot>> {
    let bot = NewBot {
        agent_id: body.agent_id,
        name: body.name.into_inner(),
        description: body.description.map(Text::into_inner),
        instructions: body.instructions.map(Text::into_inner),
        model_id: body.model_id.into_inner(),
        temperature: body.temperature.get(),
        max_tokens: body.max_tokens.get(),
        rag_enabled: body.rag_enabled,
        knowledge_base_ids: match bases(Some(body.knowledge_base_id), body.knowledge_base_ids)? {
            (_, Some(bases)) => bases,
            (first, None) => first.flatten().into_iter().collect(),
        },
        starters: body.starters.unwrap_or_default().0,
        icon: body.icon.map(Icon::into_inner),
        category: body.category.map(Text::into_inner),
        is_public: body.is_public,
        is_marketplace: body.is_marketplace,
        tags: body.tags.unwrap_or_default().0,
    };
    let mut db = caller.db().await?;
    if let Some(agent) = bot.agent_id {
        agents::get(&mut db, &caller.id, agent)
            .await?
            .ok_or_else(|| Error::Invalid("agent_id: there is no such agent.".to_owned()))?;
    }
    store::create(&mut db, &caller.id, &bot).await?.map(Json).ok_or_else(unreadable)
}

/// What is said of knowledge bases, by who knows of one and by who knows of many: one of both.
#[allow(clippy::option_option, clippy::type_complexity)] // absent and `null` differ
fn bases(
    first: Option<Option<KnowledgeBaseId>>,
    all: Option<Bases>,
) -> Result<(Option<Option<KnowledgeBaseId>>, Option<Vec<KnowledgeBaseId>>)> {
    let Some(Ids(all)) = all else { return Ok((first, None)) };
    let mut seen = HashSet::new();
    let all: Vec<_> = all.into_iter().filter(|base| seen.insert(*base)).collect();
    if first.flatten().is_some_and(|first| all.first() != Some(&first)) {
        return Err(Error::Invalid("knowledge_base_id: must be the first of knowledge_base_ids.".to_owned()));
    }
    Ok((None, Some(all)))
}

fn unreadable() -> Error {
    Error::Invalid(
        "knowledge_base_id or knowledge_base_ids: there is no such knowledge base, or it is not yours.".to_owned(),
    )
}

/// A bot
#[utoipa::path(get, path = "/bots/{bot_id}", tag = "bots", params(("bot_id" = BotId, Path)), responses(
    (status = 200, body = Bot),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn get(caller: Caller, Path(bot_id): Path<BotId>) -> Result<Json<Bot>> {
    let bot = store::visible(&mut *caller.db().await?, &caller.id, bot_id).await?;
    bot.map(Json).ok_or(Error::NotFound("bot"))
}

/// What is absent stays as it is; `null` empties what may be empty.
#[allow(clippy::option_option)] // absent and `null` differ
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateBot {
    name: Option<Text<1, 200>>,
    #[serde(default, deserialize_with = "input::present")]
    #[schema(value_type = Option<Text<0, 2_000>>)]
    description: Option<Option<Text<0, 2_000>>>,
    #[serde(default, deserialize_with = "input::present")]
    #[schema(value_type = Option<Text<0, 32_000>>)]
    instructions: Option<Option<Text<0, 32_000>>>,
    model_id: Option<Text<1, 2_048>>,
    temperature: Option<Bounded<0, 100>>,
    max_tokens: Option<Bounded<1, 200_000>>,
    rag_enabled: Option<bool>,
    #[serde(default, deserialize_with = "input::present")]
    #[schema(value_type = Option<KnowledgeBaseId>)]
    knowledge_base_id: Option<Option<KnowledgeBaseId>>,
    #[schema(value_type = Option<Vec<KnowledgeBaseId>>, min_items = 0, max_items = 10)]
    knowledge_base_ids: Option<Bases>,
    starters: Option<Starters>,
    #[serde(default, deserialize_with = "input::present")]
    #[schema(value_type = Option<Icon>)]
    icon: Option<Option<Icon>>,
    #[serde(default, deserialize_with = "input::present")]
    #[schema(value_type = Option<Category>)]
    category: Option<Option<Category>>,
    is_public: Option<bool>,
    is_marketplace: Option<bool>,
    is_active: Option<bool>,
    tags: Option<Tags>,
}

/// Change a bot of yours
#[utoipa::path(patch, path = "/bots/{bot_id}", tag = "bots", params(("bot_id" = BotId, Path)), request_body = UpdateBot, responses(
    (status = 200, body = Bot),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn update(caller: Caller, Path(bot_id): Path<BotId>, Json(body): Json<UpdateBot>) -> Result<Json<Bot>> {
    let (knowledge_base_id, knowledge_base_ids) = bases(body.knowledge_base_id, body.knowledge_base_ids)?;
    let changes = Changes {
        name: body.name.map(Text::into_inner),
        description: body.description.map(|text| text.map(Text::into_inner)),
        instructions: body.instructions.map(|text| text.map(Text::into_inner)),
        model_id: body.model_id.map(Text::into_inner),
        temperature: body.temperature.map(Bounded::get),
        max_tokens: body.max_tokens.map(Bounded::get),
        rag_enabled: body.rag_enabled,
        knowledge_base_id,
        knowledge_base_ids,
        starters: body.starters.map(|starters| starters.0),
        icon: body.icon.map(|icon| icon.map(Icon::into_inner)),
        category: body.category.map(|category| category.map(Text::into_inner)),
        is_public: body.is_public,
        is_marketplace: body.is_marketplace,
        is_active: body.is_active,
        tags: body.tags.map(|tags| tags.0),
    };
    let mut db = caller.db().await?;
    if let Some(bot) = store::update(&mut db, &caller.id, bot_id, &changes).await? {
        return Ok(Json(bot));
    }
    // Which of the two it was: the bot, or the knowledge base that it was to have.
    let is_owned = store::visible(&mut db, &caller.id, bot_id).await?.is_some_and(|bot| bot.owner_id == caller.id);
    Err(if is_owned { unreadable() } else { Error::NotFound("bot") })
}

#[derive(Serialize, ToSchema)]
struct DeletedBot {
    #[schema(example = "success")]
    status: &'static str,
    id: BotId,
}

/// Delete a bot of yours
///
/// Chats with it stay.
#[utoipa::path(delete, path = "/bots/{bot_id}", tag = "bots", params(("bot_id" = BotId, Path)), responses(
    (status = 200, body = DeletedBot),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn delete(caller: Caller, Path(bot_id): Path<BotId>) -> Result<Json<DeletedBot>> {
    if store::delete(&mut *caller.db().await?, &caller.id, bot_id).await? {
        Ok(Json(DeletedBot { status: "success", id: bot_id }))
    } else {
        Err(Error::NotFound("bot"))
    }
}
