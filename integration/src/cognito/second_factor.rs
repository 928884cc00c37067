//! The second factor: codes of an authenticator app, asked for after the password, and setting
//! one up, at sign-in or while signed in.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    error::{ApiError, ApiResult},
    pool::{Pool, now},
    session,
    sign_in::{Parameters, required},
    srp,
    store::{Challenge, User},
    totp,
};

/// What follows a right password: tokens, or the question for the second factor.
pub(super) fn after_password(pool: &Pool, user: &User) -> ApiResult<Value> {
    let username = user.username.clone();
    if user.has_software_token {
        let session = pool.challenge(Challenge::SoftwareToken { username });
        return Ok(json!({
            "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "Session": session,
            "ChallengeParameters": { "USER_ID_FOR_SRP": user.username },
        }));
    }
    if user.must_set_up {
        let session = pool.challenge(Challenge::SetUp { username, is_verified: false });
        return Ok(json!({
            "ChallengeName": "MFA_SETUP",
            "Session": session,
            "ChallengeParameters": {
                "MFAS_CAN_SETUP": json!(["SOFTWARE_TOKEN_MFA"]).to_string(),
                "USER_ID_FOR_SRP": user.username,
            },
        }));
    }
    signed_in(pool, user)
}

fn signed_in(pool: &Pool, user: &User) -> ApiResult<Value> {
    Ok(json!({ "ChallengeParameters": {}, "AuthenticationResult": session::open(pool, user)? }))
}

fn session_expired() -> ApiError {
    ApiError::not_authorized("Invalid session for the user, session is expired.")
}

/// The answer to `SOFTWARE_TOKEN_MFA`. A wrong code leaves the session as it is: the next may be
/// right.
pub(super) fn prove(pool: &Pool, session: &str, responses: &Parameters) -> ApiResult<Value> {
    let login = required(responses, "USERNAME")?;
    let code = required(responses, "SOFTWARE_TOKEN_MFA_CODE")?;
    let asked = pool.peek_challenge(session, |challenge| match challenge {
        Challenge::SoftwareToken { username } => Some(username.clone()),
        _ => None,
    });
    let user = pool.store().find(login).cloned();
    let mut user = match (asked, user) {
        (Some(username), Some(user)) if user.username == username => user,
        _ => return Err(session_expired()),
    };
    let secret = user.software_token.as_deref().unwrap_or_default();
    let step = totp::step_of(secret, code, now())
        .ok_or_else(|| ApiError::new("CodeMismatchException", "Invalid code received for user"))?;
    if user.last_step.is_some_and(|last| step <= last) {
        return Err(ApiError::new("ExpiredCodeException", "Your software token has already been used once."));
    }
    user.last_step = Some(step);
    pool.save(user.clone())?;
    pool.take_challenge(session);
    signed_in(pool, &user)
}

/// The answer to `MFA_SETUP`, once the token is verified.
pub(super) fn finish_set_up(pool: &Pool, session: &str, responses: &Parameters) -> ApiResult<Value> {
    let login = required(responses, "USERNAME")?;
    let user = pool.store().find(login).cloned();
    match (pool.take_challenge(session), user) {
        (Some(Challenge::SetUp { username, is_verified: true }), Some(user)) if user.username == username => {
            signed_in(pool, &user)
        }
        _ => Err(session_expired()),
    }
}

/// Who sets up: somebody signed in, or in the midst of it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Whom {
    access_token: Option<String>,
    session: Option<String>,
}

impl Whom {
    /// Uses up the session.
    fn user(&self, pool: &Pool) -> ApiResult<User> {
        match (&self.access_token, &self.session) {
            (Some(token), _) => pool.authenticate(token),
            (None, Some(session)) => match pool.take_challenge(session) {
                Some(Challenge::SetUp { username, .. }) => {
                    pool.store().find(&username).cloned().ok_or_else(session_expired)
                }
                _ => Err(session_expired()),
            },
            (None, None) => Err(ApiError::invalid_parameter("Either AccessToken or Session is required")),
        }
    }

    /// The session that follows the one used up, if it was one.
    fn next(&self, pool: &Pool, user: &User, is_verified: bool) -> Value {
        match self.access_token {
            Some(_) => Value::Null,
            None => pool.challenge(Challenge::SetUp { username: user.username.clone(), is_verified }).into(),
        }
    }
}

fn without_null(mut answer: Value) -> Value {
    if let Some(answer) = answer.as_object_mut() {
        answer.retain(|_, value| !value.is_null());
    }
    answer
}

/// A new secret, which counts once a code of it has come back.
pub(super) fn associate(pool: &Pool, request: &Whom) -> ApiResult<Value> {
    let mut user = request.user(pool)?;
    let secret = totp::to_base32(&srp::random::<32>());
    user.pending_token = Some(secret.clone());
    pool.save(user.clone())?;
    Ok(without_null(json!({ "SecretCode": secret, "Session": request.next(pool, &user, false) })))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Verify {
    #[serde(flatten)]
    whom: Whom,
    user_code: String,
}

pub(super) fn verify(pool: &Pool, request: &Verify) -> ApiResult<Value> {
    let session = request.whom.session.as_deref().unwrap_or_default();
    // A wrong code leaves the session as it is.
    let asked = pool.peek_challenge(session, |challenge| match challenge {
        Challenge::SetUp { username, .. } => Some(username.clone()),
        _ => None,
    });
    let mut user = match (&request.whom.access_token, asked) {
        (Some(token), _) => pool.authenticate(token)?,
        (None, Some(username)) => pool.store().find(&username).cloned().ok_or_else(session_expired)?,
        (None, None) => return Err(session_expired()),
    };
    let secret = user
        .pending_token
        .clone()
        .ok_or_else(|| ApiError::invalid_parameter("Must call AssociateSoftwareToken before VerifySoftwareToken."))?;
    let step = totp::step_of(&secret, &request.user_code, now()).ok_or_else(|| {
        ApiError::new("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
    })?;
    user.pending_token = None;
    user.software_token = Some(secret);
    user.last_step = Some(step);
    // While signed in, `SetUserMFAPreference` has to follow.
    user.has_software_token |= request.whom.access_token.is_none();
    pool.save(user.clone())?;
    pool.take_challenge(session);
    Ok(without_null(json!({ "Status": "SUCCESS", "Session": request.whom.next(pool, &user, true) })))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Preference {
    access_token: String,
    software_token_mfa_settings: Option<Setting>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Setting {
    #[serde(default)]
    enabled: bool,
}

pub(super) fn set_preference(pool: &Pool, request: &Preference) -> ApiResult<Value> {
    let mut user = pool.authenticate(&request.access_token)?;
    if let Some(setting) = &request.software_token_mfa_settings {
        if setting.enabled && user.software_token.is_none() {
            return Err(ApiError::invalid_parameter("User has not verified software token mfa"));
        }
        user.has_software_token = setting.enabled;
        pool.save(user)?;
    }
    Ok(json!({}))
}
