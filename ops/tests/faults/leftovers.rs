//! `mangoo-ops unstick` and `destroy`, and what stays all the same.

use serde_json::{Value as Json, json};

use crate::{
    cli::{Cli, Ended},
    endpoint::{Endpoint, Event, Fault, Stack, World},
};

/// A world whose platform is stuck.
fn stuck(status: &'static str) -> World {
    let mut world = World::serving();
    if status == "REVIEW_IN_PROGRESS" {
        *world.stack() = Stack::default();
    }
    world.stack().finish("mangoo-test", status, "");
    world
}

async fn run(world: World, arguments: &[&str]) -> (Ended, Endpoint) {
    let endpoint = Endpoint::start(world).await;
    (Cli::of(&endpoint).run(arguments).await, endpoint)
}

const AGREED: [&str; 3] = ["unstick", "--confirm", "mangoo-test"];

#[tokio::test]
async fn nothing_is_deleted_or_rolled_back_unless_somebody_agrees() {
    for status in
        ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED"]
    {
        for arguments in [&["unstick"][..], &["unstick", "--confirm", "mangoo-other"]] {
            let (ended, endpoint) = run(stuck(status), arguments).await;
            let error = ended.expect(6).error();
            assert!(error.contains("or with --confirm mangoo-test"), "{error}");
            for action in ["DeleteStack", "ContinueUpdateRollback", "RollbackStack", "DeleteObjects"] {
                assert_eq!(endpoint.calls(action), 0, "{status}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_never_whole_is_deleted_and_made_anew() {
    for status in ["REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"] {
        let (ended, endpoint) = run(stuck(status), &AGREED).await;
        let ended = ended.expect(0);
        assert!(ended.stderr.contains(&format!("==> mangoo-test is in {status}")), "{}", ended.stderr);
        assert_eq!(endpoint.world().stack().status, "DELETE_COMPLETE");
        Cli::of(&endpoint).deploy().await.expect(0);
        assert_eq!(endpoint.world().stack().status, "UPDATE_COMPLETE");
    }
}

#[tokio::test]
async fn why_it_is_stuck_is_said() {
    let mut world = World::serving();
    world.stack().finish("mangoo-test", "CREATE_IN_PROGRESS", "User Initiated");
    let events = &mut world.stack().events;
    events.push(Event::new("Database", "AWS::RDS::DBCluster", "CREATE_FAILED", "Cannot find version 16.99"));
    events.push(Event::new("Database", "AWS::RDS::DBCluster", "DELETE_COMPLETE", ""));
    world.stack().finish("mangoo-test", "ROLLBACK_COMPLETE", "");
    let endpoint = Endpoint::start(world).await;
    let why = "Database (AWS::RDS::DBCluster): Cannot find version 16.99";
    let unstick = Cli::of(&endpoint).run(&["unstick"]).await.expect(6);
    assert!(unstick.stderr.contains(why), "{}", unstick.stderr);
    let deploy = Cli::of(&endpoint).deploy().await.expect(5);
    assert!(deploy.error().contains(why), "{}", deploy.error());
}

#[tokio::test]
async fn a_rollback_goes_on_without_what_is_skipped() {
    let mut world = stuck("UPDATE_ROLLBACK_FAILED");
    let obstacle = ("BackendService", "AWS::ECS::Service", "the old image is gone");
    world.stack().irreversible.push(obstacle);
    world.stack().events.push(Event::of_backend("UPDATE_FAILED", obstacle.2));
    let endpoint = Endpoint::start(world).await;
    let cli = Cli::of(&endpoint);

    let error = cli.run(&AGREED).await.expect(12).error();
    assert!(error.contains("BackendService (AWS::ECS::Service): the old image is gone"), "{error}");
    assert!(error.contains("--skip NAME"), "{error}");

    let unknown = cli.run(&[&AGREED[..], &["--skip", "Backend"]].concat()).await.expect(64).error();
    assert!(unknown.contains("choose of these: BackendService"), "{unknown}");

    cli.run(&[&AGREED[..], &["--skip", "BackendService"]].concat()).await.expect(0);
    assert_eq!(endpoint.world().stack().status, "UPDATE_ROLLBACK_COMPLETE");
    cli.deploy().await.expect(0);
}

#[tokio::test]
async fn a_change_that_failed_and_was_left_so_is_taken_back() {
    let (ended, endpoint) = run(stuck("UPDATE_FAILED"), &AGREED).await;
    ended.expect(0);
    assert_eq!((endpoint.calls("RollbackStack"), endpoint.calls("DeleteStack")), (1, 0));
}

#[tokio::test]
async fn a_deletion_goes_on_without_what_is_retained() {
    let mut world = stuck("DELETE_FAILED");
    let obstacle = ("Uploads", "AWS::S3::Bucket", "the bucket is used elsewhere");
    world.stack().undeletable.push(obstacle);
    world.stack().events.push(Event::new(obstacle.0, obstacle.1, "DELETE_FAILED", obstacle.2));
    let endpoint = Endpoint::start(world).await;
    let cli = Cli::of(&endpoint);

    let error = cli.run(&AGREED).await.expect(12).error();
    assert!(error.contains("Uploads (AWS::S3::Bucket): the bucket is used elsewhere"), "{error}");
    assert!(error.contains("--retain NAME"), "{error}");

    endpoint.world().objects.insert("uploads/document.pdf".to_owned(), Vec::new());
    cli.run(&[&AGREED[..], &["--retain", "Uploads"]].concat()).await.expect(0);
    assert_eq!(endpoint.world().stack().status, "DELETE_COMPLETE");
    assert!(endpoint.world().objects.contains_key("uploads/document.pdf"), "what is retained is not emptied");
}

#[tokio::test]
async fn what_is_well_is_left_alone() {
    for status in ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"] {
        let (ended, endpoint) = run(stuck(status), &AGREED).await;
        assert!(ended.expect(0).stderr.contains("Nothing is stuck"));
        assert_eq!(endpoint.world().stack().status, status);
    }
    let (ended, _) = run(stuck("UPDATE_IN_PROGRESS"), &AGREED).await;
    ended.expect(5);
}

const DESTROY: [&str; 4] = ["destroy", "--confirm", "mangoo-test", "--json"];

#[tokio::test]
async fn what_is_destroyed_is_empty_before_and_what_is_kept_is_named() {
    let mut world = World::serving();
    world.objects.insert("uploads/document.pdf".to_owned(), Vec::new());
    let (ended, endpoint) = run(world, &DESTROY).await;
    let done = ended.expect(0).events().pop().unwrap();
    assert_eq!((&done["event"], &done["result"]["kept"]), (&json!("done"), &json!([])));
    assert!(endpoint.world().objects.is_empty());
    for name in ["mangoo-test", "mangoo-test-base"] {
        assert_eq!(endpoint.world().stacks[name].status, "DELETE_COMPLETE");
    }

    let mut world = World::serving();
    world.objects.insert("uploads/document.pdf".to_owned(), Vec::new());
    let mut template: Json = serde_json::from_str(&world.stack().template).unwrap();
    template["Resources"]["Uploads"]["DeletionPolicy"] = "Retain".into();
    template["Resources"]["Database"]["DeletionPolicy"] = "Snapshot".into();
    world.stack().template = template.to_string();
    let (ended, endpoint) = run(world, &DESTROY).await;
    let ended = ended.expect(0);
    let events = ended.events();
    let said = |words: &str| {
        let messages = events.iter().filter_map(|event| event["message"].as_str());
        messages.filter(|message| message.starts_with(words)).count()
    };
    assert_eq!(said("Uploads stays in the account"), 1, "{}", ended.stdout);
    assert_eq!(said("Database leaves a last snapshot"), 2, "before, and at the end: {}", ended.stdout);
    let kept = json!([{ "resource": "Uploads", "type": "AWS::S3::Bucket", "id": "Uploads-id" }]);
    assert_eq!(ended.events().pop().unwrap()["result"]["kept"], kept);
    assert!(endpoint.world().objects.contains_key("uploads/document.pdf"));
}

#[tokio::test]
async fn what_cannot_be_destroyed_is_named_and_the_base_stays_with_it() {
    let mut world = World::serving();
    let reason = "Resource handler returned message: \"The subnet has dependencies and cannot be deleted (Service: Ec2, \
                  Status Code: 400, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: InvalidRequest)";
    world.stack().undeletable.push(("SubnetA", "AWS::EC2::Subnet", reason));
    let (ended, endpoint) = run(world, &DESTROY[..3]).await;
    let error = ended.expect(12).error();
    assert_eq!(
        error.lines().nth(1),
        Some("  SubnetA (AWS::EC2::Subnet): The subnet has dependencies and cannot be deleted")
    );
    assert!(error.contains("mangoo-ops unstick --retain NAME"), "{error}");
    assert_eq!(endpoint.world().stacks["mangoo-test-base"].status, "CREATE_COMPLETE");

    let reason = "Resource handler returned message: \"Cannot delete protected Cluster, please disable deletion protection \
                  and try again. (Service: Rds, Status Code: 400, Request ID: 1)\" (RequestToken: 2)";
    endpoint.world().stack().undeletable = vec![("Database", "AWS::RDS::DBCluster", reason)];
    let error = Cli::of(&endpoint).run(&DESTROY[..3]).await.expect(12).error();
    assert!(error.contains("Next: lift its deletion protection"), "{error}");

    // Once nothing keeps it, the same command goes on.
    endpoint.world().stack().undeletable.clear();
    Cli::of(&endpoint).run(&DESTROY).await.expect(0);
    assert_eq!(endpoint.world().stacks["mangoo-test-base"].status, "DELETE_COMPLETE");
}

#[tokio::test]
async fn nothing_is_destroyed_that_is_protected_or_that_nobody_names() {
    let mut world = World::serving();
    world.stack().is_protected = true;
    for (world, arguments) in [(world, &DESTROY[..3]), (World::serving(), &DESTROY[..1])] {
        let (ended, endpoint) = run(world, arguments).await;
        ended.expect(6);
        assert_eq!(endpoint.calls("DeleteStack"), 0);
    }
    run(World::default(), &DESTROY).await.0.expect(0);
}

#[tokio::test]
async fn what_comes_into_a_bucket_late_is_deleted_too() {
    let mut world = World::serving();
    world.late = vec!["uploads/log-2", "uploads/log-1"];
    let (ended, endpoint) = run(world, &DESTROY[..3]).await;
    let ended = ended.expect(0);
    assert_eq!(ended.stderr.matches("something came into a bucket").count(), 2, "{}", ended.stderr);
    assert!(endpoint.world().objects.is_empty());

    let mut world = World::serving();
    world.late = vec!["uploads/log"; 10];
    let (ended, endpoint) = run(world, &DESTROY[..3]).await;
    let error = ended.expect(12).error();
    assert!(error.contains("Uploads (AWS::S3::Bucket): The bucket you tried to delete is not empty"), "{error}");
    assert_eq!(endpoint.calls("DeleteStack"), 4, "it ends, however much comes");
}

#[tokio::test]
async fn what_s3_does_not_delete_is_named() {
    let mut world = World::serving();
    world.locked = "uploads/document.pdf";
    world.objects.insert(world.locked.to_owned(), Vec::new());
    let (ended, endpoint) = run(world, &DESTROY[..3]).await;
    let error = ended.expect(12).error();
    assert!(error.contains("\n  document.pdf: AccessDenied: it is locked"), "{error}");
    assert_eq!(endpoint.calls("DeleteStack"), 0);
}

#[tokio::test]
async fn nothing_is_emptied_while_it_is_being_changed() {
    let mut world = stuck("UPDATE_IN_PROGRESS");
    world.stack().next = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"].into();
    world.objects.insert("uploads/document.pdf".to_owned(), Vec::new());
    let (ended, endpoint) = run(world, &DESTROY[..3]).await;
    assert!(ended.expect(0).stderr.contains("is being changed already; waiting for that"));
    let calls = endpoint.world().calls.clone();
    let first = |action: &str| calls.iter().position(|call| call == action).unwrap();
    assert!(
        calls[..first("DeleteObjects")].iter().filter(|call| *call == "DescribeStackEvents").count() > 1,
        "{calls:?}"
    );
    assert!(first("DeleteObjects") < first("DeleteStack"));
}

#[tokio::test]
async fn a_bucket_that_somebody_deleted_is_no_obstacle() {
    let gone = Fault::of("ListObjectVersions", "NoSuchBucket", "The specified bucket does not exist");
    run(World::serving().fault(gone), &DESTROY).await.0.expect(0);
}
