//! Documents as a worker reads them. Whoever writes holds a lease: a row that another has taken
//! over, or that is deleted, is left as it is.

use std::time::Duration;

use sqlx::{Connection, PgConnection, types::Json};

use super::{Failure, Status};
use crate::{
    documents::extract::Piece,
    id::{DocumentId, KnowledgeBaseId, LeaseId},
    knowledge::Embedded,
};

/// A document that is to be read, by who holds its lease.
pub struct Claim {
    pub lease: LeaseId,
    pub knowledge_base_id: KnowledgeBaseId,
    pub name: String,
    /// Where it is fetched from, if it is of the web.
    pub url: Option<String>,
    /// Whether its bytes are here.
    pub is_here: bool,
    /// How its knowledge base wants chunks, in tokens.
    pub chunk_tokens: i32,
    pub chunk_overlap: i32,
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
    /// Its place among the document's chunks, from 0.
    pub index: i32,
    pub piece: Piece,
    pub embedded: Embedded,
}

/// Takes a document for oneself, for `lease` from now.
pub async fn claim(db: &mut PgConnection, id: DocumentId, lease: Duration) -> sqlx::Result<Claimed> {
    let claimed = sqlx::query_as!(
        Claim,
        r#"
        update documents d
        set lease_id = $2, lease_until = now() + make_interval(secs => $3), updated_at = now(),
          -- Whoever gives it back in order takes this back.
          attempts = attempts + 1,
          status = case when status = 'queued' then 'extracting' else status end
        from knowledge_bases b
        where d.id = $1 and b.id = d.knowledge_base_id and status in ('queued', 'extracting', 'chunking', 'embedding')
          and (lease_until is null or lease_until < now())
        returning lease_id as "lease!: LeaseId", knowledge_base_id as "knowledge_base_id: KnowledgeBaseId",
          d.name, d.url, d.url is null or d.sha256 is not null as "is_here!", b.chunk_tokens, b.chunk_overlap, attempts - 1 as "attempts!"
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

/// Says what a document waits for that stays ours.
pub async fn say_why(db: &mut PgConnection, id: DocumentId, held: LeaseId, why: &Failure) -> sqlx::Result<()> {
    sqlx::query!(
        "update documents set error = $3, updated_at = now() where id = $1 and lease_id = $2",
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
        // One that was taken up again is not shown to be less far than it is.
        "update documents
         set status = case when status = 'embedding' then status else $3 end, chunks_total = coalesce($4, chunks_total),
           updated_at = now()
         where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
        status as Status,
        chunks,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Notes the size of what was fetched. False if the lease is lost.
pub async fn fetched(db: &mut PgConnection, id: DocumentId, held: LeaseId, size: i64) -> sqlx::Result<bool> {
    let updated = sqlx::query!(
        "update documents set size = $3, updated_at = now() where id = $1 and lease_id = $2",
        id as DocumentId,
        held as LeaseId,
        size,
    )
    .execute(db)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Says that a document can't be read, and forgets what was read of it. Of documents of one name
/// that can't be read the newest is enough: returns the older ones, whose rows are gone.
pub async fn fail(
    db: &mut PgConnection,
    id: DocumentId,
    held: LeaseId,
    failure: &Failure,
) -> sqlx::Result<Vec<DocumentId>> {
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
    if updated.rows_affected() == 0 {
        return Ok(Vec::new());
    }
    forget_chunks(&mut transaction, id).await?;
    let replaced = sqlx::query_scalar!(
        r#"
        delete from documents older using documents failed
        where failed.id = $1 and older.knowledge_base_id = failed.knowledge_base_id and older.name = failed.name
          and older.id < failed.id and older.status = 'failed'
        returning older.id as "id: DocumentId"
        "#,
        id as DocumentId,
    )
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(replaced)
}

/// Chunks that have a vector already, by their place among the document's.
pub async fn embedded(db: &mut PgConnection, id: DocumentId) -> sqlx::Result<Vec<(i32, Piece)>> {
    let rows = sqlx::query!(
        "select chunk_index, text, page, headings, char_start, char_end from document_chunks where document_id = $1",
        id as DocumentId
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (start, end) = (row.char_start, row.char_end);
            (row.chunk_index, Piece { text: row.text, page: row.page, headings: row.headings, start, end })
        })
        .collect())
}

/// Forgets what was read of a document that is not ready.
pub async fn forget_chunks(db: &mut PgConnection, id: DocumentId) -> sqlx::Result<()> {
    sqlx::query!("delete from document_chunks where document_id = $1", id as DocumentId).execute(db).await?;
    Ok(())
}

/// Keeps chunks with their vectors until all are there. False if the lease is lost.
pub async fn keep_chunks(db: &mut PgConnection, id: DocumentId, held: LeaseId, chunks: &[Chunk]) -> sqlx::Result<bool> {
    let (mut indexes, mut texts) = (Vec::new(), Vec::new());
    let (mut digests, mut embeddings) = (Vec::new(), Vec::new());
    let (mut pages, mut headings, mut starts, mut ends) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Chunk { index, piece, embedded } in chunks {
        indexes.push(*index);
        texts.push(piece.text.as_str());
        digests.push(embedded.sha256.as_slice());
        embeddings.push(&embedded.vector);
        pages.push(piece.page);
        // Arrays of different lengths are no array of Postgres: a line each. None has a line end.
        headings.push(piece.headings.join("\n"));
        starts.push(piece.start);
        ends.push(piece.end);
    }
    let mut transaction = db.begin().await?;
    // Locks the row first: without the lease nothing is written.
    let updated = sqlx::query!(
        "update documents set updated_at = now(), error = null where id = $1 and lease_id = $2",
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
        insert into document_chunks
          (document_id, tenant_id, chunk_index, text, embedding, embedded_sha256, page, headings, char_start, char_end)
        select $1, current_setting('app.tenant'), chunk.index, chunk.text, chunk.embedding, chunk.sha256, chunk.page,
          string_to_array(chunk.headings, e'\n'), chunk.char_start, chunk.char_end
        from unnest($2::int[], $3::text[], $4::halfvec[], $5::bytea[], $6::int[], $7::text[], $8::int[], $9::int[])
          as chunk (index, text, embedding, sha256, page, headings, char_start, char_end)
        on conflict (document_id, chunk_index) do update
          set text = excluded.text, embedding = excluded.embedding, embedded_sha256 = excluded.embedded_sha256, page = excluded.page,
            headings = excluded.headings, char_start = excluded.char_start, char_end = excluded.char_end
        "#,
        id as DocumentId,
        &indexes,
        &texts as _,
        &embeddings as _,
        &digests as _,
        &pages as &[Option<i32>],
        &headings,
        &starts,
        &ends,
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
