//! What CloudFormation finds wrong with a template before it changes anything: names that are
//! taken, properties that no resource of the type has. The change set itself says only that
//! something was found.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html>

use aws_sdk_cloudformation::types::{EventFilter, HookFailureMode, OperationEvent};

use super::Stack;

impl Stack<'_> {
    /// What is wrong with a change set, by its ARN; nothing if AWS does not say. That it may not be
    /// asked is no reason to hide what the change set says.
    pub(super) async fn invalid(&self, change_set: &str) -> Vec<String> {
        let failed = EventFilter::builder().failed_events(true).build();
        let events = self.client.describe_events().change_set_name(change_set).filters(failed);
        let mut events = events.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(Ok(event)) = events.next().await {
            let Some(reason) = reason(&event) else { continue };
            if !found.contains(&reason) {
                found.push(reason);
            }
        }
        found
    }
}

fn reason(event: &OperationEvent) -> Option<String> {
    // Warnings keep nothing from being changed.
    let modes = [event.validation_failure_mode(), event.hook_failure_mode()];
    if modes.contains(&Some(&HookFailureMode::Warn)) {
        return None;
    }
    let reason = event.validation_status_reason().or(event.hook_status_reason()).or(event.resource_status_reason())?;
    let resource = match (event.logical_resource_id(), event.resource_type()) {
        (Some(resource), Some(kind)) => format!("{resource} ({kind}): "),
        _ => String::new(),
    };
    let path = event.validation_path().map(|path| format!(" (at {path})")).unwrap_or_default();
    Some(format!("{resource}{reason}{path}"))
}
