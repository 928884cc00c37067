//! Users over HTTP.

use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, User};
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    input::Json,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(me)).routes(routes!(register))
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
