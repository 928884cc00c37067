//! The bytes of documents in a folder, where there is no S3: sent and fetched at addresses that are
//! signed, and good without a token.

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::StreamExt;
use serde::Deserialize;

use super::routes::objects;
use crate::{
    App,
    error::{Error, Result},
    input::{Path, Query},
    objects::{Grant, Objects, PATH},
};

pub fn router() -> Router<App> {
    Router::new().route(&format!("{PATH}/{{*key}}"), get(fetch).put(put)).layer(DefaultBodyLimit::disable())
}

/// What a signed address carries.
#[derive(Deserialize)]
struct Signed {
    expires: i64,
    size: i64,
    signature: String,
}

fn allowed<'a>(app: &'a App, method: &'static str, key: &str, signed: &Signed) -> Result<&'a Objects> {
    let grant = Grant { method, key, expires: signed.expires, size: signed.size };
    let objects = objects(app)?;
    if objects.allows(&grant, &signed.signature) {
        Ok(objects)
    } else {
        Err(Error::Forbidden("This address is not good, or no longer: ask for another."))
    }
}

async fn put(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(signed): Query<Signed>,
    body: Body,
) -> Result<StatusCode> {
    let objects = allowed(&app, "PUT", &key, &signed)?;
    let mut writer = objects.writer(&key).await?;
    let mut pieces = body.into_data_stream();
    let mut size = 0;
    while let Some(piece) = pieces.next().await {
        let fault = match piece {
            Err(_) => Some(Error::BadRequest("The bytes broke off.".to_owned())),
            Ok(piece) => {
                size += i64::try_from(piece.len()).unwrap_or(i64::MAX);
                writer.put(piece);
                (size > signed.size).then(|| Error::TooLarge("More bytes came than were announced.".to_owned()))
            }
        };
        if let Some(fault) = fault {
            writer.abort().await?;
            return Err(fault);
        }
    }
    writer.finish().await?;
    Ok(StatusCode::OK)
}

async fn fetch(State(app): State<App>, Path(key): Path<String>, Query(signed): Query<Signed>) -> Result<Response> {
    let objects = allowed(&app, "GET", &key, &signed)?;
    match objects.get(&key, app.config.documents.document_max_bytes).await {
        // As a file to keep: what somebody uploaded must not run as a page of ours.
        Ok(Some(bytes)) => Ok((
            [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CONTENT_DISPOSITION, "attachment"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            bytes,
        )
            .into_response()),
        Ok(None) | Err(object_store::Error::NotFound { .. }) => Err(Error::NotFound("document")),
        Err(error) => Err(error.into()),
    }
}
