//! `mangoo-ops migrate`: the step of a deployment, alone.

use clap::Args;

use crate::{deployment::migrate, environment::Connection, failure::Failure, report::Report};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops migrate -e prod  runs the migrations of the version that was deployed last; waits for one
                              that is under way")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let deployed = environment.deployed().await?;
    let base = environment.base().describe().await?.map(|stack| stack.outputs).unwrap_or_default();
    migrate(&environment, &base, &deployed.outputs).await
}
