//! The order of a deployment's steps: what serves changes last.

use serde_json::Value as Json;

use crate::{
    cli::Cli,
    endpoint::{Endpoint, SETTINGS, World},
};

fn deployed(endpoint: &Endpoint) -> Json {
    serde_json::from_str(&endpoint.world().stack().template).unwrap()
}

#[tokio::test]
async fn the_new_environment_waits_for_the_new_image() {
    let endpoint = Endpoint::start(World::serving()).await;
    let before = deployed(&endpoint);
    let cli = Cli::of(&endpoint);
    cli.settings(&format!("{SETTINGS}log_days = 3\n[test.service.environment]\nDEBUG = \"true\"\n"));
    endpoint.world().migration.exit_code = 1;
    cli.deploy().await.expect(9);
    let half = deployed(&endpoint);
    for name in ["BackendTask", "BackendService", "FrontendTask", "FrontendService"] {
        assert_eq!(half["Resources"][name], before["Resources"][name], "{name}");
    }
    for name in ["MigrationTask", "BackendLogs"] {
        assert_ne!(half["Resources"][name], before["Resources"][name], "{name}");
    }
    assert!(endpoint.world().stack().parameters["BackendImage"].ends_with('1'));

    endpoint.world().migration.exit_code = 0;
    cli.deploy().await.expect(0);
    let after = deployed(&endpoint);
    assert!(after["Resources"]["BackendTask"].to_string().contains("DEBUG"), "{after}");
    assert!(endpoint.world().stack().parameters["BackendImage"].ends_with('2'));
    assert_eq!(endpoint.calls("ExecuteChangeSet"), 2, "the first step is not made again");
}

#[tokio::test]
async fn what_serves_is_marked_so_that_the_registry_keeps_it() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    endpoint.world().migration.exit_code = 1;
    cli.deploy().await.expect(9);
    assert!(endpoint.world().tags.is_empty(), "it does not serve yet");
    endpoint.world().migration.exit_code = 0;
    cli.deploy().await.expect(0);
    let tags = ["backend", "frontend"].map(|part| format!("mangoo-test/{part}:served-222222222222"));
    assert_eq!(endpoint.world().tags, tags);
}

const REPOSITORY: &str = "[test.delivery]\nrepository = \"https://github.com/company/mangoo.git\"\n";
const CONNECTION: &str = "connection_arn = \"arn:aws:codeconnections:us-east-1:123456789012:connection/00000000-0000-0000-0000-000000000000\"\n";

#[tokio::test]
async fn a_pipeline_waits_for_its_connection_and_changes_all_but_what_it_is_part_of() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    cli.settings(&format!("{SETTINGS}{REPOSITORY}"));
    let said = cli.deploy().await.expect(0).stderr;
    assert!(said.contains("confirm the connection Connection-1 in the console"), "{said}");
    assert!(endpoint.world().roles.iter().all(|(_, role)| role.is_none()));

    cli.settings(&format!("{SETTINGS}{REPOSITORY}{CONNECTION}"));
    let said = cli.deploy().await.expect(0).stderr;
    assert!(!said.contains("confirm the connection"), "{said}");
    let longer = format!("{SETTINGS}log_days = 3\n{REPOSITORY}{CONNECTION}");
    cli.settings(&longer);
    endpoint.world().roles.clear();
    cli.deploy().await.expect(0);
    let role = |stack: &str| endpoint.world().roles.iter().find(|(name, _)| name == stack).unwrap().1.clone();
    assert_eq!(role("mangoo-test-base"), None, "its role is part of it");
    assert_eq!(role("mangoo-test").as_deref(), Some("DeploymentRoleArn-1"));
}

#[tokio::test]
async fn what_is_removed_goes_last_and_is_agreed_to_first() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    cli.settings(&format!("{SETTINGS}[test.storage]\ncache = true\n"));
    cli.deploy().await.expect(0);
    let before = deployed(&endpoint);
    let cache = before["Resources"].as_object().unwrap().iter();
    let cache = cache.filter(|(_, it)| it["Type"] == "AWS::ElastiCache::ServerlessCache").map(|(name, _)| name);
    let cache = cache.clone().next().unwrap().clone();

    cli.settings(SETTINGS);
    let newer: Vec<_> =
        cli.deployment().iter().map(|argument| argument.replace(&"2".repeat(64), &"3".repeat(64))).collect();
    let changes = endpoint.calls("ExecuteChangeSet");
    let error = cli.run(&newer).await.expect(6).error();
    assert!(error.contains(&format!("--allow-replace {cache}")), "{error}");
    assert_eq!(endpoint.calls("ExecuteChangeSet"), changes, "nothing is changed before somebody agrees");

    let agreed: Vec<_> = newer.into_iter().chain(["--allow-replace".to_owned(), cache.clone()]).collect();
    endpoint.world().migration.exit_code = 1;
    cli.run(&agreed).await.expect(9);
    assert_eq!(deployed(&endpoint)["Resources"][&cache], before["Resources"][&cache], "what serves still uses it");
    endpoint.world().migration.exit_code = 0;
    cli.run(&agreed).await.expect(0);
    assert!(deployed(&endpoint)["Resources"].get(&cache).is_none());
}

#[tokio::test]
async fn a_change_of_the_services_alone_is_agreed_to_as_well() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    cli.deploy().await.expect(0);
    let before = deployed(&endpoint);
    cli.settings(&format!("{SETTINGS}[test.backend]\nmax = 9\n"));
    let asked: Vec<_> = cli.deployment().into_iter().filter(|argument| argument != "--yes").collect();
    cli.run(&asked).await.expect(6);
    assert_eq!(deployed(&endpoint), before);
    cli.deploy().await.expect(0);
    assert_ne!(deployed(&endpoint), before);
}
