//! `mangoo-ops unstick`: the ways out of what CloudFormation does not leave by itself.

use aws_sdk_cloudformation::types::StackStatus;
use clap::Args;
use serde_json::json;

use super::destroy;
use crate::{
    cloudformation::{Cause, Deployed, Stack},
    environment::{Connection, Environment},
    failure::{Failure, Kind},
    report::Report,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops unstick -e prod                        says what is stuck, why, and what would help; asks before it does that
  mangoo-ops unstick -e prod --skip BackendService  rolls back without this resource, which is then to be mended by hand
  mangoo-ops unstick -e dev --retain Uploads        deletes what could not be deleted but for this, which stays
  mangoo-ops unstick -e dev --confirm mangoo-dev    without asking, as in a pipeline")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    /// Roll back without this resource; may be repeated
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// Delete all but this resource, which stays in the account; may be repeated
    #[arg(long, value_name = "NAME")]
    retain: Vec<String>,
    /// The stack's name, typed beforehand
    #[arg(long, value_name = "STACK")]
    confirm: Option<String>,
}

/// What helps a stack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Delete,
    /// The same, after it failed: only then can something be retained.
    DeleteAgain,
    ContinueRollback,
    RollBack,
}

impl Way {
    /// None if the stack needs no help.
    fn of(deployed: &Deployed) -> Result<Option<Self>, Failure> {
        Ok(match &deployed.status {
            StackStatus::ReviewInProgress
            | StackStatus::CreateFailed
            | StackStatus::RollbackComplete
            | StackStatus::RollbackFailed => Some(Self::Delete),
            StackStatus::DeleteFailed => Some(Self::DeleteAgain),
            StackStatus::UpdateRollbackFailed => Some(Self::ContinueRollback),
            StackStatus::UpdateFailed => Some(Self::RollBack),
            status if deployed.is_stuck() => {
                return Err(Failure::new(Kind::Leftover, format!("Nothing here helps a stack in {status}"))
                    .because(deployed.reason.clone())
                    .next("mend it in the AWS console, where it was brought into this state"));
            }
            status if deployed.is_busy() => {
                return Err(Failure::new(Kind::Preflight, format!("The stack is being changed now: {status}"))
                    .next("wait until it rests, then run the same command again; `mangoo-ops deploy` waits too"));
            }
            _ => None,
        })
    }

    fn intent(self, status: &StackStatus) -> &'static str {
        match self {
            Self::Delete if *status == StackStatus::ReviewInProgress => {
                "nothing is in it, since its first change was never carried out: it would be deleted"
            }
            Self::Delete => "it was never made as a whole: what is left of it would be deleted, to be made anew",
            Self::DeleteAgain => "it would be deleted again",
            Self::ContinueRollback => "its rollback would be gone on with, to what was there before",
            Self::RollBack => "the change that failed would be taken back",
        }
    }
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let mut stuck = Vec::new();
    for stack in [environment.stack(), environment.base()] {
        let Some(deployed) = stack.describe().await? else { continue };
        let Some(way) = Way::of(&deployed)? else { continue };
        let obstacles = stack.obstacles().await?;
        stuck.push((stack, deployed, way, obstacles));
    }
    for name in options.skip.iter().chain(&options.retain) {
        let is_known = |obstacle: &Cause| obstacle.resource == *name;
        if !stuck.iter().any(|(_, _, _, obstacles)| obstacles.iter().any(is_known)) {
            let known = stuck.iter().flat_map(|(_, _, _, obstacles)| obstacles).map(|it| it.resource.as_str());
            return Err(Failure::new(Kind::Usage, format!("`{name}` is no resource that failed"))
                .next(format!("choose of these: {}", known.collect::<Vec<_>>().join(", "))));
        }
    }
    let mut helped = Vec::new();
    for (stack, deployed, way, obstacles) in &stuck {
        report.step(&format!("{} is in {}", stack.name, deployed.status));
        for obstacle in obstacles {
            report.say(&obstacle.to_string());
        }
        help(&environment, options, stack, deployed, *way, obstacles).await?;
        helped.push(json!({ "stack": stack.name, "was": deployed.status.as_str() }));
    }
    let said = if helped.is_empty() { "Nothing is stuck" } else { "Nothing is stuck any more: `mangoo-ops deploy`" };
    report.done(said, &helped);
    Ok(())
}

async fn help(
    environment: &Environment<'_>,
    options: &Options,
    stack: &Stack<'_>,
    deployed: &Deployed,
    way: Way,
    obstacles: &[Cause],
) -> Result<(), Failure> {
    let report = environment.report;
    let of_this = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| obstacles.iter().any(|obstacle| obstacle.resource == **name)).cloned().collect()
    };
    let (skip, retain) = (of_this(&options.skip), of_this(&options.retain));
    let is_deleted = matches!(way, Way::Delete | Way::DeleteAgain);
    if is_deleted && !deployed.is_empty() {
        for (resource, policy) in destroy::kept(stack).await? {
            report.warn(&format!("If it is there, {}", destroy::stays(&resource, &policy)));
        }
    }
    match way {
        Way::DeleteAgain if retain.is_empty() => report.say("--retain NAME leaves a resource in the account"),
        Way::ContinueRollback if skip.is_empty() => {
            report.say("--skip NAME leaves a resource as it is; mend it by hand before the next deployment");
        }
        Way::Delete if !retain.is_empty() => {
            return Err(Failure::new(
                Kind::Usage,
                "Only of a stack that could not be deleted can something be retained",
            )
            .next("run the same command without --retain first"));
        }
        _ => {}
    }
    let name = environment.settings.stack_name();
    if options.confirm.as_deref() != Some(&name) {
        let question = format!("{} in {}: {}.", stack.name, environment.place(), way.intent(&deployed.status));
        report.confirm_name(&question, &name, &format!("--confirm {name}"))?;
    }
    match way {
        Way::Delete | Way::DeleteAgain => {
            destroy::delete(environment, stack, deployed, &retain).await.map(|kept| destroy::show(report, &kept))
        }
        Way::ContinueRollback => stack.continue_rollback(&skip).await,
        Way::RollBack => stack.roll_back().await,
    }
}
