//! Links to a chat as it was.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{ChatId, ShareId},
    input::{Bounded, Json, Path, Text},
};

use crate::chat::store::{self, NewShare, Share, Shared, SharedMessage};

/// Most messages of a copy: the last ones.
const MOST_MESSAGES: i64 = 5_000;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(share, shares)).routes(routes!(unshare)).routes(routes!(shared))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShareChat {
    /// When the link stops working: in 30 days, if that is not said.
    expires_in_days: Option<Bounded<1, 365>>,
}

/// Share a chat as it is
///
/// Makes a copy of the branch that is shown, which changes no more, and a link to it: whoever is
/// signed in to the same company and has the link can read it, until it expires or is revoked.
#[utoipa::path(post, path = "/chats/{chat_id}/shares", tag = "chats", params(("chat_id" = ChatId, Path)),
    request_body = ShareChat, responses(
        (status = 200, body = Share),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    ))]
async fn share(caller: Caller, Path(chat_id): Path<ChatId>, Json(body): Json<ShareChat>) -> Result<Json<Share>> {
    let mut db = caller.db().await?;
    let messages =
        store::messages(&mut db, &caller.id, chat_id, None, MOST_MESSAGES).await?.ok_or(Error::NotFound("chat"))?;
    if messages.is_empty() {
        return Err(Error::Conflict("There is nothing in this chat to share yet.".to_owned()));
    }
    let messages: Vec<SharedMessage> = messages.into_iter().map(SharedMessage::from).collect();
    let token = random_token()?;
    let new =
        NewShare { chat_id, token: &token, messages: &messages, days: body.expires_in_days.map_or(30, Bounded::get) };
    store::share(&mut db, &caller.id, &new).await?.map(Json).ok_or_else(|| {
        Error::Conflict(
            "This chat has as many links as there may be. Revoke one that is not needed any more.".to_owned(),
        )
    })
}

/// 192 bits that nobody guesses.
fn random_token() -> Result<String> {
    let mut bytes = [0; 24];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Internal("there is no randomness".to_owned()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[derive(Serialize, ToSchema)]
struct Shares {
    items: Vec<Share>,
}

/// The links to a chat, newest first
#[utoipa::path(get, path = "/chats/{chat_id}/shares", tag = "chats", params(("chat_id" = ChatId, Path)),
    responses((status = 200, body = Shares), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn shares(caller: Caller, Path(chat_id): Path<ChatId>) -> Result<Json<Shares>> {
    let items = store::shares(&mut *caller.db().await?, &caller.id, chat_id).await?.ok_or(Error::NotFound("chat"))?;
    Ok(Json(Shares { items }))
}

#[derive(Serialize, ToSchema)]
struct Revoked {
    #[schema(example = "success")]
    status: &'static str,
    id: ShareId,
}

/// Revoke a link to a chat
#[utoipa::path(delete, path = "/shares/{share_id}", tag = "chats", params(("share_id" = ShareId, Path)),
    responses((status = 200, body = Revoked), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn unshare(caller: Caller, Path(share_id): Path<ShareId>) -> Result<Json<Revoked>> {
    if store::unshare(&mut *caller.db().await?, &caller.id, share_id).await? {
        Ok(Json(Revoked { status: "success", id: share_id }))
    } else {
        Err(Error::NotFound("link"))
    }
}

/// Read a shared chat
#[utoipa::path(get, path = "/shared/{token}", tag = "chats", params(("token" = Text<1, 100>, Path)),
    responses((status = 200, body = Shared), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn shared(caller: Caller, Path(token): Path<Text<1, 100>>) -> Result<Json<Shared>> {
    let found = store::shared(&mut *caller.db().await?, &token).await?;
    found.map(Json).ok_or(Error::NotFound("shared chat; its link may have expired or been revoked"))
}
