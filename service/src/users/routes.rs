//! Users over HTTP.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    erasure,
    store::{self, User},
};
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::UserId,
    input::Json,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(me, delete)).routes(routes!(register))
}

/// You
#[utoipa::path(get, path = "/users/me", tag = "users", responses(
    (status = 200, body = User),
    (status = 404, description = "Not registered yet", body = Problem, content_type = "application/problem+json"),
))]
async fn me(caller: Caller) -> Result<Json<User>> {
    let user = store::get(&mut *caller.db().await?, &caller.id).await?;
    user.map(Json).ok_or(Error::NotRegistered)
}

/// Register yourself, or bring what is known of you up to date
///
/// Everything comes from the token; the body is ignored.
#[utoipa::path(post, path = "/users/register", tag = "users", responses((status = 200, body = User)))]
async fn register(caller: Caller) -> Result<Json<User>> {
    Ok(Json(store::register(&mut *caller.db().await?, &caller).await?))
}

#[derive(Serialize, ToSchema)]
struct DeletedUser {
    #[schema(example = "success")]
    status: &'static str,
    id: UserId,
}

/// Delete all that you have here
///
/// Your chats, bots, knowledge bases with their documents, and what is known of you; answers that
/// are under way are stopped. What answers cost stays, without your name. You may register again.
#[utoipa::path(delete, path = "/users/me", tag = "users", responses((status = 200, body = DeletedUser)))]
async fn delete(caller: Caller, State(app): State<App>) -> Result<Json<DeletedUser>> {
    erasure::erase(&app, &caller).await?;
    Ok(Json(DeletedUser { status: "success", id: caller.id }))
}
