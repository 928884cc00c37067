//! Rollouts: a stack that is done does not mean that the new version serves.

use std::time::{Duration, Instant};

use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState, Service, Task};
use serde::Serialize;

use super::{Evidence, last_failed};
use crate::{
    aws::{Aws, because},
    cloudformation::Pace,
    failure::{Failure, Kind},
    report::{Report, State},
};

/// Longer than ECS's circuit breaker needs to give up; without one, this is the end.
const PATIENCE: Duration = Duration::from_mins(30);
/// How long ECS may take to know a service that its stack has.
const UNKNOWN: Duration = Duration::from_secs(10);

/// What the services of a stack are called in its outputs: `{}Service`, `{}Task`, `{}Logs`. Not
/// every stack has workers.
pub const SERVICES: [&str; 3] = ["Backend", "Frontend", "Worker"];

/// Waits until each service's tasks are of `task`'s revision and serve. `services` has their
/// names in the cluster, with the task definition that they are to run.
pub async fn settle(aws: &Aws, report: &Report, cluster: &str, services: &[(String, String)]) -> Result<(), Failure> {
    let started = Instant::now();
    let mut pace = Pace::default();
    loop {
        let mut all = true;
        let found = describe(aws, cluster, services.iter().map(|(name, _)| name.clone()).collect()).await?;
        for (name, wanted) in services {
            let is_it =
                |service: &&Service| service.service_name() == Some(name) && service.status() != Some("INACTIVE");
            let Some(service) = found.iter().find(is_it) else {
                if started.elapsed() > UNKNOWN {
                    return Err(unknown(name));
                }
                all = false;
                continue;
            };
            match state(service, wanted) {
                Rollout::Done => report.progress(name, "service", State::Done, &counts(service)),
                Rollout::Running => {
                    all = false;
                    report.progress(name, "service", State::Running, &counts(service));
                }
                Rollout::Failed(reason) => return Err(failed(aws, report, cluster, service, wanted, reason).await),
            }
        }
        if all {
            report.settle();
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return Err(Failure::new(Kind::Rollout, "The services are not steady after half an hour")
                .next("`mangoo-ops status` and `mangoo-ops logs` show what they do"));
        }
        pace.wait().await;
    }
}

fn unknown(service: &str) -> Failure {
    Failure::new(Kind::Rollout, format!("ECS has no service {service}, though its stack does"))
        .because(["somebody deleted it, or its cluster"])
        .next("find out who did (CloudTrail has `DeleteService`); once there is one of this name again, deploy")
}

async fn failed(aws: &Aws, report: &Report, cluster: &str, service: &Service, wanted: &str, reason: String) -> Failure {
    let name = service.service_name().unwrap_or_default();
    let is_new = |task: &Task| task.task_definition_arn() == Some(wanted);
    let evidence = match last_failed(aws, cluster, name, is_new).await {
        Ok(Some(task)) => Some(Evidence::of_task(aws, &task).await),
        _ => None,
    };
    if let Some(evidence) = &evidence {
        evidence.show(name, report);
    }
    // Of the first version there is none before.
    let is_old = |deployment: &Deployment| deployment.task_definition() != Some(wanted);
    let serves = service.deployments().iter().any(|deployment| is_old(deployment) && deployment.running_count() > 0);
    let after = if serves { "the version before serves on" } else { "nothing serves" };
    let lines: Vec<_> = evidence.iter().flat_map(Evidence::lines).collect();
    let next = crate::cloudformation::advice(&lines.join("\n"));
    Failure::new(Kind::Rollout, format!("The new version of {name} did not start; {after}"))
        .because(lines)
        .because([reason])
        .next(next)
}

/// How a service does.
#[derive(Debug, Serialize)]
pub struct ServiceState {
    pub name: String,
    pub tasks: String,
    pub desired: i32,
    pub running: i32,
}

/// How the services of a cluster do.
pub async fn states(aws: &Aws, cluster: &str, services: Vec<String>) -> Result<Vec<ServiceState>, Failure> {
    let services = describe(aws, cluster, services).await?;
    Ok(services
        .iter()
        .map(|service| ServiceState {
            name: service.service_name().unwrap_or_default().to_owned(),
            tasks: counts(service),
            desired: service.desired_count(),
            running: service.running_count(),
        })
        .collect())
}

/// Cluster and service of a service's ARN.
pub fn names(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.rsplit('/');
    let service = parts.next()?;
    Some((parts.next()?, service))
}

async fn describe(aws: &Aws, cluster: &str, services: Vec<String>) -> Result<Vec<Service>, Failure> {
    let answer = aws.ecs().describe_services().cluster(cluster).set_services(Some(services)).send().await;
    let answer = answer.map_err(|error| because("look at the services", &error))?;
    Ok(answer.services.unwrap_or_default())
}

enum Rollout {
    Running,
    Done,
    Failed(String),
}

fn state(service: &Service, wanted: &str) -> Rollout {
    let failed = service
        .deployments()
        .iter()
        .find(|deployment| deployment.rollout_state() == Some(&DeploymentRolloutState::Failed));
    let reason =
        |deployment: &Deployment| deployment.rollout_state_reason().unwrap_or("ECS gives no reason").to_owned();
    if let Some(failed) = failed.filter(|deployment| deployment.task_definition() == Some(wanted)) {
        return Rollout::Failed(reason(failed));
    }
    let Some(primary) = primary(service) else { return Rollout::Running };
    if primary.task_definition() != Some(wanted) {
        // ECS went back by itself, whatever CloudFormation says.
        return Rollout::Failed(reason(primary));
    }
    let is_complete = primary.rollout_state().is_none_or(|state| *state == DeploymentRolloutState::Completed);
    // One that failed may be listed for long, without a task.
    let is_alone = service.running_count() + service.pending_count() <= primary.running_count();
    if is_complete && is_alone && primary.running_count() >= primary.desired_count() {
        Rollout::Done
    } else {
        Rollout::Running
    }
}

fn primary(service: &Service) -> Option<&Deployment> {
    service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"))
}

fn counts(service: &Service) -> String {
    let new = primary(service).map_or(0, Deployment::running_count);
    let old = service.running_count() - new;
    let old = if old > 0 { format!(", {old} of the version before") } else { String::new() };
    format!("{new} of {} tasks run{old}", service.desired_count())
}
