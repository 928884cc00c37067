//! `mangoo-ops exec`, with a stand-in for AWS's plugin.

use serde_json::{Value as Json, json};

use crate::aws::{Aws, finish};

/// The folder of the stand-in, which ends with 7.
const PLUGIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/day_two");

fn task(id: &str, agent: &str, is_enabled: bool) -> Json {
    json!({
        "taskArn": format!("arn:aws:ecs:eu-west-1:123456789012:task/cluster/{id}"),
        "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/cluster",
        "enableExecuteCommand": is_enabled,
        "containers": [{
            "name": "backend",
            "runtimeId": format!("{id}-runtime"),
            "managedAgents": [{ "name": "ExecuteCommandAgent", "lastStatus": agent }],
        }],
    })
}

/// A backend with these tasks.
async fn backend(name: &str, tasks: Vec<Json>) -> Aws {
    Aws::start(name, move |action, _| Ok(answer(action, &tasks))).await
}

fn answer(action: &str, tasks: &[Json]) -> Json {
    match action {
        "ListTasks" => json!({ "taskArns": tasks.iter().map(|task| &task["taskArn"]).collect::<Vec<_>>() }),
        "DescribeTasks" => json!({ "tasks": tasks }),
        "ExecuteCommand" => {
            json!({ "session": { "sessionId": "session", "streamUrl": "wss://stream", "tokenValue": "token" } })
        }
        other => panic!("{other}"),
    }
}

async fn run(aws: &Aws, arguments: &[&str]) -> (i32, String, String) {
    finish(aws.command(arguments).env("PATH", PLUGIN).output().await)
}

#[tokio::test]
async fn the_plugin_carries_the_session_and_its_exit_code_is_passed_on() {
    let aws = backend("exec", vec![task("new", "PENDING", true), task("ready", "RUNNING", true)]).await;
    let (code, said, errors) = run(&aws, &["exec", "--", "/mangoo", "healthy", "--listen", "a b"]).await;
    assert_eq!(code, 7, "{errors}");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[..4], ["AWS_SSM_START_SESSION_RESPONSE", "eu-west-1", "StartSession", ""]);
    let target: Json = serde_json::from_str(lines[4]).unwrap();
    assert_eq!(target, json!({ "Target": "ecs:cluster_ready_ready-runtime" }));
    let session: Json = serde_json::from_str(lines[5]).unwrap();
    let expected = json!({ "SessionId": "session", "StreamUrl": "wss://stream", "TokenValue": "token" });
    assert_eq!(session, expected);

    let calls = aws.calls("ExecuteCommand");
    let expected = json!({
        "cluster": "cluster",
        "task": "ready",
        "container": "backend",
        "command": "/mangoo healthy --listen 'a b'",
        "interactive": true,
    });
    assert_eq!(calls, [expected]);
    assert_eq!(aws.calls("ListTasks")[0]["serviceName"], "backend-service");
}

#[tokio::test]
async fn a_task_is_chosen_by_the_beginning_of_its_id() {
    let aws = backend("exec-task", vec![task("aa", "RUNNING", true), task("ab", "RUNNING", true)]).await;
    assert_eq!(run(&aws, &["exec", "--task", "ab", "--", "/mangoo"]).await.0, 7);
    assert_eq!(aws.calls("ExecuteCommand")[0]["task"], "ab");
    let (code, _, errors) = run(&aws, &["exec", "--task", "b", "--", "/mangoo"]).await;
    assert_eq!(code, 64);
    assert!(errors.contains("choose one with --task: aa, ab"), "{errors}");
}

#[tokio::test]
async fn what_keeps_a_command_out_is_told() {
    for (name, tasks, reason) in [
        ("exec-off", vec![task("a", "RUNNING", false)], "service.exec = true in mangoo.toml"),
        ("exec-agent", vec![task("a", "STOPPED", true)], "its agent does not run"),
        ("exec-none", vec![], "No task of backend-service runs"),
    ] {
        let aws = backend(name, tasks).await;
        let (code, _, errors) = run(&aws, &["exec", "--", "/mangoo"]).await;
        assert_eq!(code, 5, "{errors}");
        assert!(errors.contains(reason), "{errors}");
        assert!(aws.calls("ExecuteCommand").is_empty());
    }
}

#[tokio::test]
async fn without_the_plugin_nothing_is_asked_of_aws() {
    let aws = backend("exec-plugin", Vec::new()).await;
    let (code, _, errors) = finish(aws.command(&["exec", "--", "/mangoo"]).env("PATH", "/nowhere").output().await);
    assert_eq!(code, 5);
    assert!(errors.contains("is not installed") && errors.contains("Next: install"), "{errors}");
    assert!(aws.calls("ListTasks").is_empty());
}
