//! What a sign-in leads to: tokens, and a refresh token for more of them.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    TokenSpec,
    error::{ApiError, ApiResult},
    pool::{Pool, now, seconds},
    store::{Session, User},
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FromRefreshToken {
    client_id: String,
    refresh_token: String,
}

pub(super) fn from_refresh_token(pool: &Pool, request: &FromRefreshToken) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    let mut answer = refresh(pool, &request.refresh_token)?;
    if pool.options.rotate_refresh_tokens {
        let rotated = pool.store().rotate(&request.refresh_token, now());
        answer["AuthenticationResult"]["RefreshToken"] = rotated.map_err(|cause| ApiError::internal(&cause))?.into();
    }
    Ok(answer)
}

pub(super) fn refresh(pool: &Pool, token: &str) -> ApiResult<Value> {
    let store = pool.store();
    let session = store.session(token).cloned().ok_or_else(|| ApiError::not_authorized("Invalid Refresh Token"))?;
    if session.revoked {
        return Err(ApiError::not_authorized("Refresh Token has been revoked"));
    }
    if session.rotated {
        return Err(ApiError::new("RefreshTokenReuseException", "Refresh Token has been rotated"));
    }
    if session.expires <= now() {
        return Err(ApiError::not_authorized("Refresh Token has expired"));
    }
    let user = store.find(&session.username).cloned();
    drop(store);
    let user = user.ok_or_else(|| ApiError::not_authorized("Invalid Refresh Token"))?;
    Ok(json!({
        "ChallengeParameters": {},
        "AuthenticationResult": tokens(pool, &user, &session),
    }))
}

pub(super) fn open(pool: &Pool, user: &User) -> ApiResult<Map<String, Value>> {
    let now = now();
    let session = Session {
        username: user.username.clone(),
        id: Uuid::new_v4(),
        auth_time: now,
        expires: now + seconds(pool.options.refresh_lifetime),
        revoked: false,
        rotated: false,
    };
    let mut result = tokens(pool, user, &session);
    let refresh_token = pool.store().open_session(session, now).map_err(|cause| ApiError::internal(&cause))?;
    result.insert("RefreshToken".to_owned(), refresh_token.into());
    Ok(result)
}

/// `AuthenticationResult` without a refresh token.
fn tokens(pool: &Pool, user: &User, session: &Session) -> Map<String, Value> {
    let lifetime = seconds(pool.options.token_lifetime);
    let common = |spec: TokenSpec| {
        spec.username(&user.username)
            .groups(&user.groups)
            .expires_in(lifetime)
            .claim("origin_jti", session.id.to_string())
            .claim("auth_time", session.auth_time)
    };
    let mut id = common(TokenSpec::id(user.sub()));
    for (name, value) in &user.attributes {
        id = match name.as_str() {
            "email_verified" => id.claim(name, value == "true"),
            _ => id.claim(name, value.as_str()),
        };
    }
    let access = common(TokenSpec::access(user.sub()));
    Map::from_iter([
        ("IdToken".to_owned(), pool.sign(&id).into()),
        ("AccessToken".to_owned(), pool.sign(&access).into()),
        ("ExpiresIn".to_owned(), lifetime.into()),
        ("TokenType".to_owned(), "Bearer".into()),
    ])
}
