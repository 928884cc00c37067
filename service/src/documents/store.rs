//! The SQL of documents.

use std::time::Duration;

use chrono::{DateTime, Utc};
use pgvector::Vector;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection, types::Json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    id::{ChunkId, DocumentId, KnowledgeBaseId, LeaseId, UserId},
    paging::Cursor,
};

/// A document of a knowledge base.
#[derive(Serialize, ToSchema)]
pub struct Document {
    pub id: DocumentId,
    pub knowledge_base_id: KnowledgeBaseId,
    pub name: String,
    /// In bytes.
    pub size: i64,
    pub status: Status,
    /// Why it failed.
    #[schema(value_type = Option<Failure>)]
    pub error: Option<Json<Failure>>,
    /// How much is done, in percent.
    pub progress: i32,
    /// How many chunks it has, once it is cut into them.
    pub chunks: Option<i32>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
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

/// A document that is to be read, by who holds its lease.
pub struct Claim {
    pub lease: LeaseId,
    pub knowledge_base_id: KnowledgeBaseId,
    /// Attempts that ended with the process that made them.
    pub attempts: i32,
}

/// What came of asking for a lease.
pub enum Claimed {
    Ours(Claim),
    /// Somebody else is at it.
    Busy,
    /// There is nothing to do, or no such document.
    Done,
}

/// A chunk of a document that is not ready yet.
pub struct Chunk {
    /// Its place in the document, from 0.
    pub index: i32,
    pub text: String,
    pub metadata: serde_json::Value,
    pub embedding: Vector,
}

/// A document to be, in a knowledge base of the owner's. `None` if it is somebody else's.
pub async fn create(
    db: &mut PgConnection,
    owner: &UserId,
    base: KnowledgeBaseId,
    name: &str,
    size: i64,
) -> sqlx::Result<Option<Document>> {
    sqlx::query_as!(
        Document,
        r#"
        insert into documents as d (id, tenant_id, knowledge_base_id, name, size, status)
        select $1, tenant_id, id, $4, $5, 'uploading' from knowledge_bases where id = $2 and owner_id = $3
        returning id as "id: DocumentId", knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", name, size,
          status as "status: Status", error as "error: Json<Failure>", 0 as "progress!", chunks_total as chunks,
          created_at, updated_at
        "#,
        DocumentId::new() as DocumentId,
        base as KnowledgeBaseId,
        owner as &UserId,
        name,
        size,
    )
    .fetch_optional(db)
    .await
}

/// How many documents a knowledge base has.
pub async fn count(db: &mut PgConnection, base: KnowledgeBaseId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from documents where knowledge_base_id = $1"#,
        base as KnowledgeBaseId
    )
    .fetch_one(db)
    .await
}

/// The documents of a knowledge base of the owner's, newest first, after the place `after`.
pub async fn list(
    db: &mut PgConnection,
    owner: &UserId,
    base: KnowledgeBaseId,
    after: Option<Cursor>,
    limit: i64,
) -> sqlx::Result<Vec<Document>> {
    sqlx::query_as!(
        Document,
        r#"
        select d.id as "id: DocumentId", d.knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", d.name, d.size,
          d.status as "status: Status", d.error as "error: Json<Failure>", document_progress(d) as "progress!",
          d.chunks_total as chunks, d.created_at, d.updated_at
        from documents d join knowledge_bases b on b.id = d.knowledge_base_id
        where b.id = $1 and b.owner_id = $2 and d.duplicate_of is null
          and ($3::timestamptz is null or (d.created_at, d.id) < ($3, $4))
        order by d.created_at desc, d.id desc limit $5
        "#,
        base as KnowledgeBaseId,
        owner as &UserId,
        after.map(|place| place.time),
        after.map(|place| place.id),
        limit,
    )
    .fetch_all(db)
    .await
}

