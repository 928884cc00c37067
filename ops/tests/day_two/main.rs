//! What one does with a platform that is there already: logs, users, commands in containers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aws;
mod completions;
mod exec;
mod logs;
mod user;
