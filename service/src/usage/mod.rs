//! What answers cost: counted as they end, and kept when their chats are deleted.
//!
//! The database counts (`count_answer` in the migrations), in the statement that ends an answer.
//! [`prices`] makes money of tokens, if it is told how much.

pub mod csv;
mod days;
mod prices;
mod routes;
pub mod store;

pub use days::Days;
pub use prices::{Price, Prices};
pub use routes::router;
