//! Knowledge over HTTP.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    split::split,
    store::{self, Chunk, KnowledgeBase, Match, Source},
};
use crate::{
    App,
    auth::Caller,
    documents,
    error::{Error, Problem, Result},
    id::{ChunkId, KnowledgeBaseId},
    input::{Bounded, Json, Path, Query, Text, Texts},
    paging::{self, Cursor},
};

/// The name of a knowledge base that came into being with its first texts.
const UNNAMED: &str = "Untitled";

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(add))
        .routes(routes!(search))
        .routes(routes!(delete))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct KnowledgeBasesPage {
    #[serde(default = "Bounded::of::<50>")]
    limit: Bounded<1, 200>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

#[derive(Serialize, ToSchema)]
struct KnowledgeBases {
    items: Vec<KnowledgeBase>,
    #[schema(value_type = Option<String>)]
    next_cursor: Option<Cursor>,
}

/// Your knowledge bases, newest first
#[utoipa::path(get, path = "/knowledge-bases", tag = "knowledge", params(KnowledgeBasesPage),
    responses((status = 200, body = KnowledgeBases)))]
async fn list(caller: Caller, Query(page): Query<KnowledgeBasesPage>) -> Result<Json<KnowledgeBases>> {
    let limit = i64::from(page.limit.get()) + 1;
    let mut items = store::list(&mut *caller.db().await?, &caller.id, page.cursor, limit).await?;
    let has_more = paging::cut(&mut items, page.limit);
    let next_cursor = items.last().filter(|_| has_more).map(|last| Cursor { time: last.created_at, id: last.id.0 });
    Ok(Json(KnowledgeBases { items, next_cursor }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateKnowledgeBase {
    name: Text<1, 200>,
    description: Option<Text<0, 2_000>>,
}

/// Make a knowledge base
#[utoipa::path(post, path = "/knowledge-bases", tag = "knowledge", request_body = CreateKnowledgeBase, responses(
    (status = 201, body = KnowledgeBase),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn create(caller: Caller, Json(body): Json<CreateKnowledgeBase>) -> Result<impl IntoResponse> {
    let made = store::create(&mut *caller.db().await?, &caller.id, &body.name, body.description.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(made)))
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
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
async fn add(caller: Caller, State(app): State<App>, Json(body): Json<AddTexts>) -> Result<Json<AddedTexts>> {
    let id = body.knowledge_base_id;
    // Before anything is paid for.
    let mut db = caller.db().await?;
    if store::is_foreign(&mut db, &caller.id, id).await? {
        return Err(Error::NotFound("knowledge base"));
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
    let embeddings = app.model.embed(&texts).await?;
    let chunks = texts.into_iter().zip(embeddings).map(|(text, embedding)| Chunk { text, embedding }).collect();
    let source = Source { source_type: &body.source_type, source_uri: body.source_uri.as_deref() };
    let chunk_ids = store::add(&mut *caller.db().await?, &caller.id, id, UNNAMED, &source, chunks)
        .await?
        .ok_or(Error::NotFound("knowledge base"))?;
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
}

#[derive(Serialize, ToSchema)]
struct FoundTexts {
    #[schema(example = "success")]
    status: &'static str,
    query: String,
    /// The most similar first.
    results: Vec<Match>,
}

/// Find the chunks that are closest to a query in meaning
#[utoipa::path(post, path = "/knowledge/search", tag = "knowledge", request_body = SearchTexts, responses(
    (status = 200, body = FoundTexts),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
async fn search(caller: Caller, State(app): State<App>, Json(body): Json<SearchTexts>) -> Result<Json<FoundTexts>> {
    let id = body.knowledge_base_id;
    if !store::is_owned(&mut *caller.db().await?, &caller.id, id).await? {
        return Err(Error::NotFound("knowledge base"));
    }
    let embeddings = app.model.embed(&[&*body.query]).await?;
    let query = embeddings.first().ok_or_else(|| Error::Internal("no embedding came back".to_owned()))?;
    let top_k = body.top_k.unwrap_or(Bounded::of::<5>()).get();
    let results = store::search(&mut *caller.db().await?, &caller.id, id, query, top_k.into()).await?;
    Ok(Json(FoundTexts { status: "success", query: body.query.into_inner(), results }))
}

#[derive(Serialize, ToSchema)]
struct DeletedKnowledge {
    #[schema(example = "success")]
    status: &'static str,
    knowledge_base_id: KnowledgeBaseId,
    chunks_deleted: i64,
}

/// Delete a knowledge base with its texts and documents
///
/// Bots that used it stay, without one.
#[utoipa::path(delete, path = "/knowledge/{knowledge_base_id}", tag = "knowledge",
    params(("knowledge_base_id" = KnowledgeBaseId, Path)), responses(
    (status = 200, body = DeletedKnowledge),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn delete(
    caller: Caller,
    State(app): State<App>,
    Path(knowledge_base_id): Path<KnowledgeBaseId>,
) -> Result<Json<DeletedKnowledge>> {
    if !store::is_owned(&mut *caller.db().await?, &caller.id, knowledge_base_id).await? {
        return Err(Error::NotFound("knowledge base"));
    }
    documents::discard(&app, &caller, knowledge_base_id, None).await?;
    let chunks_deleted = store::delete(&mut *caller.db().await?, &caller.id, knowledge_base_id)
        .await?
        .ok_or(Error::NotFound("knowledge base"))?;
    Ok(Json(DeletedKnowledge { status: "success", knowledge_base_id, chunks_deleted }))
}
