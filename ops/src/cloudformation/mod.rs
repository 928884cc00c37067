//! Stacks: what they are, what a template would change, and how a change goes.

mod actions;
mod advice;
mod cancel;
mod change;
mod events;
mod reason;
mod services;
mod validation;

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_cloudformation::{
    Client,
    types::{Capability, ChangeSetStatus, ChangeSetType, OnStackFailure, Parameter, ResourceStatus, StackStatus},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::Value as Json;

pub use advice::next as advice;
pub use change::{Change, Effect, Plan};
pub use events::{Cause, Kept};

use crate::{
    aws::{self, Aws, because},
    failure::{Failure, Kind},
    report::Report,
};

/// The longest template that is passed in the request itself, in bytes.
pub const MAX_INLINE_TEMPLATE: usize = 51_200;

/// What to do about a stack of that name that is somebody else's.
pub const TAKEN: &str = "choose another `name` in mangoo.toml: this one is taken";

pub type Values = BTreeMap<String, String>;

/// A stack, whether it is there or not.
pub struct Stack<'a> {
    pub name: String,
    client: Client,
    aws: &'a Aws,
    report: &'a Report,
}

/// A stack that is there.
#[derive(Clone, Debug)]
pub struct Deployed {
    pub id: String,
    pub status: StackStatus,
    pub reason: Option<String>,
    pub parameters: Values,
    pub outputs: Values,
    pub is_protected: bool,
}

impl Deployed {
    /// Whether CloudFormation takes no change before somebody helps it.
    pub fn is_stuck(&self) -> bool {
        self.status == StackStatus::RollbackComplete || self.status.as_str().ends_with("_FAILED")
    }

    /// Whether there is nothing in it yet: a change set was made, and not carried out.
    pub fn is_empty(&self) -> bool {
        self.status == StackStatus::ReviewInProgress
    }

    /// Whether there is what its template says; a creation that failed deletes it again.
    pub fn has_resources(&self) -> bool {
        !self.is_empty() && self.status != StackStatus::RollbackComplete
    }

    /// What the template says of itself by this name.
    pub fn output(&self, name: &str) -> Result<&str, Failure> {
        self.outputs.get(name).map(String::as_str).ok_or_else(|| {
            Failure::new(Kind::Preflight, format!("The stack has no output `{name}`"))
                .next("deploy once with this version of mangoo-ops: `mangoo-ops deploy`")
        })
    }

    /// Whether something happens in it now.
    pub fn is_busy(&self) -> bool {
        self.status.as_str().ends_with("_IN_PROGRESS") && !self.is_empty()
    }
}

/// Where CloudFormation finds a template.
#[derive(Clone, Debug)]
pub enum Body {
    Inline(String),
    /// In S3.
    Url(String),
}

/// How often one looks, while something is under way: often at first, since most things are
/// quick, then seldom, since AWS counts the calls.
pub struct Pace(Duration);

impl Default for Pace {
    fn default() -> Self {
        Self(Duration::from_millis(100))
    }
}

impl Pace {
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 3 / 2).min(Duration::from_secs(3));
    }
}

impl<'a> Stack<'a> {
    pub fn new(aws: &'a Aws, name: String, report: &'a Report) -> Self {
        Self { name, client: aws.cloudformation(), aws, report }
    }

    /// The stack as it is; none if there is none, or none any more.
    pub async fn describe(&self) -> Result<Option<Deployed>, Failure> {
        let deployed = self.describe_as(&self.name).await?;
        // AWS forgets the name of a deleted stack; not everything that stands in for it does.
        Ok(deployed.filter(|deployed| deployed.status != StackStatus::DeleteComplete))
    }

    /// A stack that was deleted is found by its id alone.
    async fn describe_as(&self, name_or_id: &str) -> Result<Option<Deployed>, Failure> {
        let stacks = match self.client.describe_stacks().stack_name(name_or_id).send().await {
            Ok(answer) => answer.stacks.unwrap_or_default(),
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(because(&format!("look at the stack {}", self.name), &error)),
        };
        Ok(stacks.into_iter().next().and_then(|stack| {
            let pairs = |pairs: Vec<(Option<String>, Option<String>)>| {
                pairs.into_iter().filter_map(|(key, value)| Some((key?, value.unwrap_or_default()))).collect()
            };
            let status = stack.stack_status?;
            let parameters = stack.parameters.unwrap_or_default();
            let outputs = stack.outputs.unwrap_or_default();
            Some(Deployed {
                id: stack.stack_id.unwrap_or_default(),
                status,
                reason: stack.stack_status_reason,
                parameters: pairs(parameters.into_iter().map(|it| (it.parameter_key, it.parameter_value)).collect()),
                outputs: pairs(outputs.into_iter().map(|it| (it.output_key, it.output_value)).collect()),
                is_protected: stack.enable_termination_protection.unwrap_or(false),
            })
        }))
    }

    /// The template as it was deployed.
    pub async fn template(&self) -> Result<Json, Failure> {
        let answer = self.client.get_template().stack_name(&self.name).send().await;
        let answer = answer.map_err(|error| because(&format!("read the template of {}", self.name), &error))?;
        let text = answer.template_body.unwrap_or_default();
        serde_json::from_str(&text).map_err(|_| {
            Failure::new(Kind::Preflight, format!("The stack {} is not one that mangoo-ops made", self.name))
                .next(TAKEN)
        })
    }

