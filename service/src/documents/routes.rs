//! Documents over HTTP.

use std::time::Duration;

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    extract, key,
    store::{self, Document, New, Source, Status},
    text_key, watch,
    worker::DISCARD_AFTER,
};
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{DocumentId, KnowledgeBaseId},
    input::{Bounded, Json, Object, Path, Query, Text},
    jobs::Job,
    knowledge,
    objects::{GOOD_FOR, Objects, SignedAddress},
    paging::{self, Cursor},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, upload))
        .routes(routes!(add_address))
        .routes(routes!(watch::watch))
        .routes(routes!(uploaded))
        .routes(routes!(get_one, delete))
        .routes(routes!(download))
        .routes(routes!(text))
        .routes(routes!(retry))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DocumentsPage {
    #[serde(default = "Bounded::of::<50>")]
    limit: Bounded<1, 200>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

#[derive(Serialize, ToSchema)]
struct Documents {
    items: Vec<Document>,
    #[schema(value_type = Option<String>)]
    next_cursor: Option<Cursor>,
}

/// The documents of a knowledge base, newest first
#[utoipa::path(get, path = "/knowledge-bases/{knowledge_base_id}/documents", tag = "documents",
    params(("knowledge_base_id" = KnowledgeBaseId, Path), DocumentsPage), responses(
    (status = 200, body = Documents),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn list(
    caller: Caller,
    Path(base): Path<KnowledgeBaseId>,
    Query(page): Query<DocumentsPage>,
) -> Result<Json<Documents>> {
    let mut db = caller.db().await?;
    knowledge::readable(&mut db, &caller, base).await?;
    let limit = i64::from(page.limit.get()) + 1;
    let mut items = store::list(&mut db, base, page.cursor, limit).await?;
    let has_more = paging::cut(&mut items, page.limit);
    let next_cursor = items.last().filter(|_| has_more).map(|last| Cursor { time: last.created_at, id: last.id.0 });
    Ok(Json(Documents { items, next_cursor }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Upload {
    /// With its ending. A document of the same name is replaced once this one is ready.
    name: Text<1, 255>,
    /// In bytes.
    size: Bounded<1, 2_000_000_000>,
    /// To filter searches by.
    #[serde(default)]
    metadata: Object<4>,
}

#[derive(Serialize, ToSchema)]
struct Uploading {
    document: Document,
    /// Where to send its bytes, as they are.
    upload: SignedAddress,
}

/// Announce a document
///
/// Send its bytes to the address that comes back, then say so with `/documents/{id}/uploaded`.
#[utoipa::path(post, path = "/knowledge-bases/{knowledge_base_id}/documents", tag = "documents",
    params(("knowledge_base_id" = KnowledgeBaseId, Path)), request_body = Upload, responses(
    (status = 201, body = Uploading),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
    (status = 415, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
async fn upload(
    caller: Caller,
    State(app): State<App>,
    Path(base): Path<KnowledgeBaseId>,
    Json(body): Json<Upload>,
) -> Result<impl IntoResponse> {
    let objects = objects(&app)?;
    let limits = &app.config.documents;
    let size = i64::from(body.size.get());
    if size > limits.document_max_bytes {
        let most = limits.document_max_bytes / 1024 / 1024;
        return Err(Error::TooLarge(format!("The document is too large: at most {most} MiB are accepted.")));
    }
    if let Some(failure) = extract::refused_by_name(&body.name) {
        return Err(Error::UnsupportedMediaType(failure.detail));
    }
    let new = New { name: &body.name, source: Source::Upload { size }, metadata: &body.metadata.into_value() };
    let document = create(&app, &caller, base, &new).await?;
    let upload = objects.upload_address(&key(base, document.id), size).await?;
    Ok((StatusCode::CREATED, Json(Uploading { document, upload })))
}

async fn create(app: &App, caller: &Caller, base: KnowledgeBaseId, new: &New<'_>) -> Result<Document> {
    let max = app.config.documents.documents_max;
    let mut db = caller.db().await?;
    knowledge::own(&mut db, caller, base).await?;
    if store::count(&mut db, base).await? >= max {
        return Err(Error::Conflict(format!(
            "This knowledge base is full: it has {max} documents. Delete some, or make another knowledge base."
        )));
    }
    store::create(&mut db, &caller.id, base, new).await?.ok_or(Error::NotFound("knowledge base"))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Address {
    /// Of a page, a file or a sitemap on the public web.
    #[schema(value_type = String, format = "uri", min_length = 1, max_length = 2000, example = "https://example.com/sitemap.xml")]
    url: Text<1, 2000>,
    /// To filter searches by.
    #[serde(default)]
    metadata: Object<4>,
}

/// Have a page of the web read, a file, or all pages of a sitemap
///
/// A document of the same address is replaced once this one is ready. Pages that a sitemap names
/// become documents, but for those that are some already.
#[utoipa::path(post, path = "/knowledge-bases/{knowledge_base_id}/addresses", tag = "documents",
    params(("knowledge_base_id" = KnowledgeBaseId, Path)), request_body = Address, responses(
    (status = 201, body = Document),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
async fn add_address(
    caller: Caller,
    State(app): State<App>,
    Path(base): Path<KnowledgeBaseId>,
    Json(body): Json<Address>,
) -> Result<impl IntoResponse> {
    objects(&app)?;
    let url = app.fetcher.address(&body.url).ok_or_else(|| {
        Error::BadRequest(
            "url: this is no address on the public web. Such a one begins with https:// or http:// and has neither a \
             password nor an unusual port."
                .to_owned(),
        )
    })?;
    let new = New { name: url.as_str(), source: Source::Web, metadata: &body.metadata.into_value() };
    let document = create(&app, &caller, base, &new).await?;
    // If this fails, a worker finds the row.
    app.queue.send(&Job::Read { tenant: caller.tenant.clone(), document: document.id }, Duration::ZERO).await?;
    Ok((StatusCode::CREATED, Json(document)))
}

pub fn objects(app: &App) -> Result<&Objects> {
    app.objects.as_deref().ok_or(Error::Unavailable(
        "Documents can't be uploaded here: an administrator has to set UPLOADS_BUCKET or UPLOADS_DIR.",
    ))
}

/// Say that a document's bytes are sent: it is read from now on
#[utoipa::path(post, path = "/documents/{document_id}/uploaded", tag = "documents",
    params(("document_id" = DocumentId, Path)), responses(
    (status = 200, body = Document),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json"),
))]
async fn uploaded(caller: Caller, State(app): State<App>, Path(id): Path<DocumentId>) -> Result<Json<Document>> {
    let document = own(&caller, id).await?;
    // Again after an answer that was lost: its message may be lost too.
    if document.url.is_some() || !matches!(document.status, Status::Uploading | Status::Queued) {
        return Ok(Json(document));
    }
    match objects(&app)?.size(&key(document.knowledge_base_id, id)).await? {
        None => {
            return Err(Error::Conflict(
                "Its bytes are not here. Send them to the address you got, or announce it again.".to_owned(),
            ));
        }
        Some(size) if i64::try_from(size) != Ok(document.size) => {
            // An address of S3 takes whatever is sent to it.
            objects(&app)?.delete_below(&key(document.knowledge_base_id, id)).await?;
            return Err(Error::Conflict(format!(
                "{size} bytes are here, not the {} that were announced. Announce the document again.",
                document.size
            )));
        }
        Some(_) => {}
    }
    have_read(&app, &caller, id, &["uploading", "queued"]).await
}

/// A document that the caller may read.
async fn readable(caller: &Caller, id: DocumentId) -> Result<Document> {
    store::get(&mut *caller.db().await?, &caller.id, id).await?.ok_or(Error::NotFound("document"))
}

/// A document of the caller's.
async fn own(caller: &Caller, id: DocumentId) -> Result<Document> {
    let document = readable(caller, id).await?;
    knowledge::own(&mut *caller.db().await?, caller, document.knowledge_base_id).await?;
    Ok(document)
}

async fn have_read(app: &App, caller: &Caller, id: DocumentId, from: &[&str]) -> Result<Json<Document>> {
    if store::queue(&mut *caller.db().await?, id, from).await? {
        // If this fails, the caller asks again, or a worker finds the row.
        app.queue.send(&Job::Read { tenant: caller.tenant.clone(), document: id }, Duration::ZERO).await?;
    }
    readable(caller, id).await.map(Json)
}

/// A document: how far it is read, or why it could not be
#[utoipa::path(get, operation_id = "get", path = "/documents/{document_id}", tag = "documents",
    params(("document_id" = DocumentId, Path)), responses(
    (status = 200, body = Document),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn get_one(caller: Caller, Path(id): Path<DocumentId>) -> Result<Json<Document>> {
    readable(&caller, id).await.map(Json)
}

/// Where a document's bytes can be fetched
#[utoipa::path(get, path = "/documents/{document_id}/download", tag = "documents",
    params(("document_id" = DocumentId, Path)), responses(
    (status = 200, body = SignedAddress),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn download(caller: Caller, State(app): State<App>, Path(id): Path<DocumentId>) -> Result<Json<SignedAddress>> {
    let document = readable(&caller, id).await?;
    if document.status == Status::Uploading || document.size == 0 {
        return Err(Error::NotFound("document"));
    }
    Ok(Json(objects(&app)?.download_address(&key(document.knowledge_base_id, document.id), &document.name).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TextRange {
    /// The first character, from 0.
    #[serde(default = "Bounded::of::<0>")]
    start: Bounded<0, { i32::MAX }>,
    /// Most characters.
    #[serde(default = "Bounded::of::<100_000>")]
    limit: Bounded<1, 1_000_000>,
}

#[derive(Serialize, ToSchema)]
struct DocumentText {
    document_id: DocumentId,
    /// Its first character's place in the document's text, from 0.
    start: i32,
    text: String,
    /// Where the next part starts, if there is more.
    next: Option<i32>,
}

/// The text that was read of a document, in parts
///
/// The places of chunks are places in it.
#[utoipa::path(get, path = "/documents/{document_id}/text", tag = "documents",
    params(("document_id" = DocumentId, Path), TextRange), responses(
    (status = 200, body = DocumentText),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn text(
    caller: Caller,
    State(app): State<App>,
    Path(id): Path<DocumentId>,
    Query(range): Query<TextRange>,
) -> Result<Json<DocumentText>> {
    let document = readable(&caller, id).await?;
    if document.status != Status::Ready {
        return Err(Error::NotFound("text of this document"));
    }
    let key = text_key(document.knowledge_base_id, document.id);
    let bytes = match objects(&app)?.get(&key, i64::MAX).await {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(object_store::Error::NotFound { .. }) => return Err(Error::NotFound("text of this document")),
        Err(error) => return Err(error.into()),
    };
    let all = str::from_utf8(&bytes).map_err(|error| Error::Internal(error.to_string()))?;
    let (start, limit) = (range.start.get(), range.limit.get());
    let characters = |number: i32| usize::try_from(number).unwrap_or_default();
    let mut rest = all.chars().skip(characters(start));
    let text: String = rest.by_ref().take(characters(limit)).collect();
    let next = rest.next().map(|_| start.saturating_add(limit));
    Ok(Json(DocumentText { document_id: document.id, start, text, next }))
}

/// Read a document again that could not be read
#[utoipa::path(post, path = "/documents/{document_id}/retry", tag = "documents",
    params(("document_id" = DocumentId, Path)), responses(
    (status = 200, body = Document),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn retry(caller: Caller, State(app): State<App>, Path(id): Path<DocumentId>) -> Result<Json<Document>> {
    let document = own(&caller, id).await?;
    have_read(&app, &caller, document.id, &["failed"]).await
}

#[derive(Serialize, ToSchema)]
struct DeletedDocument {
    #[schema(example = "success")]
    status: &'static str,
    id: DocumentId,
}

/// Delete a document with all that was read of it
#[utoipa::path(delete, path = "/documents/{document_id}", tag = "documents",
    params(("document_id" = DocumentId, Path)), responses(
    (status = 200, body = DeletedDocument),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
async fn delete(caller: Caller, State(app): State<App>, Path(id): Path<DocumentId>) -> Result<Json<DeletedDocument>> {
    let document = own(&caller, id).await?;
    let base = document.knowledge_base_id;
    let before = store::same(&mut *caller.db().await?, document.id).await?;
    for same in &before {
        discard(&app, &caller, base, Some(*same)).await?;
    }
    let deleted = store::delete(&mut *caller.db().await?, base, document.id).await?;
    // Some may have come to be the same in between.
    for same in deleted.iter().filter(|same| !before.contains(same)) {
        discard(&app, &caller, base, Some(*same)).await?;
    }
    Ok(Json(DeletedDocument { status: "success", id }))
}

/// Has the bytes deleted of a document, or of a whole knowledge base, whose row is about to be.
pub async fn discard(
    app: &App,
    caller: &Caller,
    knowledge_base: KnowledgeBaseId,
    document: Option<DocumentId>,
) -> Result<()> {
    if app.objects.is_some() {
        let job = Job::Discard { tenant: caller.tenant.clone(), knowledge_base, document };
        app.queue.send(&job, DISCARD_AFTER).await?;
        // Bytes that are under way still come, as long as their address is good.
        app.queue.send(&job, GOOD_FOR).await?;
    }
    Ok(())
}
