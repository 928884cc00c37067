//! Agents over HTTP.

use axum::{http::HeaderMap, response::IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, Agent, Changes, Filter, NewAgent};
use crate::{
    App,
    auth::{Admin, Caller},
    error::{Error, Problem, Result},
    id::AgentId,
    input::{self, Bounded, Json, Object, Path, Query, Text, Texts},
    marketplace::Sort,
    paging,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(categories))
        .routes(routes!(get, update, delete))
        .routes(routes!(star, unstar))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAgents {
    /// Only agents of this category.
    category: Option<Text<1, 100>>,
    /// Only agents with this tag.
    tag: Option<Text<1, 50>>,
    /// Words that all are in an agent's name, description, category, tags or capabilities.
    search: Option<Text<1, 200>>,
    /// Only the agents that you marked with a star.
    #[serde(default, deserialize_with = "input::flag")]
    starred_only: bool,
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// Most agents of one page.
    #[serde(default = "Bounded::of::<200>")]
    limit: Bounded<1, 200>,
    /// The last agent of the page before.
    after: Option<AgentId>,
    /// How often that one was used or had a star when it was listed, as `sort` says. Without it, what it is now counts.
    after_rank: Option<Bounded<0, { i32::MAX }>>,
}

impl ListAgents {
    /// Of the page after the agent `last`.
    fn parameters(&self, last: &Agent) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("limit", self.limit.get().to_string()), ("after", last.id.to_string())];
        let rank = self.sort.rank(last.total_requests, last.star_count);
        parameters.extend(rank.map(|rank| ("after_rank", rank.to_string())));
        parameters.extend(self.category.as_deref().map(|category| ("category", category.to_owned())));
        parameters.extend(self.tag.as_deref().map(|tag| ("tag", tag.to_owned())));
        parameters.extend(self.search.as_deref().map(|words| ("search", words.to_owned())));
        parameters.extend(self.starred_only.then(|| ("starred_only", true.to_string())));
        parameters.extend(self.sort.name().map(|sort| ("sort", sort.to_owned())));
        parameters
    }
}

/// The agents that you may see
///
/// When more follow, the header `Link` names the next page.
#[utoipa::path(get, path = "/agents", tag = "agents", params(ListAgents), responses((status = 200, body = Vec<Agent>)))]
async fn list(caller: Caller, Query(query): Query<ListAgents>) -> Result<impl IntoResponse> {
    let filter = Filter {
        category: query.category.as_deref().map(str::to_owned),
        tag: query.tag.as_deref().map(str::to_owned),
        search: query.search.as_deref().map(str::to_owned),
        starred_only: query.starred_only,
        sort: query.sort,
        after: query.after,
        after_rank: query.after_rank.map(|rank| rank.get().into()),
        limit: i64::from(query.limit.get()) + 1,
    };
    let mut agents = store::list(&mut *caller.db().await?, &caller.id, &filter).await?;
    let has_more = paging::cut(&mut agents, query.limit);
    let headers = match agents.last() {
        Some(last) if has_more => paging::next_link("/api/v1/agents", &query.parameters(last)),
        _ => HeaderMap::new(),
    };
    Ok((headers, Json(agents)))
}

#[derive(Serialize, ToSchema)]
struct Categories {
    categories: Vec<String>,
}

/// The categories of the agents that you may see
#[utoipa::path(get, path = "/agents/categories/list", tag = "agents", responses((status = 200, body = Categories)))]
async fn categories(caller: Caller) -> Result<Json<Categories>> {
    Ok(Json(Categories { categories: store::categories(&mut *caller.db().await?, &caller.id).await? }))
}

/// An agent
#[utoipa::path(get, path = "/agents/{agent_id}", tag = "agents", params(("agent_id" = AgentId, Path)), responses(
    (status = 200, body = Agent),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn get(caller: Caller, Path(agent_id): Path<AgentId>) -> Result<Json<Agent>> {
    let agent = store::get(&mut *caller.db().await?, &caller.id, agent_id).await?;
    agent.map(Json).ok_or(Error::NotFound("agent"))
}

/// Mark an agent with your star
#[utoipa::path(put, path = "/agents/{agent_id}/star", tag = "agents", params(("agent_id" = AgentId, Path)), responses(
    (status = 200, body = Agent),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn star(caller: Caller, Path(agent_id): Path<AgentId>) -> Result<Json<Agent>> {
    change_star(&caller, agent_id, true).await
}

