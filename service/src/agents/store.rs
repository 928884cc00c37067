//! The SQL of agents.

use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};
use utoipa::ToSchema;

use crate::{
    id::{AgentId, UserId},
    marketplace::Sort,
};

/// An agent, as the marketplace shows it.
#[allow(clippy::struct_field_names)] // the contract has `agent_type`
#[derive(Serialize, ToSchema)]
pub struct Agent {
    pub id: AgentId,
    /// Unique in the tenant.
    pub name: String,
    pub display_name: String,
    pub description: Option<String>,
    pub category: String,
    pub agent_type: String,
    pub capabilities: Vec<String>,
    pub status: String,
    /// Whether everybody in the tenant sees it.
    pub is_public: bool,
    pub icon_url: Option<String>,
    pub tags: Vec<String>,
    pub total_requests: i64,
    /// 0 to 1.
    pub success_rate: f64,
    /// Users who marked it with a star.
    pub star_count: i64,
    /// Whether you did.
    pub is_starred: bool,
}

/// Which agents a list shows.
#[derive(Default)]
pub struct Filter {
    pub category: Option<String>,
    pub tag: Option<String>,
    /// Only those with all of these words in what describes them.
    pub search: Option<String>,
    /// Only those that the caller marked with a star.
    pub starred_only: bool,
    pub sort: Sort,
    /// Only agents that come after this one.
    pub after: Option<AgentId>,
    /// What that one was sorted by when it was listed; it may have changed since.
    pub after_rank: Option<i64>,
    pub limit: i64,
}

/// What an agent is made of.
pub struct NewAgent {
    pub name: String,
    pub display_name: String,
    pub description: Option<String>,
    pub category: String,
    pub agent_type: String,
    pub capabilities: Vec<String>,
    pub status: String,
    pub is_public: bool,
    pub icon_url: Option<String>,
    pub tags: Vec<String>,
    pub config: Map<String, Value>,
}

/// What of an agent changes; `None` stays as it is.
pub struct Changes {
    pub status: Option<String>,
    pub is_public: Option<bool>,
}

/// The agents that a user sees.
pub async fn list(db: &mut PgConnection, caller: &UserId, filter: &Filter) -> sqlx::Result<Vec<Agent>> {
    sqlx::query_as!(
        Agent,
        r#"
        with seen as (
          select *,
            case $4 when 'most_used' then total_requests when 'most_starred' then star_count else 0 end as rank
          from agents
          where (is_public or owner_id = $1)
            and (not $8 or id = any(array(select agent_id from agent_stars where user_id = $1)))
            and ($2::text is null or category = $2)
            and ($6::text is null or $6 = any(tags))
            and ($7::text is null or not exists (
              select from regexp_split_to_table(lower($7), '\s+') word
              where position(word in lower(concat_ws(
                ' ', display_name, description, category, array_to_string(tags || capabilities, ' ')
              ))) = 0
            ))
        )
        select
          id as "id!: AgentId", name as "name!", display_name as "display_name!", description, category as "category!",
          agent_type as "agent_type!", capabilities as "capabilities!", status as "status!", is_public as "is_public!",
          icon_url, tags as "tags!", total_requests as "total_requests!", success_rate as "success_rate!",
          star_count as "star_count!",
          id = any(array(select agent_id from agent_stars where user_id = $1)) as "is_starred!"
        from seen
        where $3::uuid is null or (rank, id) < (coalesce($9, (
            select case $4 when 'most_used' then total_requests when 'most_starred' then star_count else 0 end
            from agents where id = $3
          ), 0), $3)
        order by rank desc, id desc limit $5
        "#,
        caller as &UserId,
        filter.category.as_deref(),
        filter.after as Option<AgentId>,
        filter.sort as Sort,
        filter.limit,
        filter.tag.as_deref(),
        filter.search.as_deref(),
        filter.starred_only,
        filter.after_rank,
    )
    .fetch_all(db)
    .await
}

/// An agent that the user sees.
pub async fn get(db: &mut PgConnection, caller: &UserId, id: AgentId) -> sqlx::Result<Option<Agent>> {
    sqlx::query_as!(
        Agent,
        r#"
        select
          id as "id: AgentId", name, display_name, description, category, agent_type, capabilities, status, is_public,
          icon_url, tags, total_requests, success_rate, star_count,
          exists (select from agent_stars where agent_id = id and user_id = $2) as "is_starred!"
        from agents where id = $1 and (is_public or owner_id = $2)
        "#,
        id as AgentId,
        caller as &UserId,
    )
    .fetch_optional(db)
    .await
}

