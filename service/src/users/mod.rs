//! Users, as they told us of themselves by their tokens.

mod erasure;
mod routes;
pub mod store;

pub use erasure::erase_some;
pub use routes::router;
