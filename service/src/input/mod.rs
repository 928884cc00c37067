//! What comes in: extractors that answer bad input with a problem, and types with a maximum.
//!
//! Handlers use these instead of axum's own (`clippy.toml` says so).

use std::time::Duration;

use axum::{
    body::{Body, HttpBody},
    extract::{
        FromRequest, FromRequestParts, Request,
        path::ErrorKind,
        rejection::{JsonRejection, PathRejection},
    },
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Serialize, de};

use crate::error::{Error, Result};

mod types;

pub use types::{Bounded, Ids, Object, Text, Texts, fields, flag, present, some_flag};

/// Largest request body, in bytes.
pub const MAX_BODY: usize = 4 * 1024 * 1024;

/// Largest body of [`LargeJson`], in bytes.
pub const MAX_LARGE_BODY: usize = 32 * 1024 * 1024;

/// A JSON body, in or out.
pub struct Json<T>(pub T);

/// A JSON body that may be larger than others, of a route whose limit says so.
pub struct LargeJson<T>(pub T);

#[allow(clippy::disallowed_types)]
impl<T: de::DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        read(request, state, MAX_BODY).await.map(Self)
    }
}

impl<T: de::DeserializeOwned, S: Send + Sync> FromRequest<S> for LargeJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        read(request, state, MAX_LARGE_BODY).await.map(Self)
    }
}

#[allow(clippy::disallowed_types)]
async fn read<T: de::DeserializeOwned, S: Send + Sync>(request: Request, state: &S, most: usize) -> Result<T> {
    let too_large =
        || Error::TooLarge(format!("The body is too large: at most {} MiB are accepted.", most / 1024 / 1024));
    if usize::try_from(request.body().size_hint().lower()).is_ok_and(|length| length > most) {
        discard(request.into_body()).await;
        return Err(too_large());
    }
    match axum::Json::from_request(request, state).await {
        Ok(axum::Json(value)) => Ok(value),
        Err(rejection) => Err(match rejection {
            JsonRejection::JsonDataError(error) => Error::Invalid(sentence(&error.body_text())),
            JsonRejection::JsonSyntaxError(error) => {
                Error::BadRequest(format!("The body is not valid JSON: {}", cause(&error.body_text())))
            }
            JsonRejection::MissingJsonContentType(_) => {
                Error::UnsupportedMediaType("Send JSON, with the header `content-type: application/json`.".to_owned())
            }
            other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            other => Error::BadRequest(other.body_text()),
        }),
    }
}

/// A body as it is, of up to `MAX` bytes, of a route whose limit lets it in.
pub struct Raw<const MAX: usize>(pub Bytes);

#[allow(clippy::disallowed_types)]
impl<S: Send + Sync, const MAX: usize> FromRequest<S> for Raw<MAX> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let too_large = || Error::TooLarge(format!("The file is too large: at most {MAX} bytes are accepted."));
        if usize::try_from(request.body().size_hint().lower()).is_ok_and(|length| length > MAX) {
            discard(request.into_body()).await;
            return Err(too_large());
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
            Err(_) => Err(Error::BadRequest("The bytes broke off.".to_owned())),
        }
    }
}

/// Reads, within bounds, what the client still sends. Many look at the answer only after they
/// have sent everything, and see a broken connection instead if nobody listens.
async fn discard(body: Body) {
    let mut length = 0;
    let mut pieces = body.into_data_stream();
    let read = async {
        while let Some(Ok(piece)) = pieces.next().await {
            length += piece.len();
            if length > 8 * MAX_BODY {
                break;
            }
        }
    };
    // It is a courtesy: a client that is too slow for it gets the answer all the same.
    tokio::time::timeout(Duration::from_secs(5), read).await.ok();
}

#[allow(clippy::disallowed_types)]
impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The query string.
pub struct Query<T>(pub T);

#[allow(clippy::disallowed_types)]
impl<T: de::DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                Err(Error::Invalid(format!("The query string is not valid: {}", cause(&rejection.body_text()))))
            }
        }
    }
}

/// The path's parameters.
pub struct Path<T>(pub T);

#[allow(clippy::disallowed_types)]
impl<T: de::DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(Error::Invalid(match error.into_kind() {
                // How an id is written helps nobody who has followed an address.
                ErrorKind::DeserializeError { key, value, .. } => {
                    format!("The address is not valid: “{value}” is no {key}.")
                }
                kind => format!("The address is not valid: {kind}."),
            })),
            Err(rejection) => Err(Error::BadRequest(rejection.body_text())),
        }
    }
}

/// `Failed to deserialize the JSON body into the target type: name: too long at line 1 column 9`
/// → `name: too long.` The position in the body helps nobody who knows the field.
fn sentence(rejection: &str) -> String {
    let text = cause(rejection);
    let text = text.rfind(" at line ").map_or(text, |end| &text[..end]);
    match text.split_once("expected struct ") {
        // The name of a type of ours.
        Some((before, _)) => format!("The body is not valid: {before}expected an object."),
        None => format!("The body is not valid: {}.", text.trim_end_matches('.')),
    }
}

fn cause(rejection: &str) -> &str {
    rejection.split_once(": ").map_or(rejection, |(_, cause)| cause)
}
