//! Documents as a worker reads them. Whoever writes holds a lease: a row that another has taken
//! over, or that is deleted, is left as it is.

use std::time::Duration;

use pgvector::Vector;
use sqlx::{Connection, PgConnection, types::Json};
use uuid::Uuid;

use super::{Failure, Status};
use crate::id::{ChunkId, DocumentId, KnowledgeBaseId, LeaseId};

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

/// Gives a document back, to be taken up later, and says why it waits.
pub async fn release(db: &mut PgConnection, id: DocumentId, held: LeaseId, why: &Failure) -> sqlx::Result<()> {
    sqlx::query!(
        "update documents set lease_id = null, lease_until = null, attempts = attempts - 1, updated_at = now(),
           error = $3
         where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
        Json(why) as _,
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
           chunks_total = null, chunks_done = 0, sha256 = null
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

/// What came of noting the digest of a document's bytes.
pub enum Noted {
    /// No other document of its knowledge base has them.
    New,
    /// Another one that is ready has them, and stands for it; it replaced these.
    Duplicate(Vec<DocumentId>),
    /// Another one with them is being read.
    Underway,
    /// The lease is lost.
    Lost,
}

/// Notes the digest of a document's bytes: the same bytes twice in a knowledge base are one
/// document.
pub async fn note(
    db: &mut PgConnection,
    id: DocumentId,
    base: KnowledgeBaseId,
    held: LeaseId,
    sha256: &[u8],
) -> sqlx::Result<Noted> {
    let mut transaction = db.begin().await?;
    // One after the other, so that of two with the same bytes one sees the other.
    lock(&mut transaction, base).await?;
    let other = sqlx::query!(
        r#"
        select id as "id: DocumentId", status = 'ready' as "is_ready!" from documents
        where knowledge_base_id = $1 and sha256 = $2 and id <> $3 and duplicate_of is null
        "#,
        base as KnowledgeBaseId,
        sha256,
        id as DocumentId,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    if other.as_ref().is_some_and(|other| !other.is_ready) {
        return Ok(Noted::Underway);
    }
    let original = other.map(|other| other.id);
    let name = sqlx::query_scalar!(
        "update documents set sha256 = $3, duplicate_of = $4, updated_at = now(),
           status = case when $4::uuid is null then status else 'ready' end,
           error = case when $4::uuid is null then error end,
           lease_id = case when $4::uuid is null then lease_id end,
           lease_until = case when $4::uuid is null then lease_until end
         where id = $1 and lease_id = $2
         returning name",
        id as DocumentId,
        held as LeaseId,
        sha256,
        original as Option<DocumentId>,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let noted = match (name, original) {
        (None, _) => return Ok(Noted::Lost),
        (Some(_), None) => Noted::New,
        (Some(name), Some(_)) => Noted::Duplicate(replace_older(&mut transaction, base, &name, id, original).await?),
    };
    transaction.commit().await?;
    Ok(noted)
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
    // The vectors of a long document take their time.
    sqlx::query!("set local statement_timeout = '15min'").execute(&mut *transaction).await?;
    // One after the other, so that of two with the same name one sees the other.
    lock(&mut transaction, base).await?;
    let document = sqlx::query!(
        r#"
        update documents d
        set status = 'ready', lease_id = null, lease_until = null, updated_at = now(), chunks_done = $3, attempts = 0,
          error = null,
          duplicate_of = (
            select coalesce(duplicate_of, id) from documents
            where knowledge_base_id = d.knowledge_base_id and name = d.name and id > d.id and status = 'ready'
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
    let replaced = replace_older(&mut transaction, base, &document.name, id, None).await?;
    sqlx::query!("update knowledge_bases set updated_at = now() where id = $1", base as KnowledgeBaseId)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Some(replaced))
}

/// Deletes the older documents of the same name, but for `original`, and returns them. Where one
/// stood for a document of another name, that one has its chunks from now on.
async fn replace_older(
    transaction: &mut PgConnection,
    base: KnowledgeBaseId,
    name: &str,
    id: DocumentId,
    original: Option<DocumentId>,
) -> sqlx::Result<Vec<DocumentId>> {
    sqlx::query!(
        r#"
        with heirs as (
          select distinct on (old.id) old.id as old_id, old.chunks_total, heir.id, heir.name
          from documents old join documents heir on heir.duplicate_of = old.id and heir.name <> old.name
          where old.knowledge_base_id = $1 and old.name = $2 and old.id < $3 and old.id is distinct from $4
          order by old.id, heir.id
        ), moved as (
          update knowledge_chunks c set document_id = heirs.id, source_uri = heirs.name
          from heirs where c.document_id = heirs.old_id
        )
        update documents d
        set duplicate_of = nullif(heirs.id, d.id), chunks_total = heirs.chunks_total, chunks_done = heirs.chunks_total
        from heirs where d.duplicate_of = heirs.old_id and d.name <> $2
        "#,
        base as KnowledgeBaseId,
        name,
        id as DocumentId,
        original as Option<DocumentId>,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query_scalar!(
        r#"
        delete from documents
        where knowledge_base_id = $1 and name = $2 and id < $3 and id is distinct from $4
          and status in ('ready', 'failed')
        returning id as "id: DocumentId"
        "#,
        base as KnowledgeBaseId,
        name,
        id as DocumentId,
        original as Option<DocumentId>,
    )
    .fetch_all(transaction)
    .await
}

async fn lock(transaction: &mut PgConnection, base: KnowledgeBaseId) -> sqlx::Result<()> {
    sqlx::query!("select id from knowledge_bases where id = $1 for update", base as KnowledgeBaseId)
        .fetch_optional(transaction)
        .await?;
    Ok(())
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
