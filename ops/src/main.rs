//! `mangoo-ops`: what runs Mangoo, on a laptop and in an AWS account. A file a command.

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "Runs Mangoo, a multi-agent AI platform")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the container images, without Docker
    Build(commands::build::Options),
    /// Run the whole platform on this machine, without a cloud
    Dev(commands::dev::Options),
    /// Write a mangoo.toml that explains every setting
    Init(commands::init::Options),
    /// Print the CloudFormation template of an environment
    Synth(commands::synth::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Build(options) => commands::build::run(&options).await,
        Command::Dev(options) => commands::dev::run(options).await,
        Command::Init(options) => commands::init::run(&options),
        Command::Synth(options) => commands::synth::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
