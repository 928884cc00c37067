//! Why a task ended: what ECS says, and the last lines of its log.

use std::time::{Duration, Instant};

use aws_sdk_cloudwatchlogs::operation::get_log_events::GetLogEventsError;
use aws_sdk_ecs::types::{Container, DesiredStatus, Task, TaskDefinition};
use serde_json::{Map, Value as Json};

use crate::{
    aws::{Aws, because},
    cloudformation::Pace,
    failure::Failure,
    report::Report,
};

/// Lines of a log that are shown with a failure.
const LINES: i32 = 20;

/// How long a log's lines may be on their way.
const LATE: Duration = Duration::from_secs(10);

/// Fields of a log's line that are shown otherwise, or that say nothing to people.
const SAID_OR_DULL: [&str; 6] = ["timestamp", "level", "message", "error", "target", "span"];
/// Of those, so many are shown where there is little room.
const TELLING: usize = 3;

/// What is known of a task that ended.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Its ARN.
    pub task: String,
    pub reason: String,
    /// The end of its log, the oldest line first.
    pub log: Vec<String>,
}

impl Evidence {
    /// The reason, and the lines of the log that say most.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        [self.reason.clone()].into_iter().chain(self.telling())
    }

    /// The last lines, where a program says what it dies of; or the last error and what follows,
    /// if it said more on its way out.
    pub fn telling(&self) -> impl Iterator<Item = String> {
        let last = self.log.len().saturating_sub(TELLING);
        let is_error = |line: &String| line.starts_with("ERROR") || line.contains("panicked at");
        let first = self.log.iter().rposition(is_error).map_or(last, |error| error.min(last));
        self.log[first..].iter().take(TELLING).map(|line| format!("log: {line}"))
    }

    /// Shows all of it, as soon as it is known.
    pub fn show(&self, service: &str, report: &Report) {
        report.warn(&format!("a task of {service} ended: {}", self.reason));
        for line in &self.log {
            report.log(service, line);
        }
    }

    pub async fn of_task(aws: &Aws, task: &Task) -> Self {
        let container = task.containers().first();
        let mut reason = task.stopped_reason().unwrap_or("it ended").to_owned();
        if let Some(container) = container {
            if let Some(more) = container.reason().filter(|more| !reason.contains(more)) {
                reason = format!("{reason}: {more}");
            }
            if let Some(code) = container.exit_code() {
                reason = format!("{reason} (exit code {code}{})", signal(code));
            }
        }
        let has_run = task.started_at().is_some() || container.and_then(Container::exit_code).is_some();
        let log = if has_run { tail(aws, task).await } else { Ok(Vec::new()) };
        let log = log.unwrap_or_else(|failure| vec![failure.to_string().replace('\n', "")]);
        Self { task: task.task_arn().unwrap_or_default().to_owned(), reason, log }
    }
}

/// The last task of a service that ended badly, if any of these did.
pub async fn last_failed(
    aws: &Aws,
    cluster: &str,
    service: &str,
    is_one: impl Fn(&Task) -> bool,
) -> Result<Option<Task>, Failure> {
    let ecs = aws.ecs();
    let list = ecs.list_tasks().cluster(cluster).service_name(service).desired_status(DesiredStatus::Stopped);
    let tasks = list.send().await.map_err(|error| because("list the tasks that ended", &error))?;
    let arns = tasks.task_arns.unwrap_or_default();
    if arns.is_empty() {
        return Ok(None);
    }
    let tasks = ecs.describe_tasks().cluster(cluster).set_tasks(Some(arns)).send().await;
    let tasks = tasks.map_err(|error| because("look at the tasks that ended", &error))?.tasks.unwrap_or_default();
    // Those that a rollout or a smaller service ended are no evidence of anything. One that is
    // ending is listed too: why is known only at its end.
    let failed = tasks
        .into_iter()
        .filter(|task| task.last_status() == Some("STOPPED") && !ended_in_order(task) && is_one(task))
        .max_by_key(|task| task.stopped_at.or(task.created_at).map(|time| time.as_nanos()));
    Ok(failed)
}

