//! `mangoo-ops exec`: a command in a container, through ECS Exec.

use std::{
    io::ErrorKind,
    process::{ExitCode, ExitStatus, Stdio},
};

use aws_sdk_ecs::types::{Container, DesiredStatus, ManagedAgentName, Session, Task};
use clap::{Args, ValueEnum};
use serde_json::json;
use tokio::process::Command;

use crate::{
    aws::{Aws, because, is},
    environment::Connection,
    failure::{Failure, Kind},
    interrupt::Attention,
    report::Report,
};

/// AWS's program that carries the terminal's bytes.
const PLUGIN: &str = "session-manager-plugin";

/// Where the plugin, since 1.2.497, finds the session: everybody on the machine sees arguments.
const SESSION: &str = "AWS_SSM_START_SESSION_RESPONSE";

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops exec -e dev -- /mangoo healthy           whether the backend answers, asked from within
  mangoo-ops exec frontend -e dev -- /mangoo healthy  the same of the frontend
  mangoo-ops exec -e dev -- /mangoo openapi           the API of the version that runs
  mangoo-ops exec -e dev --task 0123abcd -- /mangoo --version

An image has the program /mangoo and nothing else: no shell, no `ls`. To look around, read the log
(`mangoo-ops logs`) or run a command of /mangoo (`/mangoo help` lists them). It runs as root, with the
container's environment. `service.exec = true` in mangoo.toml allows all this. The exit code is that
of session-manager-plugin, which does not know the command's own: read what the command says.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    #[arg(value_enum, default_value_t = Part::Backend)]
    part: Part,
    /// The task, by its id or the beginning of it; without it, any that runs
    #[arg(long, value_name = "ID")]
    task: Option<String>,
    /// What to run, after `--`
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Backend,
    Frontend,
    Worker,
}

impl Part {
    /// Its container, and the stack's output that names its service.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Backend => ("backend", "BackendService"),
            Self::Frontend => ("frontend", "FrontendService"),
            Self::Worker => ("worker", "WorkerService"),
        }
    }
}

pub async fn run(options: &Options, report: &Report) -> Result<ExitCode, Failure> {
    has_plugin().await?;
    // ECS splits it as a shell does, and starts the first word: there is no shell.
    let command = shlex::try_join(options.command.iter().map(String::as_str))
        .map_err(|error| Failure::new(Kind::Usage, format!("ECS can't be told this command: {error}")))?;
    let environment = options.connection.open(report).await?;
    let deployed = environment.deployed().await?;
    let (container, service) = options.part.names();
    let (cluster, service) = (deployed.output("ClusterName")?, deployed.output(service)?);
    let task = task(&environment.aws, cluster, service, options.task.as_deref()).await?;
    let runtime = ready(&task, container)?;
    let id = id(&task);
    report.say(&format!("task {id}"));
    let request = environment.aws.ecs().execute_command().cluster(cluster).task(id).container(container);
    let session = match request.command(command).interactive(true).send().await {
        Ok(answer) => answer.session,
        Err(error) if is(&error, "TargetNotConnectedException") => {
            return Err(unconnected("its agent is not connected"));
        }
        Err(error) => return Err(because(&format!("run a command in the {container}"), &error)),
    };
    let session = session.ok_or_else(|| Failure::new(Kind::Unexpected, "ECS opens no session"))?;
    let target = format!("ecs:{}_{id}_{runtime}", cluster_of(&task));
    attach(&session, &environment.aws.region, &target).await
}

/// The plugin says its version, and is not asked to do anything.
async fn has_plugin() -> Result<(), Failure> {
    let tried = Command::new(PLUGIN).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).status().await;
    tried.map(drop).map_err(|error| no_plugin(&error))
}

fn no_plugin(error: &std::io::Error) -> Failure {
    let (what, why) = match error.kind() {
        ErrorKind::NotFound => ("is not installed", "it is not on the PATH".to_owned()),
        _ => ("does not start", error.to_string()),
    };
    Failure::new(Kind::Preflight, format!("{PLUGIN}, which ECS Exec needs, {what}"))
        .because([why])
        .next("install AWS's Session Manager plugin: `brew install --cask session-manager-plugin` on macOS, the package that \"Install the Session Manager plugin\" in the guide of AWS Systems Manager names on Linux")
}

