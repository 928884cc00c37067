//! The pool as a whole: its file, its keys, the tokens that tests ask for.

use std::{
    os::unix::fs::PermissionsExt as _,
    time::{Duration, Instant},
};

use integration::cognito::{Cognito, JwksBehaviour, Options, Signature, TokenSpec};
use jsonwebtoken::{Algorithm, decode_header, jwk::JwkSet};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{EMAIL, PASSWORD, Pool, ada, token};

#[tokio::test]
async fn a_second_run_finds_users_sessions_and_keys() {
    let folder = std::env::temp_dir().join(format!("cognito-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("users.json");
    let options = Options { users_file: Some(file.clone()), ..Options::default() };
    let kids = |jwks: JwkSet| {
        let kids = jwks.keys.into_iter().map(|key| key.common.key_id.unwrap());
        kids.collect::<Vec<_>>()
    };

    let first = Pool::with(options.clone()).await;
    let sub = first.cognito.create_user(&ada()).unwrap();
    // Keys of its own: those of the process would be the same in any case.
    first.cognito.rotate_keys().unwrap();
    let session = first.srp(EMAIL, PASSWORD).await.unwrap();
    let issuer = first.cognito.issuer().to_owned();
    let before = kids(first.jwks().await);
    drop(first);

    let text = std::fs::read_to_string(&file).unwrap();
    for secret in [PASSWORD, &token(&session, "RefreshToken")] {
        assert!(!text.contains(secret));
    }
    let permissions = file.metadata().unwrap().permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600);

    let second = Pool::with(options.clone()).await;
    assert_eq!(kids(second.jwks().await), before);
    // The port, which is part of the issuer, is another: the test takes any.
    let id_token = token(&session, "IdToken");
    let claims = second.verify_issuer(&id_token, &issuer).await.unwrap();
    assert_eq!(claims["sub"], sub);
    second.refresh(&session).await.unwrap();
    second.srp(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(second.cognito.create_user(&ada()).unwrap(), sub);

    std::fs::write(&file, "{").unwrap();
    let damaged = Cognito::start(([127, 0, 0, 1], 0).into(), options).await;
    let complaint = damaged.err().expect("a damaged file is refused");
    assert!(complaint.to_string().contains("users.json"), "{complaint}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn any_token_can_be_made() {
    let pool = Pool::start().await;
    let verify = async |spec: &TokenSpec| pool.verify(&pool.cognito.token(spec)).await;
    let spec = TokenSpec::id("s1").email(EMAIL).groups(["admin"]).tenant("acme");
    let claims = verify(&spec).await.unwrap();
    assert_eq!(claims["cognito:groups"], json!(["admin"]));
    assert_eq!(claims["custom:tenant_id"], "acme");
    let bare = verify(&spec.clone().without("aud")).await.unwrap();
    assert_eq!(bare.get("aud"), None);
    let other = verify(&spec.clone().client("other")).await.unwrap();
    assert_eq!(other["aud"], "other");

    let issuer = format!("{}/us-east-1_Other", pool.cognito.url());
    let refused = verify(&spec.clone().expires_in(-3600)).await;
    assert_eq!(refused.unwrap_err(), "ExpiredSignature");
    let refused = verify(&spec.clone().issuer(issuer)).await;
    assert_eq!(refused.unwrap_err(), "InvalidIssuer");
    for (signature, complaint) in [
        (Signature::UnknownKid, "unknown kid"),
        (Signature::ForeignKey, "InvalidSignature"),
        (Signature::OtherClaims, "InvalidSignature"),
        (Signature::HmacWithPublicKey, "InvalidAlgorithm"),
    ] {
        let refused = verify(&spec.clone().signature(signature)).await;
        assert_eq!(refused.unwrap_err(), complaint, "{signature:?}");
    }
    let unsigned = spec.clone().signature(Signature::Unsigned);
    assert!(pool.cognito.token(&unsigned).ends_with('.'));
    let forged = pool.cognito.token(&spec.signature(Signature::HmacWithPublicKey));
    assert_eq!(decode_header(&forged).unwrap().alg, Algorithm::HS256);
}

#[tokio::test]
async fn keys_rotate_and_the_jwks_can_fail() {
    let pool = Pool::start().await;
    let old = pool.cognito.token(&TokenSpec::id("s1"));
    pool.verify(&old).await.unwrap();
    pool.cognito.rotate_keys().unwrap();
    assert_eq!(pool.verify(&old).await.unwrap_err(), "unknown kid");
    let new = pool.cognito.token(&TokenSpec::id("s1"));
    pool.verify(&new).await.unwrap();
    assert_eq!(pool.cognito.jwks_requests(), 3);

    let issuer = pool.cognito.issuer();
    let get = async |path: &str| {
        let address = format!("{issuer}/.well-known/{path}");
        pool.http.get(address).send().await.unwrap()
    };
    pool.cognito.set_jwks(JwksBehaviour::Failing);
    let failing = get("jwks.json").await;
    assert_eq!(failing.status(), StatusCode::SERVICE_UNAVAILABLE);
    let delay = Duration::from_millis(50);
    pool.cognito.set_jwks(JwksBehaviour::Slow(delay));
    let start = Instant::now();
    assert_eq!(get("jwks.json").await.status(), StatusCode::OK);
    assert!(start.elapsed() >= delay);
    assert_eq!(pool.cognito.jwks_requests(), 5);

    let openid: Value = get("openid-configuration").await.json().await.unwrap();
    assert_eq!(openid["issuer"], issuer);
    let jwks_uri = format!("{issuer}/.well-known/jwks.json");
    assert_eq!(openid["jwks_uri"], jwks_uri);
}

#[tokio::test]
async fn a_page_of_another_port_may_call() {
    let pool = Pool::start().await;
    let preflight = pool.http.request(Method::OPTIONS, pool.cognito.url());
    let wanted = "cache-control,content-type,x-amz-target,x-amz-user-agent";
    let response = preflight
        .header("origin", "http://127.0.0.1:5173")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", wanted)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    for name in ["origin", "headers", "methods"] {
        let header = format!("access-control-allow-{name}");
        assert_eq!(response.headers()[&header], "*", "{name}");
    }
}
