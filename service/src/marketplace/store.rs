//! The SQL of the marketplace.

use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::id::UserId;

/// What a list can be narrowed down by.
#[derive(Serialize, ToSchema)]
pub struct Facets {
    /// In alphabetical order, a hundred at the most.
    pub categories: Vec<String>,
    /// The thirty that most have, the most frequent first.
    pub tags: Vec<String>,
}

pub async fn of_bots(db: &mut PgConnection, caller: &UserId) -> sqlx::Result<Facets> {
    sqlx::query_as!(
        Facets,
        r#"
        with seen as (select * from bots where is_marketplace and (is_active or owner_id = $1))
        select
          array(select distinct category from seen where category is not null order by 1 limit 100) as "categories!",
          array(
            select tag from seen, unnest(tags) tag group by tag order by count(*) desc, tag limit 30
          ) as "tags!"
        "#,
        caller as &UserId,
    )
    .fetch_one(db)
    .await
}

pub async fn of_agents(db: &mut PgConnection, caller: &UserId) -> sqlx::Result<Facets> {
    sqlx::query_as!(
        Facets,
        r#"
        with seen as (select * from agents where is_public or owner_id = $1)
        select
          array(select distinct category from seen order by 1 limit 100) as "categories!",
          array(
            select tag from seen, unnest(tags) tag group by tag order by count(*) desc, tag limit 30
          ) as "tags!"
        "#,
        caller as &UserId,
    )
    .fetch_one(db)
    .await
}
