//! The Bedrock stand-in as the AWS SDK sees it.

mod converse;
mod embeddings;
mod playback;
mod refusals;
mod scripts;
mod support;
