//! Ctrl-C, wherever it comes.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use crate::{
    cli::{Cli, PROGRAM},
    endpoint::{Endpoint, Event, Outcome, World},
};

/// A world whose next change takes until it is told to end.
fn slow() -> World {
    let event = Event::new("Database", "AWS::RDS::DBCluster", "UPDATE_IN_PROGRESS", "");
    World::serving().then(Outcome::new("UPDATE_IN_PROGRESS").event(event))
}

#[tokio::test]
async fn while_a_stack_is_changed_leaves_it_to_aws_and_the_next_joins() {
    let endpoint = Endpoint::start(slow()).await;
    let cli = Cli::of(&endpoint);
    let mut running = cli.begin();
    running.says("Database  AWS::RDS::DBCluster").await;
    running.interrupt().await;
    let error = running.end().await.expect(130).error();
    assert!(error.contains("AWS goes on with the change of mangoo-test"), "{error}");
    assert_eq!((endpoint.calls("CancelUpdateStack"), endpoint.world().stack().status), (0, "UPDATE_IN_PROGRESS"));

    let mut next = cli.begin();
    next.says("mangoo-test is being changed already; waiting for that").await;
    endpoint.world().stack().finish("mangoo-test", "UPDATE_COMPLETE", "");
    next.end().await.expect(0);
    assert_eq!(endpoint.calls("ExecuteChangeSet"), 2, "that of the infrastructure is not made again");
}

#[tokio::test]
async fn on_a_terminal_the_change_can_be_taken_back() {
    let endpoint = Endpoint::start(slow()).await;
    let cli = Cli::of(&endpoint);
    let command = [PROGRAM.to_owned()].into_iter().chain(cli.deployment());
    let command = command.collect::<Vec<_>>().join(" ");
    let mut script = cli.command("script", &["-qec", &command, "/dev/null"]);
    let mut child = script.stdin(Stdio::piped()).spawn().unwrap();
    let mut keys = child.stdin.take().unwrap();
    let mut screen = BufReader::new(child.stdout.take().unwrap());
    until(&mut screen, "AWS::RDS::DBCluster").await;
    keys.write_all(b"\x03").await.unwrap();
    until(&mut screen, "Which? ").await;
    keys.write_all(b"c\n").await.unwrap();
    let mut rest = String::new();
    screen.read_to_string(&mut rest).await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("The change of mangoo-test was taken back: all is as it was before"), "{rest}");
    assert_eq!(endpoint.calls("CancelUpdateStack"), 1);
}

/// Reads until these words are there.
async fn until(screen: &mut (impl AsyncBufReadExt + Unpin), words: &str) {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(words) {
        let byte = screen.read_u8().await.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&seen)));
        seen.push(byte);
    }
}

#[tokio::test]
async fn during_a_migration() {
    let mut world = World::serving();
    world.migration.is_held = true;
    let endpoint = Endpoint::start(world).await;
    let cli = Cli::of(&endpoint);
    let mut running = cli.begin();
    running.says("migration  task  running").await;
    running.interrupt().await;
    running.end().await.expect(130);

    endpoint.world().migration.is_held = false;
    let ended = cli.deploy().await.expect(0);
    assert_eq!(endpoint.calls("RunTask"), 1, "the one under way was joined: {}", ended.stderr);
}

#[tokio::test]
async fn during_the_rollout_of_the_services() {
    let mut world = World::serving();
    world.starting.push("backend");
    let endpoint = Endpoint::start(world).await;
    let cli = Cli::of(&endpoint);
    let mut running = cli.begin();
    running.says("backend  service  0 of 1 tasks run").await;
    running.interrupt().await;
    running.end().await.expect(130);

    endpoint.world().starting.clear();
    cli.deploy().await.expect(0);
}
