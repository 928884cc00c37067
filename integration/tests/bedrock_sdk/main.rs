//! The Bedrock stand-in as the AWS SDK sees it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod converse;
mod embeddings;
mod playback;
mod refusals;
mod scripts;
mod support;
