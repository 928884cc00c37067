//! What is kept beside the database.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Whether the bucket with uploaded documents stays when the stack is deleted, and keeps
    /// deleted documents for 30 days.
    pub protect: bool,
    /// Whether there is a cache (ElastiCache Serverless for Valkey).
    pub cache: bool,
}
