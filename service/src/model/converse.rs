//! Answers as streams, through Bedrock's `ConverseStream`.

use std::time::{Duration, Instant};

use aws_sdk_bedrockruntime::{
    error::{ProvideErrorMetadata, SdkError},
    primitives::event_stream::EventReceiver,
    types::{
        ContentBlock, ContentBlockDelta, ConverseStreamOutput, DocumentBlock, DocumentSource, InferenceConfiguration,
        Message, ReasoningContentBlockDelta, StopReason as SdkStopReason, SystemContentBlock,
        error::ConverseStreamOutputError,
    },
};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};
use utoipa::ToSchema;

use super::{Error, Model};
use crate::telemetry::milliseconds;

/// Most pieces that are received at once.
const MAX_BATCH: usize = 256;

/// What a model is asked.
pub struct Prompt {
    pub model_id: String,
    pub system: Option<String>,
    /// Valid for Converse: see `chat::history`.
    pub messages: Vec<Message>,
    pub max_tokens: i32,
    /// 0 to 1.
    pub temperature: f32,
}

impl Prompt {
    /// Roughly its tokens.
    pub fn estimate_tokens(&self) -> usize {
        let system = self.system.as_deref().map_or(0, estimate_tokens);
        let blocks = self.messages.iter().flat_map(Message::content);
        let told: usize = blocks
            .map(|block| match block {
                ContentBlock::Text(text) => estimate_tokens(text),
                ContentBlock::Image(_) => IMAGE_TOKENS,
                ContentBlock::Document(DocumentBlock { source: Some(DocumentSource::Bytes(bytes)), .. }) => {
                    estimate_document_tokens(bytes.as_ref().len())
                }
                _ => 0,
            })
            .sum();
        system + told
    }
}

/// Roughly the tokens of an image: one of a megapixel.
pub const IMAGE_TOKENS: usize = 1_600;

/// Roughly the tokens of a document of so many bytes: of some pages.
pub fn estimate_document_tokens(bytes: usize) -> usize {
    bytes.div_ceil(8).min(8_000)
}

/// Roughly the tokens of a text: four bytes each, which is about right for English prose.
pub fn estimate_tokens(text: &str) -> usize {
    text.len().div_ceil(4)
}

/// Tokens that an answer cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    pub input_tokens: i32,
    pub output_tokens: i32,
    /// Whether the figures are our estimate: Bedrock reports usage only at the end of a stream.
    pub estimated: bool,
}

/// Why a model ended its answer, in Converse's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopReason(pub String);

/// A piece of an answer.
#[derive(Debug)]
pub enum Event {
    Text(String),
    /// What it thinks of before it answers.
    Reasoning(String),
    Stop(StopReason),
    Usage(Usage),
    /// A sign of life without text.
    Other,
}

/// An answer on its way. Dropping it closes the connection, and with it the spending.
pub struct Answer {
    events: EventReceiver<ConverseStreamOutput, ConverseStreamOutputError>,
    /// The first event that tells something, which was awaited to know that the answer begins.
    first: Option<Event>,
    patience: Duration,
    /// Whether the model has said why it stopped: what may still come is the bill.
    has_stopped: bool,
}

impl Model {
    /// Asks, and returns when the answer has begun. Until then throttling is retried; from
    /// then on nothing is, since the user has seen a part.
    pub async fn converse(&self, prompt: &Prompt) -> Result<Answer, Error> {
        let started = Instant::now();
        let answer = timeout(self.config.bedrock_first_token_timeout, self.with_retries(|| self.try_converse(prompt)))
            .await
            .unwrap_or(Err(Error::TimedOut));
        tracing::info!(
            model_id = prompt.model_id,
            messages = prompt.messages.len(),
            outcome = answer.as_ref().err().map_or("began", |error| error.code()),
            duration_ms = milliseconds(started),
            "bedrock converse_stream"
        );
        answer
    }

