//! The queue in Amazon SQS.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, SdkError},
    types::Message,
};
use futures_util::future::BoxFuture;

use super::{Delivery, Error, Job, Queue, Result};

/// The longest that SQS lets one wait.
const WAIT_SECONDS: i32 = 20;
/// The most that SQS gives at once.
const MAX_MESSAGES: i32 = 10;

pub struct Sqs {
    client: Client,
    url: String,
}

impl Sqs {
    pub async fn new(url: &str) -> Self {
        let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
        Self { client: Client::new(&config), url: url.to_owned() }
    }
}

impl Queue for Sqs {
    fn send<'a>(&'a self, job: &'a Job, delay: Duration) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let body = serde_json::to_string(job).map_err(|error| Error::Sqs(error.to_string()))?;
            let seconds = i32::try_from(delay.as_secs()).unwrap_or(i32::MAX);
            let message = self.client.send_message().queue_url(&self.url).message_body(body).delay_seconds(seconds);
            message.send().await.map_err(failed)?;
            Ok(())
        })
    }

    fn receive(&self, limit: usize, lease: Duration) -> BoxFuture<'_, Result<Vec<Delivery>>> {
        Box::pin(async move {
            let output = self
                .client
                .receive_message()
                .queue_url(&self.url)
                .max_number_of_messages(i32::try_from(limit).unwrap_or(MAX_MESSAGES).clamp(1, MAX_MESSAGES))
                .visibility_timeout(whole_seconds(lease))
                .wait_time_seconds(WAIT_SECONDS)
                .send()
                .await
                .map_err(failed)?;
            Ok(output.messages.unwrap_or_default().into_iter().filter_map(parse).collect())
        })
    }

    fn extend<'a>(&'a self, delivery: &'a Delivery, lease: Duration) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.client
                .change_message_visibility()
                .queue_url(&self.url)
                .receipt_handle(&delivery.receipt)
                .visibility_timeout(whole_seconds(lease))
                .send()
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn delete<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let message = self.client.delete_message().queue_url(&self.url).receipt_handle(&delivery.receipt);
            message.send().await.map_err(failed)?;
            Ok(())
        })
    }
}

fn parse(message: Message) -> Option<Delivery> {
    super::delivery(serde_json::from_str(message.body.as_deref().unwrap_or_default()), message.receipt_handle?)
}

/// Rounded up.
fn whole_seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(i32::MAX)
}

fn failed<E, R>(error: SdkError<E, R>) -> Error
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    Error::Sqs(DisplayErrorContext(error).to_string())
}
