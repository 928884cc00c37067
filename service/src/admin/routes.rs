//! Users, bots and agents, for administrators.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, AdminBot, AdminUser};
use crate::{
    App,
    agents::store::{self as agents, Agent},
    auth::Admin,
    error::{Error, Problem, Result},
    id::{AgentId, BotId, UserId},
    input::{Bounded, Json, Path, Query, Text},
    paging,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_users))
        .routes(routes!(update_user))
        .routes(routes!(list_bots))
        .routes(routes!(list_agents))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UsersPage {
    /// Only users with this in a name or the address.
    q: Option<Text<1, 200>>,
    #[serde(default = "Bounded::of::<50>")]
    limit: Bounded<1, 200>,
    /// `next_cursor` of the page before.
    after: Option<Text<1, 128>>,
}

#[derive(Serialize, ToSchema)]
struct AdminUsers {
    items: Vec<AdminUser>,
    /// How many there are on all pages.
    total: i64,
    next_cursor: Option<UserId>,
}

/// Users who have registered, newest first
#[utoipa::path(get, path = "/admin/users", tag = "admin", params(UsersPage), responses(
    (status = 200, body = AdminUsers),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
async fn list_users(Admin(caller): Admin, Query(page): Query<UsersPage>) -> Result<Json<AdminUsers>> {
    let mut db = caller.db().await?;
    let limit = i64::from(page.limit.get()) + 1;
    let mut items = store::users(&mut db, page.q.as_deref(), page.after.as_deref(), limit).await?;
    let has_more = paging::cut(&mut items, page.limit);
    let total = store::count_users(&mut db, page.q.as_deref()).await?;
    let next_cursor = items.last().filter(|_| has_more).map(|last| last.id.clone());
    Ok(Json(AdminUsers { items, total, next_cursor }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateUser {
    is_active: bool,
}

/// Deactivate a user, or activate them again
///
/// A deactivated user is refused everything, within seconds, with the code `deactivated`.
#[utoipa::path(patch, path = "/admin/users/{user_id}", tag = "admin", params(("user_id" = UserId, Path)), request_body = UpdateUser, responses(
    (status = 200, body = AdminUser),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "It is you", body = Problem, content_type = "application/problem+json"),
))]
async fn update_user(
    Admin(caller): Admin,
    State(app): State<App>,
    Path(user_id): Path<Text<1, 128>>,
    Json(body): Json<UpdateUser>,
) -> Result<Json<AdminUser>> {
    let id = UserId(user_id.into_inner());
    if id == caller.id && !body.is_active {
        return Err(Error::Conflict("You can't deactivate yourself. Ask another administrator.".to_owned()));
    }
    let user = store::set_active(&mut *caller.db().await?, &id, body.is_active).await?;
    app.standings.forget(&caller.tenant, &id);
    user.map(Json).ok_or(Error::NotFound("user"))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BotsPage {
    /// Only bots with this in the name or the model.
    q: Option<Text<1, 200>>,
    #[serde(default = "Bounded::of::<50>")]
    limit: Bounded<1, 200>,
    /// `next_cursor` of the page before.
    cursor: Option<BotId>,
}

#[derive(Serialize, ToSchema)]
struct AdminBots {
    items: Vec<AdminBot>,
    next_cursor: Option<BotId>,
}

/// Everybody's bots, newest first
#[utoipa::path(get, path = "/admin/bots", tag = "admin", params(BotsPage), responses(
    (status = 200, body = AdminBots),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
async fn list_bots(Admin(caller): Admin, Query(page): Query<BotsPage>) -> Result<Json<AdminBots>> {
    let limit = i64::from(page.limit.get()) + 1;
    let mut items = store::bots(&mut *caller.db().await?, page.q.as_deref(), page.cursor, limit).await?;
    let has_more = paging::cut(&mut items, page.limit);
    let next_cursor = items.last().filter(|_| has_more).map(|last| last.id);
    Ok(Json(AdminBots { items, next_cursor }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AgentsPage {
    /// Only agents with this in a name or the category.
    q: Option<Text<1, 200>>,
    #[serde(default = "Bounded::of::<50>")]
    limit: Bounded<1, 200>,
    /// `next_cursor` of the page before.
    cursor: Option<AgentId>,
}

#[derive(Serialize, ToSchema)]
struct AdminAgents {
    items: Vec<Agent>,
    next_cursor: Option<AgentId>,
}

/// All agents, newest first, also those that other administrators keep to themselves
#[utoipa::path(get, path = "/admin/agents", tag = "admin", params(AgentsPage), responses(
    (status = 200, body = AdminAgents),
    (status = 403, body = Problem, content_type = "application/problem+json"),
))]
async fn list_agents(Admin(caller): Admin, Query(page): Query<AgentsPage>) -> Result<Json<AdminAgents>> {
    let limit = i64::from(page.limit.get()) + 1;
    let mut items = agents::all(&mut *caller.db().await?, &caller.id, page.q.as_deref(), page.cursor, limit).await?;
    let has_more = paging::cut(&mut items, page.limit);
    let next_cursor = items.last().filter(|_| has_more).map(|last| last.id);
    Ok(Json(AdminAgents { items, next_cursor }))
}
