//! Exit codes, `--json` and `--help`: what programs and people rely on. Those that are not here
//! are where they happen: 8, 9 and 10 in `causes`, 12 in `leftovers`, 130 in `interrupt`.

use serde_json::Value as Json;

use crate::{
    cli::{Cli, Ended, PROGRAM},
    endpoint::{Endpoint, Fault, Outcome, SETTINGS, World},
};

async fn run(world: World, arguments: &[&str]) -> Ended {
    let endpoint = Endpoint::start(world).await;
    Cli::of(&endpoint).impatient().run(arguments).await
}

#[tokio::test]
async fn done_is_0() {
    let ended = run(World::serving(), &["outputs", "Address"]).await.expect(0);
    assert_eq!(ended.stdout, "Address-1\n");
}

#[tokio::test]
async fn what_nobody_thought_of_is_1() {
    let odd = Fault::of("DescribeStacks", "TeapotException", "I am one");
    let ended = run(World::serving().fault(odd), &["status"]).await.expect(1);
    assert!(ended.error().contains("TeapotException: I am one"), "{}", ended.error());
}

#[tokio::test]
async fn a_difference_is_2_and_none_is_0() {
    run(World::serving(), &["diff"]).await.expect(0);
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    cli.settings(&format!("{SETTINGS}log_days = 30\n"));
    cli.run(&["diff"]).await.expect(2);
    assert_eq!(endpoint.calls("ExecuteChangeSet"), 0);
}

#[tokio::test]
async fn no_credentials_are_3() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    let mut command = cli.command(PROGRAM, &["status"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let ended = cli.end(command).await.expect(3);
    assert!(ended.error().contains("there are no credentials of AWS"), "{}", ended.error());
    assert!(ended.stderr.contains("\nNext: sign in"), "{}", ended.stderr);
}

#[tokio::test]
async fn an_aws_that_is_not_there_is_4() {
    // Nobody listens there any more.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = Cli::at(&format!("http://{gone}")).impatient().run(&["status"]).await.expect(4).error();
    assert!(error.contains("AWS is not reached"), "{error}");
}

#[tokio::test]
async fn an_environment_that_is_not_there_is_5() {
    let ended = run(World::default(), &["migrate"]).await.expect(5);
    assert!(ended.error().contains("Next: deploy it first"), "{}", ended.error());
}

#[tokio::test]
async fn what_nobody_agreed_to_is_6() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    let arguments: Vec<_> = cli.deployment().into_iter().filter(|argument| argument != "--yes").collect();
    let error = cli.run(&arguments).await.expect(6).error();
    assert!(error.contains("Next: run it on a terminal, or with --yes"), "{error}");
    assert_eq!(endpoint.calls("ExecuteChangeSet"), 0);
    assert!(endpoint.world().stack().change_sets.is_empty(), "nothing is left of the plan");
}

#[tokio::test]
async fn settings_that_are_wrong_are_13() {
    let cli = Cli::at("http://127.0.0.1:1");
    cli.settings("[test]\nprofile = \"dev\"\nlog_days = \"many\"\n");
    let error = cli.run(&["synth"]).await.expect(13).error();
    assert!(error.contains("log_days"), "{error}");
}

#[tokio::test]
async fn a_command_line_that_is_wrong_is_64() {
    run(World::serving(), &["deploy", "--nonsense"]).await.expect(64);
    run(World::serving(), &["outputs", "Nonsense"]).await.expect(64);
}

#[tokio::test]
async fn every_line_of_json_is_an_event_and_the_last_the_failure() {
    let outcome = Outcome::new("UPDATE_ROLLBACK_COMPLETE").event(crate::endpoint::Event::new(
        "Uploads",
        "AWS::S3::Bucket",
        "CREATE_FAILED",
        "it already exists",
    ));
    let endpoint = Endpoint::start(World::serving().then(outcome)).await;
    let cli = Cli::of(&endpoint);
    let arguments: Vec<_> = cli.deployment().into_iter().chain(["--json".to_owned()]).collect();
    let ended = cli.run(&arguments).await.expect(8);
    let events = ended.events();
    assert!(events.iter().all(|event| event["event"].is_string() && event["time"].is_string()), "{events:?}");
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["exit_code"]), (&Json::from("failed"), &Json::from(8)));
    assert_eq!(last["failure"]["kind"], "stack");
    assert_eq!(last["failure"]["why"][0], "Uploads (AWS::S3::Bucket): it already exists");
    assert!(last["failure"]["next"].is_string(), "{last}");
    assert_eq!(ended.stderr, "", "all of it is on the standard output");
    // The next attempt goes well, and says so as the last of its events.
    let ended = cli.run(&arguments).await.expect(0);
    let last = ended.events().pop().unwrap();
    assert_eq!((&last["event"], &last["result"]["Address"]), (&Json::from("done"), &Json::from("Address-1")));
}

#[tokio::test]
async fn each_command_has_examples() {
    let cli = Cli::at("http://127.0.0.1:1");
    let help = cli.run(&["--help"]).await.expect(0).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands: Vec<_> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let help = cli.run(&[command, "--help"]).await.expect(0).stdout;
        assert!(help.contains("Examples:\n  mangoo-ops "), "{command}: {help}");
    }
}
