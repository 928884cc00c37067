//! HTTP: one address for all actions, and the two documents of `OpenID` Connect.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::{
    account,
    error::{ApiError, ApiResult},
    keys::SigningKey,
    pool::{JwksBehaviour, Pool},
    profile, second_factor, session, sign_in,
};

pub(super) fn router(pool: Arc<Pool>) -> Router {
    // The page comes from another port.
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers([HeaderName::from_static("x-amzn-errortype")]);
    Router::new()
        .route("/", post(action))
        .route("/{pool}/.well-known/jwks.json", get(jwks))
        .route("/{pool}/.well-known/openid-configuration", get(openid))
        .layer(cors)
        .with_state(pool)
}

async fn action(State(pool): State<Arc<Pool>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("AWSCognitoIdentityProviderService."))
        .unwrap_or_default()
        .to_owned();
    // SRP's arithmetic and the file would hold up the runtime.
    let answer = tokio::task::spawn_blocking(move || {
        let answer = dispatch(&pool, &target, &body);
        if let Err(error) = &answer {
            tracing::debug!(action = target, ?error, "refused");
        }
        answer
    })
    .await
    .unwrap_or_else(|cause| Err(ApiError::internal(&cause)));
    match answer {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/x-amz-json-1.1")], answer.to_string()).into_response(),
        Err(error) => error.into_response(),
    }
}

fn dispatch(pool: &Pool, action: &str, body: &[u8]) -> ApiResult<Value> {
    match action {
        "SignUp" => account::sign_up(pool, parse(body)?),
        "ConfirmSignUp" => account::confirm_sign_up(pool, &parse(body)?),
        "ResendConfirmationCode" => account::resend_code(pool, &parse(body)?),
        "ForgotPassword" => account::forgot_password(pool, &parse(body)?),
        "ConfirmForgotPassword" => account::confirm_forgot_password(pool, &parse(body)?),
        "InitiateAuth" => sign_in::initiate(pool, &parse(body)?),
        "RespondToAuthChallenge" => sign_in::respond(pool, &parse(body)?),
        "GetTokensFromRefreshToken" => session::from_refresh_token(pool, &parse(body)?),
        "AssociateSoftwareToken" => second_factor::associate(pool, &parse(body)?),
        "VerifySoftwareToken" => second_factor::verify(pool, &parse(body)?),
        "SetUserMFAPreference" => second_factor::set_preference(pool, &parse(body)?),
        "GetUser" => profile::get_user(pool, &parse(body)?),
        "UpdateUserAttributes" => profile::update_attributes(pool, parse(body)?),
        "VerifyUserAttribute" => profile::verify_attribute(pool, &parse(body)?),
        "ChangePassword" => profile::change_password(pool, &parse(body)?),
        "GlobalSignOut" => profile::global_sign_out(pool, &parse(body)?),
        "RevokeToken" => profile::revoke_token(pool, &parse(body)?),
        _ => Err(ApiError::new("UnknownOperationException", format!("The local user pool has no action {action:?}."))),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> ApiResult<T> {
    serde_json::from_slice(body).map_err(|cause| {
        if cause.is_data() {
            ApiError::invalid_parameter(cause.to_string())
        } else {
            ApiError::new("SerializationException", cause.to_string())
        }
    })
}

async fn jwks(State(pool): State<Arc<Pool>>, Path(id): Path<String>) -> Response {
    if id != pool.options.pool_id {
        return no_such_pool(&id);
    }
    match pool.count_jwks_request() {
        JwksBehaviour::Normal => {}
        JwksBehaviour::Failing => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        JwksBehaviour::Slow(delay) => tokio::time::sleep(delay).await,
    }
    let keys = pool.store().keys.clone();
    Json(json!({ "keys": keys.all().map(SigningKey::jwk) })).into_response()
}

async fn openid(State(pool): State<Arc<Pool>>, Path(id): Path<String>) -> Response {
    if id != pool.options.pool_id {
        return no_such_pool(&id);
    }
    let issuer = &pool.issuer;
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
    }))
    .into_response()
}

fn no_such_pool(id: &str) -> Response {
    let message = format!("User pool {id} does not exist.");
    let mut response = ApiError::new("ResourceNotFoundException", message).into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
