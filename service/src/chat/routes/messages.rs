//! What is said in a chat: the branch that is shown, its alternatives, and what users think of answers.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{ChatId, MessageId},
    input::{Bounded, Json, Path, Query, Text},
};

use crate::chat::store::{self, Chat, Feedback, Message, Rating};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(history, delete_history))
        .routes(routes!(show_branch))
        .routes(routes!(rate, take_back_rating))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryPage {
    /// The newest so many messages.
    #[serde(default = "Bounded::of::<1000>")]
    limit: Bounded<1, 1000>,
    /// Only messages before this one: the first of the page that you have.
    before: Option<MessageId>,
}

#[derive(Serialize, ToSchema)]
struct History {
    chat_id: ChatId,
    /// Those of the branch that the chat shows, oldest first: each follows the one before.
    messages: Vec<Message>,
}

/// The messages of a chat
#[utoipa::path(get, path = "/chat/history/{chat_id}", tag = "chat", params(("chat_id" = ChatId, Path), HistoryPage),
    responses((status = 200, body = History), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn history(
    caller: Caller,
    Path(chat_id): Path<ChatId>,
    Query(page): Query<HistoryPage>,
) -> Result<Json<History>> {
    let messages = store::messages(&mut *caller.db().await?, &caller.id, chat_id, page.before, page.limit.get().into())
        .await?
        .ok_or(Error::NotFound("chat"))?;
    Ok(Json(History { chat_id, messages }))
}

#[derive(Serialize, ToSchema)]
struct DeletedHistory {
    #[schema(example = "success")]
    status: &'static str,
    /// How many messages there were.
    deleted_count: i64,
}

/// Delete a chat with its messages
#[utoipa::path(delete, path = "/chat/history/{chat_id}", tag = "chat", params(("chat_id" = ChatId, Path)),
    responses((status = 200, body = DeletedHistory), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn delete_history(
    caller: Caller,
    State(app): State<App>,
    Path(chat_id): Path<ChatId>,
) -> Result<Json<DeletedHistory>> {
    let deleted_count = super::chats::delete_chat(&caller, &app, chat_id).await?;
    Ok(Json(DeletedHistory { status: "success", deleted_count }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Branch {
    /// The branch shown leads through this message, and from there to the newest.
    message_id: MessageId,
}

/// Show another branch of a chat
///
/// It is the one that its history has, and that a question goes on with, from then on.
#[utoipa::path(put, path = "/chats/{chat_id}/branch", tag = "chats", params(("chat_id" = ChatId, Path)),
    request_body = Branch,
    responses((status = 200, body = Chat), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show_branch(caller: Caller, Path(chat_id): Path<ChatId>, Json(body): Json<Branch>) -> Result<Json<Chat>> {
    let chat = store::show_branch(&mut *caller.db().await?, &caller.id, chat_id, body.message_id).await?;
    chat.map(Json).ok_or(Error::NotFound("chat with such a message"))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rate {
    rating: Rating,
    /// What was good, or wrong.
    reason: Option<Text<0, 2_000>>,
}

/// Say what you think of an answer
#[utoipa::path(put, path = "/chat/messages/{message_id}/feedback", tag = "chat",
    params(("message_id" = MessageId, Path)), request_body = Rate,
    responses((status = 200, body = Feedback), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn rate(caller: Caller, Path(message_id): Path<MessageId>, Json(body): Json<Rate>) -> Result<Json<Feedback>> {
    let reason = body.reason.map(Text::into_inner).filter(|reason| !reason.trim().is_empty());
    let feedback = Feedback { rating: body.rating, reason };
    if store::rate(&mut *caller.db().await?, &caller.id, message_id, Some(&feedback)).await? {
        Ok(Json(feedback))
    } else {
        Err(Error::NotFound("answer"))
    }
}

#[derive(Serialize, ToSchema)]
struct TakenBack {
    #[schema(example = "success")]
    status: &'static str,
    message_id: MessageId,
}

/// Take back what you said of an answer
#[utoipa::path(delete, path = "/chat/messages/{message_id}/feedback", tag = "chat",
    params(("message_id" = MessageId, Path)),
    responses((status = 200, body = TakenBack), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn take_back_rating(caller: Caller, Path(message_id): Path<MessageId>) -> Result<Json<TakenBack>> {
    if store::rate(&mut *caller.db().await?, &caller.id, message_id, None).await? {
        Ok(Json(TakenBack { status: "success", message_id }))
    } else {
        Err(Error::NotFound("answer"))
    }
}
