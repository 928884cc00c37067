//! Knowledge bases: texts that bots answer from.

mod routes;
mod split;
pub mod store;

pub use routes::router;
pub use split::{ChunkSize, Span, split};
