use std::time::Duration;

use integration::cognito::{CodePurpose, NewUser, Options, TokenSpec};
use jsonwebtoken::decode_header;
use num_bigint::BigUint;
use serde_json::{Value, json};

use crate::client::{EMAIL, PASSWORD, Pool, ada, kind, prime, refusal, token, wrong_credentials};

#[tokio::test]
async fn srp_takes_email_or_username() {
    let (pool, sub) = Pool::with_ada().await;
    for login in [EMAIL, "ADA@Example.com", &sub] {
        let answer = pool.srp(login, PASSWORD).await.unwrap();
        let claims = pool.verify(&token(&answer, "IdToken")).await.unwrap();
        assert_eq!(claims["sub"], sub);
    }
}

#[tokio::test]
async fn srp_refuses_a_wrong_password_and_hides_who_exists() {
    let (pool, _) = Pool::with_ada().await;
    assert_eq!(pool.srp(EMAIL, "Correct1horsf").await, wrong_credentials());
    for login in ["nobody@example.com", "nobody"] {
        assert_eq!(pool.srp(login, PASSWORD).await, wrong_credentials());
        let first = pool.srp_challenge(login, &7u8.into()).await.unwrap();
        let second = pool.srp_challenge(login, &7u8.into()).await.unwrap();
        assert_eq!(first["SALT"], second["SALT"]);
        assert_eq!(first["USER_ID_FOR_SRP"], second["USER_ID_FOR_SRP"]);
        assert_ne!(first["SRP_B"], second["SRP_B"]);
    }
}

#[tokio::test]
async fn srp_refuses_a_public_value_of_zero() {
    let (pool, _) = Pool::with_ada().await;
    for public in [BigUint::ZERO, prime(), prime() * 2u8] {
        let parameters = json!({ "USERNAME": EMAIL, "SRP_A": public.to_str_radix(16) });
        let answer = pool.initiate("USER_SRP_AUTH", parameters).await;
        assert_eq!(kind(answer), "InvalidParameterException");
    }
}

#[tokio::test]
async fn an_srp_proof_is_for_one_user_one_challenge_one_time() {
    let (pool, _) = Pool::with_ada().await;
    let secret = BigUint::from(fastrand::u128(..)) << 128;
    for field in ["USERNAME", "PASSWORD_CLAIM_SECRET_BLOCK", "TIMESTAMP"] {
        let challenge = pool.srp_challenge(EMAIL, &secret).await.unwrap();
        let mut proof = pool.srp_proof(PASSWORD, &secret, &challenge);
        proof[field] = match field {
            "USERNAME" => "eve".into(),
            "TIMESTAMP" => "Tue Feb 3 04:05:07 UTC 2026".into(),
            _ => pool.srp_challenge(EMAIL, &secret).await.unwrap()["SECRET_BLOCK"].clone(),
        };
        assert_eq!(pool.srp_answer(proof).await, wrong_credentials(), "{field}");
    }
    let challenge = pool.srp_challenge(EMAIL, &secret).await.unwrap();
    let proof = pool.srp_proof(PASSWORD, &secret, &challenge);
    pool.srp_answer(proof.clone()).await.unwrap();
    assert_eq!(pool.srp_answer(proof).await, wrong_credentials());
}

