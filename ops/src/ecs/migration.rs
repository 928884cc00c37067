//! Migrations: a task of its own that runs to its end before the new version serves.

use std::time::{Duration, Instant};

use aws_sdk_ecs::types::{AssignPublicIp, AwsVpcConfiguration, DesiredStatus, LaunchType, NetworkConfiguration, Task};

use super::Evidence;
use crate::{
    aws::{Aws, because},
    cloudformation::{Pace, Values},
    failure::{Failure, Kind},
    report::{Report, State},
};

const PATIENCE: Duration = Duration::from_hours(1);

/// Migrates the database with the stack's migration task, and shows its log. A migration that is
/// already under way, of an interrupted command, is joined. Returns the task's revision.
pub async fn migrate(aws: &Aws, report: &Report, outputs: &Values) -> Result<String, Failure> {
    let output = |name: &str| {
        outputs.get(name).cloned().ok_or_else(|| {
            Failure::new(Kind::Migration, format!("The stack has no output `{name}`"))
                .next("deploy once with this version of mangoo-ops: `mangoo-ops deploy`")
        })
    };
    let (cluster, definition) = (output("ClusterName")?, output("MigrationTask")?);
    let task = match running(aws, &cluster, &definition).await? {
        Some(task) => {
            report.say("a migration is under way; waiting for it");
            task
        }
        None => {
            start(aws, &cluster, &definition, &output("PrivateSubnetIds")?, &output("TaskSecurityGroupIds")?).await?
        }
    };
    let task = finish(aws, report, &cluster, &task).await?;
    let evidence = Evidence::of_task(aws, &task).await;
    for line in &evidence.log {
        report.log("migration", line);
    }
    if task.containers().first().and_then(aws_sdk_ecs::types::Container::exit_code) == Some(0) {
        report.progress("migration", "task", State::Done, "the database is up to date");
        return Ok(definition);
    }
    report.progress("migration", "task", State::Failed, &evidence.reason);
    let after =
        if outputs.contains_key("BackendService") { "the version before serves on" } else { "nothing serves yet" };
    // The log first: there is the error.
    Err(Failure::new(Kind::Migration, format!("The database was not migrated; {after}"))
        .because(evidence.telling())
        .because([&evidence.reason])
        .next("mend the migration, then run the same command again; nothing of a migration that fails stays"))
}

async fn running(aws: &Aws, cluster: &str, definition: &str) -> Result<Option<Task>, Failure> {
    let tasks = aws.ecs().list_tasks().cluster(cluster).desired_status(DesiredStatus::Running).send().await;
    let tasks = tasks.map_err(|error| because("list the tasks that run", &error))?;
    let arns = tasks.task_arns.unwrap_or_default();
    if arns.is_empty() {
        return Ok(None);
    }
    let tasks = describe(aws, cluster, arns).await?;
    Ok(tasks.into_iter().find(|task| task.task_definition_arn() == Some(definition)))
}

async fn start(aws: &Aws, cluster: &str, definition: &str, subnets: &str, groups: &str) -> Result<Task, Failure> {
    let ids = |list: &str| Some(list.split(',').map(str::to_owned).collect());
    let network = AwsVpcConfiguration::builder()
        .set_subnets(ids(subnets))
        .set_security_groups(ids(groups))
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()
        .map_err(|error| Failure::new(Kind::Unexpected, error.to_string()))?;
    let answer = aws
        .ecs()
        .run_task()
        .cluster(cluster)
        .task_definition(definition)
        .launch_type(LaunchType::Fargate)
        .network_configuration(NetworkConfiguration::builder().awsvpc_configuration(network).build())
        .started_by("mangoo-ops")
        .send()
        .await
        .map_err(|error| because("start the migration", &error))?;
    answer.tasks.unwrap_or_default().into_iter().next().ok_or_else(|| {
        let why = answer.failures.unwrap_or_default();
        Failure::new(Kind::Migration, "ECS does not start the migration")
            .because(why.into_iter().filter_map(|failure| failure.reason))
            .next("mend what the reason names, then run the same command again")
    })
}

async fn finish(aws: &Aws, report: &Report, cluster: &str, task: &Task) -> Result<Task, Failure> {
    let arn = task.task_arn().unwrap_or_default().to_owned();
    let started = Instant::now();
    let mut pace = Pace::default();
    loop {
        let task = describe(aws, cluster, vec![arn.clone()]).await?.into_iter().next();
        let status = task.as_ref().and_then(|task| task.last_status()).unwrap_or("GONE").to_lowercase();
        match task {
            Some(task) if task.last_status() == Some("STOPPED") => return Ok(task),
            _ => report.progress("migration", "task", State::Running, &status),
        }
        if started.elapsed() > PATIENCE {
            return Err(Failure::new(Kind::Migration, "The migration takes longer than an hour")
                .next("`mangoo-ops migrate` joins it and waits on"));
        }
        pace.wait().await;
    }
}

async fn describe(aws: &Aws, cluster: &str, tasks: Vec<String>) -> Result<Vec<Task>, Failure> {
    let answer = aws.ecs().describe_tasks().cluster(cluster).set_tasks(Some(tasks)).send().await;
    Ok(answer.map_err(|error| because("look at the migration", &error))?.tasks.unwrap_or_default())
}
