//! Knowledge bases over HTTP.

use std::time::{Duration, Instant};

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    ChunkSize,
    store::{self, Access, Changes, KnowledgeBase, Language, New},
};
use crate::{
    App,
    auth::Caller,
    documents,
    error::{Error, Problem, Result},
    id::KnowledgeBaseId,
    input::{Bounded, Json, Path, Query, Text, present},
    jobs::Job,
    paging::{self, Cursor},
};

/// How long a request to delete a knowledge base takes rows away.
const DELETES_FOR: Duration = Duration::from_secs(2);

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get_one, update)).routes(routes!(delete))
}

/// Lets those through who may read a knowledge base.
pub async fn readable(db: &mut PgConnection, caller: &Caller, id: KnowledgeBaseId) -> Result<()> {
    store::access(db, &caller.id, id).await?.map(|_| ()).ok_or(Error::NotFound("knowledge base"))
}

/// Lets the owner of a knowledge base through.
pub async fn own(db: &mut PgConnection, caller: &Caller, id: KnowledgeBaseId) -> Result<()> {
    match store::access(db, &caller.id, id).await? {
        Some(Access::Own) => Ok(()),
        Some(Access::Shared) => Err(Error::Forbidden(
            "This knowledge base is shared with you to read. Ask its owner to change it, or make one of your own.",
        )),
        None => Err(Error::NotFound("knowledge base")),
    }
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

/// The knowledge bases that you may read, newest first
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
    #[serde(default)]
    language: Language,
    /// Most tokens of a chunk.
    #[serde(default = "Bounded::of::<400>")]
    chunk_tokens: Bounded<50, 2_000>,
    /// Tokens that a chunk repeats of the one before: half of a chunk at the most.
    #[serde(default = "Bounded::of::<60>")]
    chunk_overlap: Bounded<0, 1_000>,
    /// Let everybody of the tenant read it.
    #[serde(default)]
    is_shared: bool,
}

fn chunk_size(tokens: i32, overlap: i32) -> Result<ChunkSize> {
    if overlap > tokens / 2 {
        return Err(Error::Invalid(format!("chunk_overlap: must be at most half of chunk_tokens, which is {tokens}.")));
    }
    Ok(ChunkSize { tokens, overlap })
}

/// Make a knowledge base
#[utoipa::path(post, path = "/knowledge-bases", tag = "knowledge", request_body = CreateKnowledgeBase, responses(
    (status = 201, body = KnowledgeBase),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn create(caller: Caller, Json(body): Json<CreateKnowledgeBase>) -> Result<impl IntoResponse> {
    let new = New {
        name: &body.name,
        description: body.description.as_deref(),
        language: body.language,
        chunk_size: chunk_size(body.chunk_tokens.get(), body.chunk_overlap.get())?,
        is_shared: body.is_shared,
    };
    let made = store::create(&mut *caller.db().await?, &caller.id, &new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One knowledge base
#[utoipa::path(get, operation_id = "get", path = "/knowledge-bases/{knowledge_base_id}", tag = "knowledge",
    params(("knowledge_base_id" = KnowledgeBaseId, Path)), responses(
    (status = 200, body = KnowledgeBase),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn get_one(caller: Caller, Path(id): Path<KnowledgeBaseId>) -> Result<Json<KnowledgeBase>> {
    let base = store::get(&mut *caller.db().await?, &caller.id, id).await?;
    base.map(Json).ok_or(Error::NotFound("knowledge base"))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateKnowledgeBase {
    name: Option<Text<1, 200>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Text<0, 2_000>>)]
    #[allow(clippy::option_option)] // absent and `null` differ
    description: Option<Option<Text<0, 2_000>>>,
    /// The words of its texts are taken anew, in the background.
    language: Option<Language>,
    /// For documents that are read from now on.
    chunk_tokens: Option<Bounded<50, 2_000>>,
    chunk_overlap: Option<Bounded<0, 1_000>>,
    is_shared: Option<bool>,
}

/// Change a knowledge base of yours
///
/// Without a field, it stays as it is.
#[utoipa::path(patch, path = "/knowledge-bases/{knowledge_base_id}", tag = "knowledge",
    params(("knowledge_base_id" = KnowledgeBaseId, Path)), request_body = UpdateKnowledgeBase, responses(
    (status = 200, body = KnowledgeBase),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn update(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<KnowledgeBaseId>,
    Json(body): Json<UpdateKnowledgeBase>,
) -> Result<Json<KnowledgeBase>> {
    let mut db = caller.db().await?;
    own(&mut db, &caller, id).await?;
    let before = store::chunk_size(&mut db, id).await?;
    let tokens = body.chunk_tokens.map_or(before.tokens, Bounded::get);
    let overlap = body.chunk_overlap.map_or(before.overlap, Bounded::get);
    let changes = Changes {
        name: body.name.as_deref(),
        description: body.description.as_ref().map(Option::as_deref),
        language: body.language,
        chunk_size: Some(chunk_size(tokens, overlap)?),
        is_shared: body.is_shared,
    };
    store::update(&mut db, &caller.id, id, &changes).await?;
    let base = store::get(&mut db, &caller.id, id).await?.ok_or(Error::NotFound("knowledge base"))?;
    drop(db);
    if body.language.is_some() {
        app.queue.send(&Job::Index { tenant: caller.tenant, knowledge_base: id }, Duration::ZERO).await?;
    }
    Ok(Json(base))
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
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn delete(
    caller: Caller,
    State(app): State<App>,
    Path(knowledge_base_id): Path<KnowledgeBaseId>,
) -> Result<Json<DeletedKnowledge>> {
    own(&mut *caller.db().await?, &caller, knowledge_base_id).await?;
    documents::discard(&app, &caller, knowledge_base_id, None).await?;
    let chunks_deleted = store::delete(&mut *caller.db().await?, &caller.id, knowledge_base_id)
        .await?
        .ok_or(Error::NotFound("knowledge base"))?;
    // The rows of a small one at once. The job has those of a large one, where somebody does jobs.
    let began = Instant::now();
    while app.objects.is_none() || began.elapsed() < DELETES_FOR {
        if !store::delete_some(&mut *caller.db().await?, knowledge_base_id).await? {
            break;
        }
    }
    Ok(Json(DeletedKnowledge { status: "success", knowledge_base_id, chunks_deleted }))
}
