//! Texts as vectors, through Titan Text Embeddings v2, which takes one text a call.

use std::{
    sync::{OnceLock, PoisonError},
    time::Instant,
};

use aws_sdk_bedrockruntime::{error::ProvideErrorMetadata, primitives::Blob};
use futures_util::{StreamExt, stream};
use pgvector::HalfVector;
use serde::Deserialize;
use serde_json::json;

use super::{Error, Model};
use crate::telemetry::milliseconds;

/// Dimensions of a vector; the column `knowledge_chunks.embedding` has as many.
const DIMENSIONS: usize = 1024;

#[derive(Deserialize)]
struct Embedding {
    embedding: Vec<f32>,
}

impl Model {
    /// The vectors of `texts`, in their order, of length 1. After an error no more are asked for;
    /// those that are made by then are not lost.
    pub async fn embed(&self, texts: &[impl AsRef<str> + Sync]) -> Vec<Result<HalfVector, Error>> {
        let started = Instant::now();
        let failed = OnceLock::new();
        // Made before they are streamed: the compiler can't see that a stream's closure is `Send`.
        let calls: Vec<_> = texts
            .iter()
            .map(async |text| match failed.get() {
                Some(error) => Err(*error),
                None => self
                    .with_retries(|| self.try_embed(text.as_ref()))
                    .await
                    .inspect_err(|error| _ = failed.set(*error)),
            })
            .collect();
        let vectors = stream::iter(calls).buffered(self.config.bedrock_embedding_concurrency.into()).collect().await;
        tracing::info!(
            model_id = self.config.bedrock_embedding_model_id,
            texts = texts.len(),
            duration_ms = milliseconds(started),
            "bedrock embeddings"
        );
        vectors
    }

    /// The vector of a query, from the cache if it was asked for lately.
    pub async fn embed_query(&self, text: &str) -> Result<HalfVector, Error> {
        let cached = || self.queries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(vector) = cached().get(text) {
            return Ok(vector.clone());
        }
        let vector = self.embed(&[text]).await.pop().ok_or(Error::Unavailable)??;
        cached().put(text.to_owned(), vector.clone());
        Ok(vector)
    }

    /// The model that makes vectors.
    pub fn embedding_model(&self) -> &str {
        &self.config.bedrock_embedding_model_id
    }

    async fn try_embed(&self, text: &str) -> Result<HalfVector, Error> {
        // The bound holds for the whole process, not for one request alone.
        let _slot = self.embedding_slots.acquire().await.map_err(|_| Error::Unavailable)?;
        let body = json!({ "inputText": text, "dimensions": DIMENSIONS, "normalize": true });
        let call = self
            .client
            .invoke_model()
            .model_id(&self.config.bedrock_embedding_model_id)
            .content_type("application/json")
            .body(Blob::new(body.to_string()))
            .send();
        let output = tokio::time::timeout(self.config.bedrock_first_token_timeout, call)
            .await
            .map_err(|_| Error::TimedOut)?
            .map_err(|error| Error::from_sdk(&error, error.code()))?;
        let Embedding { embedding } = serde_json::from_slice(output.body.as_ref()).map_err(|error| {
            tracing::error!(%error, "the embedding model's answer is not understood");
            Error::Unavailable
        })?;
        if embedding.len() != DIMENSIONS {
            tracing::error!(dimensions = embedding.len(), "the embedding model's vectors have the wrong size");
            return Err(Error::Unavailable);
        }
        Ok(HalfVector::from_f32_slice(&embedding))
    }
}
