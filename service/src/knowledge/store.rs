//! The SQL of knowledge bases and what is added to them.

use chrono::{DateTime, Utc};
use pgvector::HalfVector;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{ChunkSize, Embedded};
use crate::{
    id::{ChunkId, KnowledgeBaseId, UserId},
    paging::Cursor,
};

/// A knowledge base.
#[derive(Serialize, ToSchema)]
pub struct KnowledgeBase {
    pub id: KnowledgeBaseId,
    pub name: String,
    pub description: Option<String>,
    /// Of its texts, whose words are cut to their stems.
    pub language: Language,
    /// Most tokens of a chunk, in documents that are read from now on.
    pub chunk_tokens: i32,
    /// Tokens that a chunk repeats of the one before.
    pub chunk_overlap: i32,
    /// Whether everybody of the tenant may read it.
    pub is_shared: bool,
    /// Whether it is yours, to change.
    pub is_own: bool,
    pub chunk_count: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A language whose words Postgres can cut to their stems; `simple` leaves them as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Language {
    Simple,
    Arabic,
    Armenian,
    Basque,
    Catalan,
    Danish,
    Dutch,
    #[default]
    English,
    Finnish,
    French,
    German,
    Greek,
    Hindi,
    Hungarian,
    Indonesian,
    Irish,
    Italian,
    Lithuanian,
    Nepali,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Serbian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
    Yiddish,
}

/// What somebody may do with a knowledge base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything: it is theirs.
    Own,
    /// Read.
    Shared,
}

/// A knowledge base to be.
pub struct New<'a> {
    pub name: &'a str,
    pub description: Option<&'a str>,
    pub language: Language,
    pub chunk_size: ChunkSize,
    pub is_shared: bool,
}

/// What changes of a knowledge base; `None` leaves it as it is.
#[allow(clippy::option_option)] // absent and `null` differ
pub struct Changes<'a> {
    pub name: Option<&'a str>,
    pub description: Option<Option<&'a str>>,
    pub language: Option<Language>,
    pub chunk_size: Option<ChunkSize>,
    pub is_shared: Option<bool>,
}

/// Text to add, with its vector.
pub struct Chunk {
    pub text: String,
    pub embedded: Embedded,
}

/// Where text comes from, and what is known of it.
pub struct Source<'a> {
    pub source_type: &'a str,
    pub source_uri: Option<&'a str>,
    pub metadata: &'a serde_json::Value,
}

/// The knowledge bases that a user may read, newest first, after the place `after`.
pub async fn list(
    db: &mut PgConnection,
    reader: &UserId,
    after: Option<Cursor>,
    limit: i64,
) -> sqlx::Result<Vec<KnowledgeBase>> {
    sqlx::query_as!(
        KnowledgeBase,
        r#"
        select id as "id: KnowledgeBaseId", name, description, language as "language: Language", chunk_tokens,
          chunk_overlap, is_shared, owner_id = $1 as "is_own!", chunk_count, created_at, updated_at
        from knowledge_bases
        where (owner_id = $1 or is_shared) and ($2::timestamptz is null or (created_at, id) < ($2, $3))
        order by created_at desc, id desc limit $4
        "#,
        reader as &UserId,
        after.map(|place| place.time),
        after.map(|place| place.id),
        limit,
    )
    .fetch_all(db)
    .await
}

/// A knowledge base that a user may read.
pub async fn get(db: &mut PgConnection, reader: &UserId, id: KnowledgeBaseId) -> sqlx::Result<Option<KnowledgeBase>> {
    sqlx::query_as!(
        KnowledgeBase,
        r#"
        select id as "id: KnowledgeBaseId", name, description, language as "language: Language", chunk_tokens,
          chunk_overlap, is_shared, owner_id = $2 as "is_own!", chunk_count, created_at, updated_at
        from knowledge_bases where id = $1 and (owner_id = $2 or is_shared)
        "#,
        id as KnowledgeBaseId,
        reader as &UserId,
    )
    .fetch_optional(db)
    .await
}

