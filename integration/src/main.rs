//! The stand-ins as processes of their own: for tests, benchmarks and clients in other languages.

mod with_postgres;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "Local stand-ins for what Mangoo talks to")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bedrock(integration::bedrock::Command),
    Cognito(integration::cognito::Command),
    WithPostgres(with_postgres::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Bedrock(command) => command.run().await.map(|()| ExitCode::SUCCESS),
        Command::Cognito(command) => command.run().await.map(|()| ExitCode::SUCCESS),
        Command::WithPostgres(command) => command.run().await,
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
