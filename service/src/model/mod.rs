//! Amazon Bedrock: answers as streams, texts as vectors.

mod converse;
mod embed;
mod rerank;
mod routes;

use std::{future::Future, num::NonZeroUsize, sync::Mutex, time::Duration};

use aws_config::{
    BehaviorVersion, Region, retry::RetryConfig, stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_sdk_bedrockruntime::{
    Client,
    config::Credentials,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
};
use lru::LruCache;
use pgvector::HalfVector;
use tokio::sync::Semaphore;

pub use converse::{Answer, Event, IMAGE_TOKENS, Prompt, Received, Usage, estimate_document_tokens, estimate_tokens};
pub use routes::router;

use crate::{config::BedrockConfig, usage::Prices};

/// Why a model did not answer, in words for the user who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("The model is busy at the moment. Try again in a minute.")]
    Throttled,
    #[error("The model did not answer in time. Try again.")]
    TimedOut,
    #[error("The conversation is too long for this model. Start a new chat, or ask with less text.")]
    ContextTooLong,
    #[error("The model declined to answer this. Try to put the question in other words.")]
    Refused,
    #[error(
        "The model is not available: it may not exist in this Region, or this account has no access to it. Choose another model, or ask an administrator."
    )]
    Unavailable,
    #[error("The model's answer broke off. Try again.")]
    BrokeOff,
}

impl Error {
    /// The machine-readable name, as in the stream's `error` event.
    pub fn code(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::TimedOut => "timed_out",
            Self::ContextTooLong => "context_too_long",
            Self::Refused => "model_refused",
            Self::Unavailable => "model_unavailable",
            Self::BrokeOff => "internal",
        }
    }

    /// Whether the same call may succeed a moment later.
    fn is_transient(self) -> bool {
        matches!(self, Self::Throttled | Self::BrokeOff)
    }

    /// What a failed call means. `code` is the exception's name.
    fn from_sdk<E, R>(error: &SdkError<E, R>, code: Option<&str>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: std::fmt::Debug,
    {
        let message = error.message().unwrap_or_default();
        tracing::warn!(code, message, error = %DisplayErrorContext(error), "bedrock");
        match error {
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut,
            SdkError::ConstructionFailure(_) => Self::Unavailable,
            SdkError::ServiceError(_) => match code.unwrap_or_default() {
                "ThrottlingException"
                | "ServiceQuotaExceededException"
                | "ServiceUnavailableException"
                | "ModelNotReadyException" => Self::Throttled,
                "ModelTimeoutException" => Self::TimedOut,
                "ValidationException" if is_too_long(message) => Self::ContextTooLong,
                "ValidationException"
                | "AccessDeniedException"
                | "ResourceNotFoundException"
                | "UnrecognizedClientException"
                | "ExpiredTokenException"
                | "InvalidSignatureException" => Self::Unavailable,
                _ => Self::BrokeOff,
            },
            _ => Self::BrokeOff,
        }
    }
}

/// Bedrock says so in words only, and each model family in its own.
fn is_too_long(message: &str) -> bool {
    let message = message.to_lowercase();
    [
        "too long",
        "too many input tokens",
        "too many tokens",
        "maximum context",
        "context window",
        "exceeds the maximum",
        "exceed context",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// The models of one account and Region.
pub struct Model {
    client: Client,
    config: BedrockConfig,
    prices: Prices,
    embedding_slots: Semaphore,
    /// The vectors of the latest queries.
    queries: Mutex<LruCache<String, HalfVector>>,
}

/// Queries whose vectors are kept: with texts of up to 4,000 characters, 6 to 20 MB when all are used.
const QUERIES: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

impl Model {
    pub async fn new(config: BedrockConfig) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(config.bedrock_region.clone()))
            // Retries are ours: Bedrock throttles also inside a stream that began well.
            .retry_config(RetryConfig::disabled())
            // So is the patience with slow streams.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = &config.bedrock_endpoint {
            loader = loader.endpoint_url(endpoint);
            if endpoint.starts_with("http://") {
                loader = loader.credentials_provider(Credentials::new("stand-in", "stand-in", None, None, "stand-in"));
            }
        }
        Self {
            client: Client::new(&loader.load().await),
            embedding_slots: Semaphore::new(config.bedrock_embedding_concurrency.into()),
            queries: Mutex::new(LruCache::new(QUERIES)),
            prices: Prices::new(&config.bedrock_prices),
            config,
        }
    }

    /// The models that bots are offered, the default first.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        let default = self.config.bedrock_model_id.as_str();
        std::iter::once(default).chain(
            self.config.bedrock_model_ids.iter().map(String::as_str).filter(move |id| !id.is_empty() && *id != default),
        )
    }

    /// What models cost, as far as that is configured.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// Makes a call until it succeeds, fails for good or has used up its tries; waits in
    /// between for a random time with a doubling ceiling.
    async fn with_retries<T, F: Future<Output = Result<T, Error>>>(
        &self,
        mut call: impl FnMut() -> F,
    ) -> Result<T, Error> {
        let mut ceiling = Duration::from_millis(400);
        for _ in 1..self.config.bedrock_max_attempts {
            match call().await {
                Err(error) if error.is_transient() => {
                    tokio::time::sleep(ceiling.mul_f64(fastrand::f64())).await;
                    ceiling = (ceiling * 2).min(Duration::from_secs(8));
                }
                result => return result,
            }
        }
        call().await
    }
}