/// Exit codes of processes that were ended by a signal, as people know them.
fn signal(code: i32) -> &'static str {
    match code {
        137 => ", killed: perhaps it needs more memory",
        139 => ", crashed",
        143 => ", ended on request",
        _ => "",
    }
}

fn ended_in_order(task: &Task) -> bool {
    let reason = task.stopped_reason().unwrap_or_default();
    reason.contains("Scaling activity initiated") || reason.contains("rolling update")
}

/// The end of a task's log, empty if it says nothing. A task may end before its last words have
/// arrived: they are waited for.
async fn tail(aws: &Aws, task: &Task) -> Result<Vec<String>, Failure> {
    let definition = task.task_definition_arn().unwrap_or_default();
    let answer = aws.ecs().describe_task_definition().task_definition(definition).send().await;
    let definition = answer.map_err(|error| because("look at the task's definition", &error))?.task_definition;
    let Some((group, stream)) = definition.as_ref().and_then(|definition| log_of(task, definition)) else {
        return Ok(Vec::new());
    };
    let started = Instant::now();
    let mut pace = Pace::default();
    loop {
        let request = aws.logs().get_log_events().log_group_name(&group).log_stream_name(&stream).limit(LINES);
        let events = match request.send().await {
            Ok(log) => log.events.unwrap_or_default(),
            // There is no stream before its first line.
            Err(error) if error.as_service_error().is_some_and(GetLogEventsError::is_resource_not_found_exception) => {
                Vec::new()
            }
            Err(error) => return Err(because("read the task's log", &error)),
        };
        let lines = events.into_iter().filter_map(|event| event.message);
        let lines: Vec<_> = lines.map(|line| readable(&line)).filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() || started.elapsed() > LATE {
            return Ok(lines);
        }
        pace.wait().await;
    }
}

/// Group and stream of a task's log, by ECS's naming.
fn log_of(task: &Task, definition: &TaskDefinition) -> Option<(String, String)> {
    let container = definition.container_definitions().first()?;
    let options = container.log_configuration()?.options()?;
    let id = task.task_arn()?.rsplit('/').next()?;
    let stream = format!("{}/{}/{id}", options.get("awslogs-stream-prefix")?, container.name()?);
    Some((options.get("awslogs-group")?.clone(), stream))
}

/// A line of the service's log, which is JSON, as people read it; any other as it is.
pub fn readable(line: &str) -> String {
    let parse = || {
        let line: Map<String, Json> = serde_json::from_str(line).ok()?;
        let level = line.get("level")?.as_str()?;
        let message = line.get("message").and_then(Json::as_str).unwrap_or_default();
        let error = line.get("error").and_then(Json::as_str).map(|error| format!(": {error}")).unwrap_or_default();
        // What belongs to the line itself, then what it has of the request that it came from.
        let own = line.iter().filter(|(name, _)| !SAID_OR_DULL.contains(&name.as_str()));
        let span = line.get("span").and_then(Json::as_object).into_iter().flatten();
        let fields: String = own.chain(span.filter(|(name, _)| *name != "name")).map(field).collect();
        Some(format!("{level} {message}{error}{fields}"))
    };
    parse().unwrap_or_else(|| line.trim_end().to_owned())
}

fn field((name, value): (&String, &Json)) -> String {
    format!(" {name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_service_reads_well() {
        let request = r#"{"timestamp":"2026-11-23T07:12:00Z","level":"INFO","status":200,"duration_ms":12,
            "message":"request","target":"service::telemetry",
            "span":{"method":"GET","name":"request","path":"/api/v1/bots","request_id":"7"}}"#;
        assert_eq!(
            readable(request),
            "INFO request duration_ms=12 status=200 method=GET path=/api/v1/bots request_id=7"
        );
        let error = r#"{"level":"ERROR","message":"database","error":"no answer","code":"unavailable"}"#;
        assert_eq!(readable(error), "ERROR database: no answer code=unavailable");
        assert_eq!(readable("thread 'main' panicked\n"), "thread 'main' panicked");
        assert_eq!(readable(r#"{"answer":42}"#), r#"{"answer":42}"#);
    }
}
