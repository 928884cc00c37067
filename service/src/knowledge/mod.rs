//! Knowledge bases: texts that bots answer from.

mod routes;
pub mod store;

pub use routes::router;
