//! `mangoo-ops logs`.

use std::{
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value as Json, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

use crate::aws::{Answer, Aws};

/// 2026-11-23, 07:12:00 UTC, in milliseconds.
const START: i64 = 1_795_417_920_000;

fn event(id: &str, seconds: i64, message: &str) -> Json {
    event_at(START + seconds * 1000, id, message)
}

fn event_at(time: i64, id: &str, message: &str) -> Json {
    json!({
        "eventId": id,
        "timestamp": time,
        "logStreamName": "part/part/0123abcd",
        "message": message,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "it is an answer")]
fn page(events: &[Json], next: Option<&str>) -> Answer {
    Ok(json!({ "events": events, "nextToken": next }))
}

fn group(call: &Json) -> &str {
    call["logGroupName"].as_str().unwrap()
}

#[tokio::test]
async fn both_logs_are_read_to_their_ends_in_the_order_of_time() {
    let aws = Aws::start("logs", |_, call| match (group(call), call["nextToken"].as_str()) {
        ("backend-group", None) => page(&[event("a", 0, r#"{"level":"INFO","message":"one","n":1}"#)], Some("empty")),
        ("backend-group", Some("empty")) => page(&[], Some("last")),
        ("backend-group", Some("last")) => page(&[event("c", 2, "three\n")], None),
        ("frontend-group", None) => page(&[event("b", 1, "two"), event("d", 3, "four")], None),
        other => panic!("{other:?}"),
    })
    .await;
    let (code, lines, errors) = aws.run(&["logs"]).await;
    assert_eq!(code, 0, "{errors}");
    assert_eq!(
        lines,
        "2026-11-23T07:12:00.000Z backend   INFO one n=1\n\
         2026-11-23T07:12:01.000Z frontend  two\n\
         2026-11-23T07:12:02.000Z backend   three\n\
         2026-11-23T07:12:03.000Z frontend  four\n"
    );
}

#[tokio::test]
async fn a_part_alone_from_when_it_is_said_as_json() {
    let before = chrono::Utc::now().timestamp_millis();
    let logged = before - 3_600_000;
    let line = move || event_at(logged, "a", "{\"level\":\"INFO\"}\n");
    let aws = Aws::start("logs-json", move |_, _| page(&[line()], None)).await;
    let (code, lines, errors) = aws.run(&["logs", "migration", "--since", "2h", "--json"]).await;
    assert_eq!(code, 0, "{errors}");
    let line: Json = serde_json::from_str(&lines).unwrap();
    let expected = json!({
        "event": "log",
        "time": DateTime::from_timestamp_millis(logged).unwrap().to_rfc3339_opts(SecondsFormat::Millis, true),
        "source": "migration",
        "task": "0123abcd",
        "message": "{\"level\":\"INFO\"}",
    });
    assert_eq!(line, expected);
    let calls = aws.calls("FilterLogEvents");
    assert!(calls.len() == 1 && group(&calls[0]) == "migration-group", "{calls:?}");
    let late = calls[0]["startTime"].as_i64().unwrap() - (before - 7_200_000);
    assert!((0..60_000).contains(&late), "{late}");
}

#[tokio::test]
async fn an_empty_log_is_no_failure() {
    let aws = Aws::start("logs-empty", |_, _| page(&[], None)).await;
    let (code, lines, errors) = aws.run(&["logs"]).await;
    assert_eq!((code, lines.as_str()), (0, ""));
    assert!(errors.contains("--since"), "{errors}");
}

#[tokio::test]
async fn following_shows_late_lines_and_none_twice_until_ctrl_c() {
    let looks = AtomicUsize::new(0);
    let now = chrono::Utc::now().timestamp_millis();
    let aws = Aws::start("logs-follow", move |_, call| {
        let known = [event_at(now - 60_000, "a", "one"), event_at(now, "b", "two")];
        if looks.fetch_add(1, Ordering::Relaxed) == 0 {
            return page(&known, None);
        }
        // Those of before are found again; one that is older than the youngest comes late.
        let from = call["startTime"].as_i64().unwrap();
        assert!((now - 59_000..now).contains(&from), "{from}");
        let (late, new) = (event_at(now - 1_000, "late", "late"), event_at(now + 1_000, "c", "three"));
        page(&[late, known[1].clone(), new], None)
    })
    .await;
    let mut child = aws.command(&["logs", "backend", "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut shown = Vec::new();
    // More looks than one, in which nothing is new.
    while shown.len() < 4 || aws.calls("FilterLogEvents").len() < 3 {
        if let Ok(line) = timeout(Duration::from_millis(500), lines.next_line()).await {
            shown.push(line.unwrap().expect("it goes on"));
        }
    }
    let words: Vec<_> = shown.iter().map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert_eq!(words, ["one", "two", "late", "three"]);

    let interrupt = ["-s", "INT", &child.id().unwrap().to_string()];
    assert!(Command::new("kill").args(interrupt).status().await.unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
    assert_eq!(lines.next_line().await.unwrap(), None);
}

#[tokio::test]
async fn following_ends_when_nobody_reads() {
    let looks = AtomicUsize::new(0);
    let aws = Aws::start("logs-head", move |_, _| {
        let look = looks.fetch_add(1, Ordering::Relaxed);
        page(&[event(&look.to_string(), 0, "another")], None)
    })
    .await;
    let mut child = aws.command(&["logs", "backend", "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next_line().await.unwrap().is_some());
    drop(lines);
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_duration_that_is_none_is_told() {
    let aws = Aws::start("logs-usage", |_, _| panic!("nothing is asked")).await;
    let (code, _, errors) = aws.run(&["logs", "--since", "yesterday"]).await;
    assert_eq!(code, 64);
    assert!(errors.contains("30s, 10m, 2h, 1d"), "{errors}");
}
