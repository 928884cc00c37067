//! The SQL of bots.

mod changes;
mod stars;
mod versions;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::{
    id::{BotId, KnowledgeBaseId, UserId},
    marketplace::Sort,
};

pub use changes::{Changes, NewBot, create, delete, update};
pub use stars::{star, unstar};
pub use versions::{Configuration, Version, readable_bases, version, versions};

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
    /// Whether answers may draw on the knowledge bases.
    pub rag_enabled: bool,
    /// The first of `knowledge_base_ids`.
    pub knowledge_base_id: Option<KnowledgeBaseId>,
    pub knowledge_base_ids: Vec<KnowledgeBaseId>,
    /// Questions to begin a chat with.
    pub starters: Vec<String>,
    /// One emoji, or another sign that is drawn as one.
    pub icon: Option<String>,
    /// Where the marketplace lists it.
    pub category: Option<String>,
    /// Whether everybody in the tenant may use it.
    pub is_public: bool,
    /// Whether the marketplace lists it.
    pub is_marketplace: bool,
    /// One that is not active can be used by its owner alone.
    pub is_active: bool,
    pub tags: Vec<String>,
    /// Users who marked it with a star.
    pub star_count: i64,
    /// Whether you did.
    pub is_starred: bool,
    /// Whether you have pinned it.
    pub is_pinned: bool,
    /// Chats that were begun with it.
    pub use_count: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Bot {
    /// The knowledge bases that an answer draws on, if it may draw on any.
    pub fn to_search(&self, use_rag: bool) -> Vec<KnowledgeBaseId> {
        if use_rag && self.rag_enabled { self.knowledge_base_ids.clone() } else { Vec::new() }
    }

    /// One that is not stored, as far as its answers go.
    pub fn draft(
        id: BotId,
        owner_id: UserId,
        instructions: Option<String>,
        model_id: String,
        (temperature, max_tokens): (i32, i32),
    ) -> Self {
        let now = Utc::now();
        Self {
            id,
            owner_id,
            name: String::new(),
            description: None,
            instructions,
            model_id,
            temperature,
            max_tokens,
            rag_enabled: false,
            knowledge_base_id: None,
            knowledge_base_ids: Vec::new(),
            starters: Vec::new(),
            icon: None,
            category: None,
            is_public: false,
            is_marketplace: false,
            is_active: true,
            tags: Vec::new(),
            star_count: 0,
            is_starred: false,
            is_pinned: false,
            use_count: 0,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Which bots a list shows.
#[derive(Clone, Default)]
pub struct Filter {
    /// Others' public bots too.
    pub include_public: bool,
    /// Only those in the marketplace.
    pub marketplace_only: bool,
    /// Only those that the caller marked with a star.
    pub starred_only: bool,
    /// Only those with all of these words in what describes them.
    pub search: Option<String>,
    pub category: Option<String>,
    pub tag: Option<String>,
    pub sort: Sort,
    /// Only bots that come after this one.
    pub after: Option<BotId>,
    /// What that one was sorted by when it was listed; it may have changed since.
    pub after_rank: Option<i64>,
    pub limit: i64,
}

impl Filter {
    fn is_plain(&self) -> bool {
        let Self { starred_only, search, category, tag, sort, .. } = self;
        !starred_only && search.is_none() && category.is_none() && tag.is_none() && *sort == Sort::Newest
    }
}

/// The bots that a user sees.
pub async fn list(db: &mut PgConnection, caller: &UserId, filter: &Filter) -> sqlx::Result<Vec<Bot>> {
    if filter.is_plain() {
        return newest(db, caller, filter, None).await;
    }
    let ids = find(db, caller, filter).await?;
    let mut bots = newest(db, caller, &Filter { after: None, ..filter.clone() }, Some(&ids)).await?;
    bots.sort_by_key(|bot| ids.iter().position(|id| *id == bot.id));
    Ok(bots)
}

/// What many ask for again and again: so simple that Postgres plans it once for all of them.
async fn newest(
    db: &mut PgConnection,
    caller: &UserId,
    filter: &Filter,
    ids: Option<&[BotId]>,
) -> sqlx::Result<Vec<Bot>> {
    sqlx::query_as!(
        Bot,
        r#"
        select
          id as "id: BotId", owner_id as "owner_id: UserId", name, description, instructions, model_id, temperature,
          max_tokens, rag_enabled, knowledge_base_id as "knowledge_base_id: KnowledgeBaseId",
          knowledge_base_ids as "knowledge_base_ids: Vec<KnowledgeBaseId>", starters, icon, category, is_public,
          is_marketplace, is_active, tags, star_count, use_count,
          id = any(array(select bot_id from bot_stars where user_id = $1)) as "is_starred!",
          id = any(array(select bot_id from bot_pins where user_id = $1)) as "is_pinned!", created_at, updated_at
        from bots
        where
          (owner_id = $1 or (is_active and (is_marketplace and ($2 or $3) or is_public and $2)))
          and (is_marketplace or not $3)
          and ($4::uuid is null or id < $4)
          and ($6::uuid[] is null or id = any($6))
        order by id desc limit $5
        "#,
        caller as &UserId,
        filter.include_public,
        filter.marketplace_only,
        filter.after as Option<BotId>,
        filter.limit,
        ids as Option<&[BotId]>,
    )
    .fetch_all(db)
    .await
}

/// Those that a filter lets through, in its order.
async fn find(db: &mut PgConnection, caller: &UserId, filter: &Filter) -> sqlx::Result<Vec<BotId>> {
    sqlx::query_scalar!(
        r#"
        with seen as (
          select id, case $9 when 'most_used' then use_count when 'most_starred' then star_count else 0 end as rank
          from bots
          where
            (owner_id = $1 or (is_active and (is_marketplace and ($2 or $3) or is_public and $2)))
            and (is_marketplace or not $3)
            and (not $10 or id = any(array(select bot_id from bot_stars where user_id = $1)))
            and ($7::text is null or category = $7)
            and ($8::text is null or $8 = any(tags))
            and ($6::text is null or not exists (
              select from regexp_split_to_table(lower($6), '\s+') word
              where position(word in lower(concat_ws(' ', name, description, category, array_to_string(tags, ' ')))) = 0
            ))
        )
        select id as "id!: BotId" from seen
        where $4::uuid is null or (rank, id) < (coalesce($11, (
            select case $9 when 'most_used' then use_count when 'most_starred' then star_count else 0 end
            from bots where id = $4
          ), 0), $4)
        order by rank desc, id desc limit $5
        "#,
        caller as &UserId,
        filter.include_public,
        filter.marketplace_only,
        filter.after as Option<BotId>,
        filter.limit,
        filter.search.as_deref(),
        filter.category.as_deref(),
        filter.tag.as_deref(),
        filter.sort as Sort,
        filter.starred_only,
        filter.after_rank,
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
          max_tokens, rag_enabled, knowledge_base_id as "knowledge_base_id: KnowledgeBaseId",
          knowledge_base_ids as "knowledge_base_ids: Vec<KnowledgeBaseId>", starters, icon, category, is_public,
          is_marketplace, is_active, tags, star_count, use_count,
          exists (select from bot_stars where bot_id = id and user_id = $2) as "is_starred!",
          exists (select from bot_pins where bot_id = id and user_id = $2) as "is_pinned!", created_at, updated_at
        from bots
        where id = $1 and (owner_id = $2 or (is_active and (is_public or is_marketplace)))
        "#,
        id as BotId,
        caller as &UserId,
    )
    .fetch_optional(db)
    .await
}
