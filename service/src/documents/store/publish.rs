//! A document among the others of its knowledge base: one for the same bytes, one for a name.

use sqlx::{Connection, PgConnection, types::Json};
use uuid::Uuid;

use super::{Failure, forget_chunks};
use crate::{
    documents::extract::Kind,
    id::{ChunkId, DocumentId, KnowledgeBaseId, LeaseId},
};

/// What was read of a document, but for its chunks.
pub struct Contents {
    pub kind: Kind,
    pub pages: Option<i32>,
    /// Of its text.
    pub characters: i32,
    /// What is missing, if anything is.
    pub warning: Option<Failure>,
    pub chunks: i32,
    /// Pages that become documents of their own.
    pub addresses: Vec<String>,
}

/// What came of making a document findable.
#[derive(Default)]
pub struct Published {
    /// Documents that it replaces: their rows are gone.
    pub replaced: Vec<DocumentId>,
    /// Documents that are to be read because of it.
    pub added: Vec<DocumentId>,
}

/// What came of noting the digest of a document's bytes.
pub enum Noted {
    /// No other document of its knowledge base has them.
    New,
    /// Another one that is ready has them, and stands for it.
    Duplicate { original: DocumentId, replaced: Vec<DocumentId> },
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
        (Some(name), Some(original)) => {
            let replaced = replace_older(&mut transaction, base, &name, id, Some(original)).await?;
            Noted::Duplicate { original, replaced }
        }
    };
    transaction.commit().await?;
    Ok(noted)
}

