//! Signing in: by SRP, with the password itself, with a refresh token.

use std::collections::HashMap;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::NaiveDateTime;
use num_bigint::BigUint;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Builder;

use super::{
    error::{ApiError, ApiResult},
    pool::{Pool, check_password},
    second_factor, session,
    srp::{self, Handshake},
    store::{Challenge, Status, User},
};

/// The page's library sends null for what it has not.
pub(super) type Parameters = HashMap<String, Option<String>>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InitiateAuth {
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Parameters,
}

pub(super) fn initiate(pool: &Pool, request: &InitiateAuth) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    let parameters = &request.auth_parameters;
    match request.auth_flow.as_str() {
        "USER_SRP_AUTH" => {
            let client_public = srp::parse_hex(required(parameters, "SRP_A")?)
                .ok_or_else(|| ApiError::invalid_parameter("Invalid SRP_A"))?;
            challenge_password(pool, required(parameters, "USERNAME")?, client_public)
        }
        "USER_PASSWORD_AUTH" => {
            let user = pool
                .store()
                .find(required(parameters, "USERNAME")?)
                .cloned()
                .ok_or_else(ApiError::wrong_credentials)?;
            if !user.has_password(pool.name(), required(parameters, "PASSWORD")?) {
                return Err(ApiError::wrong_credentials());
            }
            complete(pool, &user)
        }
        // A client whose refresh tokens rotate has `GetTokensFromRefreshToken` alone.
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" if !pool.options.rotate_refresh_tokens => {
            session::refresh(pool, required(parameters, "REFRESH_TOKEN")?)
        }
        flow => Err(ApiError::invalid_parameter(format!("{flow} flow not enabled for this client"))),
    }
}

pub(super) fn required<'p>(parameters: &'p Parameters, name: &str) -> ApiResult<&'p str> {
    match parameters.get(name) {
        Some(Some(value)) if !value.is_empty() => Ok(value),
        _ => Err(ApiError::invalid_parameter(format!("Missing required parameter {name}"))),
    }
}

fn challenge_password(pool: &Pool, login: &str, client_public: BigUint) -> ApiResult<Value> {
    let user = pool.store().find(login).cloned();
    let (username, salt, verifier) = match user.and_then(|user| Some((user.srp()?, user.username))) {
        Some(((salt, verifier), username)) => (username, salt, verifier),
        None => invented(pool, login),
    };
    let handshake =
        Handshake::start(verifier, client_public).ok_or_else(|| ApiError::invalid_parameter("Invalid SRP_A"))?;
    let secret_block = BASE64_STANDARD.encode(srp::random::<256>());
    let answer = json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "SALT": salt.to_str_radix(16),
            "SECRET_BLOCK": secret_block,
            "SRP_B": handshake.public_hex(),
            "USERNAME": username,
            "USER_ID_FOR_SRP": username,
        },
    });
    pool.add_challenge(secret_block, Challenge::Password { username, handshake });
    Ok(answer)
}

/// What a user who does not exist is asked: the same each time, and unlike nobody's, so that
/// asking does not tell who has an account.
fn invented(pool: &Pool, login: &str) -> (String, BigUint, BigUint) {
    let secret = pool.store().keys.id.to_base64();
    let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let digest = hmac::sign(&secret, login.to_ascii_lowercase().as_bytes());
    let (mut id, mut salt) = ([0; 16], [0; 16]);
    id.copy_from_slice(&digest.as_ref()[..16]);
    salt.copy_from_slice(&digest.as_ref()[16..]);
    let username =
        if login.contains('@') { Builder::from_random_bytes(id).into_uuid().to_string() } else { login.to_owned() };
    let salt = BigUint::from_bytes_be(&salt);
    // No password leads to a random verifier.
    let verifier = BigUint::from_bytes_be(&srp::random::<256>());
    (username, salt, verifier)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RespondToAuthChallenge {
    client_id: String,
    challenge_name: String,
    session: Option<String>,
    #[serde(default)]
    challenge_responses: Parameters,
}

pub(super) fn respond(pool: &Pool, request: &RespondToAuthChallenge) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    let responses = &request.challenge_responses;
    let session =
        || request.session.as_deref().ok_or_else(|| ApiError::invalid_parameter("Missing required parameter Session"));
    match request.challenge_name.as_str() {
        "PASSWORD_VERIFIER" => prove_password(pool, responses),
        "NEW_PASSWORD_REQUIRED" => choose_password(pool, session()?, responses),
        "SOFTWARE_TOKEN_MFA" => second_factor::prove(pool, session()?, responses),
        "MFA_SETUP" => second_factor::finish_set_up(pool, session()?, responses),
        name => Err(ApiError::invalid_parameter(format!("Unsupported challenge {name}"))),
    }
}

