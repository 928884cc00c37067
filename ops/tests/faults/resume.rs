//! What is under way is joined, by whoever began it; and what passes is waited for.

use crate::{
    cli::Cli,
    endpoint::{Endpoint, Event, Fault, Outcome, Task, World, definition, image},
};

#[tokio::test]
async fn an_aws_that_is_busy_for_a_moment() {
    let busy = |action, code| Fault::of(action, code, "Rate exceeded").times(1);
    let world = World::serving()
        .fault(busy("CreateChangeSet", "Throttling"))
        .fault(busy("DescribeStacks", "Throttling"))
        .fault(busy("RunTask", "ThrottlingException"))
        .fault(Fault::cut("DescribeServices").times(1));
    let endpoint = Endpoint::start(world).await;
    Cli::of(&endpoint).deploy().await.expect(0);
    assert_eq!((endpoint.calls("RunTask"), endpoint.calls("ExecuteChangeSet")), (2, 2));
}

#[tokio::test]
async fn the_same_version_again_changes_nothing() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    cli.deploy().await.expect(0);
    let again = cli.deploy().await.expect(0);
    assert!(again.stderr.contains("nothing changes"), "{}", again.stderr);
    assert_eq!((endpoint.calls("RunTask"), endpoint.calls("ExecuteChangeSet")), (1, 2));
}

#[tokio::test]
async fn another_database_is_migrated_though_the_version_is_the_same() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    cli.deploy().await.expect(0);
    endpoint.world().stack().database = "0";
    endpoint.world().migration.exit_code = 1;
    // It is not forgotten when it fails.
    for _ in 0..2 {
        cli.deploy().await.expect(9);
    }
    endpoint.world().migration.exit_code = 0;
    for _ in 0..2 {
        cli.deploy().await.expect(0);
    }
    assert_eq!(endpoint.calls("RunTask"), 4, "one for the first, three for the other");
}

#[tokio::test]
async fn what_was_gone_back_to_needs_no_migration() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    let first: Vec<_> =
        cli.deployment().iter().map(|argument| argument.replace(&"2".repeat(64), &"1".repeat(64))).collect();
    cli.run(&first).await.expect(0);
    // Versions are known by the second.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    cli.deploy().await.expect(0);
    cli.run(&["rollback", "--yes", "--skip-smoke", "--address", &endpoint.url]).await.expect(0);
    assert!(endpoint.world().stack().parameters["BackendImage"].ends_with('1'));
    cli.run(&first).await.expect(0);
    assert_eq!(endpoint.calls("RunTask"), 2, "the old version's migrations do not know the newer ones");
}

/// What somebody else's change died of is known to who joins it late.
#[tokio::test]
async fn a_change_under_way_is_joined_with_what_it_died_of() {
    let mut world = World::serving();
    let stack = world.stack();
    stack.finish("mangoo-test", "UPDATE_COMPLETE", "");
    stack.events.push(Event::new("Old", "AWS::S3::Bucket", "CREATE_FAILED", "an old story"));
    stack.finish("mangoo-test", "UPDATE_IN_PROGRESS", "User Initiated");
    stack.events.push(Event::new("Uploads", "AWS::S3::Bucket", "CREATE_FAILED", "the root of it"));
    stack.finish("mangoo-test", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed");
    stack.next = ["UPDATE_ROLLBACK_FAILED"].into();
    let endpoint = Endpoint::start(world).await;
    let error = Cli::of(&endpoint).deploy().await.expect(8).error();
    assert_eq!(error.lines().nth(1), Some("  Uploads (AWS::S3::Bucket): the root of it"));
    assert!(!error.contains("an old story"), "{error}");
}

#[tokio::test]
async fn a_version_that_ecs_takes_back_while_somebody_waits_makes_way_for_the_next() {
    let mut world = World::serving();
    let stack = world.stack();
    stack.finish("mangoo-test", "UPDATE_IN_PROGRESS", "User Initiated");
    stack.events.push(Event::of_backend("UPDATE_FAILED", "did not stabilize"));
    stack.next = ["UPDATE_ROLLBACK_COMPLETE"].into();
    let endpoint = Endpoint::start(world).await;
    let ended = Cli::of(&endpoint).deploy().await.expect(0);
    assert!(ended.stderr.contains("did not stabilize"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_migration_under_way_is_joined() {
    let mut world = World::serving();
    let definition = definition("Migration", &image("backend", '2'));
    world.tasks.push(Task {
        id: "begun-before".to_owned(),
        definition,
        exit_code: Some(0),
        log: vec!["INFO done"],
        ..Task::default()
    });
    let endpoint = Endpoint::start(world).await;
    let ended = Cli::of(&endpoint).deploy().await.expect(0);
    assert!(ended.stderr.contains("a migration is under way; waiting for it"), "{}", ended.stderr);
    assert_eq!(endpoint.calls("RunTask"), 0);
}

/// Hours before CloudFormation says a word, the tasks' end is shown; and it is known to the end,
/// though the rollback deletes the tasks.
#[tokio::test]
async fn a_service_whose_tasks_fail_is_seen_at_once() {
    let task = Task::ended("Essential container in task exited").exit_code(1).log(&["ERROR no database"]);
    let outcome = Outcome::new("UPDATE_IN_PROGRESS").event(Event::of_backend("UPDATE_IN_PROGRESS", "")).task(task);
    let mut world = World::serving().then(Outcome::new("UPDATE_COMPLETE")).then(outcome);
    let before =
        Task { id: "before".to_owned(), created: Some(chrono::DateTime::UNIX_EPOCH), ..Task::ended("an old story") };
    world.tasks.push(before);
    let endpoint = Endpoint::start(world).await;
    let cli = Cli::of(&endpoint);
    let mut running = cli.begin();
    running.says("warning: a task of backend ended: Essential container in task exited (exit code 1)").await;
    running.says("ERROR no database").await;
    {
        let mut world = endpoint.world();
        world.tasks.clear();
        let stack = world.stack();
        stack.events.push(Event::of_backend("UPDATE_FAILED", "did not stabilize"));
        stack.finish("mangoo-test", "UPDATE_ROLLBACK_COMPLETE", "");
    }
    let ended = running.end().await.expect(10);
    let error = ended.error();
    assert!(error.contains("log: ERROR no database") && error.contains("did not stabilize"), "{error}");
    assert_eq!(ended.stderr.matches("warning:").count(), 1, "{}", ended.stderr);
}

#[tokio::test]
async fn what_tasks_died_of_before_the_change_is_no_reason() {
    let outcome = Outcome::new("UPDATE_ROLLBACK_COMPLETE")
        .event(Event::of_backend("UPDATE_IN_PROGRESS", ""))
        .event(Event::of_backend("UPDATE_FAILED", "did not stabilize"));
    let mut world = World::serving().then(Outcome::new("UPDATE_COMPLETE")).then(outcome);
    let created = Some(chrono::DateTime::UNIX_EPOCH);
    world.tasks.push(Task { id: "before".to_owned(), created, ..Task::ended("an old story") });
    let endpoint = Endpoint::start(world).await;
    let ended = Cli::of(&endpoint).deploy().await.expect(10);
    assert!(ended.error().contains("did not stabilize"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("an old story"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_service_that_ecs_does_not_know_yet_is_waited_for() {
    let mut world = World::serving();
    world.unknown.push("backend");
    let endpoint = Endpoint::start(world).await;
    let cli = Cli::of(&endpoint);
    let running = cli.begin();
    while endpoint.calls("DescribeServices") < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    endpoint.world().unknown.clear();
    assert!(running.end().await.expect(0).stderr.contains("backend  service  1 of 1 tasks run"));
}
