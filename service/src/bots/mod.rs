//! Bots: instructions, a model and perhaps a knowledge base.

mod routes;
pub mod store;

pub use routes::router;
