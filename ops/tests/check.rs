//! `mangoo-ops check`, and `deploy` which begins with it, where AWS says little: a server that
//! knows who calls and what stacks there are, and allows nothing else.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Output},
    sync::mpsc,
    thread,
};

use serde_json::Value as Json;

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/somebody</Arn><Account>123456789012</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";
const MISSING: &str = "<ErrorResponse><Error><Code>ValidationError</Code>\
    <Message>Stack does not exist</Message></Error></ErrorResponse>";
const DENIED: &str = "<ErrorResponse><Error><Code>AccessDenied</Code>\
    <Message>Somebody may not do this</Message></Error></ErrorResponse>";

/// Runs a command against such an AWS, with all stacks in this status. Returns what it said, and
/// the actions that it asked for.
fn run(name: &str, status: Option<&'static str>, arguments: &[&str]) -> (Output, Vec<String>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(folder.join("mangoo.toml"), "[dev]\nprofile = \"dev\"\nregion = \"eu-west-1\"").expect("it is written");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let (asked, actions) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let asked = asked.clone();
            thread::spawn(move || serve(&stream, status, &asked));
        }
    });
    let output = Command::new(env!("CARGO_BIN_EXE_mangoo-ops"))
        .args(arguments)
        .current_dir(&folder)
        .env("HOME", &folder)
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env_remove("AWS_PROFILE")
        .env_remove("MANGOO_ENVIRONMENT")
        .env_remove("MANGOO_CONFIG")
        .output()
        .expect("it runs");
    (output, actions.try_iter().collect())
}

/// A request after the other, as long as the connection is open.
fn serve(stream: &TcpStream, status: Option<&str>, asked: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let header = line.to_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().expect("it is a number");
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("the body is whole");
        let body = String::from_utf8_lossy(&body);
        let action = body.strip_prefix("Action=").and_then(|body| body.split('&').next()).unwrap_or_default();
        asked.send(action.to_owned()).expect("the test still runs");
        let (code, answer) = match (action, status) {
            ("GetCallerIdentity", _) => (200, IDENTITY.to_owned()),
            ("DescribeStacks", Some(status)) => (
                200,
                format!(
                    "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>it</StackName>\
                     <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>{status}</StackStatus>\
                     </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
                ),
            ),
            ("DescribeStacks", None) => (400, MISSING.to_owned()),
            _ => (403, DENIED.to_owned()),
        };
        let head = format!("HTTP/1.1 {code} It\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n", answer.len());
        let mut stream = stream;
        stream.write_all((head + &answer).as_bytes()).expect("it is still listening");
    }
}

fn findings(output: &Output) -> Vec<(String, String)> {
    let findings: Json = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let text = |finding: &Json, key: &str| finding[key].as_str().expect("it is text").to_owned();
    let findings = findings.as_array().expect("it is a list");
    findings.iter().map(|finding| (text(finding, "severity"), text(finding, "what"))).collect()
}

#[test]
fn what_may_not_be_asked_is_a_warning() {
    let (output, _) = run("check-denied", None, &["check", "--json"]);
    let findings = findings(&output);
    assert_eq!(output.status.code(), Some(0), "{findings:?}");
    assert!(findings[0].1.contains("user/somebody, account 123456789012, eu-west-1"), "{findings:?}");
    for what in [
        "model global.anthropic",
        "model amazon.titan",
        "database 16.",
        "quota of VPCs",
        "repository mangoo-dev/backend",
    ] {
        let (severity, what) = findings.iter().find(|(_, found)| found.starts_with(what)).expect(what);
        assert!(severity == "warning" && what.contains("not checked"), "{severity} {what}");
    }
}

#[test]
fn a_stuck_stack_ends_check_and_deploy_before_anything_changes() {
    let (output, _) = run("check-stuck", Some("UPDATE_ROLLBACK_FAILED"), &["check", "--json"]);
    assert_eq!(output.status.code(), Some(5));
    let stuck = "mangoo-dev: stuck in UPDATE_ROLLBACK_FAILED".to_owned();
    assert!(findings(&output).contains(&("error".to_owned(), stuck)), "{:?}", findings(&output));

    let (output, actions) = run("deploy-stuck", Some("UPDATE_ROLLBACK_FAILED"), &["deploy", "--yes"]);
    assert_eq!(output.status.code(), Some(5));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("Nothing was changed") && said.contains("mangoo-ops unstick"), "{said}");
    let has = |action: &str| actions.iter().any(|asked| asked == action);
    assert!(has("DescribeStacks") && !has("CreateChangeSet"), "{actions:?}");
}
