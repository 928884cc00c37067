//! `mangoo-ops destroy`: an environment that nobody needs any more.

use aws_sdk_cloudformation::types::StackStatus;
use clap::Args;
use serde_json::Value as Json;

use crate::{
    cloudformation::{Kept, Stack},
    environment::{Connection, Environment},
    failure::{Failure, Kind},
    report::Report,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops destroy -e dev                        asks for the stack's name
  mangoo-ops destroy -e dev --confirm mangoo-dev   without asking, as in a pipeline

What the template says to keep (protected databases leave a snapshot, buckets and user pools stay) is listed, and costs on.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    /// The stack's name, typed beforehand
    #[arg(long, value_name = "STACK")]
    confirm: Option<String>,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let stacks = [environment.stack(), environment.base()];
    let mut there = Vec::new();
    for stack in stacks {
        if let Some(deployed) = stack.describe().await?.filter(|stack| stack.status != StackStatus::DeleteComplete) {
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
    for (stack, _) in there.iter().filter(|(_, deployed)| !deployed.is_empty()) {
        for (resource, policy) in kept(stack).await? {
            report.warn(&format!("{resource} stays in the account ({policy}), and may cost on"));
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
        if !deployed.is_empty() {
            empty(&environment, stack, &[]).await?;
        }
        kept_at_last.extend(stack.delete(deployed, &[]).await?);
    }
    show(report, &kept_at_last);
    report.done(&format!("{name} is deleted"), &serde_json::json!({ "kept": kept_at_last }));
    Ok(())
}

/// What stays, so that somebody finds it.
pub(super) fn show(report: &Report, kept: &[Kept]) {
    for Kept { resource, kind, id } in kept {
        report.say(&format!("{resource} ({kind}) is still there: {id}"));
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

/// CloudFormation deletes no bucket that has something in it: those that are to go are emptied.
pub(super) async fn empty(environment: &Environment<'_>, stack: &Stack<'_>, retain: &[String]) -> Result<(), Failure> {
    let kept = kept(stack).await?;
    for (resource, bucket) in stack.buckets().await? {
        if !retain.contains(&resource) && !kept.iter().any(|(name, _)| *name == resource) {
            crate::buckets::empty(&environment.aws, &bucket).await?;
        }
    }
    Ok(())
}
