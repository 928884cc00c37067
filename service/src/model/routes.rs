//! Which models a bot may use.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{App, auth::Caller, input::Json};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Serialize, ToSchema)]
struct Models {
    models: Vec<OfferedModel>,
}

/// A model, or an inference profile, that bots may use.
#[derive(Serialize, ToSchema)]
struct OfferedModel {
    id: String,
    /// The id without provider, date and version, for people.
    name: String,
    is_default: bool,
    /// In US dollars per million tokens, if that is configured.
    input_price: Option<f64>,
    output_price: Option<f64>,
}

/// The models to choose from, the default first
#[utoipa::path(get, path = "/models", tag = "models", responses((status = 200, body = Models)))]
async fn list(_: Caller, State(app): State<App>) -> Json<Models> {
    let models = app
        .model
        .offered()
        .enumerate()
        .map(|(index, id)| {
            let price = app.model.prices().of(id);
            OfferedModel {
                id: id.to_owned(),
                name: display_name(id),
                is_default: index == 0,
                input_price: price.map(|price| price.input),
                output_price: price.map(|price| price.output),
            }
        })
        .collect();
    Json(Models { models })
}

/// `us.anthropic.claude-sonnet-4-5-20250929-v1:0` → `Claude Sonnet 4 5`
fn display_name(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id);
    let name = name.rsplit('.').next().unwrap_or(name);
    let name = name.split(':').next().unwrap_or(name);
    name.split('-')
        .filter(|part| !(part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit())))
        .filter(|part| !matches!(part.strip_prefix('v'), Some(digits) if digits.bytes().all(|b| b.is_ascii_digit())))
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect::<Vec<_>>()
        .join(" ")
}
