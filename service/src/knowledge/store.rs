//! The SQL of knowledge bases and their chunks.

use chrono::{DateTime, Utc};
use pgvector::Vector;
use serde::Serialize;
use sqlx::{Connection, PgConnection};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ChunkSize;
use crate::{
    id::{ChunkId, DocumentId, KnowledgeBaseId, UserId},
    paging::Cursor,
};

/// A knowledge base.
#[derive(Serialize, ToSchema)]
pub struct KnowledgeBase {
    pub id: KnowledgeBaseId,
    pub name: String,
    pub description: Option<String>,
    pub chunk_count: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A chunk that was found.
#[derive(Serialize, ToSchema)]
pub struct Match {
    pub id: ChunkId,
    pub text: String,
    pub source_type: String,
    pub source_uri: Option<String>,
    /// Its place among the chunks that were added with it, from 0.
    pub chunk_index: i32,
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
    /// Cosine similarity to the query, −1 to 1.
    pub similarity: f64,
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

/// Text to add, with its vector.
pub struct Chunk {
    pub text: String,
    pub embedding: Vector,
}

/// Where text comes from.
pub struct Source<'a> {
    pub source_type: &'a str,
    pub source_uri: Option<&'a str>,
}

/// The owner's knowledge bases, newest first, after the place `after`.
pub async fn list(
    db: &mut PgConnection,
    owner: &UserId,
    after: Option<Cursor>,
    limit: i64,
) -> sqlx::Result<Vec<KnowledgeBase>> {
    sqlx::query_as!(
        KnowledgeBase,
        r#"
        select id as "id: KnowledgeBaseId", name, description, created_at, updated_at,
          (select count(*) from knowledge_chunks where knowledge_base_id = b.id) as "chunk_count!"
        from knowledge_bases b
        where owner_id = $1 and ($2::timestamptz is null or (created_at, id) < ($2, $3))
        order by created_at desc, id desc limit $4
        "#,
        owner as &UserId,
        after.map(|place| place.time),
        after.map(|place| place.id),
        limit,
    )
    .fetch_all(db)
    .await
}

pub async fn create(
    db: &mut PgConnection,
    owner: &UserId,
    name: &str,
    description: Option<&str>,
) -> sqlx::Result<KnowledgeBase> {
    sqlx::query_as!(
        KnowledgeBase,
        r#"
        insert into knowledge_bases (id, tenant_id, owner_id, name, description)
        values ($1, current_setting('app.tenant'), $2, $3, $4)
        returning id as "id: KnowledgeBaseId", name, description, created_at, updated_at, 0::bigint as "chunk_count!"
        "#,
        KnowledgeBaseId::new() as KnowledgeBaseId,
        owner as &UserId,
        name,
        description,
    )
    .fetch_one(db)
    .await
}

/// Whether there is this knowledge base and it is the owner's.
pub async fn is_owned(db: &mut PgConnection, owner: &UserId, id: KnowledgeBaseId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from knowledge_bases where id = $1 and owner_id = $2) as "is_owned!""#,
        id as KnowledgeBaseId,
        owner as &UserId,
    )
    .fetch_one(db)
    .await
}

/// Whether a knowledge base is known to be somebody else's.
pub async fn is_foreign(db: &mut PgConnection, owner: &UserId, id: KnowledgeBaseId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from knowledge_bases where id = $1 and owner_id <> $2) as "is_foreign!""#,
        id as KnowledgeBaseId,
        owner as &UserId,
    )
    .fetch_one(db)
    .await
}

/// How large the chunks of a knowledge base are, or will be once there is one.
pub async fn chunk_size(db: &mut PgConnection, id: KnowledgeBaseId) -> sqlx::Result<ChunkSize> {
    let size = sqlx::query_as!(
        ChunkSize,
        "select chunk_tokens as tokens, chunk_overlap as overlap from knowledge_bases where id = $1",
        id as KnowledgeBaseId
    );
    Ok(size.fetch_optional(db).await?.unwrap_or_default())
}

