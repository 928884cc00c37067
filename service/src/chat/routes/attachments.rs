//! Images and documents to ask with.

use axum::{
    extract::DefaultBodyLimit,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::AttachmentId,
    input::{Json, Path, Query, Raw, Text},
};

use crate::chat::{
    attachments::{Attachment, MAX_DOCUMENT, MAX_IMAGE, media_type},
    store,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(attach)).layer(DefaultBodyLimit::max(MAX_DOCUMENT)).routes(routes!(download))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Attach {
    /// The file's name, with its ending.
    name: Text<1, 255>,
}

/// Attach an image or a document to a question to come
///
/// The body is the file as it is: PNG, JPEG, GIF or WebP up to 3.75 MB; PDF, DOCX, XLSX, CSV, HTML, Markdown
/// or any other text up to 4.5 MB. Ask with its id within a day.
#[utoipa::path(post, path = "/chat/attachments", tag = "chat", params(Attach),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses(
        (status = 201, body = Attachment),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
    ))]
async fn attach(
    caller: Caller,
    Query(query): Query<Attach>,
    Raw(bytes): Raw<MAX_DOCUMENT>,
) -> Result<impl IntoResponse> {
    if bytes.is_empty() {
        return Err(Error::Invalid("The file is empty.".to_owned()));
    }
    let media_type = media_type(&bytes, &query.name).ok_or_else(|| {
        Error::UnsupportedMediaType(
            "This file can't be attached: PNG, JPEG, GIF and WebP images, PDF, DOCX, XLSX, and text of any kind can."
                .to_owned(),
        )
    })?;
    if media_type.starts_with("image/") && bytes.len() > MAX_IMAGE {
        return Err(Error::TooLarge("The image is too large: at most 3.75 MB are accepted.".to_owned()));
    }
    let attached = store::attach(&mut *caller.db().await?, &caller.id, &query.name, media_type, &bytes).await?;
    let attached = attached.ok_or_else(|| {
        Error::Conflict("Too many files wait for a question. Ask with them, or try again tomorrow.".to_owned())
    })?;
    Ok((StatusCode::CREATED, Json(attached)))
}

/// The bytes of an attachment of yours
#[utoipa::path(get, path = "/chat/attachments/{attachment_id}", tag = "chat",
    params(("attachment_id" = AttachmentId, Path)), responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    ))]
async fn download(caller: Caller, Path(id): Path<AttachmentId>) -> Result<Response> {
    let found = store::attachment(&mut *caller.db().await?, &caller.id, id).await?;
    let (attachment, bytes) = found.ok_or(Error::NotFound("attachment"))?;
    // Only an image is shown: what somebody uploaded must not run as a page of ours.
    let media_type = if attachment.is_image() { attachment.media_type.as_str() } else { "application/octet-stream" };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    ];
    Ok((headers.map(|(name, value)| (name, value.to_owned())), bytes).into_response())
}
