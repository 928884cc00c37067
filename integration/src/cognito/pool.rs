//! What all requests share: the store, the options, and the rules for codes and passwords.

use std::{
    io,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::Utc;
use jsonwebtoken::{Algorithm, Validation, errors::ErrorKind};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    CodePurpose, Options, TokenSpec,
    error::{ApiError, ApiResult},
    srp,
    store::{Challenge, Pending, Store, User},
};

/// A code that AWS would have sent by mail.
#[derive(Clone, Debug, Serialize)]
pub struct Code {
    pub purpose: CodePurpose,
    pub email: String,
    /// Six digits.
    pub code: String,
}

/// How the JWKS is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JwksBehaviour {
    #[default]
    Normal,
    /// Status 503.
    Failing,
    /// After this time.
    Slow(Duration),
}

pub(super) struct Pool {
    pub url: String,
    pub issuer: String,
    pub options: Options,
    store: Mutex<Store>,
    jwks: Mutex<JwksBehaviour>,
    jwks_requests: AtomicU64,
}

impl Pool {
    pub fn open(url: String, options: Options) -> io::Result<Self> {
        Ok(Self {
            issuer: format!("{url}/{}", options.pool_id),
            url,
            store: Mutex::new(Store::open(options.users_file.clone())?),
            options,
            jwks: Mutex::default(),
            jwks_requests: AtomicU64::new(0),
        })
    }

    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The part of the pool's id that SRP uses.
    pub fn name(&self) -> &str {
        let id = &self.options.pool_id;
        id.split_once('_').map_or(id, |(_, name)| name)
    }

    pub fn sign(&self, spec: &TokenSpec) -> String {
        let keys = self.store().keys.clone();
        spec.encode(&keys, &self.issuer, &self.options.client_id)
    }

    pub fn jwks_requests(&self) -> u64 {
        self.jwks_requests.load(Ordering::Relaxed)
    }

    pub fn set_jwks(&self, behaviour: JwksBehaviour) {
        *self.jwks.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    pub fn count_jwks_request(&self) -> JwksBehaviour {
        self.jwks_requests.fetch_add(1, Ordering::Relaxed);
        *self.jwks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn check_client(&self, client_id: &str) -> ApiResult<()> {
        if client_id == self.options.client_id {
            return Ok(());
        }
        Err(ApiError::new("ResourceNotFoundException", format!("User pool client {client_id} does not exist.")))
    }

    /// The user of an access token of this pool.
    pub fn authenticate(&self, access_token: &str) -> ApiResult<User> {
        #[derive(Deserialize)]
        struct Claims {
            username: String,
            origin_jti: Uuid,
        }

        let store = self.store();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = 0;
        validation.validate_aud = false;
        validation.set_issuer(&[&self.issuer]);
        // An ID token is signed with the other key, so it is refused here.
        let key = store.keys.access.decoding_key();
        let claims = jsonwebtoken::decode::<Claims>(access_token, &key, &validation)
            .map_err(|cause| match cause.kind() {
                ErrorKind::ExpiredSignature => ApiError::not_authorized("Access Token has expired"),
                _ => ApiError::not_authorized("Invalid Access Token"),
            })?
            .claims;
        if store.is_revoked(claims.origin_jti) {
            return Err(ApiError::not_authorized("Access Token has been revoked"));
        }
        store
            .find(&claims.username)
            .cloned()
            .ok_or_else(|| ApiError::new("UserNotFoundException", "User does not exist."))
    }

    pub fn save(&self, user: User) -> ApiResult<()> {
        self.store().put(user).map_err(|cause| ApiError::internal(&cause))
    }

    /// Keeps a challenge for three minutes, as Cognito does.
    pub fn add_challenge(&self, key: String, value: Challenge) {
        let now = now();
        let expires = now + 180;
        let mut store = self.store();
        store.challenges.retain(|_, pending| pending.expires > now);
        store.challenges.insert(key, Pending { value, expires });
    }

    /// A challenge that is found by its `Session`.
    pub fn challenge(&self, value: Challenge) -> String {
        let session = BASE64_STANDARD.encode(srp::random::<96>());
        self.add_challenge(session.clone(), value);
        session
    }

    /// Leaves the challenge for another answer.
    pub fn peek_challenge<T>(&self, key: &str, read: impl FnOnce(&Challenge) -> Option<T>) -> Option<T> {
        let store = self.store();
        let pending = store.challenges.get(key)?;
        (pending.expires > now()).then(|| read(&pending.value)).flatten()
    }

    /// A challenge may be answered once.
    pub fn take_challenge(&self, key: &str) -> Option<Challenge> {
        let pending = self.store().challenges.remove(key)?;
        (pending.expires > now()).then_some(pending.value)
    }

    /// A new code replaces the one before.
    pub fn send_code(&self, user: &User, purpose: CodePurpose) -> Value {
        let code = format!("{:06}", fastrand::u32(..1_000_000));
        let expires = now() + seconds(self.options.code_lifetime);
        self.store().codes.insert((user.username.clone(), purpose), Pending { value: code.clone(), expires });
        let email = user.email();
        tracing::info!(?purpose, email, code, "a code for the user");
        if let Some(on_code) = &self.options.on_code {
            on_code(&Code { purpose, email: email.to_owned(), code });
        }
        delivery(email)
    }

    /// A code may be used once.
    pub fn check_code(&self, user: &User, purpose: CodePurpose, code: &str) -> ApiResult<()> {
        let key = (user.username.clone(), purpose);
        let mut store = self.store();
        let pending = store.codes.get(&key).ok_or_else(ApiError::expired_code)?;
        if pending.expires <= now() {
            return Err(ApiError::expired_code());
        }
        if pending.value != code {
            return Err(ApiError::code_mismatch());
        }
        store.codes.remove(&key);
        Ok(())
    }
}

/// Where a code was sent, as Cognito tells it: `a***@e***`.
pub(super) fn delivery(email: &str) -> Value {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    json!({
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": format!("{}***@{}***", first(name), first(domain)),
    })
}

/// At least eight characters, with a capital, a small letter and a digit.
pub(super) fn check_password(password: &str) -> ApiResult<()> {
    let complaint = if password.chars().count() < 8 {
        "Password not long enough"
    } else if password.len() > 256 {
        "Password too long"
    } else if !password.contains(|c: char| c.is_ascii_lowercase()) {
        "Password must have lowercase characters"
    } else if !password.contains(|c: char| c.is_ascii_uppercase()) {
        "Password must have uppercase characters"
    } else if !password.contains(|c: char| c.is_ascii_digit()) {
        "Password must have numeric characters"
    } else {
        return Ok(());
    };
    Err(ApiError::new("InvalidPasswordException", format!("Password did not conform with policy: {complaint}")))
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    Utc::now().timestamp()
}

pub(super) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 2)
}
