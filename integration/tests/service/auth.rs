//! Who may do what: every operation of the API, and every kind of caller.

use std::time::Duration;

use integration::{
    bedrock::Script,
    cognito::{Signature, TokenSpec},
};
use reqwest::{Method, Response, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    operations::{Operation, Things},
    stream::data,
    support::{Platform, User, problem},
};

/// Who may call an operation.
#[derive(Clone, Copy, PartialEq)]
enum May {
    /// Whoever is signed in; it concerns what is theirs.
    Anybody,
    /// Who owns the thing that it names.
    Owner,
    /// Who has the link, of the same tenant.
    Holder,
    /// Who is in the group `admin`; it concerns what is theirs.
    Admin,
    /// Who is in the group `admin`, over all that is the tenant's.
    Steward,
}

fn may(operation: &Operation) -> May {
    match operation.id.as_str() {
        "agents_list" | "agents_categories" | "bots_list" | "bots_create" | "bots_try_out" | "chat_attach"
        | "chats_import" | "chats_list" | "chats_search" | "knowledge_list" | "knowledge_create"
        | "marketplace_facets" | "models_list" | "operations_check" | "usage_own" | "users_delete" | "users_me"
        | "users_register" => May::Anybody,
        "chats_shared" => May::Holder,
        "agents_get"
        | "agents_star"
        | "agents_unstar"
        | "bots_get"
        | "bots_pin"
        | "bots_unpin"
        | "bots_star"
        | "bots_unstar"
        | "bots_versions"
        | "bots_restore"
        | "bots_delete"
        | "bots_update"
        | "chat_history"
        | "chat_delete_history"
        | "chat_ask"
        | "chat_ask_again"
        | "chat_download"
        | "chat_rate"
        | "chat_take_back_rating"
        | "chat_watch_again"
        | "chat_stop"
        | "chats_get"
        | "chats_delete"
        | "chats_export"
        | "chats_share"
        | "chats_shares"
        | "chats_unshare"
        | "chats_show_branch"
        | "chats_update"
        | "knowledge_get"
        | "knowledge_update"
        | "knowledge_add"
        | "knowledge_search"
        | "knowledge_delete"
        | "documents_list"
        | "documents_watch"
        | "documents_upload"
        | "documents_add_address"
        | "documents_uploaded"
        | "documents_get"
        | "documents_download"
        | "documents_text"
        | "documents_retry"
        | "documents_delete" => May::Owner,
        "agents_create" => May::Admin,
        "admin_list_users" | "admin_update_user" | "admin_list_bots" | "admin_list_agents" | "admin_usage"
        | "agents_update" | "agents_delete" => May::Steward,
        id => panic!("{id} is new: say here who may call it"),
    }
}

/// What is no valid `Authorization`.
fn bad_authorizations(platform: &Platform) -> Vec<(&'static str, Option<String>)> {
    let sub = Uuid::new_v4().to_string();
    let id = || TokenSpec::id(&sub).groups(["admin"]);
    let access = || TokenSpec::access(&sub).groups(["admin"]);
    let signed = |signature| id().signature(signature);
    let valid = platform.token(&id());
    let (message, signature) = valid.rsplit_once('.').unwrap();
    let mut all = vec![
        ("none", None),
        ("empty", Some(String::new())),
        ("no token", Some("Bearer".to_owned())),
        ("an empty token", Some("Bearer ".to_owned())),
        ("garbage", Some("Bearer garbage".to_owned())),
        ("garbage in three parts", Some("Bearer a.b.c".to_owned())),
        ("a token alone", Some(valid.clone())),
        ("another scheme", Some(format!("Basic {valid}"))),
        ("a token cut short", Some(format!("Bearer {}", &valid[..valid.len() - 8]))),
        ("no signature", Some(format!("Bearer {message}."))),
        ("another part", Some(format!("Bearer {message}.{signature}.{signature}"))),
    ];
    all.extend(
        [
            ("an expired ID token", id().expires_in(-60)),
            ("an expired access token", access().expires_in(-60)),
            ("without expiry", id().without("exp")),
            ("of another issuer", id().issuer("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other")),
            ("of an issuer that begins alike", id().issuer(format!("{}x", platform.cognito.issuer()))),
            ("without issuer", id().without("iss")),
            ("an ID token of another client", id().client("otherclient")),
            ("an access token of another client", access().client("otherclient")),
            ("an ID token without client", id().without("aud")),
            ("an access token without client", access().without("client_id")),
            (
                "an access token with the client of an ID token",
                access().without("client_id").claim("aud", platform.cognito.client_id()),
            ),
            ("without token_use", id().without("token_use")),
            ("of another use", id().claim("token_use", "refresh")),
            ("without sub", id().without("sub")),
            ("with an empty sub", id().claim("sub", "")),
            ("with an empty tenant", id().tenant("")),
            ("with NUL in the tenant", id().tenant("a\0b")),
            ("with a tenant that is no text", id().claim("custom:tenant_id", 5)),
            ("alg none", signed(Signature::Unsigned)),
            ("HS256 with the public key", signed(Signature::HmacWithPublicKey)),
            ("an unknown key", signed(Signature::UnknownKid)),
            ("a foreign key", signed(Signature::ForeignKey)),
            ("the signature of other claims", signed(Signature::OtherClaims)),
        ]
        .map(|(what, spec)| (what, Some(format!("Bearer {}", platform.token(&spec))))),
    );
    all
}

