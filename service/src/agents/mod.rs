//! Agents, and the marketplace that lists them.

mod routes;
mod store;

pub use routes::router;
