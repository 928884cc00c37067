//! Images: what they hold, and their way to a registry.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contents;
mod faults;
mod in_docker;
mod push;
mod registry;
mod support;