fn prove_password(pool: &Pool, responses: &Parameters) -> ApiResult<Value> {
    let timestamp = required(responses, "TIMESTAMP")?;
    NaiveDateTime::parse_from_str(timestamp, "%a %b %e %H:%M:%S UTC %Y")
        .map_err(|_| ApiError::invalid_parameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."))?;
    let claimed = required(responses, "USERNAME")?;
    let secret_block = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?;
    let proof = required(responses, "PASSWORD_CLAIM_SIGNATURE")?;

    let Some(Challenge::Password { username, handshake }) = pool.take_challenge(secret_block) else {
        return Err(ApiError::wrong_credentials());
    };
    let secret_block = BASE64_STANDARD.decode(secret_block).map_err(|_| ApiError::wrong_credentials())?;
    let message = [pool.name().as_bytes(), username.as_bytes(), &secret_block, timestamp.as_bytes()].concat();
    let proof = BASE64_STANDARD.decode(proof).map_err(|_| ApiError::wrong_credentials())?;
    let accepted = handshake.accepts(&message, &proof);
    let user = pool.store().find(claimed).cloned();
    match user {
        Some(user) if accepted && user.username == username => complete(pool, &user),
        _ => Err(ApiError::wrong_credentials()),
    }
}

/// The password was right: what comes next depends on the user's status.
fn complete(pool: &Pool, user: &User) -> ApiResult<Value> {
    match user.status {
        Status::Unconfirmed => Err(ApiError::new("UserNotConfirmedException", "User is not confirmed.")),
        Status::Confirmed => second_factor::after_password(pool, user),
        Status::ForceChangePassword => {
            let session = pool.challenge(Challenge::NewPassword { username: user.username.clone() });
            let required: Vec<_> = user.missing.iter().map(|name| format!("userAttributes.{name}")).collect();
            let mut attributes = user.attributes.clone();
            attributes.remove("sub");
            Ok(json!({
                "ChallengeName": "NEW_PASSWORD_REQUIRED",
                "Session": session,
                "ChallengeParameters": {
                    "USER_ID_FOR_SRP": user.username,
                    "requiredAttributes": json!(required).to_string(),
                    "userAttributes": json!(attributes).to_string(),
                },
            }))
        }
    }
}

fn choose_password(pool: &Pool, session: &str, responses: &Parameters) -> ApiResult<Value> {
    let login = required(responses, "USERNAME")?;
    let password = required(responses, "NEW_PASSWORD")?;
    // Before the session is used up: a refused password may be replaced by another.
    check_password(password)?;
    let user = pool.store().find(login).cloned();
    let given =
        |name: &str| matches!(responses.get(&format!("userAttributes.{name}")), Some(Some(value)) if !value.is_empty());
    if let Some(name) = user.iter().flat_map(|user| &user.missing).find(|name| !given(name)) {
        return Err(ApiError::invalid_parameter(format!("Invalid attributes given, {name} is missing")));
    }
    let (Some(Challenge::NewPassword { username }), Some(mut user)) = (pool.take_challenge(session), user) else {
        return Err(ApiError::not_authorized("Invalid session for the user, session is expired."));
    };
    if user.username != username {
        return Err(ApiError::not_authorized("Invalid session for the user."));
    }
    for (name, value) in responses {
        if let (Some(name), Some(value)) = (name.strip_prefix("userAttributes."), value) {
            super::profile::check_writable(name)?;
            user.set_attribute(name, value);
        }
    }
    user.missing.clear();
    user.set_password(pool.name(), password);
    user.status = Status::Confirmed;
    pool.save(user.clone())?;
    complete(pool, &user)
}
