//! `mangoo-ops` where things go wrong: against an AWS that fails as it is told to.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod causes;
mod cli;
mod codes;
mod endpoint;
mod interrupt;
mod leftovers;
mod resume;
mod smoke;
mod statuses;
mod steps;