#[tokio::test]
async fn tokens_say_what_cognito_says() {
    let (pool, sub) = Pool::with_ada().await;
    let answer = pool.with_password(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer["AuthenticationResult"]["ExpiresIn"], 3600);
    assert_eq!(answer["AuthenticationResult"]["TokenType"], "Bearer");

    let id_token = token(&answer, "IdToken");
    let id = pool.verify(&id_token).await.unwrap();
    for (claim, value) in [
        ("token_use", json!("id")),
        ("aud", json!(pool.cognito.client_id())),
        ("sub", json!(sub)),
        ("cognito:username", json!(sub)),
        ("cognito:groups", json!(["admin"])),
        ("custom:tenant_id", json!("acme")),
        ("email", json!(EMAIL)),
        ("email_verified", json!(true)),
        ("name", json!("Ada Lovelace")),
    ] {
        assert_eq!(id[claim], value, "{claim}");
    }
    let access_token = token(&answer, "AccessToken");
    let access = pool.verify(&access_token).await.unwrap();
    for (claim, value) in [
        ("token_use", json!("access")),
        ("client_id", json!(pool.cognito.client_id())),
        ("sub", json!(sub)),
        ("username", json!(sub)),
        ("cognito:groups", json!(["admin"])),
        ("scope", json!("aws.cognito.signin.user.admin")),
        ("origin_jti", id["origin_jti"].clone()),
    ] {
        assert_eq!(access[claim], value, "{claim}");
    }
    for absent in ["aud", "email", "name", "custom:tenant_id"] {
        assert_eq!(access.get(absent), None, "{absent}");
    }
    assert_ne!(access["jti"], id["jti"]);
    // As in AWS, the two kinds have a key each.
    let kid = |token: &str| decode_header(token).unwrap().kid.unwrap();
    assert_ne!(kid(&id_token), kid(&access_token));
}

#[tokio::test]
async fn wrong_passwords_and_requests_are_refused() {
    let (pool, _) = Pool::with_ada().await;
    assert_eq!(pool.with_password(EMAIL, "x").await, wrong_credentials());
    let nobody = pool.with_password("nobody", PASSWORD).await;
    assert_eq!(nobody, wrong_credentials());

    for (action, body, error) in [
        ("AdminGetUser", "{}", "UnknownOperationException"),
        ("SignUp", "{", "SerializationException"),
        ("SignUp", "{}", "InvalidParameterException"),
        ("GetUser", "[7]", "InvalidParameterException"),
    ] {
        let answer = pool.raw(action, body.to_owned()).await;
        assert_eq!(kind(answer), error, "{action} {body}");
    }
    let other = json!({ "ClientId": "other", "AuthFlow": "USER_SRP_AUTH" }).to_string();
    assert_eq!(
        pool.raw("InitiateAuth", other).await,
        refusal("ResourceNotFoundException", "User pool client other does not exist.")
    );
    assert_eq!(
        pool.initiate("USER_SRP_AUTH", json!({ "SRP_A": "7" })).await,
        refusal("InvalidParameterException", "Missing required parameter USERNAME")
    );
}

#[tokio::test]
async fn a_session_refreshes_until_it_is_revoked() {
    let (pool, sub) = Pool::with_ada().await;
    let session = pool.with_password(EMAIL, PASSWORD).await.unwrap();
    let other = pool.with_password(EMAIL, PASSWORD).await.unwrap();

    let again = pool.refresh(&session).await.unwrap();
    assert_eq!(again["AuthenticationResult"].get("RefreshToken"), None);
    let before = pool.verify(&token(&session, "IdToken")).await.unwrap();
    let after = pool.verify(&token(&again, "IdToken")).await.unwrap();
    assert_eq!(after["sub"], sub);
    assert_ne!(after["jti"], before["jti"]);
    for claim in ["origin_jti", "auth_time"] {
        assert_eq!(after[claim], before[claim], "{claim}");
    }
    let refresh_token = token(&session, "RefreshToken");
    let request = json!({ "RefreshToken": refresh_token });
    let third = pool.call("GetTokensFromRefreshToken", request).await;
    token(&third.unwrap(), "AccessToken");

    let request = json!({ "Token": refresh_token });
    pool.call("RevokeToken", request).await.unwrap();
    assert_revoked(&pool, &session).await;
    // Only that session ends.
    pool.refresh(&other).await.unwrap();
    let made_up = json!({ "AuthenticationResult": { "RefreshToken": "made up" } });
    assert_eq!(pool.refresh(&made_up).await, refusal("NotAuthorizedException", "Invalid Refresh Token"));
}

