//! What comes in: extractors that answer bad input with a problem, and types with a maximum.
//!
//! Handlers use these instead of axum's own (`clippy.toml` says so).

use std::{borrow::Cow, fmt, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, RefOr, Schema, schema},
};

use crate::error::{Error, Result};

/// Largest request body, in bytes.
pub const MAX_BODY: usize = 4 * 1024 * 1024;

/// A JSON body, in or out.
pub struct Json<T>(pub T);

#[allow(clippy::disallowed_types)]
impl<T: de::DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if usize::try_from(request.body().size_hint().lower()).is_ok_and(|length| length <= MAX_BODY) {
            Self::from_small(request, state).await
        } else {
            discard(request.into_body()).await;
            Err(too_large())
        }
    }
}

#[allow(clippy::disallowed_types)]
impl<T: de::DeserializeOwned> Json<T> {
    async fn from_small<S: Send + Sync>(request: Request, state: &S) -> Result<Self> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(match rejection {
                JsonRejection::JsonDataError(error) => Error::Invalid(sentence(&error.body_text())),
                JsonRejection::JsonSyntaxError(error) => {
                    Error::BadRequest(format!("The body is not valid JSON: {}", cause(&error.body_text())))
                }
                JsonRejection::MissingJsonContentType(_) => Error::UnsupportedMediaType(
                    "Send JSON, with the header `content-type: application/json`.".to_owned(),
                ),
                other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => too_large(),
                other => Error::BadRequest(other.body_text()),
            }),
        }
    }
}

fn too_large() -> Error {
    Error::TooLarge(format!("The body is too large: at most {} MiB are accepted.", MAX_BODY / 1024 / 1024))
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
            Err(rejection) => {
                Err(Error::Invalid(format!("The address is not valid: {}", cause(&rejection.body_text()))))
            }
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

/// Text of `MIN` to `MAX` characters, not blank if `MIN` is above 0, without NUL
/// (which Postgres can't store).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// A default of ours.
    pub fn fixed(text: &'static str) -> Self {
        debug_assert!(Self::try_from(text.to_owned()).is_ok());
        Self(text.to_owned())
    }

    pub fn into_inner(self) -> String {
        self.0
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Text<MIN, MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.contains('\0') {
            return Err("must not contain a NUL character".to_owned());
        }
        if MIN > 0 && text.trim().is_empty() {
            return Err("must not be blank".to_owned());
        }
        let length = text.chars().count();
        if !(MIN..=MAX).contains(&length) {
            return Err(format!("must have {MIN} to {MAX} characters, not {length}"));
        }
        Ok(Self(text))
    }
}

impl<const MIN: usize, const MAX: usize> std::ops::Deref for Text<MIN, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(schema::Type::String).min_length(Some(MIN)).max_length(Some(MAX)).into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }
}

/// `MIN` to `MAX` texts of 1 to `LENGTH` characters each, with the rules of [`Text`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Texts<const MIN: usize, const MAX: usize, const LENGTH: usize>(pub Vec<String>);

impl<'de, const MIN: usize, const MAX: usize, const LENGTH: usize> Deserialize<'de> for Texts<MIN, MAX, LENGTH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts: Vec<Text<1, LENGTH>> = Vec::deserialize(deserializer)?;
        if (MIN..=MAX).contains(&texts.len()) {
            Ok(Self(texts.into_iter().map(Text::into_inner).collect()))
        } else {
            Err(de::Error::custom(format!("must have {MIN} to {MAX} items, not {}", texts.len())))
        }
    }
}

impl<const MIN: usize, const MAX: usize, const LENGTH: usize> PartialSchema for Texts<MIN, MAX, LENGTH> {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Text::<1, LENGTH>::schema()).min_items(Some(MIN)).max_items(Some(MAX)).into()
    }
}

impl<const MIN: usize, const MAX: usize, const LENGTH: usize> ToSchema for Texts<MIN, MAX, LENGTH> {
    fn name() -> Cow<'static, str> {
        format!("Texts{MIN}To{MAX}Of{LENGTH}").into()
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Bounded<const MIN: i32, const MAX: i32>(i32);

impl<const MIN: i32, const MAX: i32> Bounded<MIN, MAX> {
    /// A default. The number is checked when the code is compiled.
    pub const fn of<const VALUE: i32>() -> Self {
        const { assert!(MIN <= VALUE && VALUE <= MAX) };
        Self(VALUE)
    }

    pub fn get(self) -> i32 {
        self.0
    }
}

impl<'de, const MIN: i32, const MAX: i32> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const MIN: i32, const MAX: i32>;
        impl<const MIN: i32, const MAX: i32> de::Visitor<'_> for Visitor<MIN, MAX> {
            type Value = i32;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<i32, E> {
                i32::try_from(number)
                    .ok()
                    .filter(|number| (MIN..=MAX).contains(number))
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<i32, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
        deserializer.deserialize_i64(Visitor::<MIN, MAX>).map(Self)
    }
}

impl<const MIN: i32, const MAX: i32> PartialSchema for Bounded<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(schema::Type::Integer).minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

impl<const MIN: i32, const MAX: i32> ToSchema for Bounded<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Integer{MIN}To{MAX}").into()
    }
}

/// For fields that may be `null`: absent is `None`, `null` is `Some(None)`.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// For flags in a query string, which Python's clients write `True`.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    text.to_lowercase().parse().map_err(|_| de::Error::custom("must be `true` or `false`"))
}
