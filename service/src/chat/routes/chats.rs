//! Chats as their owner's list has them.

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{ChatId, MessageId},
    input::{self, Bounded, Json, Path, Query, Text},
    paging::{self, Cursor},
};

use crate::chat::{
    live::Cause,
    store::{self, Changes, Chat, ChatFilter, Role},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(search)).routes(routes!(get, update, delete))
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
    /// Those in the archive, instead of those that are not.
    #[serde(default, deserialize_with = "input::flag")]
    archived: bool,
    /// Only those that are pinned, or that are not.
    #[serde(default, deserialize_with = "input::some_flag")]
    pinned: Option<bool>,
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
    let filter = ChatFilter { is_archived: page.archived, is_pinned: page.pinned };
    let limit = i64::from(page.limit.get()) + 1;
    let mut items = store::list(&mut *caller.db().await?, &caller.id, filter, page.cursor, limit).await?;
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
    /// Chats whose title holds each of the words, newest first: at most ten.
    chats: Vec<Chat>,
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
///
/// In all branches, and in the archive too.
#[utoipa::path(get, path = "/chats/search", tag = "chats", params(SearchQuery), responses((status = 200, body = SearchResults)))]
async fn search(caller: Caller, Query(query): Query<SearchQuery>) -> Result<Json<SearchResults>> {
    let mut db = caller.db().await?;
    let chats = store::titled(&mut db, &caller.id, &query.q).await?;
    let found = store::search(&mut db, &caller.id, &query.q, query.limit.get().into()).await?;
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
    Ok(Json(SearchResults { items, chats }))
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

/// What is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateChat {
    title: Option<Text<1, 200>>,
    is_pinned: Option<bool>,
    /// A chat in the archive comes back when somebody asks in it.
    is_archived: Option<bool>,
}

/// Rename, pin or archive a chat
#[utoipa::path(patch, path = "/chats/{chat_id}", tag = "chats", params(("chat_id" = ChatId, Path)), request_body = UpdateChat,
    responses((status = 200, body = Chat), (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn update(caller: Caller, Path(chat_id): Path<ChatId>, Json(body): Json<UpdateChat>) -> Result<Json<Chat>> {
    let changes =
        Changes { title: body.title.map(Text::into_inner), is_pinned: body.is_pinned, is_archived: body.is_archived };
    let chat = store::update(&mut *caller.db().await?, &caller.id, chat_id, &changes).await?;
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
async fn delete(caller: Caller, State(app): State<App>, Path(chat_id): Path<ChatId>) -> Result<Json<DeletedChat>> {
    delete_chat(&caller, &app, chat_id).await?;
    Ok(Json(DeletedChat { status: "success", id: chat_id }))
}

/// Deletes a chat, ends answers that are being generated for it, and counts its messages.
pub(super) async fn delete_chat(caller: &Caller, app: &App, chat_id: ChatId) -> Result<i64> {
    let deleted = store::delete(&mut *caller.db().await?, &caller.id, chat_id).await?.ok_or(Error::NotFound("chat"))?;
    app.generations.stop(&deleted.streaming, Cause::Gone).await?;
    Ok(deleted.messages)
}