/// A document of the owner's: the one that stands for it, if another has the same bytes.
pub async fn get(db: &mut PgConnection, owner: &UserId, id: DocumentId) -> sqlx::Result<Option<Document>> {
    sqlx::query_as!(
        Document,
        r#"
        select d.id as "id: DocumentId", d.knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", d.name, d.size,
          d.status as "status: Status", d.error as "error: Json<Failure>", document_progress(d) as "progress!",
          d.chunks_total as chunks, d.created_at, d.updated_at
        from documents asked
        join documents d on d.id = coalesce(asked.duplicate_of, asked.id)
        join knowledge_bases b on b.id = d.knowledge_base_id
        where asked.id = $1 and b.owner_id = $2
        "#,
        id as DocumentId,
        owner as &UserId,
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

/// Deletes a document with its chunks.
pub async fn delete(db: &mut PgConnection, id: DocumentId) -> sqlx::Result<()> {
    sqlx::query!("delete from documents where id = $1", id as DocumentId).execute(db).await?;
    Ok(())
}

/// Takes a document for oneself, for `lease` from now.
pub async fn claim(db: &mut PgConnection, id: DocumentId, lease: Duration) -> sqlx::Result<Claimed> {
    let claimed = sqlx::query_as!(
        Claim,
        r#"
        update documents
        set lease_id = $2, lease_until = now() + make_interval(secs => $3), updated_at = now(),
          -- Whoever gives it back in order takes this back.
          attempts = attempts + 1,
          status = case when status = 'queued' then 'extracting' else status end
        where id = $1 and status in ('queued', 'extracting', 'chunking', 'embedding')
          and (lease_until is null or lease_until < now())
        returning lease_id as "lease!: LeaseId", knowledge_base_id as "knowledge_base_id: KnowledgeBaseId",
          attempts - 1 as "attempts!"
        "#,
        id as DocumentId,
        LeaseId::new() as LeaseId,
        lease.as_secs_f64(),
    )
    .fetch_optional(&mut *db)
    .await?;
    if let Some(claim) = claimed {
        return Ok(Claimed::Ours(claim));
    }
    let is_busy = sqlx::query_scalar!(
        r#"select exists (select from documents where id = $1 and lease_until >= now()) as "is_busy!""#,
        id as DocumentId
    )
    .fetch_one(db)
    .await?;
    Ok(if is_busy { Claimed::Busy } else { Claimed::Done })
}

/// Keeps the lease for another `lease`. False if it is lost.
pub async fn keep(db: &mut PgConnection, id: DocumentId, held: LeaseId, lease: Duration) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update documents set lease_until = now() + make_interval(secs => $3) where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
        lease.as_secs_f64(),
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Gives a document back, to be taken up later.
pub async fn release(db: &mut PgConnection, id: DocumentId, held: LeaseId) -> sqlx::Result<()> {
    sqlx::query!(
        "update documents set lease_id = null, lease_until = null, attempts = attempts - 1, updated_at = now()
         where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Says how far a document is. False if the lease is lost.
pub async fn reach(
    db: &mut PgConnection,
    id: DocumentId,
    held: LeaseId,
    status: Status,
    chunks: Option<i32>,
) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update documents set status = $3, chunks_total = $4, updated_at = now() where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
        status as Status,
        chunks,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Says that a document can't be read, and forgets what was read of it.
pub async fn fail(db: &mut PgConnection, id: DocumentId, held: LeaseId, failure: &Failure) -> sqlx::Result<()> {
    let mut transaction = db.begin().await?;
    let updated = sqlx::query!(
        "update documents set status = 'failed', error = $3, lease_id = null, lease_until = null, updated_at = now(),
           chunks_total = null, chunks_done = 0
         where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
        Json(failure) as _,
    )
    .execute(&mut *transaction)
    .await?;
    if updated.rows_affected() > 0 {
        forget_chunks(&mut transaction, id).await?;
    }
    transaction.commit().await
}

/// Notes the digest of a document's bytes. Whether an older one of its knowledge base has the
/// same: then that one stands for both, and this one is done.
pub async fn is_duplicate(
    db: &mut PgConnection,
    id: DocumentId,
    base: KnowledgeBaseId,
    held: LeaseId,
    sha256: &[u8],
) -> sqlx::Result<bool> {
    let mut transaction = db.begin().await?;
    // One after the other, so that of two with the same bytes one sees the other.
    lock(&mut transaction, base).await?;
    let original = sqlx::query_scalar!(
        r#"
        select id as "id: DocumentId" from documents
        where knowledge_base_id = $1 and sha256 = $2 and id <> $3 and status <> 'failed' and duplicate_of is null
        order by id limit 1
        "#,
        base as KnowledgeBaseId,
        sha256,
        id as DocumentId,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    sqlx::query!(
        "update documents set sha256 = $3, duplicate_of = $4, updated_at = now(),
           status = case when $4::uuid is null then status else 'ready' end,
           lease_id = case when $4::uuid is null then lease_id end,
           lease_until = case when $4::uuid is null then lease_until end
         where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
        sha256,
        original as Option<DocumentId>,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(original.is_some())
}

/// The places and texts of chunks that have a vector already.
pub async fn embedded(db: &mut PgConnection, id: DocumentId) -> sqlx::Result<Vec<(i32, String)>> {
    let rows = sqlx::query!("select chunk_index, text from document_chunks where document_id = $1", id as DocumentId)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.chunk_index, row.text)).collect())
}

/// Forgets what was read of a document that is not ready.
pub async fn forget_chunks(db: &mut PgConnection, id: DocumentId) -> sqlx::Result<()> {
    sqlx::query!("delete from document_chunks where document_id = $1", id as DocumentId).execute(db).await?;
    Ok(())
}

/// Keeps chunks with their vectors until all are there. False if the lease is lost.
pub async fn keep_chunks(
    db: &mut PgConnection,
    id: DocumentId,
    held: LeaseId,
    chunks: Vec<Chunk>,
) -> sqlx::Result<bool> {
    let mut indexes = Vec::with_capacity(chunks.len());
    let mut texts = Vec::with_capacity(chunks.len());
    let mut metadata = Vec::with_capacity(chunks.len());
    let mut embeddings = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        indexes.push(chunk.index);
        texts.push(chunk.text);
        metadata.push(chunk.metadata);
        embeddings.push(chunk.embedding);
    }
    let mut transaction = db.begin().await?;
    // Locks the row first: without the lease nothing is written.
    let updated = sqlx::query!(
        "update documents set updated_at = now() where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
    )
    .execute(&mut *transaction)
    .await?;
    if updated.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        r#"
        insert into document_chunks (document_id, tenant_id, chunk_index, text, metadata, embedding)
        select $1, current_setting('app.tenant'), chunk.index, chunk.text, chunk.metadata, chunk.embedding
        from unnest($2::int[], $3::text[], $4::jsonb[], $5::vector[]) as chunk (index, text, metadata, embedding)
        on conflict (document_id, chunk_index) do update
          set text = excluded.text, metadata = excluded.metadata, embedding = excluded.embedding
        "#,
        id as DocumentId,
        &indexes,
        &texts,
        &metadata,
        &embeddings as _,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "update documents set chunks_done = (select count(*) from document_chunks where document_id = $1) where id = $1",
        id as DocumentId
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

/// Makes a document's chunks findable, all at once, in place of those of older documents of the
/// same name, and returns these. If a newer one was ready before, that one stands for it.
/// `None` if the lease is lost.
pub async fn publish(
    db: &mut PgConnection,
    id: DocumentId,
    base: KnowledgeBaseId,
    held: LeaseId,
    chunks: i32,
) -> sqlx::Result<Option<Vec<DocumentId>>> {
    let mut transaction = db.begin().await?;
    // One after the other, so that of two with the same name one sees the other.
    lock(&mut transaction, base).await?;
    let document = sqlx::query!(
        r#"
        update documents d
        set status = 'ready', lease_id = null, lease_until = null, updated_at = now(), chunks_done = $3, attempts = 0,
          duplicate_of = (
            select id from documents
            where knowledge_base_id = d.knowledge_base_id and name = d.name and id > d.id and status = 'ready'
              and duplicate_of is null
            order by id desc limit 1
          )
        where id = $1 and lease_id = $2
        returning name, duplicate_of is not null as "is_outdated!"
        "#,
        id as DocumentId,
        held as LeaseId,
        chunks,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(document) = document else { return Ok(None) };
    if document.is_outdated {
        forget_chunks(&mut transaction, id).await?;
        transaction.commit().await?;
        return Ok(Some(Vec::new()));
    }
    let ids: Vec<Uuid> = (0..chunks).map(|_| ChunkId::new().0).collect();
    sqlx::query!(
        r#"
        insert into knowledge_chunks
          (id, tenant_id, knowledge_base_id, document_id, text, source_type, source_uri, chunk_index, metadata, embedding)
        select ($4::uuid[])[c.chunk_index + 1], c.tenant_id, $2, $1, c.text, 'document', $3, c.chunk_index, c.metadata,
          c.embedding
        from document_chunks c where c.document_id = $1 and c.chunk_index < $5
        "#,
        id as DocumentId,
        base as KnowledgeBaseId,
        document.name,
        &ids,
        chunks,
    )
    .execute(&mut *transaction)
    .await?;
    forget_chunks(&mut transaction, id).await?;
    let replaced = sqlx::query_scalar!(
        r#"
        delete from documents
        where knowledge_base_id = $1 and name = $2 and id < $3 and status in ('ready', 'failed')
        returning id as "id: DocumentId"
        "#,
        base as KnowledgeBaseId,
        document.name,
        id as DocumentId,
    )
    .fetch_all(&mut *transaction)
    .await?;
    sqlx::query!("update knowledge_bases set updated_at = now() where id = $1", base as KnowledgeBaseId)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some(replaced))
}

async fn lock(transaction: &mut PgConnection, base: KnowledgeBaseId) -> sqlx::Result<()> {
    sqlx::query!("select id from knowledge_bases where id = $1 for update", base as KnowledgeBaseId)
        .fetch_optional(transaction)
        .await?;
    Ok(())
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

/// Documents of the tenant with something to do that nobody has been at for `idle`, whose message
/// may be lost. They count as touched from now on.
pub async fn forgotten(db: &mut PgConnection, idle: Duration) -> sqlx::Result<Vec<DocumentId>> {
    sqlx::query_scalar!(
        r#"
        update documents set updated_at = now()
        where status in ('queued', 'extracting', 'chunking', 'embedding')
          and updated_at < now() - make_interval(secs => $1) and (lease_until is null or lease_until < now())
        returning id as "id: DocumentId"
        "#,
        idle.as_secs_f64(),
    )
    .fetch_all(db)
    .await
}

/// Documents of the tenant whose bytes never came within `patience`.
pub async fn abandoned(db: &mut PgConnection, patience: Duration) -> sqlx::Result<Vec<(KnowledgeBaseId, DocumentId)>> {
    let rows = sqlx::query!(
        r#"
        select knowledge_base_id as "base: KnowledgeBaseId", id as "id: DocumentId" from documents
        where status = 'uploading' and updated_at < now() - make_interval(secs => $1) limit 1000
        "#,
        patience.as_secs_f64(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.base, row.id)).collect())
}
