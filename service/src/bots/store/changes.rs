//! Making, changing and deleting bots.

use sqlx::PgConnection;

use super::{Bot, visible};
use crate::id::{AgentId, BotId, KnowledgeBaseId, UserId};

/// What a bot is made of.
pub struct NewBot {
    /// What it is made from, which is used by that.
    pub agent_id: Option<AgentId>,
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
    pub category: Option<String>,
    pub is_public: bool,
    pub is_marketplace: bool,
    pub tags: Vec<String>,
}

/// What of a bot changes; `None` stays as it is.
#[derive(Default)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub instructions: Option<Option<String>>,
    pub model_id: Option<String>,
    pub temperature: Option<i32>,
    pub max_tokens: Option<i32>,
    pub rag_enabled: Option<bool>,
    /// The first of them, from who knows of one only; without `knowledge_base_ids`.
    pub knowledge_base_id: Option<Option<KnowledgeBaseId>>,
    pub knowledge_base_ids: Option<Vec<KnowledgeBaseId>>,
    pub starters: Option<Vec<String>>,
    pub icon: Option<Option<String>>,
    pub category: Option<Option<String>>,
    pub is_public: Option<bool>,
    pub is_marketplace: Option<bool>,
    pub is_active: Option<bool>,
    pub tags: Option<Vec<String>>,
}

/// Makes a bot. `None` if the owner may not read its knowledge bases, which are all different.
pub async fn create(db: &mut PgConnection, owner: &UserId, bot: &NewBot) -> sqlx::Result<Option<Bot>> {
    let made = sqlx::query_scalar!(
        r#"
        with made as (
          insert into bots (
            id, tenant_id, owner_id, name, description, instructions, model_id, temperature, max_tokens, rag_enabled,
            knowledge_base_ids, starters, icon, category, is_public, is_marketplace, tags
          )
          select $1, current_setting('app.tenant'), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
          where cardinality($10::uuid[]) =
            (select count(*) from knowledge_bases where id = any($10) and (owner_id = $2 or is_shared))
          returning id
        ), used as (
          update agents set total_requests = total_requests + 1 where id = $17 and exists (select from made)
        )
        select id as "id!: BotId" from made
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
        &bot.knowledge_base_ids as &[KnowledgeBaseId],
        &bot.starters,
        bot.icon,
        bot.category,
        bot.is_public,
        bot.is_marketplace,
        &bot.tags,
        bot.agent_id as Option<AgentId>,
    )
    .fetch_optional(&mut *db)
    .await?;
    match made {
        Some(id) => visible(db, owner, id).await,
        None => Ok(None),
    }
}

/// Changes a bot of the owner's. `None` if it is not theirs, or they may not read the knowledge
/// bases that it is to have. (A trigger keeps the version before.)
pub async fn update(db: &mut PgConnection, owner: &UserId, id: BotId, changes: &Changes) -> sqlx::Result<Option<Bot>> {
    let added: Vec<KnowledgeBaseId> = changes
        .knowledge_base_id
        .flatten()
        .into_iter()
        .chain(changes.knowledge_base_ids.iter().flatten().copied())
        .collect();
    let updated = sqlx::query_scalar!(
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
          knowledge_base_ids = coalesce($14, knowledge_base_ids),
          is_public = coalesce($15, is_public),
          is_marketplace = coalesce($16, is_marketplace),
          is_active = coalesce($17, is_active),
          tags = coalesce($18, tags),
          starters = coalesce($19, starters),
          icon = case when $20 then $21 else icon end,
          category = case when $22 then $23 else category end,
          updated_at = now()
        where id = $1 and owner_id = $2
          and cardinality($24::uuid[]) =
            (select count(*) from knowledge_bases where id = any($24) and (owner_id = $2 or is_shared))
        returning id as "id: BotId"
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
        changes.knowledge_base_id.flatten() as Option<KnowledgeBaseId>,
        changes.knowledge_base_ids.as_deref() as Option<&[KnowledgeBaseId]>,
        changes.is_public,
        changes.is_marketplace,
        changes.is_active,
        changes.tags.as_deref(),
        changes.starters.as_deref(),
        changes.icon.is_some(),
        changes.icon.as_ref().and_then(Option::as_deref),
        changes.category.is_some(),
        changes.category.as_ref().and_then(Option::as_deref),
        &added as &[KnowledgeBaseId],
    )
    .fetch_optional(&mut *db)
    .await?;
    match updated {
        Some(id) => visible(db, owner, id).await,
        None => Ok(None),
    }
}

/// Deletes a bot of the owner's; its chats stay. False if it is not theirs.
pub async fn delete(db: &mut PgConnection, owner: &UserId, id: BotId) -> sqlx::Result<bool> {
    let deleted = sqlx::query!("delete from bots where id = $1 and owner_id = $2", id as BotId, owner as &UserId)
        .execute(db)
        .await?;
    Ok(deleted.rows_affected() > 0)
}
