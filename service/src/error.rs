//! One error type for all handlers, one way into `application/problem+json`.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{jobs, model, telemetry};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not served. What a variant holds is shown to the caller,
/// but for [`Error::Database`] and [`Error::Internal`], whose cause only the log gets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    Unauthorized(&'static str),
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("Your account is deactivated. Ask an administrator to activate it again.")]
    Deactivated,
    /// Also for what exists but is not the caller's: that it exists is none of their business.
    #[error("There is no such {0}, or it is not yours.")]
    NotFound(&'static str),
    #[error("{0} does not exist. The API is described at /api/docs.")]
    NoRoute(String),
    #[error("You are not registered yet: send POST /api/v1/users/register.")]
    NotRegistered,
    #[error("{0}")]
    MethodNotAllowed(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    TooLarge(String),
    #[error("{0}")]
    UnsupportedMediaType(String),
    #[error("{0}")]
    Invalid(String),
    #[error("{0}")]
    Unavailable(&'static str),
    #[error("{0}")]
    Model(#[from] model::Error),
    #[error("The database did not answer.")]
    Database(#[from] sqlx::Error),
    #[error("The service failed.")]
    Internal(String),
}

impl From<jobs::Error> for Error {
    fn from(error: jobs::Error) -> Self {
        match error {
            jobs::Error::Database(error) => Self::Database(error),
            jobs::Error::Sqs(cause) => {
                tracing::error!(cause, "the queue of work");
                Self::Unavailable("The queue of work does not answer at the moment. Try again in a few seconds.")
            }
        }
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        tracing::error!(%error, "the store of documents");
        Self::Unavailable("The store of documents does not answer at the moment. Try again in a few seconds.")
    }
}

/// The body of every error answer (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells problems apart.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub problem_type: &'static str,
    /// The status in words.
    pub title: &'static str,
    pub status: u16,
    /// What happened and what to do, for a person.
    pub detail: String,
    /// What happened, for a program.
    pub code: &'static str,
    /// Finds the request in the logs; also in the header `x-request-id`.
    pub request_id: String,
}

impl Error {
    /// Status and machine-readable code.
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Unauthorized(_) => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Deactivated => (StatusCode::FORBIDDEN, "deactivated"),
            Self::NotFound(_) | Self::NoRoute(_) | Self::NotRegistered => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed(_) => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::UnsupportedMediaType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Model(model::Error::Throttled) => (StatusCode::TOO_MANY_REQUESTS, "throttled"),
            Self::Model(model::Error::TimedOut) => (StatusCode::GATEWAY_TIMEOUT, "timed_out"),
            Self::Model(error) => (StatusCode::BAD_GATEWAY, error.code()),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Database(error) if is_outage(error) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Database(_) | Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    fn detail(&self, status: StatusCode) -> String {
        match self {
            Self::Database(_) if status == StatusCode::SERVICE_UNAVAILABLE => {
                "The database does not answer at the moment. Try again in a few seconds.".to_owned()
            }
            Self::Database(_) | Self::Internal(_) => {
                "Something failed on our side. Try again; if it goes on, report the request_id.".to_owned()
            }
            other => shortened(other.to_string()),
        }
    }
}

/// What the caller sent may be in the text, and may be long.
fn shortened(mut text: String) -> String {
    const MAX: usize = 500;
    if text.len() > MAX {
        text.truncate(text.floor_char_boundary(MAX));
        text.push('…');
    }
    text
}

/// Whether the database is away, and not the query wrong.
fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        // It shuts down, starts, has no connection left, or is a replica since a failover.
        // <https://www.postgresql.org/docs/16/errcodes-appendix.html>
        sqlx::Error::Database(error) => {
            matches!(error.code().as_deref(), Some("57P01" | "57P02" | "57P03" | "57014" | "53300" | "25006"))
        }
        _ => false,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, code) = self.kind();
        match &self {
            Self::Database(error) => tracing::error!(%error, code, "database"),
            Self::Internal(cause) => tracing::error!(cause, code, "internal"),
            Self::Model(error) => tracing::warn!(%error, code, "model"),
            _ => tracing::debug!(error = %self, code, "refused"),
        }
        let problem = Problem {
            problem_type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.detail(status),
            code,
            request_id: telemetry::request_id(),
        };
        let mut response = (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            serde_json::to_vec(&problem).unwrap_or_default(),
        )
            .into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
