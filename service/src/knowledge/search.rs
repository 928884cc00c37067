//! Finding chunks: by meaning, by words, or both.

use pgvector::HalfVector;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    db::Db,
    id::{ChunkId, DocumentId, KnowledgeBaseId, TenantId, UserId},
    input::{Ids, Object, Texts},
    model::{self, Model},
};

/// Chunks of each way of searching that are fused, at the least.
const DEPTH: i32 = 50;
/// Chunks that a model ranks again.
const RERANKED: i32 = 50;

/// How chunks are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Both ways, fused: what either ranks high comes first.
    #[default]
    Hybrid,
    /// By meaning alone.
    Vector,
    /// By words alone; no model is asked.
    Text,
}

/// What a chunk must have to be found; without a field, anything.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Is of one of these documents.
    #[serde(default)]
    #[schema(value_type = Option<Vec<DocumentId>>, min_items = 0, max_items = 100)]
    pub document_ids: Option<Ids<DocumentId, 100>>,
    /// Has one of these source types; that of documents is `document`.
    #[serde(default)]
    pub source_types: Option<Texts<0, 100, 50>>,
    /// Has all of this in its metadata.
    #[serde(default)]
    pub metadata: Option<Object<4>>,
}

/// What is searched for.
pub struct Search<'a> {
    /// As if they were one.
    pub knowledge_base_ids: &'a [KnowledgeBaseId],
    pub text: &'a str,
    pub mode: Mode,
    pub top_k: i32,
    pub filter: Filter,
}

/// A chunk that was found.
#[derive(Serialize, ToSchema)]
pub struct Match {
    pub id: ChunkId,
    pub knowledge_base_id: KnowledgeBaseId,
    pub text: String,
    pub source_type: String,
    pub source_uri: Option<String>,
    /// Its place among the chunks that were added with it, from 0.
    pub chunk_index: i32,
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
    /// Cosine similarity to the query, −1 to 1; 0 where only words were searched for.
    pub similarity: f64,
    /// What the chunks are sorted by; it compares within one search only.
    pub score: f64,
    /// The document it is of, if it is of one.
    pub document_id: Option<DocumentId>,
    /// The page or slide it begins on, from 1.
    pub page: Option<i32>,
    /// The headings it stands under, the highest first.
    pub headings: Vec<String>,
    /// Its first character's place in the document's text, from 0.
    pub char_start: Option<i32>,
    /// The place after its last character.
    pub char_end: Option<i32>,
}

/// The best chunks of those knowledge bases that the reader may read, the best first.
pub async fn search<E: From<sqlx::Error> + From<model::Error>>(
    db: &Db,
    model: &Model,
    tenant: &TenantId,
    reader: &UserId,
    search: &Search<'_>,
) -> Result<Vec<Match>, E> {
    let vector = match search.mode {
        Mode::Text => None,
        // No connection waits for Bedrock.
        Mode::Hybrid | Mode::Vector => Some(model.embed_query(search.text).await?),
    };
    let count = if model.can_rerank() { search.top_k.max(RERANKED) } else { search.top_k };
    let mut db = db.tenant(tenant).await?;
    let mut found = fused(&mut db, reader, search, vector.as_ref(), count).await?;
    drop(db);
    if model.can_rerank() && !found.is_empty() {
        let texts: Vec<&str> = found.iter().map(|found| found.text.as_str()).collect();
        match model.rerank(search.text, &texts).await {
            Ok(scores) => {
                for (found, score) in found.iter_mut().zip(scores) {
                    found.score = score;
                }
                found.sort_by(|a, b| b.score.total_cmp(&a.score));
            }
            // The order without it is good as well.
            Err(error) => tracing::warn!(%error, "cannot rank what was found again"),
        }
    }
    found.truncate(usize::try_from(search.top_k).unwrap_or_default());
    Ok(found)
}

async fn fused(
    db: &mut PgConnection,
    reader: &UserId,
    search: &Search<'_>,
    vector: Option<&HalfVector>,
    count: i32,
) -> sqlx::Result<Vec<Match>> {
    let filter = &search.filter;
    let documents: Option<Vec<Uuid>> =
        filter.document_ids.as_ref().map(|documents| documents.0.iter().map(|document| document.0).collect());
    sqlx::query_file_as!(
        Match,
        "src/knowledge/search.sql",
        search.knowledge_base_ids as &[KnowledgeBaseId],
        vector as _,
        (search.mode != Mode::Vector).then_some(search.text),
        if search.mode == Mode::Hybrid { count.max(DEPTH) } else { count },
        documents.as_deref(),
        filter.source_types.as_ref().map(|types| types.0.as_slice()),
        filter.metadata.clone().map(Object::into_value),
        i64::from(count),
        reader as &UserId,
    )
    .fetch_all(db)
    .await
}