/// A task of the service that runs: the one that is asked for, or one that can be talked to.
async fn task(aws: &Aws, cluster: &str, service: &str, wanted: Option<&str>) -> Result<Task, Failure> {
    let ecs = aws.ecs();
    let list = ecs.list_tasks().cluster(cluster).service_name(service).desired_status(DesiredStatus::Running);
    let arns = list.send().await.map_err(|error| because("list the tasks that run", &error))?.task_arns;
    let arns = arns.unwrap_or_default();
    let mut tasks = Vec::new();
    if !arns.is_empty() {
        let answer = ecs.describe_tasks().cluster(cluster).set_tasks(Some(arns)).send().await;
        tasks = answer.map_err(|error| because("look at the tasks that run", &error))?.tasks.unwrap_or_default();
    }
    let ids = tasks.iter().map(|task| id(task).to_owned()).collect::<Vec<_>>().join(", ");
    tasks.retain(|task| wanted.is_none_or(|wanted| id(task).starts_with(wanted)));
    tasks.sort_by_key(|task| !task.containers().iter().any(has_agent));
    tasks.into_iter().next().ok_or_else(|| match wanted {
        Some(wanted) if !ids.is_empty() => {
            Failure::new(Kind::Usage, format!("No task of {service} that runs is called {wanted}"))
                .next(format!("choose one with --task: {ids}"))
        }
        _ => Failure::new(Kind::Preflight, format!("No task of {service} runs"))
            .next("`mangoo-ops status` shows how it does, `mangoo-ops logs` what it says"),
    })
}

fn id(task: &Task) -> &str {
    task.task_arn().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

fn cluster_of(task: &Task) -> &str {
    task.cluster_arn().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

/// Whether the container has what listens for commands.
fn has_agent(container: &Container) -> bool {
    container.managed_agents().iter().any(|agent| {
        agent.name() == Some(&ManagedAgentName::ExecuteCommandAgent) && agent.last_status() == Some("RUNNING")
    })
}

/// The container's id on its host, if commands can be run in it.
fn ready<'t>(task: &'t Task, name: &str) -> Result<&'t str, Failure> {
    if !task.enable_execute_command() {
        return Err(Failure::new(Kind::Preflight, "ECS may not run commands in this task")
            .because(["it was started without ECS Exec: `service.exec` was false"])
            .next("set service.exec = true in mangoo.toml, deploy, then run the same command again"));
    }
    let container = task.containers().iter().find(|container| container.name() == Some(name));
    match container.filter(|container| has_agent(container)).and_then(Container::runtime_id) {
        Some(runtime) => Ok(runtime),
        None => Err(unconnected("its agent does not run")),
    }
}

fn unconnected(why: &str) -> Failure {
    Failure::new(Kind::Preflight, "ECS does not reach into this task")
        .because([why])
        .next("wait a minute if the task is new; else it needs a way to AWS's `ssmmessages`: `network` in mangoo.toml, and the task's role")
}

/// Hands the terminal to the plugin. Ctrl-C is for the command: the plugin passes it on.
async fn attach(session: &Session, region: &str, target: &str) -> Result<ExitCode, Failure> {
    let _attention = Attention::begin();
    let profile = std::env::var("AWS_PROFILE").unwrap_or_default();
    let opened = json!({
        "SessionId": session.session_id(),
        "StreamUrl": session.stream_url(),
        "TokenValue": session.token_value(),
    });
    let status = Command::new(PLUGIN)
        .env(SESSION, opened.to_string())
        .args([SESSION, region, "StartSession", &profile, &json!({ "Target": target }).to_string()])
        .status()
        .await
        .map_err(|error| no_plugin(&error))?;
    Ok(code(status))
}

/// As shells have it: 128 and the signal's number for what a signal ended.
fn code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(Kind::Unexpected as u8).into()
}
