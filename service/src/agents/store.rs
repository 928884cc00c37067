//! The SQL of agents.

use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};
use utoipa::ToSchema;

use crate::id::{AgentId, UserId};

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

/// The agents that a user sees, newest first.
pub async fn list(
    db: &mut PgConnection,
    caller: &UserId,
    category: Option<&str>,
    after: Option<AgentId>,
    limit: i64,
) -> sqlx::Result<Vec<Agent>> {
    sqlx::query_as!(
        Agent,
        r#"
        select
          id as "id: AgentId", name, display_name, description, category, agent_type, capabilities, status, is_public,
          icon_url, tags, total_requests, success_rate
        from agents
        where (is_public or owner_id = $1) and ($2::text is null or category = $2) and ($3::uuid is null or id < $3)
        order by id desc limit $4
        "#,
        caller as &UserId,
        category,
        after as Option<AgentId>,
        limit,
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
          icon_url, tags, total_requests, success_rate
        from agents where id = $1 and (is_public or owner_id = $2)
        "#,
        id as AgentId,
        caller as &UserId,
    )
    .fetch_optional(db)
    .await
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
          icon_url, tags, total_requests, success_rate
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
