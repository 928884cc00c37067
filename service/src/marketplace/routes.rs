//! The marketplace over HTTP.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, Facets};
use crate::{App, auth::Caller, error::Result, input::Json};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(facets))
}

#[derive(Serialize, ToSchema)]
struct MarketplaceFacets {
    bots: Facets,
    agents: Facets,
}

/// What the bots and agents that the marketplace shows you can be narrowed down by
#[utoipa::path(get, path = "/marketplace/facets", tag = "marketplace", responses((status = 200, body = MarketplaceFacets)))]
async fn facets(caller: Caller) -> Result<Json<MarketplaceFacets>> {
    let mut db = caller.db().await?;
    Ok(Json(MarketplaceFacets {
        bots: store::of_bots(&mut db, &caller.id).await?,
        agents: store::of_agents(&mut db, &caller.id).await?,
    }))
}
