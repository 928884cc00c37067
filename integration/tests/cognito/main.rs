//! The Cognito stand-in, spoken to over HTTP.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod client;
mod pool;
mod second_factor;
mod sign_in;
