//! Notifications.

use serde::Serialize;

use super::iam::Policy;
use crate::template::{Text, Val};

kinds! {
    TopicArn;
}

resource! {
    Topic = "AWS::SNS::Topic", Ref = TopicArn;
    TopicPolicy<'s> = "AWS::SNS::TopicPolicy", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Topic {
    pub subscription: [Subscription; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscription {
    pub protocol: &'static str,
    pub endpoint: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TopicPolicy<'s> {
    pub topics: [Val<'s, TopicArn>; 1],
    pub policy_document: Policy<'s>,
}
