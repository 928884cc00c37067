use integration::cognito::CodePurpose;
use serde_json::{Value, json};

use crate::client::{EMAIL, PASSWORD, Pool, ada, kind, refusal, token, wrong_credentials};

#[tokio::test]
async fn sign_up_is_confirmed_by_code() {
    let pool = Pool::start().await;
    let name = json!([{ "Name": "name", "Value": "Grace" }]);
    let answer = pool.sign_up(EMAIL, name).await.unwrap();
    assert_eq!(answer["UserConfirmed"], false);
    assert_eq!(answer["CodeDeliveryDetails"]["Destination"], "a***@e***");
    let first = pool.last_code(CodePurpose::SignUp);

    assert_eq!(pool.srp(EMAIL, PASSWORD).await, refusal("UserNotConfirmedException", "User is not confirmed."));
    assert_eq!(pool.srp(EMAIL, "Wrong1password").await, wrong_credentials());
    assert_eq!(
        pool.sign_up("Ada@example.com", json!(null)).await,
        refusal("UsernameExistsException", "An account with the given email already exists.")
    );
    let user = json!({ "Username": EMAIL });
    let resent = pool.call("ResendConfirmationCode", user.clone()).await;
    resent.unwrap();
    let second = pool.last_code(CodePurpose::SignUp);
    let confirm = async |code: &str| {
        let request = json!({ "Username": EMAIL, "ConfirmationCode": code });
        pool.call("ConfirmSignUp", request).await
    };
    // One code in a million comes twice.
    if first != second {
        assert_eq!(kind(confirm(&first).await), "CodeMismatchException");
    }
    assert_eq!(
        confirm("abcdef").await,
        refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
    );
    confirm(&second).await.unwrap();
    assert_eq!(kind(confirm(&second).await), "NotAuthorizedException");
    assert_eq!(
        pool.call("ResendConfirmationCode", user).await,
        refusal("InvalidParameterException", "User is already confirmed.")
    );

    let session = pool.srp(EMAIL, PASSWORD).await.unwrap();
    let claims = pool.verify(&token(&session, "IdToken")).await.unwrap();
    assert_eq!(claims["sub"], answer["UserSub"]);
    assert_eq!(claims["name"], "Grace");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims.get("cognito:groups"), None);
}

#[tokio::test]
async fn sign_up_refuses_weak_passwords() {
    let pool = Pool::start().await;
    for (password, complaint) in [
        ("Short1a", "Password not long enough"),
        ("ALLCAPITAL1", "Password must have lowercase characters"),
        ("nocapital1", "Password must have uppercase characters"),
        ("NoDigitHere", "Password must have numeric characters"),
    ] {
        let request = json!({ "Username": EMAIL, "Password": password });
        let message = format!("Password did not conform with policy: {complaint}");
        assert_eq!(pool.call("SignUp", request).await, refusal("InvalidPasswordException", &message));
    }
}

#[tokio::test]
async fn sign_up_refuses_foreign_attributes_and_bad_addresses() {
    let pool = Pool::start().await;
    for name in ["custom:tenant_id", "sub", "email_verified"] {
        let attributes = json!([{ "Name": name, "Value": "acme" }]);
        assert_eq!(
            pool.sign_up(EMAIL, attributes).await,
            refusal("NotAuthorizedException", "A client attempted to write unauthorized attribute")
        );
    }
    for address in ["@", "a@", "a b@example.com", "a@b@c"] {
        assert_eq!(
            pool.sign_up(address, json!([])).await,
            refusal("InvalidParameterException", "Invalid email address format."),
            "{address}"
        );
    }
    let without_address = pool.sign_up("grace", json!([])).await;
    assert_eq!(kind(without_address), "InvalidParameterException");
    // None of them left a user behind.
    pool.sign_up(EMAIL, json!([])).await.unwrap();
}

