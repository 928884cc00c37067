//! `mangoo-ops outputs`: what a deployed environment has.

use clap::Args;

use crate::{environment::Connection, failure::Failure, report::Report};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops outputs                          a line each
  mangoo-ops outputs Address                  that one alone, for scripts
  mangoo-ops outputs --json | jq .UserPoolId")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    /// Only the value of this one
    name: Option<String>,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let outputs = environment.deployed().await?.outputs;
    let Some(name) = &options.name else {
        let width = outputs.keys().map(String::len).max().unwrap_or_default();
        let lines: Vec<_> = outputs.iter().map(|(name, value)| format!("{name:width$}  {value}")).collect();
        report.result(&lines.join("\n"), &outputs);
        return Ok(());
    };
    let value = outputs.get(name).ok_or_else(|| {
        Failure::new(crate::failure::Kind::Usage, format!("There is no output `{name}`"))
            .next(format!("choose one of {}", outputs.keys().map(String::as_str).collect::<Vec<_>>().join(", ")))
    })?;
    report.result(value, value);
    Ok(())
}
