//! Your own usage over HTTP.

use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Days,
    store::{self, Asked, By, UsageRow, UsageTotal},
};
use crate::{
    App,
    auth::Caller,
    error::{Problem, Result},
    input::{Json, Query},
};

/// Most days times models.
const MAX_DAYS: i64 = 10_000;
/// Most bots, and most models.
const MAX_PARTS: i64 = 100;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(own))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Range {
    /// The first day, in UTC; without it, thirty days are given.
    from: Option<NaiveDate>,
    /// The last day; without it, today. At most 366 days are given at once.
    to: Option<NaiveDate>,
}

#[derive(Serialize, ToSchema)]
struct OwnUsage {
    from: NaiveDate,
    to: NaiveDate,
    total: UsageTotal,
    /// By day and model. Days without an answer are left out.
    days: Vec<UsageRow>,
    /// Those with the most tokens first.
    bots: Vec<UsageRow>,
    models: Vec<UsageRow>,
}

/// What your answers cost
///
/// Also those of chats that you have deleted.
#[utoipa::path(get, path = "/usage", tag = "usage", params(Range), responses(
    (status = 200, body = OwnUsage),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn own(caller: Caller, State(app): State<App>, Query(range): Query<Range>) -> Result<Json<OwnUsage>> {
    let days = Days::new(range.from, range.to)?;
    let asked = Asked { days, owner: Some(&caller.id), prices: app.model.prices() };
    let mut db = caller.db().await?;
    Ok(Json(OwnUsage {
        from: days.from,
        to: days.to,
        total: store::total(&mut db, &asked).await?,
        days: store::rows(&mut db, &asked, By::Day, 0, MAX_DAYS).await?,
        bots: store::rows(&mut db, &asked, By::Bot, 0, MAX_PARTS).await?,
        models: store::rows(&mut db, &asked, By::Model, 0, MAX_PARTS).await?,
    }))
}
