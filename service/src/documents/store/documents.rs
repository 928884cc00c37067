//! Documents as people see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection, types::Json};
use utoipa::ToSchema;

use crate::{
    documents::extract::Kind,
    id::{DocumentId, KnowledgeBaseId, UserId},
    paging::Cursor,
};

/// A document of a knowledge base.
#[derive(Serialize, ToSchema)]
pub struct Document {
    pub id: DocumentId,
    pub knowledge_base_id: KnowledgeBaseId,
    /// Its address, if it is of the web.
    pub name: String,
    /// In bytes; 0 until it is fetched.
    pub size: i64,
    pub status: Status,
    /// Why it failed, what it waits for, or what of it could not be read.
    #[schema(value_type = Option<Failure>)]
    pub error: Option<Json<Failure>>,
    /// How much is done, in percent.
    pub progress: i32,
    /// How many chunks it has, once it is cut into them.
    pub chunks: Option<i32>,
    /// What it is, by its content, once it is ready.
    pub kind: Option<Kind>,
    /// How many pages or slides it has, if it has such. Of a sitemap, how many were added.
    pub pages: Option<i32>,
    /// Characters of its text.
    pub characters: Option<i32>,
    /// Where it is fetched from, if it is of the web.
    pub url: Option<String>,
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = DocumentStatus)]
pub enum Status {
    /// Its bytes are not here yet.
    Uploading,
    Queued,
    Extracting,
    Chunking,
    Embedding,
    Ready,
    Failed,
}

/// Why a document could not be read.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentFailure)]
pub struct Failure {
    /// For a program.
    pub code: String,
    /// For a person: what happened, and what to do.
    pub detail: String,
}

impl Failure {
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), detail: detail.into() }
    }
}

/// A document to be.
pub struct New<'a> {
    pub name: &'a str,
    pub source: Source,
    pub metadata: &'a serde_json::Value,
}

/// Where the bytes of a document come from.
pub enum Source {
    /// From a client, as many as it says.
    Upload { size: i64 },
    /// From the web: its name is its address.
    Web,
}

/// A document to be, in a knowledge base of the owner's. `None` if it is somebody else's.
pub async fn create(
    db: &mut PgConnection,
    owner: &UserId,
    base: KnowledgeBaseId,
    new: &New<'_>,
) -> sqlx::Result<Option<Document>> {
    let (size, url, status) = match new.source {
        Source::Upload { size } => (size, None, Status::Uploading),
        Source::Web => (0, Some(new.name), Status::Queued),
    };
    sqlx::query_as!(
        Document,
        r#"
        insert into documents as d (id, tenant_id, knowledge_base_id, name, size, metadata, url, status)
        select $1, tenant_id, id, $4, $5, $6, $7, $8 from knowledge_bases where id = $2 and owner_id = $3
        returning id as "id: DocumentId", knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", name, size,
          status as "status: Status", error as "error: Json<Failure>", 0 as "progress!", chunks_total as chunks,
          kind as "kind: Kind", pages, characters, url, metadata, created_at, updated_at
        "#,
        DocumentId::new() as DocumentId,
        base as KnowledgeBaseId,
        owner as &UserId,
        new.name,
        size,
        new.metadata,
        url,
        status as Status,
    )
    .fetch_optional(db)
    .await
}

/// How many documents a knowledge base has.
pub async fn count(db: &mut PgConnection, base: KnowledgeBaseId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from documents where knowledge_base_id = $1 and duplicate_of is null"#,
        base as KnowledgeBaseId
    )
    .fetch_one(db)
    .await
}

/// The documents of a knowledge base, newest first, after the place `after`.
pub async fn list(
    db: &mut PgConnection,
    base: KnowledgeBaseId,
    after: Option<Cursor>,
    limit: i64,
) -> sqlx::Result<Vec<Document>> {
    sqlx::query_as!(
        Document,
        r#"
        select d.id as "id: DocumentId", d.knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", d.name, d.size,
          d.status as "status: Status", d.error as "error: Json<Failure>", document_progress(d) as "progress!",
          d.chunks_total as chunks, d.kind as "kind: Kind", d.pages, d.characters, d.url, d.metadata,
          d.created_at, d.updated_at
        from documents d
        where d.knowledge_base_id = $1 and d.duplicate_of is null
          and ($2::timestamptz is null or (d.created_at, d.id) < ($2, $3))
        order by d.created_at desc, d.id desc limit $4
        "#,
        base as KnowledgeBaseId,
        after.map(|place| place.time),
        after.map(|place| place.id),
        limit,
    )
    .fetch_all(db)
    .await
}

/// How many documents of a knowledge base are how far.
#[derive(Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DocumentCounts)]
pub struct Counts {
    pub uploading: i64,
    pub queued: i64,
    pub extracting: i64,
    pub chunking: i64,
    pub embedding: i64,
    pub ready: i64,
    pub failed: i64,
}

