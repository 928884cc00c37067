//! What is looked at last: whether the platform does what it should.

use crate::{
    cli::{Cli, Ended},
    endpoint::{Endpoint, Fault, World},
};

const HEALTH: &str = "GET /health";
const REGISTER: &str = "POST /api/v1/users/register";

async fn smoke(world: World) -> (Ended, Endpoint) {
    let endpoint = Endpoint::start(world).await;
    let ended = Cli::of(&endpoint).impatient().run(&["smoke", "--address", &endpoint.url]).await;
    (ended, endpoint)
}

#[tokio::test]
async fn what_fails_is_said_before_what_could_not_be_deleted() {
    let broken = || World::serving().fault(Fault::of(REGISTER, "unavailable", "the database is away"));
    let (ended, endpoint) = smoke(broken()).await;
    let error = ended.expect(11).error();
    assert!(error.contains("a user signs in fails\n  /api/v1/users/register answers 500"), "{error}");
    assert!(error.contains("the database is away\nNext: "), "{error}");
    assert_eq!(endpoint.calls("AdminDeleteUser"), 1);

    for (fault, code, words) in [
        (broken(), 11, "but: a user signs in fails\n"),
        (World::serving().fault(Fault::of("AdminInitiateAuth", "TeapotException", "I am one")), 1, "sign the smoke"),
    ] {
        let stays = Fault::of("AdminDeleteUser", "LimitExceededException", "not today");
        let error = smoke(fault.fault(stays)).await.0.expect(code).error();
        assert!(error.lines().next().unwrap().contains(words.trim_end()), "{error}");
        assert!(error.contains("\n  also: Cannot delete the smoke test's user"), "{error}");
        assert!(error.contains("\n  LimitExceededException: not today"), "{error}");
    }
}

#[tokio::test]
async fn that_it_answers_is_looked_at_where_nothing_changes_too() {
    let endpoint = Endpoint::start(World::serving()).await;
    let cli = Cli::of(&endpoint);
    cli.deploy().await.expect(0);
    assert_eq!(endpoint.calls(HEALTH), 1);
    for object in endpoint.world().objects.values_mut() {
        *object =
            String::from_utf8(object.clone()).unwrap().replace("\"is_tested\":false", "\"is_tested\":true").into();
    }
    let arguments: Vec<_> = cli.deployment().into_iter().filter(|argument| argument != "--skip-smoke").collect();
    let again = cli.run(&arguments).await.expect(0);
    assert!(again.stderr.contains("nothing has changed since the smoke test passed"), "{}", again.stderr);
    assert_eq!(endpoint.calls(HEALTH), 2);
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_no_failure_where_nobody_asked() {
    let endpoint = Endpoint::start(World::serving().fault(Fault::of(HEALTH, "unavailable", "not yet"))).await;
    let ended = Cli::of(&endpoint).deploy().await.expect(0);
    assert!(
        ended.stderr.contains("warning: The platform is there, but: the address answers fails"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("not yet"), "{}", ended.stderr);
}