#[tokio::test]
async fn sign_out_everywhere_ends_every_session_of_the_user() {
    let (pool, _) = Pool::with_ada().await;
    let bob = NewUser { email: "bob@example.com".to_owned(), password: PASSWORD.to_owned(), ..NewUser::default() };
    pool.cognito.create_user(&bob).unwrap();
    let first = pool.with_password(EMAIL, PASSWORD).await.unwrap();
    let second = pool.srp(EMAIL, PASSWORD).await.unwrap();
    let bobs = pool.with_password(&bob.email, PASSWORD).await.unwrap();

    let access = json!({ "AccessToken": token(&first, "AccessToken") });
    pool.call("GlobalSignOut", access).await.unwrap();
    assert_revoked(&pool, &first).await;
    assert_revoked(&pool, &second).await;
    pool.refresh(&bobs).await.unwrap();
    pool.srp(EMAIL, PASSWORD).await.unwrap();
}

async fn assert_revoked(pool: &Pool, session: &Value) {
    assert_eq!(pool.refresh(session).await, refusal("NotAuthorizedException", "Refresh Token has been revoked"));
    let access = json!({ "AccessToken": token(session, "AccessToken") });
    assert_eq!(pool.call("GetUser", access).await, refusal("NotAuthorizedException", "Access Token has been revoked"));
}

#[tokio::test]
async fn codes_and_tokens_expire() {
    let pool =
        Pool::with(Options { code_lifetime: Duration::ZERO, refresh_lifetime: Duration::ZERO, ..Options::default() })
            .await;
    pool.cognito.create_user(&ada()).unwrap();
    let request = json!({ "Username": EMAIL });
    pool.call("ForgotPassword", request).await.unwrap();
    let code = pool.last_code(CodePurpose::ForgottenPassword);
    let request = json!({ "Username": EMAIL, "ConfirmationCode": code, "Password": PASSWORD });
    assert_eq!(
        pool.call("ConfirmForgotPassword", request).await,
        refusal("ExpiredCodeException", "Invalid code provided, please request a code again.")
    );
    let session = pool.srp(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(pool.refresh(&session).await, refusal("NotAuthorizedException", "Refresh Token has expired"));
    let expired = pool.cognito.token(&TokenSpec::access("x").expires_in(-1));
    assert_eq!(
        pool.call("GetUser", json!({ "AccessToken": expired })).await,
        refusal("NotAuthorizedException", "Access Token has expired")
    );
}

#[tokio::test]
async fn a_temporary_password_has_to_be_replaced() {
    let pool = Pool::start().await;
    let new = NewUser { is_temporary: true, ..ada() };
    let sub = pool.cognito.create_user(&new).unwrap();
    let answer = pool.srp(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let parameters = &answer["ChallengeParameters"];
    let attributes = parameters["userAttributes"].as_str().unwrap();
    let attributes: Value = serde_json::from_str(attributes).unwrap();
    assert_eq!(attributes["email"], EMAIL);
    assert_eq!(parameters["requiredAttributes"], "[]");

    let respond = async |session: &Value, password: &str| {
        let request = json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": session,
            "ChallengeResponses": { "USERNAME": sub, "NEW_PASSWORD": password },
        });
        pool.call("RespondToAuthChallenge", request).await
    };
    let session = &answer["Session"];
    let weak = respond(session, "weak").await;
    assert_eq!(kind(weak), "InvalidPasswordException");
    let stranger = respond(&"made up".into(), "Another1password").await;
    assert_eq!(kind(stranger), "NotAuthorizedException");
    let tokens = respond(session, "Another1password").await.unwrap();
    pool.verify(&token(&tokens, "AccessToken")).await.unwrap();
    let used = respond(session, "Third1password").await;
    assert_eq!(kind(used), "NotAuthorizedException");

    assert_eq!(pool.srp(EMAIL, PASSWORD).await, wrong_credentials());
    let signed_in = pool.srp(EMAIL, "Another1password").await.unwrap();
    token(&signed_in, "IdToken");
}
