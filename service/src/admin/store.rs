//! The SQL of what administrators see.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::id::{BotId, UserId};

/// A user, as administrators see them.
#[derive(Serialize, ToSchema)]
pub struct AdminUser {
    /// The Cognito `sub`.
    pub id: UserId,
    pub email: String,
    pub username: String,
    pub full_name: Option<String>,
    /// `admin` or `user`, as of the last login.
    pub role: String,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub last_login: DateTime<Utc>,
    /// How many they have.
    pub chats: i64,
    pub bots: i64,
    pub knowledge_bases: i64,
}

/// A bot, as administrators see it.
#[derive(Serialize, ToSchema)]
pub struct AdminBot {
    pub id: BotId,
    pub name: String,
    pub owner_id: UserId,
    /// `null` for one who is not registered.
    pub owner_name: Option<String>,
    pub model_id: String,
    pub is_public: bool,
    pub is_marketplace: bool,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// That it gave, ever.
    pub answers: i64,
    /// Users who got them.
    pub users: i64,
}

/// Users with `words` in a name or the address, the newest first, after the user `after`.
pub async fn users(
    db: &mut PgConnection,
    words: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> sqlx::Result<Vec<AdminUser>> {
    sqlx::query_as!(
        AdminUser,
        r#"
        select id as "id: UserId", email, username, full_name, role, is_active, created_at, last_login,
          (select count(*) from chats where owner_id = u.id) as "chats!",
          (select count(*) from bots where owner_id = u.id) as "bots!",
          (select count(*) from knowledge_bases where owner_id = u.id) as "knowledge_bases!"
        from users u
        where ($1::text is null or strpos(lower(concat_ws(' ', email, username, full_name)), lower($1)) > 0)
          and ($2::text is null or (created_at, id) < (select created_at, id from users where id = $2))
        order by created_at desc, id desc limit $3
        "#,
        words,
        after,
        limit,
    )
    .fetch_all(db)
    .await
}

/// How many users there are with `words` in a name or the address.
pub async fn count_users(db: &mut PgConnection, words: Option<&str>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from users
           where $1::text is null or strpos(lower(concat_ws(' ', email, username, full_name)), lower($1)) > 0"#,
        words
    )
    .fetch_one(db)
    .await
}

/// Activates or deactivates a user.
pub async fn set_active(db: &mut PgConnection, id: &UserId, is_active: bool) -> sqlx::Result<Option<AdminUser>> {
    sqlx::query_as!(
        AdminUser,
        r#"
        update users u set is_active = $2 where id = $1
        returning id as "id: UserId", email, username, full_name, role, is_active, created_at, last_login,
          (select count(*) from chats where owner_id = u.id) as "chats!",
          (select count(*) from bots where owner_id = u.id) as "bots!",
          (select count(*) from knowledge_bases where owner_id = u.id) as "knowledge_bases!"
        "#,
        id as &UserId,
        is_active,
    )
    .fetch_optional(db)
    .await
}

/// Bots with `words` in the name or the model, the newest first.
pub async fn bots(
    db: &mut PgConnection,
    words: Option<&str>,
    after: Option<BotId>,
    limit: i64,
) -> sqlx::Result<Vec<AdminBot>> {
    sqlx::query_as!(
        AdminBot,
        r#"
        with page as (
          select * from bots
          where owner_id not like 'deleted:%'
            and ($1::text is null or strpos(lower(concat_ws(' ', name, model_id)), lower($1)) > 0)
            and ($2::uuid is null or id < $2)
          order by id desc limit $3
        )
        select b.id as "id: BotId", b.name, b.owner_id as "owner_id: UserId",
          coalesce(u.full_name, u.username) as owner_name, b.model_id, b.is_public, b.is_marketplace, b.is_active,
          b.created_at, b.updated_at, coalesce(used.answers, 0) as "answers!", coalesce(used.users, 0) as "users!"
        from page b
        left join users u on u.id = b.owner_id
        left join (
          select bot_id, sum(answers)::bigint as answers, count(distinct user_id) as users
          from usage where bot_id in (select id from page) group by bot_id
        ) used on used.bot_id = b.id
        order by b.id desc
        "#,
        words,
        after as Option<BotId>,
        limit,
    )
    .fetch_all(db)
    .await
}
