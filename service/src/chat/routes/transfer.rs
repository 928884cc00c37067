//! Whole chats, out as Markdown or JSON, and in from that JSON.

use std::{collections::HashSet, fmt::Write};

use axum::{
    extract::DefaultBodyLimit,
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{BotId, ChatId, MessageId},
    input::{self, Json, LargeJson, Path, Query, Text},
};

use crate::chat::store::{self, Chat, Copied, Role};

/// Most messages of a chat that comes in.
const MOST_MESSAGES: usize = 10_000;
/// Most characters of one of its messages.
const LONGEST: usize = 1_000_000;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(export))
        .merge(OpenApiRouter::new().routes(routes!(import)).layer(DefaultBodyLimit::max(input::MAX_LARGE_BODY)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Export {
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// All branches, for a program: see `ExportedChat`.
    #[default]
    Json,
    /// The branch that is shown, for people.
    Markdown,
}

/// A chat outside of Mangoo.
#[derive(Serialize, Deserialize, ToSchema)]
struct ExportedChat {
    /// Always `mangoo-chat`.
    #[schema(example = "mangoo-chat")]
    format: String,
    /// 1.
    version: u32,
    title: Text<1, 200>,
    /// The chat's bot. A chat that comes in has it again where it may.
    #[serde(default)]
    bot_id: Option<BotId>,
    #[serde(default)]
    bot_name: Option<String>,
    #[serde(default)]
    exported_at: Option<DateTime<Utc>>,
    /// The last message of the branch that is shown; the last of all when there is none.
    #[serde(default)]
    leaf_id: Option<MessageId>,
    /// Of all branches. Each comes after the one that it follows.
    messages: Vec<Copied>,
}

/// Take a chat out
///
/// As a file: `format=json` has all of it and can be taken in again, `format=markdown` is to be read.
#[utoipa::path(get, path = "/chats/{chat_id}/export", tag = "chats", params(("chat_id" = ChatId, Path), Export),
    responses(
        (status = 200, content((ExportedChat = "application/json"), (String = "text/markdown"))),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
async fn export(caller: Caller, Path(chat_id): Path<ChatId>, Query(query): Query<Export>) -> Result<Response> {
    let mut db = caller.db().await?;
    let chat = store::get(&mut db, &caller.id, chat_id).await?.ok_or(Error::NotFound("chat"))?;
    let bot = match chat.bot_id {
        Some(id) => crate::bots::store::visible(&mut db, &caller.id, id).await?,
        None => None,
    };
    let bot_name = bot.map(|bot| bot.name);
    match query.format {
        Format::Json => {
            let shown = store::messages(&mut db, &caller.id, chat_id, None, 1).await?.unwrap_or_default();
            let exported = ExportedChat {
                format: "mangoo-chat".to_owned(),
                version: 1,
                title: Text::try_from(chat.title).map_err(Error::Internal)?,
                bot_id: chat.bot_id,
                bot_name,
                exported_at: Some(Utc::now()),
                leaf_id: shown.first().map(|message| message.id),
                messages: store::all_messages(&mut db, &caller.id, chat_id).await?,
            };
            let json = serde_json::to_string_pretty(&exported).map_err(|error| Error::Internal(error.to_string()))?;
            Ok(file("application/json", "chat.json", json))
        }
        Format::Markdown => {
            let most = i64::try_from(MOST_MESSAGES).unwrap_or(i64::MAX);
            let messages = store::messages(&mut db, &caller.id, chat_id, None, most).await?.unwrap_or_default();
            Ok(file("text/markdown; charset=utf-8", "chat.md", markdown(&chat.title, bot_name.as_deref(), &messages)))
        }
    }
}

fn file(media_type: &'static str, name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}

fn markdown(title: &str, bot_name: Option<&str>, messages: &[store::Message]) -> String {
    let mut text = format!("# {}\n", title.replace('\n', " "));
    for message in messages {
        let name = if message.role == Role::User { "You" } else { bot_name.unwrap_or("Assistant") };
        let time = message.created_at.format("%Y-%m-%d %H:%M UTC");
        // Writing to a string can't fail.
        let _ = write!(text, "\n---\n\n**{name}** · {time}\n\n{}\n", message.content.trim_end());
        if !message.attachments.is_empty() {
            let names: Vec<_> = message.attachments.iter().map(|attachment| attachment.name.as_str()).collect();
            let _ = write!(text, "\nAttached: {}\n", names.join(", "));
        }
        let mut cited = message.passages.iter().filter(|passage| passage.is_cited).peekable();
        if cited.peek().is_some() {
            text.push('\n');
        }
        for passage in cited {
            let source = passage.source_uri.as_deref().unwrap_or(&passage.source_type);
            let page = passage.page.map(|page| format!(", page {page}")).unwrap_or_default();
            let _ = writeln!(text, "- [{}] {source}{page}", passage.number);
        }
    }
    text
}

/// Take a chat in
///
/// The JSON that `export` gives, of this or another Mangoo. It becomes a new chat of yours.
#[utoipa::path(post, path = "/chats/import", tag = "chats", request_body = ExportedChat, responses(
    (status = 200, body = Chat),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn import(caller: Caller, LargeJson(body): LargeJson<ExportedChat>) -> Result<Json<Chat>> {
    let leaf = check(&body).map_err(Error::Invalid)?;
    let mut db = caller.db().await?;
    Ok(Json(store::import(&mut db, &caller.id, &body.title, body.bot_id, &body.messages, leaf).await?))
}

/// What is wrong with a chat that comes in, or the place of the last message to show.
fn check(chat: &ExportedChat) -> Result<usize, String> {
    if chat.format != "mangoo-chat" || chat.version != 1 {
        return Err("format: this is no chat that was exported as JSON by this version of Mangoo.".to_owned());
    }
    if chat.messages.is_empty() || chat.messages.len() > MOST_MESSAGES {
        return Err(format!("messages: must have 1 to {MOST_MESSAGES} items, not {}.", chat.messages.len()));
    }
    let mut roles = std::collections::HashMap::with_capacity(chat.messages.len());
    let mut seen = HashSet::with_capacity(chat.messages.len());
    for (place, message) in chat.messages.iter().enumerate() {
        let wrong = |what: &str| Err(format!("messages[{place}]: {what}"));
        let texts = [Some(&message.content), message.reasoning.as_ref(), message.model_id.as_ref()];
        if !seen.insert(message.id) {
            return wrong("another has the same id.");
        }
        if texts.iter().flatten().any(|text| text.contains('\0') || text.chars().count() > LONGEST) {
            return wrong(&format!("its texts must have at most {LONGEST} characters, and no NUL."));
        }
        // What Postgres and JavaScript both know as times.
        if !(0..253_402_300_800).contains(&message.created_at.timestamp()) {
            return wrong("created_at must lie between the years 1970 and 9999.");
        }
        match (message.role, message.parent_id.map(|parent| roles.get(&parent))) {
            (_, Some(None)) => return wrong("parent_id must be the id of a message before it."),
            (Role::Assistant, None | Some(Some(Role::Assistant))) => {
                return wrong("an answer must follow a question.");
            }
            _ => {}
        }
        roles.insert(message.id, message.role);
    }
    // What is said next follows it: it must not come beside what does already.
    let followed: HashSet<_> = chat.messages.iter().filter_map(|message| message.parent_id).collect();
    let is_leaf =
        |message: &Copied| chat.leaf_id.is_none_or(|leaf| leaf == message.id) && !followed.contains(&message.id);
    let leaf = chat.messages.iter().rposition(is_leaf);
    leaf.ok_or_else(|| "leaf_id: must be the id of a message that no other follows.".to_owned())
}
