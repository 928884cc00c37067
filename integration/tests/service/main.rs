//! The service over HTTP, against the stand-ins and a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admin;
mod agents;
mod api_description;
mod attachments;
mod auth;
mod bot_bases;
mod bot_trials;
mod bot_versions;
mod bots;
mod branches;
mod chat;
mod chats;
mod documents;
mod erasure;
mod formats;
mod health;
mod input;
mod keys;
mod knowledge;
mod lifecycle;
mod marketplace;
mod migrations;
mod operations;
mod page;
mod progress;
mod proxy;
mod quality;
mod retrieval;
mod search;
mod shape;
mod sharing;
mod stream;
mod stream_check;
mod support;
mod tenants;
mod usage;
mod users;
mod values;
mod web;
mod workers;
