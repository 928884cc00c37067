//! `mangoo-ops logs`: what the containers say.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use aws_sdk_cloudwatchlogs::{Client, types::FilteredLogEvent};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::{
    aws::because, ecs::readable, environment::Connection, failure::Failure, interrupt::Attention, report::Report,
};

/// Between two looks at the logs: AWS allows an account few of these calls a second.
const PAUSE: Duration = Duration::from_secs(2);

/// Milliseconds that a line may arrive later than one that is younger.
const LATE: i64 = 30_000;

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops logs -e prod                      all services together, the last ten minutes
  mangoo-ops logs backend -e prod --follow     goes on with what is logged from now on, until Ctrl-C
  mangoo-ops logs migration -e prod --since 2d
  mangoo-ops logs --since 1h --json | jq 'select(.source == \"backend\") | .message | fromjson?'

With --json a line is an event: `time`, `source`, `task`, and `message` word for word. Times are UTC.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    /// Whose log; without it, those of all services
    part: Option<Part>,
    /// Stay, and show what is logged from now on
    #[arg(short, long)]
    follow: bool,
    /// How far back: 30s, 10m, 2h, 1d
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration)]
    since: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Backend,
    Frontend,
    Worker,
    Migration,
}

impl Part {
    /// Its name, and that of the stack's output that says where its log is.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Backend => ("backend", "BackendLogs"),
            Self::Frontend => ("frontend", "FrontendLogs"),
            Self::Worker => ("worker", "WorkerLogs"),
            Self::Migration => ("migration", "MigrationLogs"),
        }
    }
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let deployed = environment.deployed().await?;
    let parts = options.part.map_or_else(
        || {
            let mut parts = vec![Part::Backend, Part::Frontend, Part::Worker];
            // Not every environment has one.
            parts.retain(|part| *part != Part::Worker || deployed.outputs.contains_key(part.names().1));
            parts
        },
        |part| vec![part],
    );
    let from = (Utc::now() - options.since).timestamp_millis();
    let mut logs = Vec::new();
    for (source, output) in parts.into_iter().map(Part::names) {
        logs.push(Log::new(environment.aws.logs(), source, deployed.output(output)?, from));
    }
    if !options.follow {
        show(&mut logs, report).await?;
        if logs.iter().all(|log| log.seen.is_empty()) {
            report.say("nothing was logged in that time; --since goes further back");
        }
        return Ok(());
    }
    let mut attention = Attention::begin();
    tokio::select! {
        result = follow(&mut logs, report) => result,
        () = attention.0.next() => Ok(()),
    }
}

/// Ends when nobody reads any more.
async fn follow(logs: &mut [Log], report: &Report) -> Result<(), Failure> {
    while show(logs, report).await? {
        tokio::time::sleep(PAUSE).await;
        logs.iter_mut().for_each(Log::look_again);
    }
    Ok(())
}

/// Shows what there is, in the order of time. False if nobody reads on.
async fn show(logs: &mut [Log], report: &Report) -> Result<bool, Failure> {
    loop {
        for log in &mut *logs {
            log.fill().await?;
        }
        let oldest = logs.iter_mut().filter(|log| !log.lines.is_empty()).min_by_key(|log| log.lines[0].time);
        let Some(line) = oldest.and_then(|log| log.lines.pop_front()) else { return Ok(true) };
        if !line.show(report) {
            return Ok(false);
        }
    }
}

/// The log of a part, read page by page.
struct Log {
    client: Client,
    source: &'static str,
    group: String,
    /// Milliseconds since 1970 of the oldest line to read, and of the youngest that was read.
    from: i64,
    newest: i64,
    /// The lines that another look finds again, with their times.
    seen: HashMap<String, i64>,
    /// What is read and not yet shown.
    lines: VecDeque<Line>,
    /// The next page.
    token: Option<String>,
    is_at_end: bool,
}

impl Log {
    fn new(client: Client, source: &'static str, group: &str, from: i64) -> Self {
        Self {
            client,
            source,
            group: group.to_owned(),
            from,
            newest: from,
            seen: HashMap::new(),
            lines: VecDeque::new(),
            token: None,
            is_at_end: false,
        }
    }

    /// Reads on until there is a line, or no more of them. A page may be empty and not the last.
    async fn fill(&mut self) -> Result<(), Failure> {
        while self.lines.is_empty() && !self.is_at_end {
            let request = self.client.filter_log_events().log_group_name(&self.group).start_time(self.from);
            let page = request.set_next_token(self.token.take()).send().await;
            let page = page.map_err(|error| because(&format!("read the log {}", self.group), &error))?;
            self.token = page.next_token;
            self.is_at_end = self.token.is_none();
            for event in page.events.unwrap_or_default() {
                let line = Line::of(self.source, event);
                self.newest = self.newest.max(line.time);
                if self.seen.insert(line.id.clone(), line.time).is_none() {
                    self.lines.push_back(line);
                }
            }
            let oldest = self.newest - LATE;
            self.seen.retain(|_, time| *time >= oldest);
        }
        Ok(())
    }

    /// Begins anew with what may have come late.
    fn look_again(&mut self) {
        self.from = self.from.max(self.newest - LATE);
        self.is_at_end = false;
    }
}

struct Line {
    id: String,
    /// Milliseconds since 1970.
    time: i64,
    source: &'static str,
    task: String,
    message: String,
}

impl Line {
    fn of(source: &'static str, event: FilteredLogEvent) -> Self {
        let (time, message) = (event.timestamp.unwrap_or_default(), event.message.unwrap_or_default());
        let stream = event.log_stream_name.unwrap_or_default();
        // AWS gives each line an id; not everything that stands in for it does.
        let id = event.event_id.unwrap_or_else(|| format!("{time} {stream} {message}"));
        // A stream's name ends with the task's id.
        let task = stream.rsplit('/').next().unwrap_or_default().to_owned();
        Self { id, time, source, task, message }
    }

    /// False if nobody reads on.
    fn show(&self, report: &Report) -> bool {
        let time = DateTime::from_timestamp_millis(self.time).unwrap_or_default();
        let time = time.to_rfc3339_opts(SecondsFormat::Millis, true);
        let Self { source, task, message, .. } = self;
        report.line(
            &format!("{time} {source:<9} {}", readable(message)),
            &json!({ "event": "log", "time": time, "source": source, "task": task, "message": message.trim_end() }),
        )
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let parse = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let number: u64 = number.parse().ok()?;
        // More than CloudWatch keeps of anything is a slip of the finger.
        number.checked_mul(seconds).filter(|seconds| *seconds <= 3_653 * 86_400).map(Duration::from_secs)
    };
    parse().ok_or_else(|| "write a number and its unit, at most 3653d: 30s, 10m, 2h, 1d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, seconds) in [("30s", 30), ("10m", 600), ("2h", 7_200), ("1d", 86_400), ("0s", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "10", "m", "10 m", "1.5h", "-1h", "1w", "10µ", "3654d", "99999999999999999999s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