impl Counts {
    /// Whether something happens to one of them without anybody's doing.
    pub fn are_underway(&self) -> bool {
        self.queued + self.extracting + self.chunking + self.embedding > 0
    }
}

pub async fn counts(db: &mut PgConnection, base: KnowledgeBaseId) -> sqlx::Result<Counts> {
    sqlx::query_as!(
        Counts,
        r#"
        select count(*) filter (where status = 'uploading') as "uploading!",
          count(*) filter (where status = 'queued') as "queued!",
          count(*) filter (where status = 'extracting') as "extracting!",
          count(*) filter (where status = 'chunking') as "chunking!",
          count(*) filter (where status = 'embedding') as "embedding!",
          count(*) filter (where status = 'ready') as "ready!",
          count(*) filter (where status = 'failed') as "failed!"
        from documents where knowledge_base_id = $1 and duplicate_of is null
        "#,
        base as KnowledgeBaseId,
    )
    .fetch_one(db)
    .await
}

/// The documents of a knowledge base that are being read, or were a moment ago; also those that
/// another one stands for by now.
pub async fn moving(db: &mut PgConnection, base: KnowledgeBaseId) -> sqlx::Result<Vec<Document>> {
    sqlx::query_as!(
        Document,
        r#"
        select d.id as "id: DocumentId", d.knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", d.name, d.size,
          d.status as "status: Status", d.error as "error: Json<Failure>", document_progress(d) as "progress!",
          d.chunks_total as chunks, d.kind as "kind: Kind", d.pages, d.characters, d.url, d.metadata,
          d.created_at, d.updated_at
        from documents d
        where d.knowledge_base_id = $1
          and (d.status in ('extracting', 'chunking', 'embedding') or d.updated_at > now() - interval '10 seconds')
        order by d.created_at, d.id limit 1000
        "#,
        base as KnowledgeBaseId,
    )
    .fetch_all(db)
    .await
}

/// A document that somebody may read: the one that stands for it, if another has the same bytes.
pub async fn get(db: &mut PgConnection, reader: &UserId, id: DocumentId) -> sqlx::Result<Option<Document>> {
    sqlx::query_as!(
        Document,
        r#"
        select d.id as "id: DocumentId", d.knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", d.name, d.size,
          d.status as "status: Status", d.error as "error: Json<Failure>", document_progress(d) as "progress!",
          d.chunks_total as chunks, d.kind as "kind: Kind", d.pages, d.characters, d.url, d.metadata,
          d.created_at, d.updated_at
        from documents asked
        join documents d on d.id = coalesce(asked.duplicate_of, asked.id)
        join knowledge_bases b on b.id = d.knowledge_base_id
        where asked.id = $1 and (b.owner_id = $2 or b.is_shared)
        "#,
        id as DocumentId,
        reader as &UserId,
    )
    .fetch_optional(db)
    .await
}

/// Has a document that is in one of the states `from` read.
pub async fn queue(db: &mut PgConnection, id: DocumentId, from: &[&str]) -> sqlx::Result<bool> {
    let from: Vec<String> = from.iter().map(|&state| state.to_owned()).collect();
    let updated = sqlx::query!(
        "update documents set status = 'queued', error = null, attempts = 0, updated_at = now()
         where id = $1 and status = any($2)",
        id as DocumentId,
        &from,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// A document and those it stands for.
pub async fn same(db: &mut PgConnection, id: DocumentId) -> sqlx::Result<Vec<DocumentId>> {
    sqlx::query_scalar!(
        r#"select id as "id: DocumentId" from documents where id = $1 or duplicate_of = $1"#,
        id as DocumentId
    )
    .fetch_all(db)
    .await
}

/// Deletes a document with its chunks, and those it stands for. Gives the ids of all.
pub async fn delete(db: &mut PgConnection, base: KnowledgeBaseId, id: DocumentId) -> sqlx::Result<Vec<DocumentId>> {
    let mut transaction = db.begin().await?;
    // In the order in which publishing takes the two: its chunks are counted there.
    super::publish::lock(&mut transaction, base).await?;
    let deleted = sqlx::query_scalar!(
        r#"delete from documents where id = $1 or duplicate_of = $1 returning id as "id: DocumentId""#,
        id as DocumentId
    )
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(deleted)
}

/// Whether a document, or without one a knowledge base, is still there.
pub async fn exists(db: &mut PgConnection, base: KnowledgeBaseId, id: Option<DocumentId>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select case when $2::uuid is null then exists (select from knowledge_bases where id = $1)
          else exists (select from documents where id = $2) end as "exists!"
        "#,
        base as KnowledgeBaseId,
        id as Option<DocumentId>,
    )
    .fetch_one(db)
    .await
}
