//! `mangoo-ops diff`: what a deployment would change, as CloudFormation itself sees it.

use std::process::ExitCode;

use clap::Args;

use crate::{
    deployment,
    environment::Connection,
    failure::{Failure, Kind},
    report::Report,
    review,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops diff -e prod         what changes: + is added, ~ changed in place, ~! changed in place with
                                  an interruption, -/+ replaced, - removed; with the values before and after
  mangoo-ops diff -e prod --json  the same for programs

The exit code is 0 when nothing would change, and 2 when something would.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
}

pub async fn run(options: &Options, report: &Report) -> Result<ExitCode, Failure> {
    let environment = options.connection.open(report).await?;
    let mut is_different = false;
    for (stack, plan) in deployment::plans(&environment).await? {
        let Some(plan) = plan else { continue };
        report.step(&format!("{} would {}", stack.name, if plan.is_new { "be made" } else { "change" }));
        review::show(&environment, &plan.changes);
        stack.discard_plan(&plan).await;
        is_different = true;
    }
    if is_different {
        return Ok(Kind::Different.into());
    }
    report.say("nothing would change");
    Ok(ExitCode::SUCCESS)
}