/// Marks an agent that the user sees with their star, if it has it not yet.
pub async fn star(db: &mut PgConnection, user: &UserId, id: AgentId) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into agent_stars (agent_id, user_id, tenant_id) values ($1, $2, current_setting('app.tenant'))
         on conflict do nothing",
        id as AgentId,
        user as &UserId,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Takes the user's star off an agent.
pub async fn unstar(db: &mut PgConnection, user: &UserId, id: AgentId) -> sqlx::Result<()> {
    sqlx::query!("delete from agent_stars where agent_id = $1 and user_id = $2", id as AgentId, user as &UserId)
        .execute(db)
        .await?;
    Ok(())
}

/// The categories of the agents that a user sees, in alphabetical order.
pub async fn categories(db: &mut PgConnection, caller: &UserId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "select distinct category from agents where is_public or owner_id = $1 order by category",
        caller as &UserId
    )
    .fetch_all(db)
    .await
}

/// Makes an agent. `None` if there is one of that name.
pub async fn create(db: &mut PgConnection, owner: &UserId, agent: &NewAgent) -> sqlx::Result<Option<Agent>> {
    sqlx::query_as!(
        Agent,
        r#"
        insert into agents (
          id, tenant_id, owner_id, name, display_name, description, category, agent_type, capabilities, status,
          is_public, icon_url, tags, config
        )
        values ($1, current_setting('app.tenant'), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        on conflict (tenant_id, name) do nothing
        returning
          id as "id: AgentId", name, display_name, description, category, agent_type, capabilities, status, is_public,
          icon_url, tags, total_requests, success_rate, star_count, false as "is_starred!"
        "#,
        AgentId::new() as AgentId,
        owner as &UserId,
        agent.name,
        agent.display_name,
        agent.description,
        agent.category,
        agent.agent_type,
        &agent.capabilities,
        agent.status,
        agent.is_public,
        agent.icon_url,
        &agent.tags,
        Json(&agent.config) as _,
    )
    .fetch_optional(db)
    .await
}

/// All agents of the tenant with `words` in a name or the category, newest first, for administrators.
pub async fn all(
    db: &mut PgConnection,
    caller: &UserId,
    words: Option<&str>,
    after: Option<AgentId>,
    limit: i64,
) -> sqlx::Result<Vec<Agent>> {
    sqlx::query_as!(
        Agent,
        r#"
        select
          id as "id: AgentId", name, display_name, description, category, agent_type, capabilities, status, is_public,
          icon_url, tags, total_requests, success_rate, star_count,
          exists (select from agent_stars where agent_id = id and user_id = $4) as "is_starred!"
        from agents
        where ($1::text is null or strpos(lower(concat_ws(' ', name, display_name, category)), lower($1)) > 0)
          and ($2::uuid is null or id < $2)
        order by id desc limit $3
        "#,
        words,
        after as Option<AgentId>,
        limit,
        caller as &UserId,
    )
    .fetch_all(db)
    .await
}

/// Changes an agent, whoever made it.
pub async fn update(
    db: &mut PgConnection,
    caller: &UserId,
    id: AgentId,
    changes: &Changes,
) -> sqlx::Result<Option<Agent>> {
    sqlx::query_as!(
        Agent,
        r#"
        update agents set status = coalesce($2, status), is_public = coalesce($3, is_public) where id = $1
        returning
          id as "id: AgentId", name, display_name, description, category, agent_type, capabilities, status, is_public,
          icon_url, tags, total_requests, success_rate, star_count,
          exists (select from agent_stars where agent_id = id and user_id = $4) as "is_starred!"
        "#,
        id as AgentId,
        changes.status,
        changes.is_public,
        caller as &UserId,
    )
    .fetch_optional(db)
    .await
}

/// Deletes an agent, whoever made it.
pub async fn delete(db: &mut PgConnection, id: AgentId) -> sqlx::Result<bool> {
    let deleted = sqlx::query!("delete from agents where id = $1", id as AgentId).execute(db).await?;
    Ok(deleted.rows_affected() > 0)
}
