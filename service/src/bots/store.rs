//! The SQL of bots.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::id::{BotId, KnowledgeBaseId, UserId};

/// A bot.
#[allow(clippy::struct_excessive_bools)] // the contract has them
#[derive(Serialize, ToSchema)]
pub struct Bot {
    pub id: BotId,
    pub owner_id: UserId,
    pub name: String,
    pub description: Option<String>,
    /// The system prompt.
    pub instructions: Option<String>,
    pub model_id: String,
    /// 0 to 100, in hundredths of the model's temperature.
    pub temperature: i32,
    /// Most tokens of one answer.
    pub max_tokens: i32,
    /// Whether answers may draw on the knowledge base.
    pub rag_enabled: bool,
    pub knowledge_base_id: Option<KnowledgeBaseId>,
    /// Whether everybody in the tenant may use it.
    pub is_public: bool,
    /// Whether the marketplace lists it.
    pub is_marketplace: bool,
    /// One that is not active can be used by its owner alone.
    pub is_active: bool,
    pub tags: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a bot is made of.
pub struct NewBot {
    pub name: String,
    pub description: Option<String>,
    pub instructions: Option<String>,
    pub model_id: String,
    pub temperature: i32,
    pub max_tokens: i32,
    pub rag_enabled: bool,
    pub knowledge_base_id: Option<KnowledgeBaseId>,
    pub is_public: bool,
    pub is_marketplace: bool,
    pub tags: Vec<String>,
}

/// What of a bot changes; `None` stays as it is.
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub instructions: Option<Option<String>>,
    pub model_id: Option<String>,
    pub temperature: Option<i32>,
    pub max_tokens: Option<i32>,
    pub rag_enabled: Option<bool>,
    pub knowledge_base_id: Option<Option<KnowledgeBaseId>>,
    pub is_public: Option<bool>,
    pub is_marketplace: Option<bool>,
    pub is_active: Option<bool>,
    pub tags: Option<Vec<String>>,
}

/// Which bots a list shows.
pub struct Filter {
    /// Others' public bots too.
    pub include_public: bool,
    /// Only those in the marketplace.
    pub marketplace_only: bool,
    /// Only bots older than this one.
    pub after: Option<BotId>,
    pub limit: i64,
}

/// The bots that a user sees, newest first.
pub async fn list(db: &mut PgConnection, caller: &UserId, filter: &Filter) -> sqlx::Result<Vec<Bot>> {
    sqlx::query_as!(
        Bot,
        r#"
        select
          id as "id: BotId", owner_id as "owner_id: UserId", name, description, instructions, model_id, temperature,
          max_tokens, rag_enabled, knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", is_public, is_marketplace,
          is_active, tags, created_at, updated_at
        from bots
        where
          (owner_id = $1 or (is_active and (is_marketplace and ($2 or $3) or is_public and $2)))
          and (is_marketplace or not $3)
          and ($4::uuid is null or id < $4)
        order by id desc limit $5
        "#,
        caller as &UserId,
        filter.include_public,
        filter.marketplace_only,
        filter.after as Option<BotId>,
        filter.limit,
    )
    .fetch_all(db)
    .await
}

/// A bot that the user may use: their own, or one that is shared and active.
pub async fn visible(db: &mut PgConnection, caller: &UserId, id: BotId) -> sqlx::Result<Option<Bot>> {
    sqlx::query_as!(
        Bot,
        r#"
        select
          id as "id: BotId", owner_id as "owner_id: UserId", name, description, instructions, model_id, temperature,
          max_tokens, rag_enabled, knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", is_public, is_marketplace,
          is_active, tags, created_at, updated_at
        from bots
        where id = $1 and (owner_id = $2 or (is_active and (is_public or is_marketplace)))
        "#,
        id as BotId,
        caller as &UserId,
    )
    .fetch_optional(db)
    .await
}

/// Makes a bot. `None` if the owner may not read its knowledge base.
pub async fn create(db: &mut PgConnection, owner: &UserId, bot: &NewBot) -> sqlx::Result<Option<Bot>> {
    sqlx::query_as!(
        Bot,
        r#"
        insert into bots (
          id, tenant_id, owner_id, name, description, instructions, model_id, temperature, max_tokens,
          rag_enabled, knowledge_base_id, is_public, is_marketplace, tags
        )
        select $1, current_setting('app.tenant'), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
        where $10::uuid is null or exists (select from knowledge_bases where id = $10 and (owner_id = $2 or is_shared))
        returning
          id as "id: BotId", owner_id as "owner_id: UserId", name, description, instructions, model_id, temperature,
          max_tokens, rag_enabled, knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", is_public, is_marketplace,
          is_active, tags, created_at, updated_at
        "#,
        BotId::new() as BotId,
        owner as &UserId,
        bot.name,
        bot.description,
        bot.instructions,
        bot.model_id,
        bot.temperature,
        bot.max_tokens,
        bot.rag_enabled,
        bot.knowledge_base_id as Option<KnowledgeBaseId>,
        bot.is_public,
        bot.is_marketplace,
        &bot.tags,
    )
    .fetch_optional(db)
    .await
}

/// Changes a bot of the owner's. `None` if it is not theirs, or they may not read the
/// knowledge base that it is to have.
pub async fn update(db: &mut PgConnection, owner: &UserId, id: BotId, changes: &Changes) -> sqlx::Result<Option<Bot>> {
    let knowledge_base_id = changes.knowledge_base_id.flatten();
    sqlx::query_as!(
        Bot,
        r#"
        update bots set
          name = coalesce($3, name),
          description = case when $4 then $5 else description end,
          instructions = case when $6 then $7 else instructions end,
          model_id = coalesce($8, model_id),
          temperature = coalesce($9, temperature),
          max_tokens = coalesce($10, max_tokens),
          rag_enabled = coalesce($11, rag_enabled),
          knowledge_base_id = case when $12 then $13 else knowledge_base_id end,
          is_public = coalesce($14, is_public),
          is_marketplace = coalesce($15, is_marketplace),
          is_active = coalesce($16, is_active),
          tags = coalesce($17, tags),
          updated_at = now()
        where id = $1 and owner_id = $2
          and ($13::uuid is null or exists (select from knowledge_bases where id = $13 and (owner_id = $2 or is_shared)))
        returning
          id as "id: BotId", owner_id as "owner_id: UserId", name, description, instructions, model_id, temperature,
          max_tokens, rag_enabled, knowledge_base_id as "knowledge_base_id: KnowledgeBaseId", is_public, is_marketplace,
          is_active, tags, created_at, updated_at
        "#,
        id as BotId,
        owner as &UserId,
        changes.name,
        changes.description.is_some(),
        changes.description.as_ref().and_then(Option::as_deref),
        changes.instructions.is_some(),
        changes.instructions.as_ref().and_then(Option::as_deref),
        changes.model_id,
        changes.temperature,
        changes.max_tokens,
        changes.rag_enabled,
        changes.knowledge_base_id.is_some(),
        knowledge_base_id as Option<KnowledgeBaseId>,
        changes.is_public,
        changes.is_marketplace,
        changes.is_active,
        changes.tags.as_deref(),
    )
    .fetch_optional(db)
    .await
}

/// Deletes a bot of the owner's; its chats stay. False if it is not theirs.
pub async fn delete(db: &mut PgConnection, owner: &UserId, id: BotId) -> sqlx::Result<bool> {
    let deleted = sqlx::query!("delete from bots where id = $1 and owner_id = $2", id as BotId, owner as &UserId)
        .execute(db)
        .await?;
    Ok(deleted.rows_affected() > 0)
}