/// Adds chunks to a knowledge base of the owner's, all or none; one that does not exist is made
/// and called `name`. `None` if it is somebody else's.
pub async fn add(
    db: &mut PgConnection,
    owner: &UserId,
    id: KnowledgeBaseId,
    name: &str,
    source: &Source<'_>,
    chunks: Vec<Chunk>,
) -> sqlx::Result<Option<Vec<ChunkId>>> {
    let mut transaction = db.begin().await?;
    // Another tenant's base of that id is in the way as well, though nobody here can see it.
    sqlx::query!(
        "insert into knowledge_bases (id, tenant_id, owner_id, name)
         values ($1, current_setting('app.tenant'), $2, $3) on conflict (id) do nothing",
        id as KnowledgeBaseId,
        owner as &UserId,
        name,
    )
    .execute(&mut *transaction)
    .await?;
    let updated = sqlx::query!(
        "update knowledge_bases set updated_at = now() where id = $1 and owner_id = $2",
        id as KnowledgeBaseId,
        owner as &UserId,
    )
    .execute(&mut *transaction)
    .await?;
    if updated.rows_affected() == 0 {
        return Ok(None);
    }
    let ids: Vec<Uuid> = chunks.iter().map(|_| ChunkId::new().0).collect();
    let (texts, embeddings): (Vec<String>, Vec<Vector>) =
        chunks.into_iter().map(|chunk| (chunk.text, chunk.embedding)).unzip();
    sqlx::query!(
        r#"
        insert into knowledge_chunks (id, tenant_id, knowledge_base_id, text, source_type, source_uri, chunk_index, embedding)
        select chunk.id, current_setting('app.tenant'), $1, chunk.text, $2, $3, chunk.number - 1, chunk.embedding
        from unnest($4::uuid[], $5::text[], $6::vector[]) with ordinality as chunk (id, text, embedding, number)
        "#,
        id as KnowledgeBaseId,
        source.source_type,
        source.source_uri,
        &ids,
        &texts,
        &embeddings as _,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Some(ids.into_iter().map(ChunkId).collect()))
}

/// The chunks closest to `query` in a knowledge base, closest first: exact, by a scan.
pub async fn search(
    db: &mut PgConnection,
    owner: &UserId,
    id: KnowledgeBaseId,
    query: &Vector,
    top_k: i64,
) -> sqlx::Result<Vec<Match>> {
    sqlx::query_as!(
        Match,
        r#"
        select c.id as "id: ChunkId", c.text, c.source_type, c.source_uri, c.chunk_index, c.metadata,
          -- A text without a word may have a vector without a direction: it is similar to nothing.
          coalesce(nullif(1 - (c.embedding <=> $3), 'NaN'), 0) as "similarity!",
          c.document_id as "document_id: DocumentId", c.page, c.headings, c.char_start, c.char_end
        from knowledge_chunks c join knowledge_bases b on b.id = c.knowledge_base_id
        where b.id = $1 and b.owner_id = $2
        order by c.embedding <=> $3, c.id limit $4
        "#,
        id as KnowledgeBaseId,
        owner as &UserId,
        query as _,
        top_k,
    )
    .fetch_all(db)
    .await
}

/// Deletes a knowledge base with its chunks and counts these. `None` if it is not the owner's.
pub async fn delete(db: &mut PgConnection, owner: &UserId, id: KnowledgeBaseId) -> sqlx::Result<Option<i64>> {
    let row = sqlx::query!(
        r#"
        with deleted as (delete from knowledge_bases where id = $1 and owner_id = $2 returning id)
        select exists (select from deleted) as "found!", count(*) as "chunks!"
        from knowledge_chunks where knowledge_base_id in (select id from deleted)
        "#,
        id as KnowledgeBaseId,
        owner as &UserId,
    )
    .fetch_one(db)
    .await?;
    Ok(row.found.then_some(row.chunks))
}
