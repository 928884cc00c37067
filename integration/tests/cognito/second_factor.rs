use std::fmt::Write;

use aws_lc_rs::hmac;
use integration::cognito::{NewUser, Options, SecondFactor};
use serde_json::{Value, json};

use crate::client::{EMAIL, PASSWORD, Pool, Refusal, ada, kind, refusal, token};

/// Base32 of `12345678901234567890`, the secret of RFC 6238.
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// What an authenticator app with this secret shows, `steps` of 30 seconds from now.
fn code(secret: &str, steps: i64) -> String {
    let mut bits = String::new();
    for letter in secret.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).unwrap();
        write!(bits, "{value:05b}").unwrap();
    }
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let step = chrono::Utc::now().timestamp() / 30 + steps;
    let tag = hmac::sign(&key, &step.to_be_bytes()).as_ref().to_vec();
    let at = usize::from(tag[19] & 15);
    let word = u32::from_be_bytes(tag[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

async fn respond(pool: &Pool, name: &str, session: &Value, responses: Value) -> Result<Value, Refusal> {
    let request = json!({ "ChallengeName": name, "Session": session, "ChallengeResponses": responses });
    pool.call("RespondToAuthChallenge", request).await
}

#[tokio::test]
async fn a_code_of_the_app_is_asked_for_after_the_password() {
    let pool = Pool::start().await;
    let user = NewUser { second_factor: SecondFactor::Totp(SECRET.to_owned()), ..ada() };
    let sub = pool.cognito.create_user(&user).unwrap();
    let answer = pool.srp(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    assert_eq!(answer["AuthenticationResult"], Value::Null);

    let prove = async |session: &Value, code: &str| {
        let responses = json!({ "USERNAME": sub, "SOFTWARE_TOKEN_MFA_CODE": code });
        respond(&pool, "SOFTWARE_TOKEN_MFA", session, responses).await
    };
    let session = &answer["Session"];
    let right = code(SECRET, 0);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    let mismatch = refusal("CodeMismatchException", "Invalid code received for user");
    assert_eq!(prove(session, wrong).await, mismatch);
    assert_eq!(prove(&"made up".into(), &right).await.unwrap_err().0, "NotAuthorizedException");
    let tokens = prove(session, &right).await.unwrap();
    pool.verify(&token(&tokens, "IdToken")).await.unwrap();
    assert_eq!(kind(prove(session, &code(SECRET, 1)).await), "NotAuthorizedException");

    let again = pool.with_password(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(
        prove(&again["Session"], &right).await,
        refusal("ExpiredCodeException", "Your software token has already been used once.")
    );
    prove(&again["Session"], &code(SECRET, 1)).await.unwrap();
    let profile = pool.call("GetUser", json!({ "AccessToken": token(&tokens, "AccessToken") })).await.unwrap();
    assert_eq!(profile["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));
}

#[tokio::test]
async fn an_app_is_set_up_at_sign_in() {
    let pool = Pool::start().await;
    let user = NewUser { second_factor: SecondFactor::SetUp, is_temporary: true, ..ada() };
    let sub = pool.cognito.create_user(&user).unwrap();
    let temporary = pool.srp(EMAIL, PASSWORD).await.unwrap();
    let responses = json!({ "USERNAME": sub, "NEW_PASSWORD": "Another1password" });
    let asked = respond(&pool, "NEW_PASSWORD_REQUIRED", &temporary["Session"], responses).await.unwrap();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_SETUP"], "[\"SOFTWARE_TOKEN_MFA\"]");

    let associated = pool.call("AssociateSoftwareToken", json!({ "Session": asked["Session"] })).await.unwrap();
    let secret = associated["SecretCode"].as_str().unwrap();
    let verify = async |code: &str| {
        let request = json!({ "Session": associated["Session"], "UserCode": code, "FriendlyDeviceName": "Phone" });
        pool.call("VerifySoftwareToken", request).await
    };
    let finish = async |session: &Value| respond(&pool, "MFA_SETUP", session, json!({ "USERNAME": sub })).await;
    let right = code(secret, 0);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    assert_eq!(
        verify(wrong).await,
        refusal("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
    );
    let verified = verify(&right).await.unwrap();
    assert_eq!(verified["Status"], "SUCCESS");
    let tokens = finish(&verified["Session"]).await.unwrap();
    pool.verify(&token(&tokens, "IdToken")).await.unwrap();
    assert_eq!(kind(finish(&verified["Session"]).await), "NotAuthorizedException");

    let next = pool.srp(EMAIL, "Another1password").await.unwrap();
    assert_eq!(next["ChallengeName"], "SOFTWARE_TOKEN_MFA");
}

#[tokio::test]
async fn setting_up_cannot_be_passed_by() {
    let pool = Pool::start().await;
    let user = NewUser { second_factor: SecondFactor::SetUp, ..ada() };
    let sub = pool.cognito.create_user(&user).unwrap();
    let asked = pool.srp(EMAIL, PASSWORD).await.unwrap();
    let finished = respond(&pool, "MFA_SETUP", &asked["Session"], json!({ "USERNAME": sub })).await;
    assert_eq!(kind(finished), "NotAuthorizedException");
}

#[tokio::test]
async fn an_app_is_set_up_while_signed_in() {
    let (pool, _) = Pool::with_ada().await;
    let access = token(&pool.srp(EMAIL, PASSWORD).await.unwrap(), "AccessToken");
    let prefer = async |enabled: bool| {
        let settings = json!({ "Enabled": enabled, "PreferredMfa": enabled });
        pool.call("SetUserMFAPreference", json!({ "AccessToken": access, "SoftwareTokenMfaSettings": settings })).await
    };
    assert_eq!(kind(prefer(true).await), "InvalidParameterException");
    let associated = pool.call("AssociateSoftwareToken", json!({ "AccessToken": access })).await.unwrap();
    assert_eq!(associated.get("Session"), None);
    let code = code(associated["SecretCode"].as_str().unwrap(), 0);
    pool.call("VerifySoftwareToken", json!({ "AccessToken": access, "UserCode": code })).await.unwrap();
    token(&pool.srp(EMAIL, PASSWORD).await.unwrap(), "IdToken");
    prefer(true).await.unwrap();
    assert_eq!(pool.srp(EMAIL, PASSWORD).await.unwrap()["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    prefer(false).await.unwrap();
    token(&pool.srp(EMAIL, PASSWORD).await.unwrap(), "IdToken");
}

#[tokio::test]
async fn attributes_that_are_required_come_with_the_new_password() {
    let pool = Pool::start().await;
    let user = NewUser { is_temporary: true, missing: vec!["given_name".to_owned()], ..ada() };
    let sub = pool.cognito.create_user(&user).unwrap();
    let answer = pool.srp(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(answer["ChallengeParameters"]["requiredAttributes"], "[\"userAttributes.given_name\"]");
    let mut responses = json!({ "USERNAME": sub, "NEW_PASSWORD": "Another1password" });
    assert_eq!(
        respond(&pool, "NEW_PASSWORD_REQUIRED", &answer["Session"], responses.clone()).await,
        refusal("InvalidParameterException", "Invalid attributes given, given_name is missing")
    );
    responses["userAttributes.given_name"] = "Ada".into();
    let tokens = respond(&pool, "NEW_PASSWORD_REQUIRED", &answer["Session"], responses).await.unwrap();
    assert_eq!(pool.verify(&token(&tokens, "IdToken")).await.unwrap()["given_name"], "Ada");
}

#[tokio::test]
async fn refresh_tokens_rotate_where_the_client_says_so() {
    let pool = Pool::with(Options { rotate_refresh_tokens: true, ..Options::default() }).await;
    pool.cognito.create_user(&ada()).unwrap();
    let first = pool.srp(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(kind(pool.refresh(&first).await), "InvalidParameterException");
    let refresh = async |answer: &Value| {
        pool.call("GetTokensFromRefreshToken", json!({ "RefreshToken": token(answer, "RefreshToken") })).await
    };
    let second = refresh(&first).await.unwrap();
    assert_ne!(token(&second, "RefreshToken"), token(&first, "RefreshToken"));
    assert_eq!(kind(refresh(&first).await), "RefreshTokenReuseException");
    let third = refresh(&second).await.unwrap();
    pool.call("RevokeToken", json!({ "Token": token(&third, "RefreshToken") })).await.unwrap();
    assert_eq!(refresh(&third).await, refusal("NotAuthorizedException", "Refresh Token has been revoked"));
}
