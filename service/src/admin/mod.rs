//! What administrators see of their tenant: who and what is there, and what it costs. Counts, not
//! what others say in their chats.

mod routes;
mod store;
mod usage;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub fn router() -> OpenApiRouter<App> {
    routes::router().merge(usage::router())
}
