//! Chat over HTTP.

use std::sync::Arc;

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    bots,
    error::{Error, Problem, Result},
    id::{BotId, ChatId, MessageId},
    input::{Bounded, Json, Path, Query, Text},
    paging::{self, Cursor},
    sse, telemetry,
};

use super::{
    events::StreamEvent,
    generation::Question,
    live::{Cause, Live},
    prompt,
    store::{self, Chat, Exchange, Message, Role},
    watch,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(watch_again))
        .routes(routes!(stop))
        .routes(routes!(history, delete_history))
        .routes(routes!(list))
        .routes(routes!(search))
        .routes(routes!(get, rename, delete))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    bot_id: BotId,
    message: Text<1, 100_000>,
    /// The chat to go on with; without it a new one begins.
    chat_id: Option<ChatId>,
    /// Answer from the bot's knowledge base, if it has one and `rag_enabled`.
    #[serde(default)]
    use_rag: bool,
}

/// Ask, and watch the answer
///
/// Server-sent events: `start`, any number of `message`, then `done` or `error`. The answer
/// is generated also when nobody watches.
#[utoipa::path(post, path = "/chat/stream", tag = "chat", request_body = Ask, responses(
    (status = 200, body = StreamEvent, content_type = "text/event-stream"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
async fn ask(caller: Caller, State(app): State<App>, Json(body): Json<Ask>) -> Result<Response> {
    let admission =
        app.generations.admit().await.ok_or(Error::Unavailable(
            "The service takes no new questions at the moment. Try again in a few seconds.",
        ))?;
    let heartbeat = app.config.chat.chat_heartbeat;
    let request_id = telemetry::request_id();
    // A task of its own: a client that goes away in between must not leave a stored question
    // that nobody answers.
    let begun = tokio::spawn(
        async move {
            let live = begin(&caller, &app, body, request_id).await;
            drop(admission);
            live
        }
        .in_current_span(),
    );
    let live = begun.await.map_err(|error| Error::Internal(error.to_string()))??;
    Ok(sse::response(watch::live(live, None), heartbeat))
}

/// Stores the question and starts to answer it.
async fn begin(caller: &Caller, app: &App, body: Ask, request_id: String) -> Result<Arc<Live>> {
    let mut db = caller.db().await?;
    let bot = bots::store::visible(&mut db, &caller.id, body.bot_id).await?.ok_or(Error::NotFound("bot"))?;
    let exchange = Exchange {
        bot_id: bot.id,
        chat_id: body.chat_id,
        title: &prompt::title(&body.message),
        question: &body.message,
        model_id: &bot.model_id,
        instance: app.generations.instance(),
    };
    let begun = store::begin(&mut db, &caller.id, &exchange).await?.ok_or(Error::NotFound("chat"))?;
    drop(db);
    let live = Live::new(begun.answer, begun.question, begun.chat, caller.tenant.clone(), caller.id.clone());
    app.generations.start(Question {
        live: live.clone(),
        text: body.message.into_inner(),
        knowledge_base_id: bot.knowledge_base_id.filter(|_| body.use_rag && bot.rag_enabled),
        bot,
        has_history: body.chat_id.is_some(),
        request_id,
    });
    Ok(live)
}

/// Watch an answer again
///
/// From the event after `Last-Event-ID`, or from its start. Any process of the service can
/// serve it, whichever generates the answer.
#[utoipa::path(get, path = "/chat/streams/{message_id}", tag = "chat",
    params(("message_id" = MessageId, Path), ("Last-Event-ID" = Option<u64>, Header)),
    responses(
        (status = 200, body = StreamEvent, content_type = "text/event-stream"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
async fn watch_again(
    caller: Caller,
    State(app): State<App>,
    Path(message_id): Path<MessageId>,
    headers: HeaderMap,
) -> Result<Response> {
    let from = match headers.get("last-event-id") {
        None => None,
        Some(value) => Some(value.to_str().ok().and_then(|value| value.parse::<usize>().ok()).ok_or_else(|| {
            Error::BadRequest("The header `Last-Event-ID` must be the id of an event of this stream.".to_owned())
        })?),
    };
    let heartbeat = app.config.chat.chat_heartbeat;
    if let Some(live) = app.generations.get(message_id, &caller) {
        return Ok(sse::response(watch::live(live, from), heartbeat));
    }
    let stored = store::answer_after(&mut *caller.db().await?, &caller.id, message_id, 0)
        .await?
        .ok_or(Error::NotFound("answer"))?;
    Ok(sse::response(watch::stored(caller, stored, from, app.shutdown), heartbeat))
}

#[derive(Serialize, ToSchema)]
struct Stopped {
    #[schema(example = "success")]
    status: &'static str,
    message_id: MessageId,
}

/// Stop an answer
///
/// Wherever it is generated. Its text so far stays; its stream ends with the error `stopped`.
/// An answer that has ended already is left as it is.
#[utoipa::path(post, path = "/chat/streams/{message_id}/stop", tag = "chat",
    params(("message_id" = MessageId, Path)),
    responses(
        (status = 200, body = Stopped),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
async fn stop(caller: Caller, State(app): State<App>, Path(message_id): Path<MessageId>) -> Result<Json<Stopped>> {
    if app.generations.get(message_id, &caller).is_none() {
        store::answer_after(&mut *caller.db().await?, &caller.id, message_id, usize::MAX)
            .await?
            .ok_or(Error::NotFound("answer"))?;
    }
    app.generations.stop(&[message_id], Cause::Stopped).await?;
    Ok(Json(Stopped { status: "success", message_id }))
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
    /// Oldest first.
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
    let deleted_count = delete_chat(&caller, &app, chat_id).await?;
    Ok(Json(DeletedHistory { status: "success", deleted_count }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChatsPage {
    #[serde(default = "Bounded::of::<50>")]
    limit: Bounded<1, 200>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

#[derive(Serialize, ToSchema)]
struct Chats {
    items: Vec<Chat>,
    #[schema(value_type = Option<String>)]
    next_cursor: Option<Cursor>,
}

/// Your chats, newest first
#[utoipa::path(get, path = "/chats", tag = "chats", params(ChatsPage), responses((status = 200, body = Chats)))]
async fn list(caller: Caller, Query(page): Query<ChatsPage>) -> Result<Json<Chats>> {
    let limit = i64::from(page.limit.get()) + 1;
    let mut items = store::list(&mut *caller.db().await?, &caller.id, page.cursor, limit).await?;
    let has_more = paging::cut(&mut items, page.limit);
    let next_cursor = items.last().filter(|_| has_more).map(|last| Cursor { time: last.updated_at, id: last.id.0 });
    Ok(Json(Chats { items, next_cursor }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words to find; "in quotes" for a phrase, -word to leave out.
    q: Text<1, 500>,
    #[serde(default = "Bounded::of::<20>")]
    limit: Bounded<1, 100>,
}

#[derive(Serialize, ToSchema)]
struct SearchResults {
    items: Vec<SearchResult>,
}

/// A message that holds the words.
#[derive(Serialize, ToSchema)]
struct SearchResult {
    chat_id: ChatId,
    message_id: MessageId,
    /// The chat's title.
    title: String,
    role: Role,
    created_at: DateTime<Utc>,
    /// A piece of its text.
    snippet: Vec<SnippetPart>,
}

#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct SnippetPart {
    text: String,
    /// Whether this is one of the words.
    is_match: bool,
}

/// Find words in your messages, newest first
#[utoipa::path(get, path = "/chats/search", tag = "chats", params(SearchQuery), responses((status = 200, body = SearchResults)))]
async fn search(caller: Caller, Query(query): Query<SearchQuery>) -> Result<Json<SearchResults>> {
    let found = store::search(&mut *caller.db().await?, &caller.id, &query.q, query.limit.get().into()).await?;
    let items = found
        .into_iter()
        .map(|found| SearchResult {
            chat_id: found.chat_id,
            message_id: found.message_id,
            title: found.title,
            role: found.role,
            created_at: found.created_at,
            snippet: snippet(&found.headline),
        })
        .collect();
    Ok(Json(SearchResults { items }))
}

fn snippet(headline: &str) -> Vec<SnippetPart> {
    headline
        .split(store::MATCH_START)
        .enumerate()
        .flat_map(|(index, part)| {
            let (matching, rest) =
                if index == 0 { ("", part) } else { part.split_once(store::MATCH_END).unwrap_or(("", part)) };
            [(matching, true), (rest, false)]
        })
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, is_match)| SnippetPart { text: text.to_owned(), is_match })
        .collect()
}

/// One of your chats
#[utoipa::path(get, path = "/chats/{chat_id}", tag = "chats", params(("chat_id" = ChatId, Path)),
    responses((status = 200, body = Chat), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn get(caller: Caller, Path(chat_id): Path<ChatId>) -> Result<Json<Chat>> {
    let chat = store::get(&mut *caller.db().await?, &caller.id, chat_id).await?;
    chat.map(Json).ok_or(Error::NotFound("chat"))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rename {
    title: Text<1, 200>,
}

/// Rename a chat
#[utoipa::path(patch, path = "/chats/{chat_id}", tag = "chats", params(("chat_id" = ChatId, Path)), request_body = Rename,
    responses((status = 200, body = Chat), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn rename(caller: Caller, Path(chat_id): Path<ChatId>, Json(body): Json<Rename>) -> Result<Json<Chat>> {
    let chat = store::rename(&mut *caller.db().await?, &caller.id, chat_id, &body.title).await?;
    chat.map(Json).ok_or(Error::NotFound("chat"))
}

#[derive(Serialize, ToSchema)]
struct DeletedChat {
    #[schema(example = "success")]
    status: &'static str,
    id: ChatId,
}

/// Delete a chat with its messages
#[utoipa::path(delete, path = "/chats/{chat_id}", tag = "chats", params(("chat_id" = ChatId, Path)),
    responses((status = 200, body = DeletedChat), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn delete(caller: Caller, State(app): State<App>, Path(chat_id): Path<ChatId>) -> Result<impl IntoResponse> {
    delete_chat(&caller, &app, chat_id).await?;
    Ok(Json(DeletedChat { status: "success", id: chat_id }))
}

/// Deletes a chat, ends answers that are being generated for it, and counts its messages.
async fn delete_chat(caller: &Caller, app: &App, chat_id: ChatId) -> Result<i64> {
    let deleted = store::delete(&mut *caller.db().await?, &caller.id, chat_id).await?.ok_or(Error::NotFound("chat"))?;
    app.generations.stop(&deleted.streaming, Cause::Gone).await?;
    Ok(deleted.messages)
}
