//! The models of Amazon Bedrock that may be used, and no other.

use serde::Deserialize;

use super::check::Problems;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// The Region whose Bedrock is called; without it, the stack's.
    pub region: Option<String>,
    /// Model or inference profile that new bots are offered first.
    pub default: String,
    /// Further ones to choose from.
    pub others: Vec<String>,
    /// Embedding model; its vectors must have 1024 dimensions.
    pub embedding: String,
    /// Model that ranks again what a search finds; without it, nothing is.
    pub rerank: Option<String>,
}

impl Models {
    /// All that the service may call.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        [&self.default, &self.embedding].into_iter().chain(&self.others).chain(&self.rerank).map(String::as_str)
    }
}

impl Problems {
    pub(super) fn models(&mut self, models: &Models) {
        for id in models.all() {
            let is_id = id.contains('.') || id.starts_with("arn:");
            let is_clean = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-/_".contains(&byte));
            self.unless(
                is_id && is_clean,
                format!("models: `{id}` is no id of a model or inference profile, such as `amazon.nova-lite-v1:0`"),
            );
        }
    }
}
