//! What made a deployment fail is said first: within the five lines that people read.

use crate::{
    cli::{Cli, Ended},
    endpoint::{Endpoint, Event, Fault, Migration, Outcome, Task, World},
};

/// Deploys the second version.
async fn deploy(world: World) -> (Ended, Endpoint) {
    let endpoint = Endpoint::start(world).await;
    (Cli::of(&endpoint).impatient().deploy().await, endpoint)
}

/// How a change ends whose resource fails so.
fn failed(resource: &str, kind: &'static str, reason: &'static str) -> Outcome {
    Outcome::new("UPDATE_ROLLBACK_COMPLETE").event(Event::new(resource, kind, "CREATE_FAILED", reason))
}

fn assert_says(ended: &Ended, words: &[&str]) {
    let error = ended.error();
    for words in words {
        assert!(error.contains(words), "`{words}` is not in\n{error}");
    }
}

#[tokio::test]
async fn a_quota_that_is_exceeded() {
    let reason = "Resource handler returned message: \"The maximum number of VPCs has been reached. (Service: Ec2, \
                  Status Code: 400, Request ID: 6a3c) (SDK Attempt Count: 1)\" (RequestToken: 1d, \
                  HandlerErrorCode: ServiceLimitExceeded)";
    let (ended, _) = deploy(World::serving().then(failed("Vpc", "AWS::EC2::VPC", reason))).await;
    let ended = ended.expect(8);
    assert_says(
        &ended,
        &[
            "Vpc (AWS::EC2::VPC): The maximum number of VPCs has been reached.\n",
            "Next: ask for a higher quota of VPCs",
        ],
    );
    assert!(!ended.stderr.contains("RequestToken"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_name_that_is_taken_after_events_that_are_only_consequences() {
    let outcome = Outcome::new("UPDATE_ROLLBACK_COMPLETE")
        .event(Event::of_backend("UPDATE_FAILED", "Resource update cancelled"))
        .event(Event::new("Rule", "AWS::ElasticLoadBalancingV2::ListenerRule", "CREATE_FAILED", ""))
        .event(Event::new("Uploads", "AWS::S3::Bucket", "CREATE_FAILED", "mangoo-test-uploads already exists"))
        .event(Event::new("Queue", "AWS::SQS::Queue", "CREATE_FAILED", "Resource creation cancelled"));
    let (ended, _) = deploy(World::serving().then(outcome)).await;
    let error = ended.expect(8).error();
    let why = error.lines().nth(1).unwrap();
    assert_eq!(why, "  Uploads (AWS::S3::Bucket): mangoo-test-uploads already exists");
    assert!(error.contains("Next: something of that name is there already"), "{error}");
}

#[tokio::test]
async fn an_action_that_is_denied_in_few_words() {
    let encoded = "x".repeat(3000);
    let reason = format!(
        "Resource handler returned message: \"User: arn:aws:iam::1:user/somebody is not authorized to perform: \
         iam:CreateRole on resource: r. Encoded authorization failure message: {encoded} (Service: Iam, \
         Status Code: 403, Request ID: 1)\" (RequestToken: 1d, HandlerErrorCode: AccessDenied)"
    );
    let (ended, _) = deploy(World::serving().then(failed("BackendRole", "AWS::IAM::Role", reason.leak()))).await;
    let ended = ended.expect(8);
    assert_says(
        &ended,
        &["is not authorized to perform: iam:CreateRole", "Next: have an administrator allow the action"],
    );
    assert!(ended.error().len() < 800, "{}", ended.error());
}

#[tokio::test]
async fn a_version_of_the_database_that_there_is_not() {
    let reason = "Cannot find version 16.99 for aurora-postgresql (Service: Rds, Status Code: 400)";
    let (ended, _) = deploy(World::serving().then(failed("Database", "AWS::RDS::DBCluster", reason))).await;
    assert_says(&ended.expect(8), &["Cannot find version 16.99", "Next: choose another database.version"]);
}

/// The services' change fails; that of the infrastructure before it does not.
fn service_fails(task: Task) -> World {
    let reason = "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker \
                  was triggered'.\" (RequestToken: 1d, HandlerErrorCode: GeneralServiceException)";
    let outcome = Outcome::new("UPDATE_ROLLBACK_COMPLETE")
        .event(Event::of_backend("UPDATE_IN_PROGRESS", ""))
        .event(Event::of_backend("UPDATE_FAILED", reason))
        .task(task);
    World::serving().then(Outcome::new("UPDATE_COMPLETE")).then(outcome)
}

#[tokio::test]
async fn an_image_that_cannot_be_pulled() {
    let task = Task::ended("CannotPullContainerError: pull image manifest has been retried 5 time(s): not found");
    let (ended, _) = deploy(service_fails(task)).await;
    let ended = ended.expect(10);
    assert_says(
        &ended,
        &["CannotPullContainerError: pull image manifest", "Circuit Breaker", "Next: the image is missing"],
    );
    assert_eq!(ended.error().lines().nth(1).unwrap().trim().split(':').next(), Some("CannotPullContainerError"));
}

#[tokio::test]
async fn a_container_that_ends_at_once() {
    let task = Task::ended("Essential container in task exited").exit_code(1).log(&[
        r#"{"level":"INFO","message":"starting"}"#,
        r#"{"level":"ERROR","message":"cannot start","error":"COGNITO_USER_POOL_ID is missing"}"#,
        r#"{"level":"INFO","message":"closing the database"}"#,
        r#"{"level":"INFO","message":"closing the listener"}"#,
        r#"{"level":"INFO","message":"gone"}"#,
    ]);
    let (ended, _) = deploy(service_fails(task)).await;
    let ended = ended.expect(10);
    assert_says(
        &ended,
        &[
            "Essential container in task exited (exit code 1)",
            "log: ERROR cannot start: COGNITO_USER_POOL_ID is missing",
        ],
    );
    assert!(ended.stderr.contains("INFO gone"), "the whole log is shown: {}", ended.stderr);
}

#[tokio::test]
async fn a_container_without_enough_memory() {
    let task = Task {
        container_reason: Some("OutOfMemoryError: Container killed due to memory usage"),
        ..Task::ended("Essential container in task exited").exit_code(137).log(&["INFO serving"])
    };
    let (ended, _) = deploy(service_fails(task)).await;
    let killed = "OutOfMemoryError: Container killed due to memory usage (exit code 137";
    assert_says(&ended.expect(10), &[killed, "Next: give the task more memory"]);
}

#[tokio::test]
async fn a_container_that_does_not_answer() {
    let reason = "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:target)";
    let task = Task::ended(reason).exit_code(143).log(&["WARN waiting for the database"]);
    let (ended, _) = deploy(service_fails(task)).await;
    assert_says(
        &ended.expect(10),
        &["Task failed ELB health checks", "log: WARN waiting for the database", "load balancer gets no answer"],
    );
}

#[tokio::test]
async fn a_service_after_what_made_it_fail_is_no_rollout() {
    let outcome = Outcome::new("UPDATE_ROLLBACK_COMPLETE")
        .event(Event::new("BackendRole", "AWS::IAM::Role", "UPDATE_FAILED", "the policy is malformed"))
        .event(Event::of_backend("UPDATE_FAILED", "did not stabilize"));
    let (ended, _) = deploy(World::serving().then(outcome)).await;
    assert_says(&ended.expect(8), &["BackendRole (AWS::IAM::Role): the policy is malformed"]);
}

#[tokio::test]
async fn a_service_that_cannot_go_back_leaves_a_stack_that_is_stuck() {
    let outcome = Outcome::new("UPDATE_ROLLBACK_FAILED").event(Event::of_backend("UPDATE_FAILED", "did not stabilize"));
    let (ended, _) = deploy(World::serving().then(outcome)).await;
    assert_says(&ended.expect(8), &["it is stuck: `mangoo-ops unstick`", "did not stabilize"]);
}

#[tokio::test]
async fn a_change_set_that_is_refused() {
    let refusal = "Template error: instance of Fn::GetAtt references undefined resource Nothing";
    let (ended, endpoint) = deploy(World { refusal: Some(refusal), ..World::serving() }).await;
    assert_says(&ended.expect(8), &["CloudFormation refuses the template of mangoo-test", refusal]);
    assert_eq!(endpoint.calls("ExecuteChangeSet"), 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_change_set_is_said_before_that_something_is() {
    let refusal = "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To \
                   troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.";
    let taken =
        ["Uploads", "AWS::S3::Bucket", "Resource of type 'AWS::S3::Bucket' already exists.", "/Resources/Uploads"];
    let [resource, kind, reason, path] = taken;
    let invalid =
        vec![["Queue", "AWS::SQS::Queue", "a mere warning", "/", "WARN"], [resource, kind, reason, path, "FAIL"]];
    let world = || World { refusal: Some(refusal), invalid: invalid.clone(), ..World::serving() };
    let (ended, endpoint) = deploy(world()).await;
    let error = ended.expect(8).error();
    let said = "Uploads (AWS::S3::Bucket): Resource of type 'AWS::S3::Bucket' already exists. (at /Resources/Uploads)";
    assert_eq!(error.lines().nth(1).unwrap().trim(), said);
    assert!(error.contains("Next: something of that name is there already"), "{error}");
    assert!(!error.contains("a mere warning"), "{error}");
    assert_eq!(endpoint.calls("DeleteChangeSet"), 1);

    // Whoever may not ask still sees that it is refused.
    let denied = Fault::of("DescribeEvents", "AccessDenied", "somebody may not cloudformation:DescribeEvents");
    let (ended, _) = deploy(world().fault(denied)).await;
    assert_says(&ended.expect(8), &["refuses the template of mangoo-test", "AWS::EarlyValidation"]);
}

#[tokio::test]
async fn a_template_that_is_refused_at_once() {
    let wrong = "Template format error: Unrecognized resource types: [AWS::Mango::Tree]";
    let (ended, _) = deploy(World::serving().fault(Fault::of("CreateChangeSet", "ValidationError", wrong))).await;
    assert_says(&ended.expect(8), &["CloudFormation refuses the template of mangoo-test", wrong]);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_services_alone() {
    let log = vec!["INFO migrating", "ERROR relation \"bots\" does not exist"];
    let world = World { migration: Migration { exit_code: 1, log, is_held: false }, ..World::serving() };
    let (ended, endpoint) = deploy(world).await;
    let words = ["; the version before serves on", "log: ERROR relation \"bots\" does not exist", "(exit code 1)"];
    assert_says(&ended.expect(9), &words);
    assert_eq!(endpoint.calls("ExecuteChangeSet"), 1, "only that of the infrastructure");
    assert!(endpoint.world().stack().parameters["BackendImage"].ends_with('1'));
}

#[tokio::test]
async fn a_first_version_that_fails_has_none_before_it() {
    let migration = Migration { exit_code: 1, ..Migration::default() };
    let (ended, _) = deploy(World { migration, ..World::default() }).await;
    assert_says(&ended.expect(9), &["The database was not migrated; nothing serves yet"]);

    let mut world = World::default();
    world.given_up.insert("backend", "ECS deployment circuit breaker: tasks failed to start.");
    let (ended, _) = deploy(world).await;
    assert_says(&ended.expect(10), &["new version of backend did not start; nothing serves", "circuit breaker"]);
}

#[tokio::test]
async fn credentials_that_expire_on_the_way() {
    let expired = Fault::of("DescribeStacks", "ExpiredToken", "The security token included in the request is expired");
    let (ended, _) = deploy(World::serving().fault(expired.after("ExecuteChangeSet"))).await;
    assert_says(&ended.expect(3), &["ExpiredToken: The security token", "Next: sign in again"]);
}

#[tokio::test]
async fn credentials_that_may_not() {
    let denied = Fault::of("CreateChangeSet", "AccessDenied", "somebody may not cloudformation:CreateChangeSet");
    let (ended, _) = deploy(World::serving().fault(denied)).await;
    assert_says(&ended.expect(3), &["may not cloudformation:CreateChangeSet", "Next: have an administrator"]);
}

#[tokio::test]
async fn an_aws_that_is_too_busy_for_ever() {
    for (action, code) in [("DescribeStackEvents", "Throttling"), ("DescribeServices", "ThrottlingException")] {
        let busy = Fault::of(action, code, "Rate exceeded").after("ExecuteChangeSet");
        let (ended, _) = deploy(World::serving().fault(busy)).await;
        assert_says(&ended.expect(4), &[code, "Rate exceeded", "Next: run the same command again in a minute"]);
    }
}

#[tokio::test]
async fn a_network_that_is_lost_on_the_way() {
    for action in ["DescribeStacks", "RunTask"] {
        let (ended, _) = deploy(World::serving().fault(Fault::cut(action).after("ExecuteChangeSet"))).await;
        assert_says(&ended.expect(4), &["AWS is not reached", "Next: check the network"]);
    }
}

#[tokio::test]
async fn a_service_that_ecs_took_back_though_the_stack_is_done() {
    let task = Task::ended("Essential container in task exited").exit_code(1).log(&["ERROR no model is allowed"]);
    let task = Task { definition: crate::endpoint::definition("Backend", "2"), ..task };
    let old = Task { definition: crate::endpoint::definition("Backend", "1"), ..Task::ended("an old story") };
    let outcome = Outcome::new("UPDATE_COMPLETE").task(task).task(old);
    let mut world = World::serving().then(Outcome::new("UPDATE_COMPLETE")).then(outcome);
    world.taken_back.insert("backend", "ECS deployment circuit breaker: tasks failed to start.");
    let (ended, _) = deploy(world).await;
    let ended = ended.expect(10);
    assert_says(
        &ended,
        &[
            "new version of backend did not start; the version before serves on",
            "log: ERROR no model is allowed",
            "circuit breaker: tasks failed",
        ],
    );
    assert!(!ended.error().contains("an old story"), "{}", ended.error());
}

#[tokio::test]
async fn a_service_that_somebody_deleted() {
    let mut world = World::serving();
    world.unknown.push("frontend");
    let (ended, _) = deploy(world).await;
    assert_says(&ended.expect(10), &["ECS has no service frontend", "Next: find out who did"]);
}