/// Makes a document's chunks findable, all at once, in place of those of older documents of the
/// same name. If a newer one was ready before, that one stands for it. Of its addresses, those
/// become documents that are none yet, as long as the knowledge base has no more than
/// `documents_max`. `None` if the lease is lost.
pub async fn publish(
    db: &mut PgConnection,
    id: DocumentId,
    base: KnowledgeBaseId,
    held: LeaseId,
    contents: &Contents,
    documents_max: i64,
) -> sqlx::Result<Option<Published>> {
    let mut transaction = db.begin().await?;
    // The vectors of a long document take their time.
    sqlx::query!("set local statement_timeout = '15min'").execute(&mut *transaction).await?;
    // One after the other, so that of two with the same name one sees the other.
    lock(&mut transaction, base).await?;
    let document = sqlx::query!(
        r#"
        update documents d
        set status = 'ready', lease_id = null, lease_until = null, updated_at = now(), chunks_done = $3, attempts = 0,
          error = $4, kind = $5, pages = $6, characters = $7,
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
        contents.chunks,
        contents.warning.as_ref().map(Json) as Option<Json<&Failure>>,
        contents.kind as Kind,
        contents.pages,
        contents.characters,
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(document) = document else { return Ok(None) };
    if document.is_outdated {
        forget_chunks(&mut transaction, id).await?;
        transaction.commit().await?;
        return Ok(Some(Published::default()));
    }
    let ids: Vec<Uuid> = (0..contents.chunks).map(|_| ChunkId::new().0).collect();
    sqlx::query!(
        r#"
        insert into knowledge_chunks
          (id, tenant_id, knowledge_base_id, document_id, text, source_type, source_uri, chunk_index, embedding,
            embedded_sha256, metadata, page, headings, char_start, char_end)
        select ($4::uuid[])[c.chunk_index + 1], c.tenant_id, $2, $1, c.text,
          case when d.url is null then 'document' else 'web' end, $3, c.chunk_index, c.embedding,
          c.embedded_sha256, d.metadata, c.page, c.headings, c.char_start, c.char_end
        from document_chunks c join documents d on d.id = c.document_id where c.document_id = $1 and c.chunk_index < $5
        "#,
        id as DocumentId,
        base as KnowledgeBaseId,
        document.name,
        &ids,
        contents.chunks,
    )
    .execute(&mut *transaction)
    .await?;
    forget_chunks(&mut transaction, id).await?;
    let replaced = replace_older(&mut transaction, base, &document.name, id, None).await?;
    sqlx::query!("update knowledge_bases set updated_at = now() where id = $1", base as KnowledgeBaseId)
        .execute(&mut *transaction)
        .await?;
    let added = add_addresses(&mut transaction, id, base, contents, documents_max).await?;
    transaction.commit().await?;
    Ok(Some(Published { replaced, added }))
}

/// Has the pages read that a document names. Those that are documents already are left as they
/// are: two sitemaps may name each other.
async fn add_addresses(
    transaction: &mut PgConnection,
    id: DocumentId,
    base: KnowledgeBaseId,
    contents: &Contents,
    documents_max: i64,
) -> sqlx::Result<Vec<DocumentId>> {
    if contents.addresses.is_empty() {
        return Ok(Vec::new());
    }
    let mut new = sqlx::query_scalar!(
        r#"
        select page.url as "url!" from unnest($2::text[]) with ordinality as page (url, place)
        where not exists (select from documents d where d.knowledge_base_id = $1 and d.name = page.url)
        order by place
        "#,
        base as KnowledgeBaseId,
        &contents.addresses,
    )
    .fetch_all(&mut *transaction)
    .await?;
    let (all, room) = (new.len(), documents_max - super::count(transaction, base).await?);
    new.truncate(usize::try_from(room).unwrap_or_default());
    let added: Vec<DocumentId> = new.iter().map(|_| DocumentId::new()).collect();
    sqlx::query!(
        r#"
        insert into documents (id, tenant_id, knowledge_base_id, name, url, size, metadata, status)
        select page.id, d.tenant_id, d.knowledge_base_id, page.url, page.url, 0, d.metadata, 'queued'
        from documents d, unnest($2::uuid[], $3::text[]) as page (id, url) where d.id = $1
        "#,
        id as DocumentId,
        &added.iter().map(|page| page.0).collect::<Vec<_>>(),
        &new,
    )
    .execute(&mut *transaction)
    .await?;
    let left_out = (new.len() < all).then(|| {
        let detail = format!(
            "This knowledge base is full, with {documents_max} documents: {} pages were left out. Delete some \
             documents, or make another knowledge base.",
            all - new.len()
        );
        Failure::new("addresses_left_out", detail)
    });
    sqlx::query!(
        "update documents set pages = $2, error = coalesce($3, error) where id = $1",
        id as DocumentId,
        i32::try_from(new.len()).unwrap_or(i32::MAX),
        left_out.as_ref().map(Json) as Option<Json<&Failure>>,
    )
    .execute(transaction)
    .await?;
    Ok(added)
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
          select distinct on (old.id) old.id as old_id, old.chunks_total, old.kind, old.pages, old.characters, old.error,
            heir.id, heir.name
          from documents old join documents heir on heir.duplicate_of = old.id and heir.name <> old.name
          where old.knowledge_base_id = $1 and old.name = $2 and old.id < $3 and old.id is distinct from $4
          -- An older one may stand behind it for its name, and have other bytes.
          order by old.id, heir.id desc
        ), moved as (
          update knowledge_chunks c set document_id = heirs.id, source_uri = heirs.name
          from heirs where c.document_id = heirs.old_id
        )
        update documents d
        set duplicate_of = nullif(heirs.id, d.id), chunks_total = heirs.chunks_total, chunks_done = heirs.chunks_total,
          kind = heirs.kind, pages = heirs.pages, characters = heirs.characters, error = heirs.error
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

/// Lets one transaction at a time change the documents of a knowledge base.
pub async fn lock(transaction: &mut PgConnection, base: KnowledgeBaseId) -> sqlx::Result<()> {
    // What refers to it, such as another document, need not wait.
    sqlx::query!("select id from knowledge_bases where id = $1 for no key update", base as KnowledgeBaseId)
        .fetch_optional(transaction)
        .await?;
    Ok(())
}
