//! Texts of knowledge bases over HTTP: adding them, finding them.

use std::time::Duration;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    embed::embed,
    routes::{own, readable},
    search::{self, Filter, Match, Mode, Search},
    split::split,
    store::{self, Chunk, Source},
};
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{ChunkId, KnowledgeBaseId},
    input::{Bounded, Json, Object, Text, Texts, fields},
    jobs::Job,
};

/// The name of a knowledge base that came into being with its first texts.
const UNNAMED: &str = "Untitled";

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(search_texts))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddTexts {
    /// An id that does not exist yet makes a knowledge base of yours.
    knowledge_base_id: KnowledgeBaseId,
    /// Long ones are split into several chunks.
    texts: Texts<1, 100, 100_000>,
    #[serde(default = "text")]
    #[schema(default = "text")]
    source_type: Text<1, 50>,
    source_uri: Option<Text<1, 2_048>>,
    /// To filter searches by.
    #[serde(default)]
    metadata: Object<4>,
}

fn text() -> Text<1, 50> {
    Text::fixed("text")
}

#[derive(Serialize, ToSchema)]
struct AddedTexts {
    #[schema(example = "success")]
    status: &'static str,
    knowledge_base_id: KnowledgeBaseId,
    chunks_added: usize,
    /// In the order of the texts.
    chunk_ids: Vec<ChunkId>,
}

/// Add texts to a knowledge base
///
/// All of them or, when something fails, none.
#[utoipa::path(post, path = "/knowledge/add", tag = "knowledge", request_body = AddTexts, responses(
    (status = 200, body = AddedTexts),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
async fn add(caller: Caller, State(app): State<App>, Json(body): Json<AddTexts>) -> Result<Json<AddedTexts>> {
    let id = body.knowledge_base_id;
    // Before anything is paid for.
    let mut db = caller.db().await?;
    if store::is_foreign(&mut db, &caller.id, id).await? {
        own(&mut db, &caller, id).await?;
    }
    let size = store::chunk_size(&mut db, id).await?;
    drop(db);
    // Megabytes take long enough to hold up the streams that share the thread.
    let texts: Vec<String> = tokio::task::spawn_blocking(move || {
        let chunks = body.texts.0.iter().flat_map(|text| split(text, false, size));
        chunks.map(|chunk| chunk.text.to_owned()).collect()
    })
    .await
    .map_err(|error| Error::Internal(error.to_string()))?;
    // Bedrock takes its time: no connection waits for it.
    let embedded = embed(caller.connections(), &caller.tenant, &app.model, &texts).await?;
    let chunks = texts.into_iter().zip(embedded).map(|(text, embedded)| Ok(Chunk { text, embedded: embedded? }));
    let chunks = chunks.collect::<Result<_>>()?;
    let source = Source {
        source_type: &body.source_type,
        source_uri: body.source_uri.as_deref(),
        metadata: &body.metadata.into_value(),
    };
    let mut db = caller.db().await?;
    let chunk_ids = store::add(&mut db, &caller.id, id, UNNAMED, &source, chunks)
        .await?
        .ok_or(Error::NotFound("knowledge base"))?;
    let needs_index = store::needs_index(&mut db, id).await?;
    drop(db);
    if needs_index {
        app.queue.send(&Job::Index { tenant: caller.tenant, knowledge_base: id }, Duration::ZERO).await?;
    }
    Ok(Json(AddedTexts { status: "success", knowledge_base_id: id, chunks_added: chunk_ids.len(), chunk_ids }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SearchTexts {
    knowledge_base_id: KnowledgeBaseId,
    query: Text<1, 4_000>,
    #[serde(default)]
    #[schema(default = 5)]
    top_k: Option<Bounded<1, 50>>,
    #[serde(default)]
    mode: Mode,
    #[serde(default, deserialize_with = "fields")]
    filter: Filter,
}

#[derive(Serialize, ToSchema)]
struct FoundTexts {
    #[schema(example = "success")]
    status: &'static str,
    query: String,
    /// The best first.
    results: Vec<Match>,
}

/// Find the chunks that answer a query best
///
/// By meaning and by words; a filter leaves out chunks, never results.
#[utoipa::path(post, operation_id = "search", path = "/knowledge/search", tag = "knowledge", request_body = SearchTexts, responses(
    (status = 200, body = FoundTexts),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
async fn search_texts(
    caller: Caller,
    State(app): State<App>,
    Json(body): Json<SearchTexts>,
) -> Result<Json<FoundTexts>> {
    let id = body.knowledge_base_id;
    // Before anything is paid for.
    readable(&mut *caller.db().await?, &caller, id).await?;
    let search = Search {
        knowledge_base_ids: &[id],
        text: &body.query,
        mode: body.mode,
        top_k: body.top_k.unwrap_or(Bounded::of::<5>()).get(),
        filter: body.filter,
    };
    let results =
        search::search::<Error>(caller.connections(), &app.model, &caller.tenant, &caller.id, &search).await?;
    Ok(Json(FoundTexts { status: "success", query: body.query.into_inner(), results }))
}