    /// What putting the template in place would change; none if nothing.
    pub async fn plan(
        &self,
        deployed: Option<&Deployed>,
        body: &Body,
        parameters: &Values,
        role: Option<&str>,
    ) -> Result<Option<Plan>, Failure> {
        let is_new = deployed.is_none_or(|deployed| deployed.status == StackStatus::ReviewInProgress);
        let name = format!("mangoo-{}", uuid::Uuid::now_v7().simple());
        let mut request = self
            .client
            .create_change_set()
            .stack_name(&self.name)
            .change_set_name(&name)
            .change_set_type(if is_new { ChangeSetType::Create } else { ChangeSetType::Update })
            // The boundary of a pipeline's roles has a name, so that both stacks know it.
            .capabilities(Capability::CapabilityNamedIam)
            .set_parameters(Some(
                parameters
                    .iter()
                    .map(|(key, value)| Parameter::builder().parameter_key(key).parameter_value(value).build())
                    .collect(),
            ))
            .set_role_arn(role.map(str::to_owned));
        request = match body {
            Body::Inline(text) => request.template_body(text),
            Body::Url(url) => request.template_url(url),
        };
        if is_new {
            request = request.on_stack_failure(OnStackFailure::Rollback);
        }
        let what = format!("plan the change of {}", self.name);
        let made = match request.send().await {
            Err(error) if aws::is(&error, "ValidationError") => {
                let reason = error.as_service_error().and_then(ProvideErrorMetadata::message);
                return Err(self.refused(&[reason.unwrap_or_default().to_owned()]));
            }
            result => result.map_err(|error| because(&what, &error))?,
        };
        let mut pace = Pace::default();
        loop {
            let request = self.client.describe_change_set().stack_name(&self.name).change_set_name(&name);
            let answer = request.include_property_values(true).send().await;
            let answer = answer.map_err(|error| because(&what, &error))?;
            match answer.status {
                Some(ChangeSetStatus::CreateComplete) => {
                    let changes = self.changes(&name, answer.changes.unwrap_or_default(), answer.next_token).await?;
                    return Ok(Some(Plan { name, is_new, changes }));
                }
                Some(ChangeSetStatus::Failed) => {
                    let reason = answer.status_reason.unwrap_or_default();
                    if ["didn't contain changes", "No updates are to be performed"].iter().any(|no| reason.contains(no))
                    {
                        self.discard(&name).await;
                        return Ok(None);
                    }
                    // They are forgotten with the change set.
                    let mut reasons = self.invalid(made.id.as_deref().unwrap_or(&name)).await;
                    self.discard(&name).await;
                    reasons.push(reason);
                    return Err(self.refused(&reasons));
                }
                _ => pace.wait().await,
            }
        }
    }

    /// The first reason says most.
    fn refused(&self, reasons: &[String]) -> Failure {
        Failure::new(Kind::Stack, format!("CloudFormation refuses the template of {}", self.name))
            .because(reasons.iter().map(|reason| reason::readable(reason)))
            .next(advice::next(&reasons.join("\n")))
    }

    async fn changes(
        &self,
        name: &str,
        first: Vec<aws_sdk_cloudformation::types::Change>,
        mut next: Option<String>,
    ) -> Result<Vec<Change>, Failure> {
        let mut all = first;
        while let Some(token) = next {
            let request = self.client.describe_change_set().stack_name(&self.name).change_set_name(name);
            let page = request.include_property_values(true).next_token(token).send().await;
            let page = page.map_err(|error| because("read the change set", &error))?;
            all.extend(page.changes.unwrap_or_default());
            next = page.next_token;
        }
        Ok(all.into_iter().filter_map(|change| Change::of(change.resource_change?)).collect())
    }

    /// The stack's buckets: their names in the template, and their own.
    pub async fn buckets(&self) -> Result<Vec<(String, String)>, Failure> {
        let mut pages = self.client.list_stack_resources().stack_name(&self.name).into_paginator().items().send();
        let mut buckets = Vec::new();
        while let Some(resource) = pages.next().await {
            let resource = resource.map_err(|error| because(&format!("list what is in {}", self.name), &error))?;
            let is_gone = resource.resource_status() == Some(&ResourceStatus::DeleteComplete);
            if resource.resource_type() == Some("AWS::S3::Bucket")
                && !is_gone
                && let (Some(name), Some(id)) = (resource.logical_resource_id, resource.physical_resource_id)
            {
                buckets.push((name, id));
            }
        }
        Ok(buckets)
    }

    /// Forgets a plan, if CloudFormation knows it. It may stay if that fails: nobody is hurt.
    pub async fn discard_plan(&self, plan: &Plan) {
        if !plan.name.is_empty() {
            self.discard(&plan.name).await;
        }
    }

    async fn discard(&self, plan: &str) {
        let _ = self.client.delete_change_set().stack_name(&self.name).change_set_name(plan).send().await;
    }
}

/// CloudFormation says so by an error without a code of its own.
fn is_missing<E: ProvideErrorMetadata, R>(error: &aws_sdk_cloudformation::error::SdkError<E, R>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::message)
        .is_some_and(|message| message.contains("does not exist"))
}
