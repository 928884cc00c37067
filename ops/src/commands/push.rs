//! `mangoo-ops push`: the images into the account's registry, without a deployment.

use clap::Args;
use ops::images::Builder;

use crate::{
    environment::Connection,
    failure::{Failure, Kind},
    registry,
    report::Report,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops push -e prod                   builds what has changed, and sends what the registry lacks
  mangoo-ops push -e prod --builder docker  has Docker build it, by the Dockerfile")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    /// What builds the images
    #[arg(long, value_enum, default_value_t = Builder::Cargo)]
    builder: Builder,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let base = environment.base();
    let deployed = base.describe().await?.ok_or_else(|| {
        Failure::new(Kind::Preflight, format!("There is no {}, which has the repositories", base.name))
            .next("make it with a deployment: `mangoo-ops deploy`")
    })?;
    let release = registry::publish(&environment, &deployed.outputs, options.builder).await?;
    report.result(&format!("{}\n{}", release.backend, release.frontend), &release);
    Ok(())
}
