//! Asking, and watching the answer.

use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    bots,
    error::{Error, Problem, Result},
    id::{AttachmentId, BotId, ChatId, MessageId},
    input::{Ids, Json, Path, Text},
    sse, telemetry,
};

use crate::chat::{
    events::StreamEvent,
    generation::Question,
    live::{Cause, Live},
    prompt,
    store::{self, Exchange},
    watch,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(ask_again))
        .routes(routes!(watch_again))
        .routes(routes!(stop))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Ask {
    bot_id: BotId,
    message: Text<1, 100_000>,
    /// The chat to go on with; without it a new one begins.
    chat_id: Option<ChatId>,
    /// Answer from the bot's knowledge bases, if it has some and `rag_enabled`.
    #[serde(default)]
    use_rag: bool,
    /// The answer in the chat that the question follows; without it the last of the branch that the
    /// chat shows.
    parent_id: Option<MessageId>,
    /// The question that this one is asked instead of: both are kept, as alternatives.
    edit_of: Option<MessageId>,
    /// What was attached for it, or in this chat before.
    #[serde(default)]
    #[schema(value_type = Vec<AttachmentId>, min_items = 0, max_items = 10)]
    attachments: Ids<AttachmentId, 10>,
}

/// Ask, and watch the answer
///
/// Server-sent events: `start`, any number of `reasoning` and `message`, then `done` or `error`.
/// The answer is generated also when nobody watches.
#[utoipa::path(post, path = "/chat/stream", tag = "chat", request_body = Ask, responses(
    (status = 200, body = StreamEvent, content_type = "text/event-stream"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
async fn ask(caller: Caller, State(app): State<App>, Json(body): Json<Ask>) -> Result<Response> {
    if body.chat_id.is_none() && (body.parent_id.is_some() || body.edit_of.is_some()) {
        return Err(Error::Invalid("chat_id: is missing; parent_id and edit_of name messages of a chat.".to_owned()));
    }
    if body.parent_id.is_some() && body.edit_of.is_some() {
        return Err(Error::Invalid("edit_of: says where the question stands; leave parent_id out.".to_owned()));
    }
    if let Some(place) = repeated(&body.attachments.0) {
        return Err(Error::Invalid(format!("attachments[{place}]: is named twice; leave one out.")));
    }
    let request_id = telemetry::request_id();
    answer(app.clone(), async move { begin(&caller, &app, body, request_id).await }).await
}

/// The place of the first that stands before it already.
fn repeated(ids: &[AttachmentId]) -> Option<usize> {
    (1..ids.len()).find(|&place| ids[..place].contains(&ids[place]))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskAgain {
    /// Who answers; without it the bot of the chat.
    bot_id: Option<BotId>,
    /// Answer from the bot's knowledge bases, if it has some and `rag_enabled`.
    #[serde(default)]
    use_rag: bool,
}

/// Have a question answered again, and watch the answer
///
/// The question of the answer `message_id`. The new answer is an alternative to it: both are kept.
#[utoipa::path(post, path = "/chat/messages/{message_id}/regenerate", tag = "chat",
    params(("message_id" = MessageId, Path)), request_body = AskAgain, responses(
    (status = 200, body = StreamEvent, content_type = "text/event-stream"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
async fn ask_again(
    caller: Caller,
    State(app): State<App>,
    Path(message_id): Path<MessageId>,
    Json(body): Json<AskAgain>,
) -> Result<Response> {
    let request_id = telemetry::request_id();
    answer(app.clone(), async move { begin_again(&caller, &app, message_id, body, request_id).await }).await
}

/// Lets a question in, has it stored by `stored`, and watches the answer.
async fn answer(app: App, stored: impl Future<Output = Result<Arc<Live>>> + Send + 'static) -> Result<Response> {
    let admission = app.generations.admit().await?;
    // A task of its own: a client that goes away in between must not leave a stored question
    // that nobody answers.
    let begun = tokio::spawn(
        async move {
            let live = stored.await;
            drop(admission);
            live
        }
        .in_current_span(),
    );
    let live = begun.await.map_err(|error| Error::Internal(error.to_string()))??;
    Ok(sse::response(watch::live(live, None), app.config.chat.chat_heartbeat))
}

/// Stores the question and starts to answer it.
async fn begin(caller: &Caller, app: &App, body: Ask, request_id: String) -> Result<Arc<Live>> {
    let mut db = caller.db().await?;
    let bot = bots::store::visible(&mut db, &caller.id, body.bot_id).await?.ok_or(Error::NotFound("bot"))?;
    let wanted = &body.attachments.0;
    let attachments = if wanted.is_empty() {
        Vec::new()
    } else {
        store::attachments(&mut db, &caller.id, wanted, body.chat_id).await?
    };
    if attachments.len() != wanted.len() {
        return Err(Error::NotFound("attachment"));
    }
    let exchange = Exchange {
        bot_id: bot.id,
        chat_id: body.chat_id,
        parent_id: body.parent_id,
        edit_of: body.edit_of,
        title: &prompt::title(&body.message),
        question: &body.message,
        attachments: &attachments,
        model_id: &bot.model_id,
        instance: app.generations.instance(),
    };
    let Some(begun) = store::begin(&mut db, &caller.id, &exchange).await? else {
        // Another question may have taken one in between.
        let attachments = store::attachments(&mut db, &caller.id, wanted, body.chat_id).await?;
        return Err(Error::NotFound(match (body.parent_id, body.edit_of) {
            _ if attachments.len() != wanted.len() => "attachment",
            (Some(_), _) => "chat with such an answer",
            (None, Some(_)) => "chat with such a question",
            (None, None) => "chat",
        }));
    };
    drop(db);
    let live = Live::new(begun.answer, begun.question, begun.chat, caller.tenant.clone(), caller.id.clone());
    app.generations.start(Question {
        live: live.clone(),
        text: body.message.into_inner(),
        attachments,
        knowledge_base_ids: bot.to_search(body.use_rag),
        bot,
        has_history: begun.has_history,
        turns: None,
        request_id,
    });
    Ok(live)
}

/// Starts to answer a question that is stored.
async fn begin_again(
    caller: &Caller,
    app: &App,
    answer: MessageId,
    body: AskAgain,
    request_id: String,
) -> Result<Arc<Live>> {
    let mut db = caller.db().await?;
    let asked = store::question_of(&mut db, &caller.id, answer).await?.ok_or(Error::NotFound("answer"))?;
    let bot_id = body.bot_id.or(asked.bot_id).ok_or(Error::NotFound("bot"))?;
    let bot = bots::store::visible(&mut db, &caller.id, bot_id).await?.ok_or(Error::NotFound("bot"))?;
    let instance = app.generations.instance();
    let begun = store::begin_again(&mut db, &caller.id, &asked, bot.id, &bot.model_id, instance)
        .await?
        .ok_or(Error::NotFound("answer"))?;
    drop(db);
    let live = Live::new(begun.answer, begun.question, begun.chat, caller.tenant.clone(), caller.id.clone());
    app.generations.start(Question {
        live: live.clone(),
        text: asked.text,
        attachments: asked.attachments,
        knowledge_base_ids: bot.to_search(body.use_rag),
        bot,
        has_history: begun.has_history,
        turns: None,
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
