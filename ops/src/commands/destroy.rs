//! `mangoo-ops destroy`: an environment that nobody needs any more.

use clap::Args;
use serde_json::Value as Json;

use crate::{
    cloudformation::{Deployed, Kept, Stack},
    deployment::idle,
    environment::{Connection, Environment},
    failure::{Failure, Kind},
    report::Report,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops destroy -e dev                        asks for the stack's name
  mangoo-ops destroy -e dev --confirm mangoo-dev   without asking, as in a pipeline

What the template says to keep (a database leaves a snapshot, protected buckets and user pools stay) is listed, and costs on.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    /// The stack's name, typed beforehand
    #[arg(long, value_name = "STACK")]
    confirm: Option<String>,
}

/// The policy of what is deleted, but for a last snapshot.
const SNAPSHOT: &str = "Snapshot";

/// Access logs arrive for a while after the last request: so often a bucket is emptied.
const ATTEMPTS: usize = 4;

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let stacks = [environment.stack(), environment.base()];
    let mut there = Vec::new();
    for stack in stacks {
        // One that is being changed can't be deleted, and emptied it would still serve.
        if let Some(deployed) = idle(&stack).await? {
            there.push((stack, deployed));
        }
    }
    let Some((first, _)) = there.first() else {
        report.done(&format!("There is no {}", environment.settings.stack_name()), &());
        return Ok(());
    };
    if there.iter().any(|(_, deployed)| deployed.is_protected) {
        return Err(Failure::new(Kind::Refused, format!("{} is protected against deletion", first.name))
            .next("set database.protect = false in mangoo.toml, deploy, then run the same command again"));
    }
    let mut snapshots = Vec::new();
    for (stack, _) in there.iter().filter(|(_, deployed)| !deployed.is_empty()) {
        for (resource, policy) in kept(stack).await? {
            report.warn(&stays(&resource, &policy));
            snapshots.extend((policy == SNAPSHOT).then(|| stays(&resource, &policy)));
        }
    }
    let name = environment.settings.stack_name();
    if options.confirm.as_deref() != Some(&name) {
        let question = format!("{name} in {} would be deleted, with all that is in it.", environment.place());
        report.confirm_name(&question, &name, &format!("--confirm {name}"))?;
    }
    let mut kept_at_last = Vec::new();
    for (stack, deployed) in &there {
        report.step(&format!("deleting {}", stack.name));
        kept_at_last.extend(delete(&environment, stack, deployed, &[]).await?);
    }
    show(report, &kept_at_last);
    // CloudFormation's events do not say so.
    for snapshot in snapshots {
        report.say(&snapshot);
    }
    report.done(&format!("{name} is deleted"), &serde_json::json!({ "kept": kept_at_last }));
    Ok(())
}

/// What stays, so that somebody finds it.
pub(super) fn show(report: &Report, kept: &[Kept]) {
    for Kept { resource, kind, id } in kept {
        report.say(&format!("{resource} ({kind}) is still there: {id}"));
    }
}

/// What the template keeps of a resource, for whoever pays for it.
pub(super) fn stays(resource: &str, policy: &str) -> String {
    if policy == SNAPSHOT {
        format!(
            "{resource} leaves a last snapshot in the account, which costs on until you delete it: \
             `aws rds describe-db-cluster-snapshots --snapshot-type manual` shows its name"
        )
    } else {
        format!("{resource} stays in the account, and may cost on")
    }
}

/// What the template keeps, and how: only what is deployed counts, not what the settings say now.
pub(super) async fn kept(stack: &Stack<'_>) -> Result<Vec<(String, String)>, Failure> {
    let template = stack.template().await?;
    let resources = template["Resources"].as_object().into_iter().flatten();
    let policy =
        |resource: &Json| resource["DeletionPolicy"].as_str().filter(|policy| *policy != "Delete").map(str::to_owned);
    Ok(resources.filter_map(|(name, resource)| Some((name.clone(), policy(resource)?))).collect())
}

/// Deletes a stack, and what is in its buckets; returns what stays of it.
pub(super) async fn delete(
    environment: &Environment<'_>,
    stack: &Stack<'_>,
    deployed: &Deployed,
    retain: &[String],
) -> Result<Vec<Kept>, Failure> {
    if deployed.is_empty() {
        return stack.delete(deployed, retain).await;
    }
    for _ in 1..ATTEMPTS {
        empty(environment, stack, retain).await?;
        match stack.delete(deployed, retain).await {
            Err(failure) if failure.why.iter().any(|why| is_late(why)) => {
                environment.report.warn("something came into a bucket after it was emptied: again");
            }
            result => return result,
        }
    }
    empty(environment, stack, retain).await?;
    stack.delete(deployed, retain).await
}

/// Whether a deletion failed by what came into a bucket that was empty.
fn is_late(why: &str) -> bool {
    why.contains("AWS::S3::Bucket") && why.contains("not empty")
}

/// CloudFormation deletes no bucket that has something in it: those that are to go are emptied.
async fn empty(environment: &Environment<'_>, stack: &Stack<'_>, retain: &[String]) -> Result<(), Failure> {
    let kept = kept(stack).await?;
    for (resource, bucket) in stack.buckets().await? {
        if !retain.contains(&resource) && !kept.iter().any(|(name, _)| *name == resource) {
            crate::buckets::empty(&environment.aws, &bucket).await?;
        }
    }
    Ok(())
}
