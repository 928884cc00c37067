//! The service over HTTP, against the stand-ins and a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chat;
mod stream;
mod support;
