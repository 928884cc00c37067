//! Knowledge bases: texts that bots answer from.

mod embed;
mod routes;
pub mod search;
mod split;
pub mod store;
mod texts;

use utoipa_axum::router::OpenApiRouter;

pub use embed::{Embedded, embed};
pub use routes::{own, readable};
pub use split::{ChunkSize, Span, split};

use crate::App;

pub fn router() -> OpenApiRouter<App> {
    routes::router().merge(texts::router())
}
