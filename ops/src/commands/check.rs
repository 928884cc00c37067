//! `mangoo-ops check`: what would make a deployment fail, without a change to anything.

use std::process::ExitCode;

use clap::Args;
use console::style;

use crate::{
    check::{self, Finding, Severity},
    environment::Connection,
    failure::{Failure, Kind},
    report::Report,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops check -e prod         credentials, models, quotas, database version, certificate, names, stacks
  mangoo-ops check -e prod --json  the findings, for programs

The exit code is 0 when a deployment may go ahead, and 5 when a finding would make it fail. What
the credentials may not ask is a warning. A deployment checks the same first, as far as it changes.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
}

pub async fn run(options: &Options, report: &Report) -> Result<ExitCode, Failure> {
    let environment = options.connection.open(report).await?;
    let mut findings = check::run(&environment).await;
    // The gravest last, where people look.
    findings.sort_by_key(|finding| finding.severity);
    let lines: Vec<_> = findings.iter().map(line).collect();
    report.result(&lines.join("\n"), &findings);
    let is_fine = findings.iter().all(|finding| finding.severity < Severity::Error);
    Ok(if is_fine { ExitCode::SUCCESS } else { Kind::Preflight.into() })
}

fn line(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Ok => style("ok     ").green(),
        Severity::Warning => style("warning").yellow(),
        Severity::Error => style("error  ").red().bold(),
    };
    format!("{severity}  {finding}")
}
