//! The platform itself, where all goes well that is not told otherwise.

use axum::{
    Json,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Error, World, cut};

/// A call is known by its method and path.
pub fn answer(world: &mut World, head: &Parts) -> Response {
    match world.call(&format!("{} {}", head.method, head.uri.path())) {
        Some(Error::Cut) => cut(),
        Some(Error::Says(code, detail)) => {
            let problem = Json(json!({ "code": code, "detail": detail }));
            (StatusCode::INTERNAL_SERVER_ERROR, problem).into_response()
        }
        None => Json(json!({ "status": "healthy" })).into_response(),
    }
}