/// A user who is known, so that nothing is 404 for want of that.
async fn registered(platform: &Platform, user: User) -> User {
    platform.post(&user, "/users/register", &json!({})).await;
    user
}

#[tokio::test]
async fn every_operation_wants_a_valid_token() {
    let platform = Platform::start().await;
    let owner = platform.admin();
    let things = Things::make(&platform, &owner).await;
    for operation in Operation::all() {
        for (what, authorization) in bad_authorizations(&platform) {
            let mut request = operation.request(&platform.service, &things);
            if let Some(authorization) = authorization {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 401, "{} with a token: {what}", operation.id);
            assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer");
            assert_eq!(problem(answer, 401).await["code"], "unauthorized");
        }
    }
    // Nothing was done.
    for path in [format!("/bots/{}", things.bot), format!("/chats/{}", things.chat)] {
        platform.get(&owner, &path).await;
    }
}

/// Some stand-ins for Cognito sign as AWS does.
#[tokio::test]
async fn a_token_may_be_signed_as_aws() {
    let platform = Platform::start().await;
    let aws = format!("https://cognito-idp.{}.amazonaws.com/{}", platform.cognito.region(), platform.cognito.pool_id());
    let user = platform.user_with(|spec| spec.issuer(aws));
    platform.post(&user, "/users/register", &json!({})).await;
}

#[tokio::test]
async fn owners_may_do_everything_with_either_token() {
    let platform = Platform::start().await;
    let owner = registered(&platform, platform.admin()).await;
    let access = platform.token(&TokenSpec::access(&owner.id).groups(["admin"]));
    for operation in Operation::all() {
        for token in [&owner.token, &access] {
            let things = Things::make(&platform, &owner).await;
            let answer = operation.request(&platform.service, &things).bearer_auth(token).send().await.unwrap();
            let status = answer.status();
            assert!(status.is_success(), "{}: {status} {}", operation.id, answer.text().await.unwrap());
            again(&platform, &operation, &owner).await;
        }
    }
}

/// Whoever has had everything of theirs deleted begins anew.
async fn again(platform: &Platform, operation: &Operation, user: &User) {
    if operation.id == "users_delete" {
        platform.post(user, "/users/register", &json!({})).await;
    }
}

/// All that the owner has, as they see it.
async fn all_of(platform: &Platform, owner: &User, things: &Things) -> Vec<Value> {
    let paths = [
        "/users/me".to_owned(),
        format!("/bots/{}", things.bot),
        format!("/chats/{}", things.chat),
        format!("/chat/history/{}", things.chat),
        format!("/agents/{}", things.agent),
        "/knowledge-bases".to_owned(),
    ];
    let mut all = Vec::new();
    for path in paths {
        all.push(platform.get(owner, &path).await);
    }
    all
}

/// Calls everything as somebody to whom the owner's things must not exist.
async fn assert_stranger(platform: &Platform, stranger: User, is_admin: bool, is_elsewhere: bool) {
    let owner = registered(platform, platform.admin()).await;
    let stranger = registered(platform, stranger).await;
    let things = Things::make(platform, &owner).await;
    let before = all_of(platform, &owner, &things).await;

    for operation in Operation::all() {
        // That of another administrator would be gone.
        if operation.id == "agents_delete" && is_admin && !is_elsewhere {
            continue;
        }
        let answer = operation.request(&platform.service, &things).bearer_auth(&stranger.token).send().await.unwrap();
        match may(&operation) {
            May::Owner => {
                let answer = not_found(&operation, answer).await;
                assert!(!answer["detail"].as_str().unwrap().contains("Mangoes"), "{answer}");
            }
            May::Holder if is_elsewhere => _ = not_found(&operation, answer).await,
            May::Admin | May::Steward if !is_admin => {
                assert_eq!(answer.status(), 403, "{}", operation.id);
                assert_eq!(problem(answer, 403).await["code"], "forbidden");
            }
            // A bot of the stranger's with a knowledge base of the owner's.
            May::Anybody if ["bots_create", "bots_try_out"].contains(&operation.id.as_str()) => {
                let detail = problem(answer, 422).await["detail"].clone();
                assert!(detail.as_str().unwrap().contains("knowledge_base_id"), "{detail}");
            }
            // What an administrator may do is tested in `admin`; all is as it was.
            May::Steward if !is_elsewhere => {}
            May::Steward if operation.path.contains('{') => _ = not_found(&operation, answer).await,
            May::Anybody | May::Admin | May::Holder | May::Steward => {
                let status = answer.status();
                let text = answer.text().await.unwrap();
                assert!(status.is_success(), "{}: {status} {text}", operation.id);
                for id in things.ids().into_iter().chain([owner.id.as_str()]) {
                    assert!(!text.contains(id), "{} shows what is not theirs: {text}", operation.id);
                }
                again(platform, &operation, &stranger).await;
            }
        }
    }
    assert_eq!(all_of(platform, &owner, &things).await, before, "what is the owner's was changed");
}

