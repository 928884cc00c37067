//! The stand-in and a client of it.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_credential_types::Credentials;
use aws_sdk_bedrockruntime::{
    Client,
    error::SdkError,
    primitives::event_stream::EventReceiver,
    types::{
        ContentBlock, ContentBlockDelta, ConversationRole, ConverseStreamOutput, Message,
        error::ConverseStreamOutputError,
    },
};
use integration::bedrock::{Bedrock, Options, Script};

/// Longest wait for anything that has to happen.
pub const SOON: Duration = Duration::from_secs(20);

/// An inference profile: the hardest kind of id to carry in a path.
pub const MODEL: &str = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.some.model-v1:0";

pub type Receiver = EventReceiver<ConverseStreamOutput, ConverseStreamOutputError>;

/// The error of a stream.
pub type StreamError = SdkError<ConverseStreamOutputError, aws_smithy_types::event_stream::RawMessage>;

pub struct Stage {
    pub bedrock: Bedrock,
    pub client: Client,
}

impl Stage {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let bedrock = Bedrock::start(([127, 0, 0, 1], 0).into(), options).await.unwrap();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(bedrock.url())
            .load()
            .await;
        Self { client: Client::new(&config), bedrock }
    }

    /// A stream whose script is `script`.
    pub async fn stream(&self, script: Script) -> Receiver {
        self.bedrock.script(script);
        self.client.converse_stream().model_id(MODEL).messages(user("Hello?")).send().await.unwrap().stream
    }
}

pub fn message(role: ConversationRole, blocks: impl IntoIterator<Item = ContentBlock>) -> Message {
    Message::builder().role(role).set_content(Some(blocks.into_iter().collect())).build().unwrap()
}

pub fn user(text: &str) -> Message {
    message(ConversationRole::User, [ContentBlock::Text(text.to_owned())])
}

pub fn assistant(text: &str) -> Message {
    message(ConversationRole::Assistant, [ContentBlock::Text(text.to_owned())])
}

/// Pieces of five words.
pub fn words() -> Vec<String> {
    ["one ", "two ", "three ", "four ", "five"].map(str::to_owned).into()
}

/// The next event; `None` at the end.
pub async fn next(stream: &mut Receiver) -> Result<Option<ConverseStreamOutput>, StreamError> {
    tokio::time::timeout(SOON, stream.recv()).await.expect("an event, an error or the end comes")
}

/// The texts that come until the end, and what ended them.
pub async fn texts(stream: &mut Receiver) -> (Vec<String>, Result<(), StreamError>) {
    let mut texts = Vec::new();
    loop {
        match next(stream).await {
            Ok(None) => return (texts, Ok(())),
            Ok(Some(ConverseStreamOutput::ContentBlockDelta(event))) => {
                if let Some(ContentBlockDelta::Text(text)) = event.delta {
                    texts.push(text);
                }
            }
            Ok(Some(_)) => {}
            Err(error) => return (texts, Err(error)),
        }
    }
}
