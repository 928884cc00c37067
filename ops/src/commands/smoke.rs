//! `mangoo-ops smoke`: proof that a deployed platform works, streams above all.

use std::time::Duration;

use clap::Args;

use crate::{
    cloudformation::Values,
    environment::{Connection, Environment},
    failure::{Failure, Kind},
    report::Report,
    smoke::{self, Check, Plan},
};

/// Of a deployment's smoke test: longer than a heartbeat. `mangoo-ops smoke` outlasts every time-out.
pub const QUICK: Duration = Duration::from_secs(stack::timing::HEARTBEAT + 5);

/// How long a platform that answered before may take to answer again.
pub const SOON: Duration = Duration::from_secs(30);

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops smoke -e prod          about two minutes and a half, most of them for a silent stream
  mangoo-ops smoke -e prod --silence 20
  mangoo-ops smoke -e prod --json   each check as an event, for programs

It signs a user of its own in, makes a bot, asks it a short question, and deletes all of them.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    /// Seconds that a stream is to stay open without an event; the default is longer than every
    /// time-out on its way
    #[arg(long, value_name = "SECONDS", default_value_t = stack::timing::IDLE + 10, value_parser = clap::value_parser!(u64).range(0..=900))]
    silence: u64,
    #[command(flatten)]
    at: At,
}

/// Where the platform is found.
#[derive(Args)]
pub struct At {
    /// Test the platform at this address instead of its own: through a tunnel, or before the world
    /// knows its name
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let outputs = environment.deployed().await?.outputs;
    let checks = check(&environment, &outputs, &options.at, Duration::from_secs(options.silence)).await?;
    report.done("the platform works", &checks);
    Ok(())
}

/// In place of the step, where it passed before with all that is there now: at least something
/// answers.
pub async fn answers(
    environment: &Environment<'_>,
    outputs: &Values,
    at: &At,
    patience: Duration,
) -> Result<(), Failure> {
    smoke::answers(environment.report, &address(outputs, at)?, patience).await.map(drop)
}

/// In place of the step, where it is not wanted. One look, and no failure: perhaps only this
/// machine does not reach the address.
pub async fn skip(environment: &Environment<'_>, outputs: &Values, at: &At) -> Result<(), Failure> {
    match answers(environment, outputs, at, Duration::ZERO).await {
        Err(failure) if failure.kind == Kind::Smoke => {
            environment.report.warn(&failure.to_string());
            Ok(())
        }
        result => result,
    }
}

/// The step of a deployment.
pub async fn check(
    environment: &Environment<'_>,
    outputs: &Values,
    at: &At,
    silence: Duration,
) -> Result<Vec<Check>, Failure> {
    let plan = Plan {
        address: address(outputs, at)?,
        user_pool_id: output(outputs, "UserPoolId")?,
        client_id: output(outputs, "UserPoolClientId")?,
        silence,
        patience: Duration::from_mins(5),
    };
    smoke::run(&environment.aws, environment.report, &plan).await
}

fn address(outputs: &Values, at: &At) -> Result<String, Failure> {
    at.address.clone().map_or_else(|| output(outputs, "Address"), Ok)
}

fn output(outputs: &Values, name: &str) -> Result<String, Failure> {
    outputs.get(name).cloned().ok_or_else(|| {
        Failure::new(Kind::Smoke, format!("The stack has no output `{name}`")).next("deploy first: `mangoo-ops deploy`")
    })
}