pub async fn create(db: &mut PgConnection, owner: &UserId, new: &New<'_>) -> sqlx::Result<KnowledgeBase> {
    sqlx::query_as!(
        KnowledgeBase,
        r#"
        insert into knowledge_bases
          (id, tenant_id, owner_id, name, description, language, chunk_tokens, chunk_overlap, is_shared)
        values ($1, current_setting('app.tenant'), $2, $3, $4, $5, $6, $7, $8)
        returning id as "id: KnowledgeBaseId", name, description, language as "language: Language", chunk_tokens,
          chunk_overlap, is_shared, true as "is_own!", chunk_count, created_at, updated_at
        "#,
        KnowledgeBaseId::new() as KnowledgeBaseId,
        owner as &UserId,
        new.name,
        new.description,
        new.language as Language,
        new.chunk_size.tokens,
        new.chunk_size.overlap,
        new.is_shared,
    )
    .fetch_one(db)
    .await
}

/// Changes a knowledge base of the owner's.
pub async fn update(
    db: &mut PgConnection,
    owner: &UserId,
    id: KnowledgeBaseId,
    changes: &Changes<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update knowledge_bases
         set name = coalesce($3, name), description = case when $4 then $5 else description end,
           language = coalesce($6, language), chunk_tokens = coalesce($7, chunk_tokens),
           chunk_overlap = coalesce($8, chunk_overlap), is_shared = coalesce($9, is_shared), updated_at = now()
         where id = $1 and owner_id = $2",
        id as KnowledgeBaseId,
        owner as &UserId,
        changes.name,
        changes.description.is_some(),
        changes.description.flatten(),
        changes.language as Option<Language>,
        changes.chunk_size.map(|size| size.tokens),
        changes.chunk_size.map(|size| size.overlap),
        changes.is_shared,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What a user may do with a knowledge base, if there is one that they may know of.
pub async fn access(db: &mut PgConnection, user: &UserId, id: KnowledgeBaseId) -> sqlx::Result<Option<Access>> {
    let is_own = sqlx::query_scalar!(
        r#"select owner_id = $2 as "is_own!" from knowledge_bases where id = $1 and (owner_id = $2 or is_shared)"#,
        id as KnowledgeBaseId,
        user as &UserId,
    )
    .fetch_optional(db)
    .await?;
    Ok(is_own.map(|is_own| if is_own { Access::Own } else { Access::Shared }))
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
    let (mut texts, mut digests, mut embeddings) = (Vec::new(), Vec::new(), Vec::<HalfVector>::new());
    for Chunk { text, embedded } in chunks {
        texts.push(text);
        digests.push(embedded.sha256);
        embeddings.push(embedded.vector);
    }
    sqlx::query!(
        r#"
        insert into knowledge_chunks
          (id, tenant_id, knowledge_base_id, text, source_type, source_uri, metadata, chunk_index, embedding,
            embedded_sha256)
        select chunk.id, current_setting('app.tenant'), $1, chunk.text, $2, $3, $4, chunk.number - 1, chunk.embedding,
          chunk.sha256
        from unnest($5::uuid[], $6::text[], $7::halfvec[], $8::bytea[]) with ordinality
          as chunk (id, text, embedding, sha256, number)
        "#,
        id as KnowledgeBaseId,
        source.source_type,
        source.source_uri,
        source.metadata,
        &ids,
        &texts,
        &embeddings as _,
        &digests,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Some(ids.into_iter().map(ChunkId).collect()))
}

/// Deletes a knowledge base of the owner's for all who read, and counts its chunks. Its rows are
/// there until [`delete_some`] has taken them. `None` if it is not the owner's.
pub async fn delete(db: &mut PgConnection, owner: &UserId, id: KnowledgeBaseId) -> sqlx::Result<Option<i64>> {
    let mut transaction = db.begin().await?;
    see_deleted(&mut transaction).await?;
    let chunks = sqlx::query_scalar!(
        "update knowledge_bases set deleted_at = now() where id = $1 and owner_id = $2 and deleted_at is null
         returning chunk_count",
        id as KnowledgeBaseId,
        owner as &UserId,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    // Bots that used it stay, without it.
    sqlx::query!(
        "update bots set knowledge_base_ids = array_remove(knowledge_base_ids, $1) where $1 = any(knowledge_base_ids)",
        id as KnowledgeBaseId,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(chunks)
}

/// Deletes all these knowledge bases of the owner's for all who read, as [`delete`] does, within a
/// transaction. They belong to `nobody` from then on.
pub async fn hide(
    transaction: &mut PgConnection,
    owner: &UserId,
    nobody: &UserId,
    bases: &[KnowledgeBaseId],
) -> sqlx::Result<()> {
    let bases: Vec<Uuid> = bases.iter().map(|base| base.0).collect();
    see_deleted(&mut *transaction).await?;
    sqlx::query!(
        "update knowledge_bases set deleted_at = coalesce(deleted_at, now()), owner_id = $2
         where owner_id = $1 and (deleted_at is not null or id = any($3))",
        owner as &UserId,
        nobody as &UserId,
        &bases,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "update bots set knowledge_base_ids =
           array(select id from unnest(knowledge_base_ids) with ordinality base (id, place)
                 where id <> all($1) order by place)
         where knowledge_base_ids && $1",
        &bases,
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Takes rows away of a knowledge base that is deleted, and at last its own. Whether there may be more.
pub async fn delete_some(db: &mut PgConnection, id: KnowledgeBaseId) -> sqlx::Result<bool> {
    /// Takes a second or two.
    const SOME: i64 = 5_000;
    let mut transaction = db.begin().await?;
    see_deleted(&mut transaction).await?;
    let chunks = sqlx::query!(
        "delete from knowledge_chunks
         where id in (select id from knowledge_chunks where knowledge_base_id = $1 limit $2)",
        id as KnowledgeBaseId,
        SOME,
    )
    .execute(&mut *transaction)
    .await?;
    let is_more = chunks.rows_affected() > 0;
    if !is_more {
        sqlx::query!("delete from knowledge_bases where id = $1 and deleted_at is not null", id as KnowledgeBaseId)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(is_more)
}

/// Row-level security hides knowledge bases that are deleted, but from this transaction.
async fn see_deleted(transaction: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query_scalar!(r#"select set_config('app.sees_deleted', 'yes', true) as "yes!""#)
        .fetch_one(transaction)
        .await?;
    Ok(())
}

/// Whether a knowledge base has become so large that it wants an index of its own.
pub async fn needs_index(db: &mut PgConnection, id: KnowledgeBaseId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select needs_index($1) as "needs_index!""#, id as KnowledgeBaseId).fetch_one(db).await
}

/// Takes the words anew of some chunks of a knowledge base, after the chunk `after`, if its language
/// has changed. Gives the last of them; `None` when there are none.
pub async fn reword(db: &mut PgConnection, id: KnowledgeBaseId, after: ChunkId) -> sqlx::Result<Option<ChunkId>> {
    sqlx::query_scalar!(
        r#"select reword_chunks($1, $2, 5000) as "last: ChunkId""#,
        id as KnowledgeBaseId,
        after as ChunkId
    )
    .fetch_one(db)
    .await
}

/// Gives a knowledge base an index of its own if it needs one.
pub async fn index(db: &mut PgConnection, id: KnowledgeBaseId) -> sqlx::Result<()> {
    let mut transaction = db.begin().await?;
    sqlx::query!("set local statement_timeout = '1h'").execute(&mut *transaction).await?;
    sqlx::query!("select index_knowledge_base($1)", id as KnowledgeBaseId).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// Takes the index of a knowledge base away that is deleted.
pub async fn forget(db: &mut PgConnection, id: KnowledgeBaseId) -> sqlx::Result<()> {
    sqlx::query!("select forget_knowledge_base($1)", id as KnowledgeBaseId).execute(db).await?;
    Ok(())
}
