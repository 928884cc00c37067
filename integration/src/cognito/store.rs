//! Users, sessions and what is under way, in memory and, if wanted, in a file.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use num_bigint::BigUint;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    keys::{KeySet, SigningKey},
    srp::{self, Handshake},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Unconfirmed,
    Confirmed,
    /// Made by an administrator: the first sign-in has to choose a new password.
    ForceChangePassword,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct User {
    /// A UUID, the same as `sub`, for those who signed up with an email address.
    pub username: String,
    /// With `sub`.
    pub attributes: BTreeMap<String, String>,
    pub groups: Vec<String>,
    pub status: Status,
    /// Attributes to be given with the new password, because the pool requires them.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The secret of the user's authenticator app, in base32.
    #[serde(default)]
    pub software_token: Option<String>,
    /// One of which no code has come back yet.
    #[serde(default)]
    pub pending_token: Option<String>,
    /// A code of the app is asked for at sign-in.
    #[serde(default)]
    pub has_software_token: bool,
    /// A user without an app has to set one up at sign-in.
    #[serde(default)]
    pub must_set_up: bool,
    /// The step of time of the last code: each is good once.
    #[serde(default)]
    pub last_step: Option<i64>,
    /// Hexadecimal, as is the verifier.
    salt: String,
    verifier: String,
}

impl User {
    /// A user of a new `sub`.
    pub fn new(username: Option<&str>, status: Status) -> Self {
        let sub = Uuid::new_v4().to_string();
        Self {
            username: username.unwrap_or(&sub).to_owned(),
            attributes: BTreeMap::from([("sub".to_owned(), sub)]),
            groups: Vec::new(),
            status,
            missing: Vec::new(),
            software_token: None,
            pending_token: None,
            has_software_token: false,
            must_set_up: false,
            last_step: None,
            salt: String::new(),
            verifier: String::new(),
        }
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub fn set_attribute(&mut self, name: &str, value: impl Into<String>) {
        self.attributes.insert(name.to_owned(), value.into());
    }

    pub fn sub(&self) -> &str {
        self.attribute("sub").unwrap_or_default()
    }

    pub fn email(&self) -> &str {
        self.attribute("email").unwrap_or_default()
    }

    pub fn set_password(&mut self, pool_name: &str, password: &str) {
        let salt = srp::salt();
        let verifier = srp::verifier(pool_name, &self.username, password, &salt);
        self.salt = salt.to_str_radix(16);
        self.verifier = verifier.to_str_radix(16);
    }

    /// False for a user without a password.
    pub fn has_password(&self, pool_name: &str, password: &str) -> bool {
        self.srp().is_some_and(|(salt, verifier)| srp::verifier(pool_name, &self.username, password, &salt) == verifier)
    }

    /// Salt and verifier.
    pub fn srp(&self) -> Option<(BigUint, BigUint)> {
        Some((srp::parse_hex(&self.salt)?, srp::parse_hex(&self.verifier)?))
    }
}

/// One sign-in: it lives as long as its refresh token.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub username: String,
    /// `origin_jti` of all its tokens.
    pub id: Uuid,
    /// Seconds since 1970, as is `expires`.
    pub auth_time: i64,
    pub expires: i64,
    pub revoked: bool,
    /// Another refresh token has taken the place of this one.
    #[serde(default)]
    pub rotated: bool,
}

