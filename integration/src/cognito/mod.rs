//! Stands in for an Amazon Cognito user pool with one app client (without a secret): sign-up,
//! sign-in by SRP or password with a second factor or without, refresh, forgotten passwords,
//! sign-out, on the wire protocol that
//! `amazon-cognito-identity-js` and the AWS SDKs speak, and the JWKS that verifies its tokens.
//!
//! Users sign in with a username or an email address. Messages are not sent: codes go to the
//! log and to [`Options::on_code`]. Requests that need AWS credentials (`Admin…`) are not
//! served; [`Cognito::create_user`] takes their place.

mod account;
mod command;
mod error;
mod keys;
mod pool;
mod profile;
mod second_factor;
mod server;
mod session;
mod sign_in;
mod srp;
mod store;
mod token;
mod totp;
mod users;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};

pub use command::Command;
use keys::KeySet;
use pool::Pool;
pub use pool::{Code, JwksBehaviour};
pub use store::CodePurpose;
use store::{Status, User};
pub use token::{Signature, TokenSpec, TokenUse};
pub use users::Users;

pub type OnCode = Arc<dyn Fn(&Code) + Send + Sync>;

#[derive(Clone)]
pub struct Options {
    /// Keeps users, sessions and signing keys beyond the process: a JSON file, made if missing.
    /// Of a password it has the SRP salt and verifier. None: everything is forgotten at the end.
    pub users_file: Option<PathBuf>,
    /// `{region}_{letters and digits}`, as everywhere in AWS.
    pub pool_id: String,
    pub client_id: String,
    /// How long ID and access tokens are valid.
    pub token_lifetime: Duration,
    pub refresh_lifetime: Duration,
    pub code_lifetime: Duration,
    /// Each refresh gives a new refresh token, and ends the one before.
    pub rotate_refresh_tokens: bool,
    /// Sees each code that AWS would have sent by mail.
    pub on_code: Option<OnCode>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            users_file: None,
            pool_id: "us-east-1_MangooLocal".to_owned(),
            client_id: "mangoolocalclient".to_owned(),
            token_lifetime: Duration::from_hours(1),
            refresh_lifetime: Duration::from_hours(30 * 24),
            code_lifetime: Duration::from_hours(1),
            rotate_refresh_tokens: false,
            on_code: None,
        }
    }
}

/// A user as an administrator makes one.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub email: String,
    pub password: String,
    pub name: Option<String>,
    pub groups: Vec<String>,
    /// `custom:tenant_id`, which users cannot set themselves.
    pub tenant: Option<String>,
    /// The first sign-in has to choose another password (`NEW_PASSWORD_REQUIRED`).
    pub is_temporary: bool,
    /// Attributes that the pool requires and the administrator left out: a temporary user has to
    /// give them with the new password.
    pub missing: Vec<String>,
    pub second_factor: SecondFactor,
}

/// What is asked after the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SecondFactor {
    #[default]
    None,
    /// A code of an authenticator app that has this secret, in base32.
    Totp(String),
    /// Setting up an authenticator app, as in a pool that requires one.
    SetUp,
}

/// A running pool; it ends when this is dropped.
pub struct Cognito {
    pool: Arc<Pool>,
    server: JoinHandle<()>,
}

impl Cognito {
    /// Serves on `address`; port 0 takes a free one. The port is part of the issuer, so tokens
    /// outlive a restart only if it stays the same.
    ///
    /// # Errors
    /// The address is taken, or the users' file cannot be read or written.
    pub async fn start(address: SocketAddr, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let pool = Arc::new(Pool::open(url, options)?);
        let router = server::router(Arc::clone(&pool));
        let server = tokio::spawn(async move {
            if let Err(cause) = axum::serve(listener, router).await {
                tracing::error!(%cause, "the Cognito stand-in stopped");
            }
        });
        Ok(Self { pool, server })
    }

    /// `http://address:port`, without a slash at the end: the service's `COGNITO_ENDPOINT`.
    pub fn url(&self) -> &str {
        &self.pool.url
    }

    pub fn pool_id(&self) -> &str {
        &self.pool.options.pool_id
    }

    pub fn client_id(&self) -> &str {
        &self.pool.options.client_id
    }

    /// The part of the pool's id before `_`.
    pub fn region(&self) -> &str {
        let id = self.pool_id();
        id.split_once('_').map_or(id, |(region, _)| region)
    }

    /// `{url}/{pool id}`.
    pub fn issuer(&self) -> &str {
        &self.pool.issuer
    }

    /// Makes a confirmed user, or brings the user of this address to this state; gives the
    /// `sub`, which stays the same. Takes some 10 ms: SRP's arithmetic is slow.
    ///
    /// # Errors
    /// The users' file cannot be written.
    pub fn create_user(&self, new: &NewUser) -> io::Result<String> {
        let pool_name = self.pool.name();
        let mut store = self.pool.store();
        let mut user = store.find(&new.email).cloned().unwrap_or_else(|| User::new(None, Status::Confirmed));
        user.set_attribute("email", &new.email);
        user.set_attribute("email_verified", "true");
        for (attribute, value) in [("name", &new.name), ("custom:tenant_id", &new.tenant)] {
            match value {
                Some(value) => user.set_attribute(attribute, value),
                None => drop(user.attributes.remove(attribute)),
            }
        }
        user.groups.clone_from(&new.groups);
        user.status = if new.is_temporary { Status::ForceChangePassword } else { Status::Confirmed };
        user.missing.clone_from(&new.missing);
        user.must_set_up = new.second_factor == SecondFactor::SetUp;
        user.software_token = match &new.second_factor {
            SecondFactor::Totp(secret) => Some(secret.clone()),
            SecondFactor::None | SecondFactor::SetUp => None,
        };
        user.has_software_token = user.software_token.is_some();
        if !user.has_password(pool_name, &new.password) {
            user.set_password(pool_name, &new.password);
        }
        let sub = user.sub().to_owned();
        store.put(user)?;
        Ok(sub)
    }

    /// Signs any token, of a user who exists or not.
    pub fn token(&self, spec: &TokenSpec) -> String {
        self.pool.sign(spec)
    }

    /// New signing keys; the old ones leave the JWKS, and their tokens are worth nothing.
    ///
    /// # Errors
    /// The users' file cannot be written.
    pub fn rotate_keys(&self) -> io::Result<()> {
        let keys = KeySet::generate();
        let mut store = self.pool.store();
        store.keys = keys;
        store.save()
    }

    /// How often the JWKS was asked for.
    pub fn jwks_requests(&self) -> u64 {
        self.pool.jwks_requests()
    }

    pub fn set_jwks(&self, behaviour: JwksBehaviour) {
        self.pool.set_jwks(behaviour);
    }
}

impl Drop for Cognito {
    fn drop(&mut self) {
        self.server.abort();
    }
}
