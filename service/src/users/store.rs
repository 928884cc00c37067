//! The SQL of users.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::{auth::Caller, id::UserId};

/// A user.
#[derive(Serialize, ToSchema)]
pub struct User {
    /// The Cognito `sub`.
    pub id: UserId,
    pub email: String,
    pub username: String,
    pub full_name: Option<String>,
    /// `admin` or `user`.
    pub role: String,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub last_login: DateTime<Utc>,
}

pub async fn get(db: &mut PgConnection, id: &UserId) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"
        select id as "id: UserId", email, username, full_name, role, is_active, created_at, last_login
        from users where id = $1
        "#,
        id as &UserId,
    )
    .fetch_optional(db)
    .await
}

/// Creates or refreshes the caller. An access token says less than an ID token: what it does
/// not say stays as it was.
pub async fn register(db: &mut PgConnection, caller: &Caller) -> sqlx::Result<User> {
    sqlx::query_as!(
        User,
        r#"
        insert into users as u (tenant_id, id, email, username, full_name, role)
        values (current_setting('app.tenant'), $1, coalesce($2, $3), $3, $4, $5)
        on conflict (tenant_id, id) do update set
          email = coalesce($2, u.email), username = $3, full_name = coalesce($4, u.full_name), role = $5, last_login = now()
        returning id as "id: UserId", email, username, full_name, role, is_active, created_at, last_login
        "#,
        &caller.id as &UserId,
        caller.email,
        caller.username,
        caller.full_name,
        if caller.is_admin { "admin" } else { "user" },
    )
    .fetch_one(db)
    .await
}

/// What decides whether a user may do anything.
#[derive(Clone, Copy)]
pub struct Standing {
    /// Nobody has deactivated them.
    pub is_active: bool,
    /// There are other tenants than theirs.
    pub has_other_tenants: bool,
}

pub async fn standing(db: &mut PgConnection, id: &UserId) -> sqlx::Result<Standing> {
    sqlx::query_as!(
        Standing,
        r#"
        select coalesce((select is_active from users where id = $1), true) as "is_active!",
          exists (select from tenants where id <> current_setting('app.tenant', true)) as "has_other_tenants!"
        "#,
        id as &UserId
    )
    .fetch_one(db)
    .await
}