/// Take your star off an agent
#[utoipa::path(delete, path = "/agents/{agent_id}/star", tag = "agents", params(("agent_id" = AgentId, Path)), responses(
    (status = 200, body = Agent),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn unstar(caller: Caller, Path(agent_id): Path<AgentId>) -> Result<Json<Agent>> {
    change_star(&caller, agent_id, false).await
}

async fn change_star(caller: &Caller, id: AgentId, is_starred: bool) -> Result<Json<Agent>> {
    let mut db = caller.db().await?;
    store::get(&mut db, &caller.id, id).await?.ok_or(Error::NotFound("agent"))?;
    if is_starred {
        store::star(&mut db, &caller.id, id).await?;
    } else {
        store::unstar(&mut db, &caller.id, id).await?;
    }
    store::get(&mut db, &caller.id, id).await?.map(Json).ok_or(Error::NotFound("agent"))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateAgent {
    /// Unique in the tenant.
    name: Text<1, 200>,
    display_name: Text<1, 200>,
    description: Option<Text<0, 2_000>>,
    category: Text<1, 100>,
    agent_type: Text<1, 100>,
    #[serde(default)]
    capabilities: Texts<0, 50, 100>,
    #[serde(default = "active")]
    status: Text<1, 50>,
    #[serde(default)]
    is_public: bool,
    icon_url: Option<Text<1, 2_048>>,
    #[serde(default)]
    tags: Texts<0, 20, 50>,
    /// How the agent works; not shown to users.
    #[serde(default)]
    config: Object<64>,
}

fn active() -> Text<1, 50> {
    Text::fixed("active")
}

/// Make an agent, as an administrator
#[utoipa::path(post, path = "/agents", tag = "agents", request_body = CreateAgent, responses(
    (status = 200, body = Agent),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn create(Admin(caller): Admin, Json(body): Json<CreateAgent>) -> Result<Json<Agent>> {
    let agent = NewAgent {
        name: body.name.into_inner(),
        display_name: body.display_name.into_inner(),
        description: body.description.map(Text::into_inner),
        category: body.category.into_inner(),
        agent_type: body.agent_type.into_inner(),
        capabilities: body.capabilities.0,
        status: body.status.into_inner(),
        is_public: body.is_public,
        icon_url: body.icon_url.map(Text::into_inner),
        tags: body.tags.0,
        config: body.config.0,
    };
    let made = store::create(&mut *caller.db().await?, &caller.id, &agent).await?;
    made.map(Json).ok_or_else(|| Error::Conflict(format!("There is an agent named `{}` already.", agent.name)))
}

/// What is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateAgent {
    status: Option<Text<1, 50>>,
    is_public: Option<bool>,
}

/// Change an agent, as an administrator
#[utoipa::path(patch, path = "/agents/{agent_id}", tag = "agents", params(("agent_id" = AgentId, Path)), request_body = UpdateAgent, responses(
    (status = 200, body = Agent),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn update(
    Admin(caller): Admin,
    Path(agent_id): Path<AgentId>,
    Json(body): Json<UpdateAgent>,
) -> Result<Json<Agent>> {
    let changes = Changes { status: body.status.map(Text::into_inner), is_public: body.is_public };
    let agent = store::update(&mut *caller.db().await?, &caller.id, agent_id, &changes).await?;
    agent.map(Json).ok_or(Error::NotFound("agent"))
}

#[derive(Serialize, ToSchema)]
struct DeletedAgent {
    #[schema(example = "success")]
    status: &'static str,
    id: AgentId,
}

/// Delete an agent, as an administrator
#[utoipa::path(delete, path = "/agents/{agent_id}", tag = "agents", params(("agent_id" = AgentId, Path)), responses(
    (status = 200, body = DeletedAgent),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn delete(Admin(caller): Admin, Path(agent_id): Path<AgentId>) -> Result<Json<DeletedAgent>> {
    if store::delete(&mut *caller.db().await?, agent_id).await? {
        Ok(Json(DeletedAgent { status: "success", id: agent_id }))
    } else {
        Err(Error::NotFound("agent"))
    }
}
