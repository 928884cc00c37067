//! `mangoo-ops`: what runs Mangoo, on a laptop and in an AWS account. A file a command.

mod aws;
mod buckets;
mod check;
mod cloudformation;
mod commands;
mod cost;
mod deployment;
mod ecs;
mod environment;
mod expansion;
mod failure;
mod history;
mod interrupt;
mod registry;
mod report;
mod review;
mod smoke;
mod templates;
mod users;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use tokio::runtime::Builder;

use failure::{Failure, Kind};
use report::Report;

#[derive(Parser)]
#[command(
    version,
    about = "Runs Mangoo, a multi-agent AI platform",
    after_help = "\
Exit codes:
    0  done                         7  an image was not built or pushed
    1  unexpected                   8  CloudFormation failed
    2  diff: there is a difference  9  the migration failed
    3  credentials                 10  ECS could not start the version
    4  AWS does not answer         11  the smoke test failed
    5  check found a problem       12  something was left undeleted
    6  somebody must agree first   13  mangoo.toml is wrong
   64  the command line is wrong  130  cancelled"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Report as JSON, an event a line, for programs
    #[arg(long, global = true)]
    json: bool,
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
    /// Look for what would make a deployment fail, without a change to anything
    Check(commands::check::Options),
    /// Show what an environment costs a month before anybody uses it
    Cost(commands::cost::Options),
    /// Show what a deployment would change
    Diff(commands::diff::Options),
    /// Bring an environment into its AWS account, or the newest version of it
    Deploy(commands::deploy::Options),
    /// Build the images, and push them to the account's registry
    Push(commands::push::Options),
    /// Migrate the database with what is deployed
    Migrate(commands::migrate::Options),
    /// Prove that a deployed platform works: sign in, ask, stream
    Smoke(commands::smoke::Options),
    /// Go back to what was served before
    Rollback(commands::rollback::Options),
    /// Show how an environment does
    Status(commands::status::Options),
    /// Show what the containers log
    Logs(commands::logs::Options),
    /// Print what a deployed environment has: addresses, names, ids
    Outputs(commands::outputs::Options),
    /// Add, list and help those who may use it
    User(commands::user::Options),
    /// Run a command in a container
    Exec(commands::exec::Options),
    /// Help a stack that takes no change any more
    Unstick(commands::unstick::Options),
    /// Delete an environment
    Destroy(commands::destroy::Options),
    /// Print what makes a shell complete commands and options
    Completions(commands::completions::Options),
    /// Get the text of a document: what reads it for `dev` has a process of its own
    #[command(hide = true)]
    Extract(service::documents::ExtractArguments),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // Help and version were asked for.
            return if error.use_stderr() { Kind::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    let report = Report::new(cli.json);
    match run_until_interrupted(cli.command, &report) {
        Ok(code) => code,
        Err(error) => {
            let failure = Failure::of(error);
            report.failed(&failure);
            failure.kind.into()
        }
    }
}

fn run_until_interrupted(command: Command, report: &Report) -> anyhow::Result<ExitCode> {
    // They wait for nobody: to prepare for that would take as long as all they do.
    if matches!(command, Command::Init(_) | Command::Synth(_) | Command::Completions(_) | Command::Extract(_)) {
        return Builder::new_current_thread().build()?.block_on(run(command, report));
    }
    // Only the platform itself has more to do at once than one thread can; to start threads takes
    // longer than most commands.
    let mut runtime = match command {
        Command::Dev(_) => Builder::new_multi_thread(),
        _ => Builder::new_current_thread(),
    };
    runtime.enable_all().build()?.block_on(async {
        tokio::select! {
            result = run(command, report) => result,
            interrupted = interrupt::unattended() => Err(interrupted.into()),
        }
    })
}

async fn run(command: Command, report: &Report) -> anyhow::Result<ExitCode> {
    match command {
        Command::Build(options) => commands::build::run(&options).await?,
        Command::Dev(options) => commands::dev::run(options).await?,
        Command::Init(options) => commands::init::run(&options)?,
        Command::Synth(options) => commands::synth::run(&options)?,
        Command::Check(options) => return Ok(commands::check::run(&options, report).await?),
        Command::Cost(options) => commands::cost::run(&options, report).await?,
        Command::Diff(options) => return Ok(commands::diff::run(&options, report).await?),
        Command::Deploy(options) => commands::deploy::run(&options, report).await?,
        Command::Push(options) => commands::push::run(&options, report).await?,
        Command::Migrate(options) => commands::migrate::run(&options, report).await?,
        Command::Smoke(options) => commands::smoke::run(&options, report).await?,
        Command::Rollback(options) => commands::rollback::run(&options, report).await?,
        Command::Status(options) => commands::status::run(&options, report).await?,
        Command::Logs(options) => commands::logs::run(&options, report).await?,
        Command::Outputs(options) => commands::outputs::run(&options, report).await?,
        Command::User(options) => commands::user::run(&options, report).await?,
        Command::Exec(options) => return Ok(commands::exec::run(&options, report).await?),
        Command::Unstick(options) => commands::unstick::run(&options, report).await?,
        Command::Destroy(options) => commands::destroy::run(&options, report).await?,
        Command::Completions(options) => commands::completions::run(&options, Cli::command()),
        Command::Extract(arguments) => service::documents::extract(&arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
