//! Queues.

use serde::Serialize;

use super::iam::Policy;
use crate::template::{Handle, Text, Val};

kinds! {
    QueueUrl;
    QueueArn;
}

resource! {
    Queue<'s> = "AWS::SQS::Queue", Ref = QueueUrl;
    QueuePolicy<'s> = "AWS::SQS::QueuePolicy", Ref = Text;
}

/// Times in seconds.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Queue<'s> {
    pub sqs_managed_sse_enabled: bool,
    pub message_retention_period: u32,
    pub visibility_timeout: Option<u32>,
    pub receive_message_wait_time_seconds: u8,
    pub redrive_policy: Option<Redrive<'s>>,
}

/// Where messages go that nobody could handle.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redrive<'s> {
    pub dead_letter_target_arn: Val<'s, QueueArn>,
    pub max_receive_count: u8,
}

impl<'s> Handle<'s, Queue<'s>> {
    pub fn arn(&self) -> Val<'s, QueueArn> {
        self.attribute("Arn")
    }

    pub fn name(&self) -> Val<'s, Text> {
        self.attribute("QueueName")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueuePolicy<'s> {
    pub queues: Vec<Val<'s, QueueUrl>>,
    pub policy_document: Policy<'s>,
}
