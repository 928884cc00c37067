//! What bots were before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use utoipa::ToSchema;

use crate::id::{BotId, KnowledgeBaseId, UserId};

/// What a bot's owner sets, but for who may use it. What a later field was, an old version does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Configuration {
    pub name: String,
    pub description: Option<String>,
    pub instructions: Option<String>,
    pub model_id: String,
    pub temperature: i32,
    pub max_tokens: i32,
    pub rag_enabled: bool,
    pub knowledge_base_ids: Vec<KnowledgeBaseId>,
    pub starters: Vec<String>,
    pub icon: Option<String>,
    pub tags: Vec<String>,
    pub category: Option<String>,
}

/// A state of a bot's configuration.
#[derive(Serialize, ToSchema)]
pub struct Version {
    /// From 1. The highest is how the bot is now.
    pub number: i32,
    /// Since when the bot was like this.
    pub created_at: DateTime<Utc>,
    #[schema(value_type = Configuration)]
    pub configuration: Json<Configuration>,
}

/// The versions of a bot of the owner's, newest first, below number `before`.
pub async fn versions(
    db: &mut PgConnection,
    owner: &UserId,
    id: BotId,
    before: Option<i32>,
    limit: i64,
) -> sqlx::Result<Vec<Version>> {
    sqlx::query_as!(
        Version,
        r#"
        select v.number, v.created_at, v.configuration as "configuration: Json<Configuration>"
        from bot_versions v join bots b on b.id = v.bot_id
        where b.id = $1 and b.owner_id = $2 and ($3::integer is null or v.number < $3)
        order by v.number desc limit $4
        "#,
        id as BotId,
        owner as &UserId,
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// What a bot of the owner's was in a version.
pub async fn version(
    db: &mut PgConnection,
    owner: &UserId,
    id: BotId,
    number: i32,
) -> sqlx::Result<Option<Configuration>> {
    let configuration = sqlx::query_scalar!(
        r#"
        select v.configuration as "configuration: Json<Configuration>"
        from bot_versions v join bots b on b.id = v.bot_id
        where b.id = $1 and b.owner_id = $2 and v.number = $3
        "#,
        id as BotId,
        owner as &UserId,
        number,
    )
    .fetch_optional(db)
    .await?;
    Ok(configuration.map(|Json(configuration)| configuration))
}

/// Those of some knowledge bases that a user may read, in their order.
pub async fn readable_bases(
    db: &mut PgConnection,
    reader: &UserId,
    bases: &[KnowledgeBaseId],
) -> sqlx::Result<Vec<KnowledgeBaseId>> {
    sqlx::query_scalar!(
        r#"
        select b.id as "id: KnowledgeBaseId"
        from unnest($1::uuid[]) with ordinality as asked (id, place) join knowledge_bases b using (id)
        where b.owner_id = $2 or b.is_shared order by asked.place
        "#,
        bases as &[KnowledgeBaseId],
        reader as &UserId,
    )
    .fetch_all(db)
    .await
}
