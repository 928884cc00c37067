//! Who is calling. Permission is an extractor: the database is reached through [`Caller`]
//! alone, and only a verified token makes one.

mod keys;
mod standing;
mod token;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use sqlx::{Postgres, pool::PoolConnection};

pub use standing::Standings;
pub use token::{Claims, Verifier};

use crate::{
    App,
    db::Db,
    error::{Error, Result},
    id::{TenantId, UserId},
};

/// The group whose members administer the platform.
const ADMIN_GROUP: &str = "admin";

/// A user with a valid token.
#[derive(Clone)]
pub struct Caller {
    pub id: UserId,
    pub tenant: TenantId,
    /// The Cognito user name.
    pub username: String,
    /// Only ID tokens carry it.
    pub email: Option<String>,
    /// Only ID tokens carry it.
    pub full_name: Option<String>,
    pub is_admin: bool,
    /// Whether the token leaves the tenant open: we take the default one then.
    is_tenant_assumed: bool,
    db: Db,
}

impl Caller {
    /// [`Claims`] come from the verifier alone.
    pub(crate) fn new(claims: Claims, db: Db) -> Self {
        Self {
            is_admin: claims.groups.iter().any(|group| group == ADMIN_GROUP),
            is_tenant_assumed: claims.is_silent_on_tenant(),
            username: storable(claims.username()),
            id: UserId(claims.sub),
            tenant: TenantId(claims.tenant_id.unwrap_or_else(|| TenantId::DEFAULT.to_owned())),
            email: claims.email.as_deref().map(storable),
            full_name: claims.name.as_deref().map(storable),
            db,
        }
    }

    /// For what needs the database before and after something slow. What it gets belongs to
    /// [`Caller::tenant`].
    pub fn connections(&self) -> &Db {
        &self.db
    }

    /// A connection that sees the rows of the caller's tenant and no others.
    pub async fn db(&self) -> Result<PoolConnection<Postgres>> {
        Ok(self.db.tenant(&self.tenant).await?)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .ok_or(Error::Unauthorized("Sign in first: the header `Authorization: Bearer <token>` is missing."))?
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(Error::Unauthorized("The header `Authorization` must be `Bearer <token>`."))?;
        let caller = app.caller(app.verifier.verify(token).await?);
        app.standings.demand(&caller).await?;
        Ok(caller)
    }
}

/// Without NUL, which Postgres can't store: users choose these texts in Cognito.
fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// A user of the group `admin`.
pub struct Admin(pub Caller);

impl FromRequestParts<App> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if caller.is_admin {
            Ok(Self(caller))
        } else {
            Err(Error::Forbidden("Only members of the group `admin` may do this."))
        }
    }
}