    async fn try_converse(&self, prompt: &Prompt) -> Result<Answer, Error> {
        let output = self
            .client
            .converse_stream()
            .model_id(&prompt.model_id)
            .set_system(prompt.system.clone().map(|text| vec![SystemContentBlock::Text(text)]))
            .set_messages(Some(prompt.messages.clone()))
            .inference_config(
                InferenceConfiguration::builder().max_tokens(prompt.max_tokens).temperature(prompt.temperature).build(),
            )
            .send()
            .await
            .map_err(|error| Error::from_sdk(&error, error.code()))?;
        let mut answer = Answer {
            events: output.stream,
            first: None,
            patience: self.config.bedrock_token_timeout,
            has_stopped: false,
        };
        answer.first = loop {
            match answer.next_event().await? {
                Some(Event::Other) => {}
                first => break first,
            }
        };
        Ok(answer)
    }
}

/// What [`Answer::receive`] leaves to come.
pub enum Received {
    /// All that is here yet was received.
    All,
    /// More is here already.
    Some,
    /// Nothing: the answer is over.
    End,
}

impl Answer {
    /// Appends the events that are here, once there is one, and those that follow each other
    /// within `gap`.
    pub async fn receive(&mut self, events: &mut Vec<Event>, gap: Duration) -> Result<Received, Error> {
        let mut next = match timeout(self.patience, self.next()).await {
            Ok(next) => next?,
            Err(_) if self.has_stopped => None,
            Err(_) => return Err(Error::TimedOut),
        };
        while let Some(event) = next {
            events.push(event);
            if events.len() >= MAX_BATCH {
                return Ok(Received::Some);
            }
            next = tokio::select! {
                biased;
                next = self.next() => next?,
                () = async { if !gap.is_zero() { sleep(gap).await } } => return Ok(Received::All),
            };
        }
        Ok(Received::End)
    }

    /// The next event, once it is here; `None` after the last.
    async fn next(&mut self) -> Result<Option<Event>, Error> {
        if let Some(event) = self.first.take() {
            return Ok(Some(event));
        }
        match self.next_event().await {
            Err(_) if self.has_stopped => Ok(None),
            received => received,
        }
    }

    async fn next_event(&mut self) -> Result<Option<Event>, Error> {
        let received = self.events.recv().await;
        let Some(output) = received.map_err(|error| Error::from_sdk(&error, exception_name(&error)))? else {
            return Ok(None);
        };
        let event = match output {
            ConverseStreamOutput::ContentBlockDelta(event) => match event.delta {
                Some(ContentBlockDelta::Text(text)) => Event::Text(text),
                Some(ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text))) => {
                    Event::Reasoning(text)
                }
                _ => Event::Other,
            },
            ConverseStreamOutput::MessageStop(event) => match event.stop_reason {
                SdkStopReason::ContentFiltered | SdkStopReason::GuardrailIntervened => return Err(Error::Refused),
                SdkStopReason::ModelContextWindowExceeded => return Err(Error::ContextTooLong),
                reason if reason.as_str() == "refusal" => return Err(Error::Refused),
                reason => {
                    self.has_stopped = true;
                    Event::Stop(StopReason(reason.as_str().to_owned()))
                }
            },
            ConverseStreamOutput::Metadata(event) => match event.usage {
                Some(usage) => Event::Usage(Usage {
                    input_tokens: usage.input_tokens,
                    output_tokens: usage.output_tokens,
                    estimated: false,
                }),
                None => Event::Other,
            },
            _ => Event::Other,
        };
        Ok(Some(event))
    }
}

/// The SDK keeps the code of an exception inside a stream to itself, but for its type.
fn exception_name<R>(error: &SdkError<ConverseStreamOutputError, R>) -> Option<&'static str> {
    Some(match error.as_service_error()? {
        ConverseStreamOutputError::InternalServerException(_) => "InternalServerException",
        ConverseStreamOutputError::ModelStreamErrorException(_) => "ModelStreamErrorException",
        ConverseStreamOutputError::ServiceUnavailableException(_) => "ServiceUnavailableException",
        ConverseStreamOutputError::ThrottlingException(_) => "ThrottlingException",
        ConverseStreamOutputError::ValidationException(_) => "ValidationException",
        _ => return None,
    })
}