#[tokio::test]
async fn a_username_has_its_email_as_an_alias() {
    let pool = Pool::start().await;
    let attributes = json!([{ "Name": "email", "Value": EMAIL }]);
    pool.sign_up("grace", attributes).await.unwrap();
    let code = pool.last_code(CodePurpose::SignUp);
    let request = json!({ "Username": "grace", "ConfirmationCode": code });
    pool.call("ConfirmSignUp", request).await.unwrap();
    for login in ["grace", EMAIL] {
        let answer = pool.srp(login, PASSWORD).await.unwrap();
        let claims = pool.verify(&token(&answer, "IdToken")).await.unwrap();
        assert_eq!(claims["cognito:username"], "grace");
        assert_ne!(claims["sub"], "grace");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_code() {
    let (pool, _) = Pool::with_ada().await;
    let forgot = |login: &str| pool.call("ForgotPassword", json!({ "Username": login }));
    let confirm = async |login: &str, code: &str, password: &str| {
        let request = json!({ "Username": login, "ConfirmationCode": code, "Password": password });
        pool.call("ConfirmForgotPassword", request).await
    };
    // Nothing tells that there is no Amy.
    let unknown = forgot("amy@example.com").await.unwrap();
    assert_eq!(forgot(EMAIL).await.unwrap(), unknown);
    let code = pool.last_code(CodePurpose::ForgottenPassword);
    let amy = confirm("amy@example.com", &code, "Another1password").await;
    assert_eq!(kind(amy), "CodeMismatchException");

    let weak = confirm(EMAIL, &code, "weak").await;
    assert_eq!(kind(weak), "InvalidPasswordException");
    let wrong = confirm(EMAIL, "wrong", "Another1password").await;
    assert_eq!(kind(wrong), "CodeMismatchException");
    confirm(EMAIL, &code, "Another1password").await.unwrap();
    let used = confirm(EMAIL, &code, "Third1password").await;
    assert_eq!(kind(used), "ExpiredCodeException");

    assert_eq!(pool.srp(EMAIL, PASSWORD).await, wrong_credentials());
    pool.srp(EMAIL, "Another1password").await.unwrap();
}

#[tokio::test]
async fn users_change_their_attributes() {
    let (pool, sub) = Pool::with_ada().await;
    let session = pool.srp(EMAIL, PASSWORD).await.unwrap();
    let access = token(&session, "AccessToken");
    let attribute = |name: &str, value: &str| json!({ "Name": name, "Value": value });
    let get = async || {
        let user = pool.call("GetUser", json!({ "AccessToken": access })).await;
        let user = user.unwrap();
        assert_eq!(user["Username"], sub);
        user["UserAttributes"].as_array().unwrap().clone()
    };
    let update = async |changed: Value| {
        let request = json!({ "AccessToken": access, "UserAttributes": [changed] });
        pool.call("UpdateUserAttributes", request).await
    };

    let named = update(attribute("name", "Countess")).await.unwrap();
    assert_eq!(named["CodeDeliveryDetailsList"], json!([]));
    assert!(get().await.contains(&attribute("name", "Countess")));
    let tenant = update(attribute("custom:tenant_id", "other")).await;
    assert_eq!(kind(tenant), "NotAuthorizedException");
    assert!(get().await.contains(&attribute("custom:tenant_id", "acme")));

    let moved = update(attribute("email", "new@example.com")).await.unwrap();
    let sent = &moved["CodeDeliveryDetailsList"][0]["Destination"];
    assert_eq!(*sent, "n***@e***");
    assert!(get().await.contains(&attribute("email_verified", "false")));
    let verify = json!({
        "AccessToken": access,
        "AttributeName": "email",
        "Code": pool.last_code(CodePurpose::Email),
    });
    pool.call("VerifyUserAttribute", verify).await.unwrap();
    assert!(get().await.contains(&attribute("email", "new@example.com")));
    assert!(get().await.contains(&attribute("email_verified", "true")));
    pool.cognito.create_user(&ada()).unwrap();
    let taken = update(attribute("email", EMAIL)).await;
    assert_eq!(kind(taken), "AliasExistsException");
}

#[tokio::test]
async fn users_change_their_password() {
    let (pool, _) = Pool::with_ada().await;
    let session = pool.srp(EMAIL, PASSWORD).await.unwrap();
    let change = async |token: &str, previous: &str, proposed: &str| {
        let request = json!({
            "AccessToken": token,
            "PreviousPassword": previous,
            "ProposedPassword": proposed,
        });
        pool.call("ChangePassword", request).await
    };
    let access = token(&session, "AccessToken");
    let wrong = change(&access, "Wrong1password", "Another1password").await;
    assert_eq!(wrong, wrong_credentials());
    let weak = change(&access, PASSWORD, "weak").await;
    assert_eq!(kind(weak), "InvalidPasswordException");
    for token in [token(&session, "IdToken"), "x.y.z".to_owned()] {
        assert_eq!(
            change(&token, PASSWORD, "Another1password").await,
            refusal("NotAuthorizedException", "Invalid Access Token")
        );
    }
    change(&access, PASSWORD, "Another1password").await.unwrap();
    pool.srp(EMAIL, "Another1password").await.unwrap();
    assert_eq!(pool.srp(EMAIL, PASSWORD).await, wrong_credentials());
}
