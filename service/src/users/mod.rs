//! Users, as they told us of themselves by their tokens.

mod routes;
mod store;

pub use routes::router;
