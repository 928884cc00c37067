//! Trying a bot out that is not saved: an answer that is stored nowhere, and ends with its watcher.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
};

use axum::{extract::State, response::Response};
use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt};
use serde::Deserialize;
use tokio_util::{sync::CancellationToken, task::task_tracker::TaskTrackerToken};
use tracing::Instrument;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    bots::store::{Bot, readable_bases},
    error::{Error, Problem, Result},
    id::{BotId, ChatId, KnowledgeBaseId, MessageId},
    input::{Bounded, Ids, Json, Text},
    model::Usage,
    sse, telemetry, usage,
};

use super::{
    block::Block,
    events::{Failure, StreamEvent},
    generation::{Generations, Question, failed},
    history::Turn,
    live::{Cause, Live},
    store::Role,
    watch,
};

/// Most messages that a trial sends.
const MESSAGES: usize = 50;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(try_out))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Said {
    role: Role,
    content: Text<0, 100_000>,
}

/// What a bot's answers depend on, as in `CreateBot`, and what was said so far.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TryBot {
    instructions: Option<Text<0, 32_000>>,
    model_id: Text<1, 2_048>,
    #[serde(default = "Bounded::of::<70>")]
    #[schema(default = 70)]
    temperature: Bounded<0, 100>,
    #[serde(default = "Bounded::of::<4096>")]
    #[schema(default = 4096)]
    max_tokens: Bounded<1, 200_000>,
    #[serde(default)]
    rag_enabled: bool,
    #[schema(value_type = Option<Vec<KnowledgeBaseId>>, min_items = 0, max_items = 10)]
    knowledge_base_ids: Option<Ids<KnowledgeBaseId, 10>>,
    /// Oldest first; the last one is the question, of `role` `user`.
    #[schema(value_type = Vec<Said>, min_items = 1, max_items = 50)]
    messages: Ids<Said, MESSAGES>,
}

/// Ask a bot that is not saved
///
/// Answers with the events of `/chat/stream`. Nothing is stored: the ids in the events name
/// nothing, and the answer ends when the connection does.
#[utoipa::path(post, path = "/bots/try", tag = "bots", request_body = TryBot, responses(
    (status = 200, body = StreamEvent, content_type = "text/event-stream"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
async fn try_out(caller: Caller, State(app): State<App>, Json(body): Json<TryBot>) -> Result<Response> {
    let admission = app.generations.admit().await?;
    let question = question(&caller, body).await?;
    let answer = app.generations.try_out(question, admission, app.shutdown.clone());
    Ok(sse::response(answer, app.config.chat.chat_heartbeat))
}

async fn question(caller: &Caller, body: TryBot) -> Result<Question> {
    let mut messages = body.messages.0;
    let text = match messages.pop() {
        Some(Said { role: Role::User, content }) if !content.trim().is_empty() => content.into_inner(),
        _ => return Err(Error::Invalid("messages: the last one must be the user's, and not blank.".to_owned())),
    };
    let bases = body.knowledge_base_ids.filter(|_| body.rag_enabled).map(|bases| bases.0).unwrap_or_default();
    if !bases.is_empty() && readable_bases(&mut *caller.db().await?, &caller.id, &bases).await?.len() != bases.len() {
        return Err(Error::Invalid(
            "knowledge_base_ids: there is no such knowledge base, or it is not yours.".to_owned(),
        ));
    }
    let turns = messages
        .into_iter()
        .map(|said| Turn { role: said.role, blocks: Block::text(said.content.into_inner()) })
        .collect();
    let (id, question_id, chat_id) = (MessageId::new(), MessageId::new(), ChatId::new());
    let bot = Bot::draft(
        BotId::new(),
        caller.id.clone(),
        body.instructions.map(Text::into_inner),
        body.model_id.into_inner(),
        (body.temperature.get(), body.max_tokens.get()),
    );
    Ok(Question {
        live: Live::new(id, question_id, chat_id, caller.tenant.clone(), caller.id.clone()),
        bot,
        text,
        attachments: Vec::new(),
        knowledge_base_ids: bases,
        has_history: true,
        turns: Some(turns),
        request_id: telemetry::request_id(),
    })
}

/// Counts an answer for as long as it is generated.
struct Counted(Arc<Generations>);

impl Counted {
    fn new(generations: Arc<Generations>) -> Self {
        generations.trials.fetch_add(1, Ordering::Relaxed);
        Self(generations)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.trials.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Ends the answer when nobody listens any more. What it took until then is counted all the same.
struct Watched(Arc<Live>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.end(Cause::Stopped);
    }
}

impl Generations {
    async fn count_trial(&self, question: &Question, spent: Usage) -> sqlx::Result<()> {
        let live = &question.live;
        let mut db = self.db.tenant(&live.tenant).await?;
        usage::store::count_unstored(&mut db, live.id, &live.owner, &question.bot, spent).await
    }

    /// The events of an answer that is generated while somebody listens.
    fn try_out(
        self: &Arc<Self>,
        question: Question,
        admission: TaskTrackerToken,
        shutdown: CancellationToken,
    ) -> impl Stream<Item = Bytes> + Send + 'static {
        let live = question.live.clone();
        let counted = Counted::new(self.clone());
        let span = tracing::info_span!("trial", request_id = question.request_id);
        let task = async move {
            let live = question.live.clone();
            let ending = {
                let generation = AssertUnwindSafe(counted.0.generate(&question)).catch_unwind();
                tokio::pin!(generation);
                let ending = tokio::select! {
                    ending = &mut generation => ending,
                    () = shutdown.cancelled() => {
                        live.end(Cause::Interrupted);
                        generation.await
                    }
                };
                ending.unwrap_or_else(|_| {
                    tracing::error!("generating an answer panicked");
                    failed(Failure::internal())
                })
            };
            if let Some(usage) = ending.usage
                && let Err(error) = counted.0.count_trial(&question, usage).await
            {
                tracing::warn!(%error, "cannot count a trial");
            }
            drop((counted, admission));
            live.progress.send_modify(|progress| progress.ending = Some(Arc::new(ending)));
        };
        // A task of its own, so that an answer to who reads slowly is not a place taken for ever.
        tokio::spawn(task.instrument(span));
        let watched = Watched(live.clone());
        watch::live(live, None).map(move |bytes| {
            let _until_the_stream_is_dropped = &watched;
            bytes
        })
    }
}
