//! The tenant's usage over HTTP, as JSON and as CSV.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Admin,
    error::{Problem, Result},
    input::{Bounded, Json, Query},
    usage::{
        Days, csv,
        store::{self, Asked, By, UsageRow, UsageTotal},
    },
};

/// Most rows of a file.
const MAX_ROWS: i64 = 100_000;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(usage))
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    Json,
    Csv,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UsageQuery {
    /// The first day, in UTC; without it, thirty days are given.
    from: Option<NaiveDate>,
    /// The last day; without it, today. At most 366 days are given at once.
    to: Option<NaiveDate>,
    #[param(inline)]
    by: By,
    /// The header `Accept` says the same.
    #[param(inline)]
    format: Option<Format>,
    /// Most rows of a page. A CSV has all that there are.
    #[serde(default = "Bounded::of::<100>")]
    limit: Bounded<1, 1000>,
    /// Rows before the page.
    #[serde(default = "Bounded::of::<0>")]
    offset: Bounded<0, { i32::MAX }>,
}

#[derive(Serialize, ToSchema)]
struct TenantUsage {
    from: NaiveDate,
    to: NaiveDate,
    total: UsageTotal,
    /// By day: days in order, those without an answer left out. Else those with the most tokens first.
    items: Vec<UsageRow>,
    /// Whether more rows follow.
    has_more: bool,
}

/// What answers cost, as an administrator
#[utoipa::path(get, path = "/admin/usage", tag = "admin", params(UsageQuery), responses(
    (status = 200, content((TenantUsage = "application/json"), (String = "text/csv"))),
    (status = 403, body = Problem, content_type = "application/problem+json"),
    (status = 422, body = Problem, content_type = "application/problem+json"),
))]
async fn usage(
    Admin(caller): Admin,
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<UsageQuery>,
) -> Result<Response> {
    let days = Days::new(query.from, query.to)?;
    let asked = Asked { days, owner: None, prices: app.model.prices() };
    let mut db = caller.db().await?;
    if query.format.map_or_else(|| csv::is_accepted(&headers), |format| format == Format::Csv) {
        let rows = store::rows(&mut db, &asked, query.by, 0, MAX_ROWS).await?;
        return Ok(csv::response(query.by, days, &rows));
    }
    let limit = i64::from(query.limit.get());
    let mut items = store::rows(&mut db, &asked, query.by, query.offset.get().into(), limit + 1).await?;
    let has_more = crate::paging::cut(&mut items, query.limit);
    let total = store::total(&mut db, &asked).await?;
    Ok(Json(TenantUsage { from: days.from, to: days.to, total, items, has_more }).into_response())
}
