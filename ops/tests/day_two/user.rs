//! `mangoo-ops user`.

use std::process::Stdio;

use serde_json::{Value as Json, json};
use tokio::io::AsyncWriteExt;

use crate::aws::{Answer, Aws, POOL, finish};

const ADA: &str = "ada@example.com";

/// A pool where Ada is as Cognito's `status` says, or not at all.
fn pool(action: &str, call: &Json, status: Option<&str>) -> Answer {
    assert_eq!(call["UserPoolId"], POOL);
    match (action, status) {
        ("AdminCreateUser", Some(_)) if call["MessageAction"] != "RESEND" => Err("UsernameExistsException"),
        ("AdminGetUser", Some(status)) => Ok(json!({ "Username": "sub", "UserStatus": status })),
        ("AdminGetUser", None) => Err("UserNotFoundException"),
        _ => Ok(json!({})),
    }
}

async fn with_password(aws: &Aws, password: &str) -> (i32, String, String) {
    let mut command = aws.command(&["user", "add", ADA, "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).await.unwrap();
    finish(child.wait_with_output().await)
}

fn groups(aws: &Aws) -> Vec<Json> {
    aws.calls("AdminAddUserToGroup").into_iter().map(|call| call["GroupName"].clone()).collect()
}

#[tokio::test]
async fn a_new_user_is_invited_by_mail() {
    let aws = Aws::start("user-new", |action, call| pool(action, call, None)).await;
    let (code, _, errors) = aws.run(&["user", "add", ADA, "--admin"]).await;
    assert_eq!(code, 0, "{errors}");
    assert!(errors.contains("invited by mail; groups: user, admin"), "{errors}");
    let expected = json!({
        "UserPoolId": POOL,
        "Username": ADA,
        "UserAttributes": [{ "Name": "email", "Value": ADA }, { "Name": "email_verified", "Value": "true" }],
        "DesiredDeliveryMediums": ["EMAIL"],
    });
    assert_eq!(aws.calls("AdminCreateUser"), [expected]);
    assert_eq!(groups(&aws), ["user", "admin"]);
}

#[tokio::test]
async fn a_password_is_for_good_and_nothing_is_mailed() {
    let aws = Aws::start("user-password", |action, call| pool(action, call, None)).await;
    let (code, _, errors) = with_password(&aws, " secret Password 1\n").await;
    assert_eq!(code, 0, "{errors}");
    let created = &aws.calls("AdminCreateUser")[0];
    assert_eq!([&created["MessageAction"], &created["TemporaryPassword"]], ["SUPPRESS", " secret Password 1"]);
    let set = &aws.calls("AdminSetUserPassword")[0];
    assert_eq!(set["Password"], " secret Password 1");
    assert_eq!(set["Permanent"], true);
}

#[tokio::test]
async fn who_is_there_gets_the_groups_and_keeps_the_password() {
    let aws = Aws::start("user-there", |action, call| pool(action, call, Some("CONFIRMED"))).await;
    let (code, _, errors) = with_password(&aws, "another\n").await;
    assert_eq!(code, 0, "{errors}");
    assert!(errors.contains("a password that stays as it is"), "{errors}");
    assert_eq!(groups(&aws), ["user"]);
    assert_eq!(aws.calls("AdminSetUserPassword"), [] as [Json; 0]);
    let (code, ..) = aws.run(&["user", "add", ADA, "--invite"]).await;
    assert_eq!(code, 0);
    assert!(aws.calls("AdminCreateUser").iter().all(|call| call["MessageAction"] != "RESEND"));
}

#[tokio::test]
async fn an_interrupted_addition_is_completed() {
    let aws = Aws::start("user-again", |action, call| pool(action, call, Some("FORCE_CHANGE_PASSWORD"))).await;
    assert_eq!(with_password(&aws, "secret\n").await.0, 0);
    assert_eq!(aws.calls("AdminSetUserPassword").len(), 1);
    assert_eq!(aws.run(&["user", "add", ADA, "--invite"]).await.0, 0);
    assert_eq!(aws.calls("AdminCreateUser").last().unwrap()["MessageAction"], "RESEND");
}

#[tokio::test]
async fn a_password_that_the_pool_refuses_comes_with_its_rule() {
    let aws = Aws::start("user-rule", |action, _| match action {
        "AdminCreateUser" => Err("InvalidPasswordException"),
        "DescribeUserPool" => Ok(json!({ "UserPool": { "Policies": { "PasswordPolicy": {
            "MinimumLength": 12, "RequireNumbers": true, "RequireSymbols": false,
        } } } })),
        other => panic!("{other}"),
    })
    .await;
    let (code, _, errors) = with_password(&aws, "secret\n").await;
    assert_eq!(code, 6);
    assert!(errors.contains("at least 12 characters, a digit\n"), "{errors}");
    assert!(!errors.contains("secret"), "{errors}");
    let (code, _, errors) = with_password(&aws, "\n").await;
    assert_eq!(code, 64);
    assert!(errors.contains("has no password"), "{errors}");
}

#[tokio::test]
async fn users_are_listed_with_their_groups_page_by_page() {
    let user = |name: &str, email: &str, status: &str, is_enabled: bool| {
        json!({
            "Username": name,
            "Attributes": [{ "Name": "sub", "Value": name }, { "Name": "email", "Value": email }],
            "UserStatus": status,
            "Enabled": is_enabled,
            "UserCreateDate": 1_795_417_920.25,
        })
    };
    let aws = Aws::start("user-list", move |action, call| {
        let next = call["PaginationToken"].as_str().or(call["NextToken"].as_str());
        Ok(match (action, call["GroupName"].as_str(), next) {
            ("ListUsers", _, None) => {
                let users = [user("2", "grace@example.com", "FORCE_CHANGE_PASSWORD", true)];
                json!({ "Users": users, "PaginationToken": "more" })
            }
            ("ListUsers", _, Some("more")) => {
                let users = [user("1", ADA, "CONFIRMED", true), user("3", "old@example.com", "CONFIRMED", false)];
                json!({ "Users": users })
            }
            ("ListGroups", ..) => json!({ "Groups": [{ "GroupName": "admin" }, { "GroupName": "user" }] }),
            ("ListUsersInGroup", Some("user"), None) => json!({ "Users": [{ "Username": "2" }], "NextToken": "more" }),
            ("ListUsersInGroup", Some("admin"), None) | (_, Some("user"), Some("more")) => {
                json!({ "Users": [{ "Username": "1" }] })
            }
            other => panic!("{other:?}"),
        })
    })
    .await;
    let (code, text, errors) = aws.run(&["user", "list"]).await;
    assert_eq!(code, 0, "{errors}");
    assert_eq!(
        text,
        "ada@example.com    active    2026-11-23T07:12:00Z  admin, user\n\
         grace@example.com  invited   2026-11-23T07:12:00Z  user\n\
         old@example.com    disabled  2026-11-23T07:12:00Z\n"
    );
    let (_, text, _) = aws.run(&["user", "list", "--json"]).await;
    let users: Json = serde_json::from_str(&text).unwrap();
    let expected = json!({
        "email": ADA,
        "status": "CONFIRMED",
        "is_enabled": true,
        "groups": ["admin", "user"],
        "created": "2026-11-23T07:12:00Z",
    });
    assert_eq!(users[0], expected);
}

#[tokio::test]
async fn a_reset_mails_a_code_or_the_invitation_again() {
    let aws = Aws::start("user-reset", |action, call| pool(action, call, Some("CONFIRMED"))).await;
    assert_eq!(aws.run(&["user", "reset", ADA]).await.0, 0);
    assert_eq!(aws.calls("AdminResetUserPassword"), [json!({ "UserPoolId": POOL, "Username": ADA })]);
    assert_eq!(aws.calls("AdminCreateUser"), [] as [Json; 0]);

    let aws = Aws::start("user-reinvite", |action, call| pool(action, call, Some("FORCE_CHANGE_PASSWORD"))).await;
    assert_eq!(aws.run(&["user", "reset", ADA]).await.0, 0);
    assert_eq!(aws.calls("AdminResetUserPassword"), [] as [Json; 0]);
    assert_eq!(aws.calls("AdminCreateUser")[0]["MessageAction"], "RESEND");
}

#[tokio::test]
async fn who_is_not_there_is_told_and_so_is_a_pool_without_groups() {
    let aws = Aws::start("user-unknown", |action, call| match action {
        "AdminAddUserToGroup" => Err("ResourceNotFoundException"),
        _ => pool(action, call, None),
    })
    .await;
    let (code, _, errors) = aws.run(&["user", "reset", ADA]).await;
    assert_eq!(code, 64);
    assert!(errors.contains("There is no user ada@example.com") && errors.contains("user list"), "{errors}");
    let (code, _, errors) = aws.run(&["user", "add", ADA]).await;
    assert_eq!(code, 5);
    assert!(errors.contains("has no group `user`"), "{errors}");
}
