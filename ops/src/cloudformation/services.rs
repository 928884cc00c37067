//! A stack's services while they are being changed. CloudFormation says nothing of a service
//! until it is steady or given up, which takes up to hours: ECS itself says at once what its
//! tasks die of. It is kept, since a rollback deletes it.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::primitives::DateTime;

use crate::{
    aws::Aws,
    ecs::{self, Evidence},
    report::Report,
};

pub(super) const SERVICE: &str = "AWS::ECS::Service";

/// By their names in the template.
#[derive(Default)]
pub(super) struct Services(BTreeMap<String, Service>);

struct Service {
    arn: String,
    /// What ended before is none of this change's.
    since: DateTime,
    is_changing: bool,
    evidence: Option<Evidence>,
}

impl Services {
    /// Takes in an event of a service.
    pub(super) fn note(&mut self, resource: &str, arn: Option<&str>, status: &str, time: Option<DateTime>) {
        let is_changing = status.ends_with("_IN_PROGRESS");
        if let Some(service) = self.0.get_mut(resource) {
            service.is_changing = is_changing;
        } else if let (true, Some(arn), Some(since)) = (is_changing, arn.filter(|arn| !arn.is_empty()), time) {
            let service = Service { arn: arn.to_owned(), since, is_changing, evidence: None };
            self.0.insert(resource.to_owned(), service);
        }
    }

    /// Shows what tasks have ended of since the last look. That ECS does not answer is no reason to
    /// stop watching the stack.
    pub(super) async fn look(&mut self, aws: &Aws, report: &Report) {
        for service in self.0.values_mut().filter(|service| service.is_changing) {
            service.look(aws, report).await;
        }
    }

    /// What the last task of a service that failed died of, with a last look at it.
    pub(super) async fn evidence(&mut self, resource: &str, aws: &Aws, report: &Report) -> Option<Evidence> {
        let service = self.0.get_mut(resource)?;
        service.look(aws, report).await;
        service.evidence.clone()
    }
}

impl Service {
    async fn look(&mut self, aws: &Aws, report: &Report) {
        let Some((cluster, name)) = ecs::names(&self.arn) else { return };
        let is_of_this = |task: &aws_sdk_ecs::types::Task| task.created_at().is_none_or(|time| *time >= self.since);
        let Ok(Some(task)) = ecs::last_failed(aws, cluster, name, is_of_this).await else { return };
        if self.evidence.as_ref().is_some_and(|known| Some(known.task.as_str()) == task.task_arn()) {
            return;
        }
        let evidence = Evidence::of_task(aws, &task).await;
        // A service starts task after task, and all of them may end alike.
        if self.evidence.as_ref().is_none_or(|known| known.reason != evidence.reason) {
            evidence.show(name, report);
        }
        self.evidence = Some(evidence);
    }
}
