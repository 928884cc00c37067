//! Agents, and the marketplace that lists them.

mod routes;
pub mod store;

pub use routes::router;
