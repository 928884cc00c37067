//! Texts by how well they answer a question, through the rerank models of Bedrock.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html>

use std::time::Duration;

use aws_sdk_bedrockruntime::{error::ProvideErrorMetadata, primitives::Blob};
use serde::Deserialize;
use serde_json::json;

use super::{Error, Model};

/// Longest wait for a better order: there is a good one already.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Ranked {
    results: Vec<Relevance>,
}

#[derive(Deserialize)]
struct Relevance {
    index: usize,
    relevance_score: f64,
}

impl Model {
    /// Whether a model is configured that ranks.
    pub fn can_rerank(&self) -> bool {
        self.config.bedrock_rerank_model_id.is_some()
    }

    /// How relevant each of `texts` is to `query`, 0 to 1, in their order.
    pub async fn rerank(&self, query: &str, texts: &[&str]) -> Result<Vec<f64>, Error> {
        let Some(model_id) = &self.config.bedrock_rerank_model_id else {
            return Err(Error::Unavailable);
        };
        let mut body = json!({ "query": query, "documents": texts, "top_n": texts.len() });
        if model_id.contains("cohere.") {
            body["api_version"] = 2.into();
        }
        let call = self
            .client
            .invoke_model()
            .model_id(model_id)
            .content_type("application/json")
            .body(Blob::new(body.to_string()))
            .send();
        let output = tokio::time::timeout(PATIENCE, call)
            .await
            .map_err(|_| Error::TimedOut)?
            .map_err(|error| Error::from_sdk(&error, error.code()))?;
        let Ranked { results } = serde_json::from_slice(output.body.as_ref()).map_err(|error| {
            tracing::error!(%error, "the rerank model's answer is not understood");
            Error::Unavailable
        })?;
        let mut scores = vec![0.0; texts.len()];
        for Relevance { index, relevance_score } in results {
            if let Some(score) = scores.get_mut(index) {
                *score = relevance_score;
            }
        }
        Ok(scores)
    }
}
