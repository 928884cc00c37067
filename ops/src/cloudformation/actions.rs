//! What is done to a stack; each stays until it is over.

use aws_sdk_cloudformation::types::StackStatus;

use super::{Cause, Deployed, Kept, Plan, Stack};
use crate::{
    aws::because,
    failure::{Failure, Kind},
};

impl Stack<'_> {
    /// Carries a plan out, and stays until it is done.
    pub async fn execute(&self, plan: &Plan) -> Result<Deployed, Failure> {
        let seen = self.last_event().await?;
        let request = self.client.execute_change_set().stack_name(&self.name).change_set_name(&plan.name);
        request.send().await.map_err(|error| because(&format!("change {}", self.name), &error))?;
        self.follow(seen).await
    }

    /// Joins what is under way in the stack; returns what there is then.
    pub async fn attach(&self, deployed: &Deployed) -> Result<Option<Deployed>, Failure> {
        self.report.say(&format!("{} is being changed already; waiting for that", self.name));
        let seen = self.before_current().await?;
        if deployed.status == StackStatus::DeleteInProgress {
            self.follow_deletion(&deployed.id, seen).await?;
            return Ok(None);
        }
        match self.follow(seen).await {
            Ok(now) => Ok(Some(now)),
            Err(failure) if matches!(failure.kind, Kind::Stack | Kind::Rollout) => match self.describe().await? {
                Some(now) if now.is_stuck() => Err(failure),
                // What went back to what it was takes the next change.
                now => {
                    self.report.warn(&failure.to_string());
                    Ok(now)
                }
            },
            Err(failure) => Err(failure),
        }
    }

    /// Says whether the stack may be deleted.
    pub async fn protect(&self, is_protected: bool) -> Result<(), Failure> {
        let request = self.client.update_termination_protection().stack_name(&self.name);
        let request = request.enable_termination_protection(is_protected);
        request.send().await.map_err(|error| because(&format!("protect {}", self.name), &error))?;
        Ok(())
    }

    /// Deletes the stack; returns what stays of it.
    pub async fn delete(&self, deployed: &Deployed, retain: &[String]) -> Result<Vec<Kept>, Failure> {
        let seen = self.last_event().await?;
        let request = self.client.delete_stack().stack_name(&self.name);
        let request = request.set_retain_resources((!retain.is_empty()).then(|| retain.to_vec()));
        request.send().await.map_err(|error| because(&format!("delete {}", self.name), &error))?;
        self.follow_deletion(&deployed.id, seen).await
    }

    /// Goes on with a rollback that failed, without what is to be skipped.
    pub async fn continue_rollback(&self, skip: &[String]) -> Result<(), Failure> {
        let seen = self.last_event().await?;
        let request = self.client.continue_update_rollback().stack_name(&self.name);
        let request = request.set_resources_to_skip((!skip.is_empty()).then(|| skip.to_vec()));
        request.send().await.map_err(|error| because(&format!("roll {} back", self.name), &error))?;
        self.follow_rollback(seen).await
    }

    /// Takes back a change that failed, and was left so.
    pub async fn roll_back(&self) -> Result<(), Failure> {
        let seen = self.last_event().await?;
        let request = self.client.rollback_stack().stack_name(&self.name);
        request.send().await.map_err(|error| because(&format!("roll {} back", self.name), &error))?;
        self.follow_rollback(seen).await
    }

    /// Here, what is a failure elsewhere is what was wanted.
    async fn follow_rollback(&self, seen: Option<String>) -> Result<(), Failure> {
        let Err(failure) = self.follow(seen).await else { return Ok(()) };
        if !matches!(failure.kind, Kind::Stack | Kind::Rollout) {
            return Err(failure);
        }
        match self.describe().await? {
            Some(deployed) if !deployed.is_stuck() => Ok(()),
            _ => Err(Failure::new(Kind::Leftover, format!("{} is not rolled back: something is left", self.name))
                .because(failure.why)
                .next("mend what the reason names, then run the same command again; or leave it out: --skip NAME")),
        }
    }

    /// What keeps a stack that is stuck; if nothing does any more, what failed in it last.
    pub async fn obstacles(&self) -> Result<Vec<Cause>, Failure> {
        let mut resources = self.client.list_stack_resources().stack_name(&self.name).into_paginator().items().send();
        let mut obstacles = Vec::new();
        while let Some(resource) = resources.next().await {
            let resource = resource.map_err(|error| because(&format!("list what is in {}", self.name), &error))?;
            if resource.resource_status().is_some_and(|status| status.as_str().ends_with("_FAILED")) {
                obstacles.push(Cause {
                    resource: resource.logical_resource_id.unwrap_or_default(),
                    kind: resource.resource_type.unwrap_or_default(),
                    reason: resource.resource_status_reason.unwrap_or_default(),
                    evidence: Vec::new(),
                });
            }
        }
        if obstacles.is_empty() { self.last_failures().await } else { Ok(obstacles) }
    }
}
