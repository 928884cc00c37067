//! Each status that a stack can have, before a deployment and after.

use std::collections::VecDeque;

use crate::{
    cli::Cli,
    endpoint::{Endpoint, Event, Outcome, Stack, World},
};

const OK: i32 = 0;
const STUCK: i32 = 5;
const FAILED: i32 = 8;

async fn found(status: &'static str, then: Option<&'static str>) -> (crate::cli::Ended, Endpoint) {
    let mut world = World::serving();
    match status {
        "DELETE_COMPLETE" | "REVIEW_IN_PROGRESS" => *world.stack() = Stack { status, ..Stack::default() },
        _ => world.stack().finish("mangoo-test", status, ""),
    }
    world.stack().next = VecDeque::from_iter(then);
    let endpoint = Endpoint::start(world).await;
    (Cli::of(&endpoint).deploy().await, endpoint)
}

/// What a deployment does that finds a stack so.
#[tokio::test]
async fn before() {
    let rests = [
        ("CREATE_COMPLETE", OK),
        ("UPDATE_COMPLETE", OK),
        ("UPDATE_ROLLBACK_COMPLETE", OK),
        ("IMPORT_COMPLETE", OK),
        ("IMPORT_ROLLBACK_COMPLETE", OK),
        ("DELETE_COMPLETE", OK),
        ("REVIEW_IN_PROGRESS", OK),
        ("CREATE_FAILED", STUCK),
        ("ROLLBACK_COMPLETE", STUCK),
        ("ROLLBACK_FAILED", STUCK),
        ("UPDATE_FAILED", STUCK),
        ("UPDATE_ROLLBACK_FAILED", STUCK),
        ("IMPORT_ROLLBACK_FAILED", STUCK),
        ("DELETE_FAILED", STUCK),
    ];
    let rests = rests.map(async |(status, code)| {
        let (ended, endpoint) = found(status, None).await;
        assert_eq!(ended.code, code, "{status}: {}", ended.stderr);
        if code == OK {
            assert!(ended.stderr.contains("mangoo-test serves at Address-1"), "{status}: {}", ended.stderr);
        } else {
            let error = ended.error();
            assert!(error.contains(&format!("stuck in {status}")) && error.contains("mangoo-ops unstick"), "{error}");
            assert_eq!(endpoint.calls("CreateChangeSet"), 0, "{status}");
        }
    });
    futures_util::future::join_all(rests).await;
}

/// What is under way is joined, and what comes of it decides.
#[tokio::test]
async fn under_way_before() {
    let moves = [
        ("CREATE_IN_PROGRESS", "CREATE_COMPLETE", OK),
        ("CREATE_IN_PROGRESS", "CREATE_FAILED", FAILED),
        ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", OK),
        ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", OK),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE", OK),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", OK),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", FAILED),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", OK),
        ("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", FAILED),
        ("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE", OK),
        ("IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE", OK),
        ("DELETE_IN_PROGRESS", "DELETE_COMPLETE", OK),
        ("DELETE_IN_PROGRESS", "DELETE_FAILED", 12),
    ];
    let moves = moves.map(async |(status, then, code)| {
        let (ended, _) = found(status, Some(then)).await;
        assert_eq!(ended.code, code, "{status}: {}", ended.stderr);
        assert!(ended.stderr.contains("is being changed already; waiting for that"), "{status}: {}", ended.stderr);
    });
    futures_util::future::join_all(moves).await;
}

/// What a deployment says whose change ends so.
#[tokio::test]
async fn after() {
    let ends = [
        ("CREATE_COMPLETE", OK, ""),
        ("UPDATE_COMPLETE", OK, ""),
        ("IMPORT_COMPLETE", OK, ""),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_COMPLETE", OK, ""),
        ("CREATE_IN_PROGRESS CREATE_COMPLETE", OK, ""),
        ("UPDATE_IN_PROGRESS UPDATE_COMPLETE", OK, ""),
        ("IMPORT_IN_PROGRESS IMPORT_COMPLETE", OK, ""),
        ("UPDATE_ROLLBACK_COMPLETE", FAILED, "everything is as it was before"),
        ("UPDATE_ROLLBACK_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE", FAILED, "everything is as it was before"),
        (
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS UPDATE_ROLLBACK_COMPLETE",
            FAILED,
            "everything is as it was before",
        ),
        ("IMPORT_ROLLBACK_COMPLETE", FAILED, "everything is as it was before"),
        ("IMPORT_ROLLBACK_IN_PROGRESS IMPORT_ROLLBACK_COMPLETE", FAILED, "everything is as it was before"),
        ("ROLLBACK_COMPLETE", FAILED, "what was made is deleted again"),
        ("ROLLBACK_IN_PROGRESS ROLLBACK_COMPLETE", FAILED, "what was made is deleted again"),
        ("CREATE_FAILED", FAILED, "mangoo-ops unstick"),
        ("UPDATE_FAILED", FAILED, "mangoo-ops unstick"),
        ("ROLLBACK_FAILED", FAILED, "mangoo-ops unstick"),
        ("UPDATE_ROLLBACK_FAILED", FAILED, "mangoo-ops unstick"),
        ("IMPORT_ROLLBACK_FAILED", FAILED, "mangoo-ops unstick"),
        ("DELETE_FAILED", FAILED, "mangoo-ops unstick"),
        ("DELETE_COMPLETE", FAILED, "was deleted while it was being changed"),
        ("DELETE_IN_PROGRESS DELETE_COMPLETE", FAILED, "was deleted while it was being changed"),
    ];
    let ends = ends.map(async |(statuses, code, words)| {
        let mut statuses_left = statuses.split(' ');
        let outcome = Outcome::new(statuses_left.next().unwrap()).event(Event::new(
            "Database",
            "AWS::RDS::DBCluster",
            "UPDATE_FAILED",
            "the reason",
        ));
        let mut world = World::serving().then(outcome);
        world.stack().next = statuses_left.collect();
        let endpoint = Endpoint::start(world).await;
        let ended = Cli::of(&endpoint).deploy().await;
        assert_eq!(ended.code, code, "{statuses}: {}", ended.stderr);
        if code == FAILED {
            let error = ended.error();
            assert!(error.contains(words), "{statuses}: {error}");
            assert!(error.contains("the reason") || statuses.contains("DELETE_COMPLETE"), "{statuses}: {error}");
        }
    });
    futures_util::future::join_all(ends).await;
}
