//! How a change of a stack goes: its events as they come, and the first that went wrong.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use aws_sdk_cloudformation::types::{ResourceStatus, StackEvent, StackStatus};
use serde::Serialize;

use super::{
    Deployed, Pace, Stack, advice, is_missing, reason,
    services::{SERVICE, Services},
};
use crate::{
    aws::because,
    ecs::Evidence,
    failure::{Failure, Kind},
    interrupt::Attention,
    report::State,
};

/// A resource that failed by itself, and so made others fail.
#[derive(Clone, Debug)]
pub struct Cause {
    pub resource: String,
    pub kind: String,
    pub reason: String,
    /// What its tasks said, if it is a service.
    pub evidence: Vec<String>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} ({}): {}", self.resource, self.kind, reason::readable(&self.reason))
    }
}

/// A resource that outlives its stack.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    pub resource: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// What AWS knows it by.
    pub id: String,
}

/// What CloudFormation says of resources that were only given up because another failed.
const CONSEQUENCES: [&str; 4] =
    ["creation cancelled", "update cancelled", "deletion cancelled", "The following resource(s) failed"];
/// Failures that are shown after the one that caused them.
const OTHERS: usize = 3;

impl Stack<'_> {
    /// The newest event there is: what comes after it is new.
    pub(super) async fn last_event(&self) -> Result<Option<String>, Failure> {
        match self.client.describe_stack_events().stack_name(&self.name).send().await {
            Ok(page) => Ok(page.stack_events.unwrap_or_default().into_iter().next().and_then(|event| event.event_id)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(because(&format!("read the events of {}", self.name), &error)),
        }
    }

    /// The event before what is under way now began: what went wrong with it may be over already.
    pub(super) async fn before_current(&self) -> Result<Option<String>, Failure> {
        const BEGINNINGS: [&str; 4] =
            ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"];
        let mut events = self.client.describe_stack_events().stack_name(&self.name).into_paginator().items().send();
        let mut is_before = false;
        while let Some(event) = events.next().await {
            let event = event.map_err(|error| because(&format!("read the events of {}", self.name), &error))?;
            if is_before {
                return Ok(event.event_id);
            }
            is_before = event.physical_resource_id == event.stack_id
                && event.resource_status.is_some_and(|status| BEGINNINGS.contains(&status.as_str()));
        }
        Ok(None)
    }

    /// Events after `seen`, the oldest first.
    async fn events_since(&self, stack: &str, seen: Option<&str>) -> Result<Vec<StackEvent>, Failure> {
        let mut events = Vec::new();
        let mut next = None;
        loop {
            let request = self.client.describe_stack_events().stack_name(stack).set_next_token(next);
            let page = request.send().await;
            let page = page.map_err(|error| because(&format!("read the events of {}", self.name), &error))?;
            for event in page.stack_events.unwrap_or_default() {
                if event.event_id.as_deref() == seen {
                    events.reverse();
                    return Ok(events);
                }
                events.push(event);
            }
            next = page.next_token;
            if next.is_none() {
                events.reverse();
                return Ok(events);
            }
        }
    }

    /// What failed by itself in what was done to the stack last.
    pub(super) async fn last_failures(&self) -> Result<Vec<Cause>, Failure> {
        let seen = self.before_current().await?;
        let events = self.events_since(&self.name, seen.as_deref()).await?;
        let events = events.into_iter().filter(|event| event.physical_resource_id != event.stack_id);
        let failures = events.filter_map(|event| {
            let reason = event.resource_status_reason.unwrap_or_default();
            failure(&event.logical_resource_id?, &event.resource_type?, &event.resource_status?, &reason)
        });
        Ok(failures.collect())
    }

    /// Shows what happens until the stack rests. One that is already under way is joined so.
    pub(super) async fn follow(&self, seen: Option<String>) -> Result<Deployed, Failure> {
        let mut watcher = Watcher { seen, ..Watcher::default() };
        let mut pace = Pace::default();
        let mut attention = Attention::begin();
        let mut is_taken_back = false;
        loop {
            // The status first: what is then among the events belongs to it.
            let deployed = self.describe().await?;
            let Some(deployed) = deployed else {
                return Err(if is_taken_back { self.taken_back() } else { self.vanished() });
            };
            self.show(&self.name, &mut watcher).await?;
            if !deployed.status.as_str().ends_with("_IN_PROGRESS") {
                self.report.settle();
                return match deployed.status {
                    StackStatus::UpdateRollbackComplete if is_taken_back => Err(self.taken_back()),
                    _ => self.judge(deployed, &watcher.failed),
                };
            }
            let look_and_wait = async {
                watcher.services.look(self.aws, self.report).await;
                pace.wait().await;
            };
            tokio::select! {
                () = look_and_wait => {}
                () = attention.0.next() => is_taken_back |= self.interrupted(&deployed, &mut attention).await?,
            }
        }
    }

    pub(super) async fn follow_deletion(&self, id: &str, seen: Option<String>) -> Result<Vec<Kept>, Failure> {
        let mut watcher = Watcher { seen, ..Watcher::default() };
        let mut pace = Pace::default();
        loop {
            let deployed = self.describe_as(id).await?;
            let is_gone = deployed.as_ref().is_none_or(|deployed| deployed.status == StackStatus::DeleteComplete);
            let shown = self.show(id, &mut watcher).await;
            if is_gone {
                // Its last events are known by its id, and not to everything that stands in for AWS.
                self.report.settle();
                return Ok(watcher.kept);
            }
            shown?;
            if let Some(deployed) = deployed.filter(|deployed| deployed.status == StackStatus::DeleteFailed) {
                self.report.settle();
                let why = watcher.failed.iter().map(ToString::to_string);
                let protected = watcher.failed.iter().find_map(|cause| advice::protected(&cause.reason));
                return Err(Failure::new(Kind::Leftover, format!("{} is not deleted: something is left", self.name))
                    .because(why.chain(deployed.reason))
                    .next(protected.unwrap_or(
                        "remove what keeps it, then run the same command again; or leave it there: \
                         `mangoo-ops unstick --retain NAME`",
                    )));
            }
            pace.wait().await;
        }
    }

    async fn show(&self, stack: &str, watcher: &mut Watcher) -> Result<(), Failure> {
        let events = self.events_since(stack, watcher.seen.as_deref()).await?;
        let last: HashMap<_, _> =
            events.iter().enumerate().map(|(at, event)| (event.logical_resource_id.clone(), at)).collect();
        for (at, event) in events.into_iter().enumerate() {
            watcher.seen.clone_from(&event.event_id);
            let is_over = last.get(&event.logical_resource_id) != Some(&at);
            let (Some(resource), Some(kind), Some(status)) =
                (event.logical_resource_id, event.resource_type, event.resource_status)
            else {
                continue;
            };
            let reason = event.resource_status_reason.unwrap_or_default();
            let is_stack = event.physical_resource_id == event.stack_id;
            if kind == SERVICE {
                let arn = event.physical_resource_id.as_deref();
                watcher.services.note(&resource, arn, status.as_str(), event.timestamp);
            }
            if let Some(mut cause) = failure(&resource, &kind, &status, &reason).filter(|_| !is_stack) {
                let evidence = watcher.services.evidence(&resource, self.aws, self.report).await;
                cause.evidence = evidence.iter().flat_map(Evidence::lines).collect();
                watcher.failed.push(cause);
            }
            if status == ResourceStatus::DeleteSkipped {
                let id = event.physical_resource_id.clone().unwrap_or_default();
                watcher.kept.push(Kept { resource: resource.clone(), kind: kind.clone(), id });
            }
            let state = match status.as_str() {
                status if status.ends_with("_FAILED") => State::Failed,
                status if status.ends_with("_COMPLETE") || status.ends_with("_SKIPPED") => State::Done,
                _ => State::Running,
            };
            // What is over by now, and went well, need not be announced.
            let is_first = watcher.shown.insert(resource.clone());
            let detail = match reason::readable(&reason) {
                reason if reason.is_empty() => words(&status),
                reason => format!("{}: {reason}", words(&status)),
            };
            if state != State::Running || !is_over && (is_first || !reason.is_empty()) {
                self.report.progress(&resource, &kind, state, &detail);
            }
        }
        Ok(())
    }

    /// What a stack that rests came to.
    fn judge(&self, deployed: Deployed, failed: &[Cause]) -> Result<Deployed, Failure> {
        let after = match deployed.status {
            StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete => {
                return Ok(deployed);
            }
            StackStatus::UpdateRollbackComplete | StackStatus::ImportRollbackComplete => {
                "everything is as it was before"
            }
            StackStatus::RollbackComplete => "what was made is deleted again; `mangoo-ops unstick` removes the rest",
            _ => "it is stuck: `mangoo-ops unstick` shows the ways out",
        };
        // One without a reason says less than any other.
        let root = failed.iter().find(|cause| !cause.reason.is_empty()).or(failed.first());
        // ECS's circuit breaker fails the change: what was wrong is the version, not the template.
        let is_rollout = root.is_some_and(|root| root.kind == SERVICE) && !deployed.is_stuck();
        let kind = if is_rollout { Kind::Rollout } else { Kind::Stack };
        let failure = Failure::new(kind, format!("{} was not changed: {after}", self.name));
        let Some(root) = root else {
            let reason = deployed.reason.filter(|reason| !reason.is_empty());
            let reason = reason.unwrap_or_else(|| "CloudFormation gives no reason".to_owned());
            return Err(failure.because([reason::readable(&reason)]).next(advice::next(&reason)));
        };
        let others = failed.iter().filter(|cause| cause.resource != root.resource).take(OTHERS);
        let advised = if root.evidence.is_empty() { root.reason.clone() } else { root.evidence.join("\n") };
        Err(failure
            .because(root.evidence.clone())
            .because([root.to_string()])
            .because(others.map(ToString::to_string))
            .next(advice::next(&advised)))
    }

    fn taken_back(&self) -> Failure {
        Failure::new(Kind::Cancelled, format!("The change of {} was taken back: all is as it was before", self.name))
    }

    fn vanished(&self) -> Failure {
        Failure::new(Kind::Stack, format!("{} was deleted while it was being changed", self.name))
            .next("find out who deleted it, then deploy again")
    }
}

#[derive(Default)]
struct Watcher {
    /// The id of the last event that was shown.
    seen: Option<String>,
    /// Resources of which anything was shown.
    shown: HashSet<String>,
    /// What failed by itself, in order: the first made the others fail.
    failed: Vec<Cause>,
    services: Services,
    kept: Vec<Kept>,
}

fn failure(resource: &str, kind: &str, status: &ResourceStatus, reason: &str) -> Option<Cause> {
    let is_consequence = CONSEQUENCES.iter().any(|words| reason.contains(words));
    (status.as_str().ends_with("_FAILED") && !is_consequence).then(|| Cause {
        resource: resource.to_owned(),
        kind: kind.to_owned(),
        reason: reason.to_owned(),
        evidence: Vec::new(),
    })
}

/// `CREATE_IN_PROGRESS` as people say it.
fn words(status: &ResourceStatus) -> String {
    status.as_str().to_lowercase().replace('_', " ")
}
