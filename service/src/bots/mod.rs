//! Bots: instructions, a model and perhaps knowledge bases.

mod icon;
mod pins;
mod routes;
mod stars;
pub mod store;
mod versions;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

/// Questions that a bot offers to begin a chat with.
type Starters = crate::input::Texts<0, 6, 200>;

pub fn router() -> OpenApiRouter<App> {
    routes::router().merge(pins::router()).merge(stars::router()).merge(versions::router())
}
