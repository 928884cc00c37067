//! The Cognito stand-in, spoken to over HTTP.

mod account;
mod client;
mod pool;
mod sign_in;
