//! The Mangoo platform: chat with streaming, bots, knowledge, agents and users.
//!
//! A request goes: router → extractor that proves permission ([`auth::Caller`]) → handler →
//! store function with the SQL in it. A folder is a domain; what domains share lies beside them.

mod admin;
pub mod agents;
pub mod auth;
pub mod bots;
pub mod chat;
pub mod config;
pub mod db;
pub mod documents;
pub mod error;
pub mod health;
pub mod id;
pub mod input;
mod jobs;
pub mod knowledge;
mod marketplace;
pub mod model;
mod objects;
pub mod openapi;
pub mod page;
mod paging;
mod server;
mod sse;
mod stream_check;
pub mod telemetry;
pub mod usage;
pub mod users;
mod web;

pub use server::{App, serve, work};
