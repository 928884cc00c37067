//! The user pool's keys: fetched when they are needed, and no more often.

use std::{sync::Arc, time::Duration};

use futures_util::future;
use integration::cognito::{JwksBehaviour, Signature, TokenSpec};
use reqwest::Method;

use crate::support::{Platform, SOON, User, problem};

#[tokio::test]
async fn an_unknown_key_is_asked_for_once_however_many_tokens_name_it() {
    let platform = Platform::start().await;
    let user = platform.user();
    // The keys are there.
    platform.get(&user, "/bots").await;
    let before = platform.cognito.jwks_requests();

    let bad = |_| platform.user_with(|spec| spec.signature(Signature::UnknownKid));
    let callers: Vec<User> = (0..50).map(bad).collect();
    let calls = callers.iter().map(|caller| platform.call(caller, Method::GET, "/bots").send());
    for answer in future::join_all(calls).await {
        problem(answer.unwrap(), 401).await;
    }
    for caller in &callers {
        problem(platform.call(caller, Method::GET, "/bots").send().await.unwrap(), 401).await;
    }

    assert_eq!(platform.cognito.jwks_requests(), before + 1);
    platform.get(&user, "/bots").await;
}

#[tokio::test]
async fn rotated_keys_work_at_once() {
    let platform = Platform::start().await;
    let old = platform.user();
    platform.get(&old, "/bots").await;
    let before = platform.cognito.jwks_requests();

    platform.cognito.rotate_keys().unwrap();
    let new = platform.user();
    let with_access_token = User { token: platform.token(&TokenSpec::access(&new.id)), ..new.clone() };
    platform.get(&new, "/bots").await;
    platform.get(&with_access_token, "/bots").await;

    assert_eq!(platform.cognito.jwks_requests(), before + 1);
    // The old ones are no longer the pool's.
    problem(platform.call(&old, Method::GET, "/bots").send().await.unwrap(), 401).await;
}

#[tokio::test]
async fn verifying_asks_nobody() {
    let platform = Platform::start().await;
    platform.get(&platform.user(), "/bots").await;
    let before = platform.cognito.jwks_requests();
    platform.cognito.set_jwks(JwksBehaviour::Failing);
    for _ in 0..50 {
        let user = platform.user();
        let access = User { token: platform.token(&TokenSpec::access(&user.id)), ..user.clone() };
        platform.get(&user, "/bots").await;
        platform.get(&access, "/bots").await;
    }
    assert_eq!(platform.cognito.jwks_requests(), before);
}

#[tokio::test]
async fn known_keys_do_not_wait_for_unknown_ones() {
    let platform = Platform::start().await;
    let user = platform.user();
    platform.get(&user, "/bots").await;
    let before = platform.cognito.jwks_requests();
    platform.cognito.set_jwks(JwksBehaviour::Slow(Duration::from_secs(4)));
    let bad = platform.user_with(|spec| spec.signature(Signature::UnknownKid));
    let waiting = tokio::spawn(platform.call(&bad, Method::GET, "/bots").send());
    let cognito = Arc::clone(&platform.cognito);
    tokio::time::timeout(SOON, async {
        while cognito.jwks_requests() == before {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the keys are asked for");

    platform.get(&user, "/bots").await;

    assert!(!waiting.is_finished());
    problem(waiting.await.unwrap().unwrap(), 401).await;
}

#[tokio::test]
async fn while_the_pool_cannot_be_asked_nobody_is_refused_for_good() {
    let platform = Platform::start().await;
    platform.cognito.set_jwks(JwksBehaviour::Failing);
    let instance = platform.second_instance(|_| {}).await;
    let user = platform.user();

    let answer = instance.call(&user, Method::GET, "/bots").send().await.unwrap();
    assert_eq!(problem(answer, 503).await["code"], "unavailable");

    platform.cognito.set_jwks(JwksBehaviour::Normal);
    tokio::time::timeout(SOON, async {
        while instance.call(&user, Method::GET, "/bots").send().await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the keys are fetched without a restart");
}