/// What is not yours is answered just like what does not exist.
async fn not_found(operation: &Operation, answer: Response) -> Value {
    assert_eq!(answer.status(), 404, "{}", operation.id);
    let answer = problem(answer, 404).await;
    assert_eq!(answer["code"], "not_found");
    answer
}

#[tokio::test]
async fn another_users_things_do_not_exist() {
    let platform = Platform::start().await;
    assert_stranger(&platform, platform.user(), false, false).await;
}

#[tokio::test]
async fn another_administrators_things_do_not_exist() {
    let platform = Platform::start().await;
    assert_stranger(&platform, platform.admin(), true, false).await;
}

#[tokio::test]
async fn another_tenants_things_do_not_exist() {
    let platform = Platform::start().await;
    assert_stranger(&platform, platform.user_of("acme"), false, true).await;
    assert_stranger(&platform, platform.user_with(|spec| spec.tenant("acme").groups(["admin"])), true, true).await;
}

#[tokio::test]
async fn the_same_sub_in_another_tenant_is_a_stranger() {
    let platform = Platform::start().await;
    let owner = registered(&platform, platform.admin()).await;
    let things = Things::make(&platform, &owner).await;
    let spec = TokenSpec::id(&owner.id).email("a@example.com").tenant("acme").groups(["admin"]);
    let elsewhere = registered(&platform, User { id: owner.id.clone(), token: platform.token(&spec) }).await;
    for operation in Operation::all().into_iter().filter(|operation| may(operation) == May::Owner) {
        let answer = operation.request(&platform.service, &things).bearer_auth(&elsewhere.token).send().await.unwrap();
        not_found(&operation, answer).await;
    }
}

#[tokio::test]
async fn an_answer_in_the_making_is_its_owners_alone() {
    let platform = Platform::start().await;
    let owner = platform.user();
    let bot = platform.service.bot(&owner).await;
    platform.bedrock.script(Script { stall_after: Some(1), ..Script::default() });
    let mut events = platform.service.ask(&owner, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    let path = format!("/chat/streams/{}", start["message_id"].as_str().unwrap());
    let elsewhere = User { token: platform.token(&TokenSpec::id(&owner.id).tenant("acme")), ..owner.clone() };
    let instances = [&platform.service, &platform.second_instance(|_| {}).await];

    for stranger in [platform.user(), platform.admin(), elsewhere] {
        for instance in instances {
            problem(instance.call(&stranger, Method::GET, &path).send().await.unwrap(), 404).await;
            problem(instance.call(&stranger, Method::POST, &format!("{path}/stop")).send().await.unwrap(), 404).await;
        }
    }

    assert_eq!(events.next().await.unwrap().event, "message");
    assert!(events.is_silent_for(Duration::from_millis(300)).await, "it was stopped");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let platform = Platform::start().await;
    let owner = platform.admin();
    let mut things = Things::make(&platform, &owner).await;
    let of_stranger = platform.user();
    let mut details = Vec::new();
    for operation in Operation::all().into_iter().filter(|operation| may(operation) == May::Owner) {
        let answer =
            operation.request(&platform.service, &things).bearer_auth(&of_stranger.token).send().await.unwrap();
        details.push((operation.id.clone(), not_found(&operation, answer).await["detail"].clone()));
    }
    let nothing = || Uuid::new_v4().to_string();
    things = Things {
        bot: nothing(),
        chat: nothing(),
        message: nothing(),
        knowledge_base: nothing(),
        document: nothing(),
        agent: nothing(),
        attachment: nothing(),
        share: nothing(),
        token: nothing(),
        user: nothing(),
    };
    for operation in Operation::all().into_iter().filter(|operation| may(operation) == May::Owner) {
        // It makes a knowledge base.
        if operation.id == "knowledge_add" {
            continue;
        }
        let answer =
            operation.request(&platform.service, &things).bearer_auth(&of_stranger.token).send().await.unwrap();
        let detail = not_found(&operation, answer).await["detail"].clone();
        let (_, of_foreign) = details.iter().find(|(id, _)| *id == operation.id).unwrap();
        assert_eq!(detail, *of_foreign, "{} tells what exists", operation.id);
    }
}

#[tokio::test]
async fn the_scheme_may_be_written_in_any_case() {
    let platform = Platform::start().await;
    let token = platform.user().token;
    for authorization in [format!("bearer {token}"), format!("BEARER  {token}")] {
        let request = platform.service.request(Method::GET, "/bots").header(header::AUTHORIZATION, authorization);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}