/// A challenge that waits for its answer.
pub(super) enum Challenge {
    Password {
        /// `USER_ID_FOR_SRP`: invented if there is no such user.
        username: String,
        handshake: Handshake,
    },
    NewPassword {
        username: String,
    },
    SoftwareToken {
        username: String,
    },
    SetUp {
        username: String,
        /// A code of the new app has come back.
        is_verified: bool,
    },
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePurpose {
    SignUp,
    ForgottenPassword,
    /// A changed email address.
    Email,
}

pub(super) struct Pending<T> {
    pub value: T,
    /// Seconds since 1970.
    pub expires: i64,
}

pub(super) struct Store {
    file: Option<PathBuf>,
    pub keys: Arc<KeySet>,
    users: BTreeMap<String, User>,
    /// By the digest of the refresh token.
    sessions: BTreeMap<String, Session>,
    /// By `Session` or secret block.
    pub challenges: HashMap<String, Pending<Challenge>>,
    pub codes: HashMap<(String, CodePurpose), Pending<String>>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    id_key: String,
    access_key: String,
    users: BTreeMap<String, User>,
    sessions: BTreeMap<String, Session>,
}

impl Store {
    pub fn open(file: Option<PathBuf>) -> io::Result<Self> {
        let mut store = Self {
            file,
            keys: KeySet::of_process(),
            users: BTreeMap::new(),
            sessions: BTreeMap::new(),
            challenges: HashMap::new(),
            codes: HashMap::new(),
        };
        let Some(file) = &store.file else {
            return Ok(store);
        };
        match fs::read(file) {
            Ok(bytes) => {
                let (saved, keys) = parse(&bytes)
                    .map_err(|cause| io::Error::new(cause.kind(), format!("{}: {cause}", file.display())))?;
                store.keys = Arc::new(keys);
                store.users = saved.users;
                store.sessions = saved.sessions;
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => store.save()?,
            Err(cause) => return Err(cause),
        }
        Ok(store)
    }

    pub fn save(&self) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let saved = Saved {
            id_key: self.keys.id.to_base64(),
            access_key: self.keys.access.to_base64(),
            users: self.users.clone(),
            sessions: self.sessions.clone(),
        };
        replace(file, &serde_json::to_vec_pretty(&saved)?)
    }

    /// By username or, whatever the case of its letters, email address.
    pub fn find(&self, login: &str) -> Option<&User> {
        self.users
            .get(login)
            .or_else(|| self.users.values().find(|user| user.email().eq_ignore_ascii_case(login) && !login.is_empty()))
    }

    /// A new user, or the new state of one.
    pub fn put(&mut self, user: User) -> io::Result<()> {
        self.users.insert(user.username.clone(), user);
        self.save()
    }

    /// Keeps a session and gives its refresh token.
    pub fn open_session(&mut self, session: Session, now: i64) -> io::Result<String> {
        let token = BASE64_URL_SAFE_NO_PAD.encode(srp::random::<48>());
        self.sessions.retain(|_, session| session.expires > now);
        self.sessions.insert(digest(&token), session);
        self.save()?;
        Ok(token)
    }

    /// A new refresh token of the same session; the one before is no longer good.
    pub fn rotate(&mut self, refresh_token: &str, now: i64) -> io::Result<Option<String>> {
        let Some(session) = self.sessions.get_mut(&digest(refresh_token)) else {
            return Ok(None);
        };
        session.rotated = true;
        let next = Session { rotated: false, ..session.clone() };
        self.open_session(next, now).map(Some)
    }

    pub fn session(&self, refresh_token: &str) -> Option<&Session> {
        self.sessions.get(&digest(refresh_token))
    }

    pub fn is_revoked(&self, session: Uuid) -> bool {
        self.sessions.values().any(|known| known.id == session && known.revoked)
    }

    pub fn revoke(&mut self, which: impl Fn(&Session) -> bool) -> io::Result<()> {
        for session in self.sessions.values_mut().filter(|session| which(session)) {
            session.revoked = true;
        }
        self.save()
    }
}

fn parse(bytes: &[u8]) -> io::Result<(Saved, KeySet)> {
    let saved: Saved = serde_json::from_slice(bytes)?;
    let keys =
        KeySet { id: SigningKey::from_base64(&saved.id_key)?, access: SigningKey::from_base64(&saved.access_key)? };
    Ok((saved, keys))
}

/// Only its owner may read the file, and it is whole at any moment.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = file.with_extension("part");
    // Left by a process that was killed.
    match fs::remove_file(&part) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
        _ => {}
    }
    let mut output = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    output.write_all(bytes)?;
    output.sync_all()?;
    fs::rename(&part, file)
}

/// Refresh tokens are not kept as they are: who reads the file cannot use them.
fn digest(refresh_token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, refresh_token.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(digest)
}
