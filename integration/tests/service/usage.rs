//! What answers cost: counted once, kept, shown to whom it belongs, in CSV too.

use std::time::Duration;

use integration::bedrock::{Exception, Script};
use reqwest::{Method, header};
use serde_json::{Value, json};
use service::usage::Price;

use crate::{
    documents::eventually,
    shape::{assert_matches, each},
    stream::data,
    support::{Platform, User, ok, problem},
};

const MODEL: &str = "test.model-v1:0";

fn costs(input: u32, output: u32) -> Script {
    Script { usage: Some((input, output)), ..Script::default() }
}

/// With a price of the model of tests, three and fifteen dollars.
async fn priced() -> Platform {
    Platform::start_with(|config| {
        config.bedrock.bedrock_prices = vec![Price { model_id: MODEL.to_owned(), input: 3.0, output: 15.0 }];
    })
    .await
}

/// Asks in a new chat and waits for the end; gives the chat.
async fn ask(platform: &Platform, user: &User, bot: &str) -> String {
    let events = platform.service.ask(user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;
    data(&events[0])["chat_id"].as_str().unwrap().to_owned()
}

async fn total(platform: &Platform, user: &User) -> Value {
    platform.get(user, "/usage").await["total"].clone()
}

fn today() -> String {
    chrono::Utc::now().date_naive().to_string()
}

#[tokio::test]
async fn usage_is_by_day_bot_and_model_with_its_cost() {
    let platform = priced().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    for (input, output) in [(1_000, 200), (500, 100)] {
        platform.bedrock.script(costs(input, output));
        ask(&platform, &user, &bot).await;
    }

    let usage = platform.get(&user, "/usage").await;

    let figures = json!({
        "answers": 2, "estimated_answers": 0, "input_tokens": 1_500, "output_tokens": 300, "cost": 0.009,
        "is_cost_partial": false,
    });
    let row = |change: Value| {
        let mut row = json!({
            "day": null, "user_id": null, "user_name": null, "user_email": null, "bot_id": null, "bot_name": null,
            "model_id": null,
        });
        for fields in [&figures, &change] {
            row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        }
        row
    };
    let name = platform.get(&user, &format!("/bots/{bot}")).await["name"].clone();
    let mut total = figures.clone();
    total["users"] = json!(1);
    assert_eq!(usage["total"], total);
    assert_eq!(usage["days"], json!([row(json!({ "day": today(), "model_id": MODEL }))]));
    assert_eq!(usage["bots"], json!([row(json!({ "bot_id": bot, "bot_name": name }))]));
    assert_eq!(usage["models"], json!([row(json!({ "model_id": MODEL }))]));
    assert_eq!(usage["to"], today());

    let models = platform.get(&user, "/models").await;
    assert_eq!(
        (&models["models"][0]["input_price"], &models["models"][0]["output_price"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn a_model_without_a_price_has_no_cost() {
    let platform = priced().await;
    let user = platform.user();
    let known = platform.service.bot(&user).await;
    let other = platform.post(&user, "/bots", &json!({ "name": "Other", "model_id": "other.model-v1:0" })).await;
    platform.bedrock.script(costs(1_000_000, 0));
    ask(&platform, &user, &known).await;
    platform.bedrock.script(costs(2_000_000, 0));
    ask(&platform, &user, other["id"].as_str().unwrap()).await;

    let usage = platform.get(&user, "/usage").await;

    let of_models: Vec<_> = usage["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["model_id"].clone(), row["cost"].clone(), row["is_cost_partial"].clone()))
        .collect();
    let expected = [(json!("other.model-v1:0"), Value::Null, json!(true)), (json!(MODEL), json!(3.0), json!(false))];
    assert_eq!(of_models, expected);
    assert_eq!((&usage["total"]["cost"], &usage["total"]["is_cost_partial"]), (&json!(3.0), &json!(true)));
}

#[tokio::test]
async fn prices_come_from_the_environment_and_a_wrong_one_is_an_error() {
    use clap::Parser;
    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        bedrock: service::config::BedrockConfig,
    }
    let read = |prices: &str| Cli::try_parse_from(["mangoo", "--bedrock-prices", prices]).map(|cli| cli.bedrock);
    let prices = read("amazon.nova-lite-v1:0=0.06/0.24,a.b=3/15").unwrap().bedrock_prices;
    assert_eq!(prices.len(), 2);
    assert_eq!(prices[0], Price { model_id: "amazon.nova-lite-v1:0".to_owned(), input: 0.06, output: 0.24 });
    let error = read("amazon.nova-lite-v1:0=cheap").err().unwrap().to_string();
    assert!(error.contains("US dollars per million tokens"), "{error}");

    let platform = Platform::start_with(|config| {
        config.bedrock.bedrock_model_id = "a.b".to_owned();
        config.bedrock.bedrock_prices = prices;
    })
    .await;
    let model = platform.get(&platform.user(), "/models").await["models"][0].clone();
    assert_eq!((&model["input_price"], &model["output_price"]), (&json!(3.0), &json!(15.0)));
}

#[tokio::test]
async fn an_answer_that_is_stopped_or_fails_is_counted_once() {
    let platform = Platform::start_with(|config| config.bedrock.bedrock_max_attempts = 1).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;

    let some_text = || Some(vec!["Some ".to_owned(), "text, of which there is more to come".to_owned()]);
    platform.bedrock.script(Script { deltas: some_text(), stall_after: Some(2), ..Script::default() });
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    events.next().await;
    let message = start["message_id"].as_str().unwrap();
    platform.service.stop(&user, message).await;
    // Again, which changes nothing.
    platform.service.stop(&user, message).await;
    events.rest().await;
    let stopped = total(&platform, &user).await;
    assert_eq!((&stopped["answers"], &stopped["estimated_answers"]), (&json!(1), &json!(1)));
    assert!(stopped["output_tokens"].as_i64().unwrap() > 0, "{stopped}");

    let internal = Exception::new("InternalServerException", "oops");
    platform.bedrock.script(Script {
        deltas: some_text(),
        error_after: Some((2, internal.clone())),
        ..Script::default()
    });
    ask(&platform, &user, &bot).await;
    assert_eq!(total(&platform, &user).await["answers"], 2);

    // Nothing is paid for what never began.
    platform.bedrock.script(Script { error_before: Some(internal), ..Script::default() });
    ask(&platform, &user, &bot).await;
    assert_eq!(total(&platform, &user).await["answers"], 2);
}

#[tokio::test]
async fn an_answer_of_a_process_that_died_is_counted_by_its_text() {
    let platform = Platform::start_with(|config| config.chat.chat_lease = Duration::from_millis(600)).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let text = "This was written before the process that wrote it died.";
    platform.bedrock.script(Script { text: Some(text.to_owned()), stall_after: Some(usize::MAX), ..Script::default() });
    ask(&platform, &user, &bot).await;
    let before = total(&platform, &user).await;
    // As of a process that is gone.
    let dead = uuid::Uuid::now_v7();
    let moved = sqlx::query(
        // At once: a dead process without answers is forgotten.
        "with dead as (
           insert into instances (id, lease_until) values ($1, now() - interval '1 minute')
         ), again as (
           update messages set status = 'streaming', usage = null, content = '[]', instance_id = $1
           where role = 'assistant' returning id, tenant_id
         )
         insert into message_deltas select id, tenant_id, 0, $2 from again",
    )
    .bind(dead)
    .bind(text)
    .execute(&platform.owner)
    .await
    .unwrap();
    assert_eq!(moved.rows_affected(), 1);

    let answers = before["answers"].as_i64().unwrap() + 1;
    eventually("the answer is given up", async || total(&platform, &user).await["answers"] == answers).await;
    let after = total(&platform, &user).await;
    let written = after["output_tokens"].as_i64().unwrap() - before["output_tokens"].as_i64().unwrap();
    assert_eq!(written, i64::try_from(text.len().div_ceil(4)).unwrap());
    assert_eq!(after["input_tokens"], before["input_tokens"]);
}

#[tokio::test]
async fn usage_outlives_chats_and_bots() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(costs(10, 5));
    let chat = ask(&platform, &user, &bot).await;
    let before = platform.get(&user, "/usage").await;

    for path in [format!("/chats/{chat}"), format!("/bots/{bot}")] {
        ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    }

    assert_eq!(platform.get(&user, "/usage").await, before);
    assert_eq!(before["bots"][0]["bot_id"], bot);
}

#[tokio::test]
async fn deleting_a_chat_does_not_make_its_answer_free() {
    let platform = Platform::start().await;
    let user = platform.user();
    platform.post(&user, "/users/register", &json!({})).await;
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script {
        text: Some("Hello there, you".into()),
        stall_after: Some(2),
        ..Script::default()
    });
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    events.next().await;

    let path = format!("/chats/{}", start["chat_id"].as_str().unwrap());
    ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    events.rest().await;

    let total = total(&platform, &user).await;
    assert_eq!((&total["answers"], &total["estimated_answers"]), (&json!(1), &json!(1)));
    assert!(total["input_tokens"].as_i64().unwrap() > 0 && total["output_tokens"].as_i64().unwrap() > 0, "{total}");
}

#[tokio::test]
async fn usage_is_ones_own_and_ones_tenants() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    ask(&platform, &user, &bot).await;

    for other in [platform.user(), platform.user_of("acme")] {
        let usage = platform.get(&other, "/usage").await;
        assert_eq!(usage["total"]["answers"], 0);
        for part in ["days", "bots", "models"] {
            assert_eq!(usage[part], json!([]));
        }
    }
    let elsewhere = platform.user_with(|spec| spec.tenant("acme").groups(["admin"]));
    for by in ["user", "bot", "model", "day"] {
        let usage = platform.get(&elsewhere, &format!("/admin/usage?by={by}")).await;
        assert_eq!((&usage["items"], &usage["total"]["answers"]), (&json!([]), &json!(0)));
    }
}

#[tokio::test]
async fn a_range_is_of_days_in_utc_and_bounded() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    ask(&platform, &user, &bot).await;
    sqlx::query("update usage set day = '2026-01-31'").execute(&platform.owner).await.unwrap();

    for (range, answers) in [
        ("from=2026-01-31&to=2026-01-31", 1),
        ("from=2026-01-01&to=2026-01-30", 0),
        ("to=2026-01-31", 1),
        ("to=2026-03-01", 1),
        ("to=2026-03-02", 0),
        ("from=2025-02-01&to=2026-01-31", 1),
    ] {
        assert_eq!(platform.get(&user, &format!("/usage?{range}")).await["total"]["answers"], answers, "{range}");
    }
    for range in ["from=2026-02-01&to=2026-01-31", "from=2025-01-30&to=2026-01-31", "from=yesterday", "to=2026-02-30"] {
        problem(platform.call(&user, Method::GET, &format!("/usage?{range}")).send().await.unwrap(), 422).await;
    }
}

#[tokio::test]
async fn an_administrator_sees_who_spent_what() {
    let platform = priced().await;
    let (admin, frugal, lavish) = (platform.admin(), platform.user(), platform.user());
    for (user, input) in [(&frugal, 10), (&lavish, 1_000)] {
        platform.post(user, "/users/register", &json!({})).await;
        let bot = platform.service.bot(user).await;
        platform.bedrock.script(costs(input, 0));
        ask(&platform, user, &bot).await;
    }

    let usage = platform.get(&admin, "/admin/usage?by=user").await;

    assert_eq!(each(&usage["items"], "user_id"), [&lavish.id, &frugal.id]);
    assert_eq!(usage["items"][0]["user_name"], "Test User");
    assert_eq!(usage["items"][0]["user_email"], format!("{}@example.com", lavish.id));
    assert_eq!((&usage["items"][0]["cost"], &usage["total"]["users"]), (&json!(0.003), &json!(2)));
    // In pages.
    let first = platform.get(&admin, "/admin/usage?by=user&limit=1").await;
    assert_eq!((&first["items"], &first["has_more"]), (&json!([usage["items"][0]]), &json!(true)));
    let second = platform.get(&admin, "/admin/usage?by=user&limit=1&offset=1").await;
    assert_eq!((&second["items"], &second["has_more"]), (&json!([usage["items"][1]]), &json!(false)));
    assert_eq!(second["total"], usage["total"]);

    for (by, rows) in [("bot", 2), ("model", 1), ("day", 1)] {
        let usage = platform.get(&admin, &format!("/admin/usage?by={by}")).await;
        assert_eq!(usage["items"].as_array().unwrap().len(), rows, "{by}");
        problem(platform.call(&frugal, Method::GET, &format!("/admin/usage?by={by}")).send().await.unwrap(), 403).await;
    }
    problem(platform.call(&admin, Method::GET, "/admin/usage?by=tenant").send().await.unwrap(), 422).await;
}

#[tokio::test]
async fn csv_is_for_spreadsheets() {
    let platform = priced().await;
    let (admin, user) = (platform.admin(), platform.user());
    let bot = json!({ "name": "=cmd|'/c calc'!A1, \"quoted\"", "model_id": MODEL });
    let bot = platform.post(&user, "/bots", &bot).await["id"].as_str().unwrap().to_owned();
    platform.bedrock.script(costs(1_000, 200));
    ask(&platform, &user, &bot).await;

    let path = "/admin/usage?by=bot&from=2026-01-01&to=2026-12-31";
    let by_header = platform.call(&admin, Method::GET, path).header(header::ACCEPT, "text/csv").send().await.unwrap();
    let by_query = platform.call(&admin, Method::GET, &format!("{path}&format=csv")).send().await.unwrap();

    assert_eq!(by_header.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let disposition = by_header.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(disposition, "attachment; filename=\"usage-by-bot-2026-01-01-2026-12-31.csv\"");
    let text = by_header.text().await.unwrap();
    assert_eq!(
        text,
        format!(
            "bot_id,bot_name,answers,estimated_answers,input_tokens,output_tokens,cost_usd\r\n\
             {bot},\"'=cmd|'/c calc'!A1, \"\"quoted\"\"\",1,0,1000,200,0.006000\r\n"
        )
    );
    assert_eq!(by_query.text().await.unwrap(), text);
    problem(platform.call(&user, Method::GET, &format!("{path}&format=csv")).send().await.unwrap(), 403).await;
}

#[tokio::test]
async fn bots_are_pinned_for_oneself() {
    let platform = Platform::start().await;
    let (owner, user) = (platform.user(), platform.user());
    let shared = json!({ "name": "Shared", "model_id": MODEL, "is_public": true });
    let shared = platform.post(&owner, "/bots", &shared).await["id"].as_str().unwrap().to_owned();
    let private = platform.service.bot(&owner).await;
    let pin = async |user: &User, method: Method, bot: &str| {
        platform.call(user, method, &format!("/bots/{bot}/pin")).send().await.unwrap()
    };
    let pinned = async |user: &User| {
        let bots = platform.get(user, "/bots").await;
        let pinned = bots.as_array().unwrap().iter().filter(|bot| bot["is_pinned"] == true);
        pinned.map(|bot| bot["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    for _ in 0..2 {
        let answer = ok(pin(&user, Method::PUT, &shared).await).await;
        assert_matches(&answer, json!({ "status": "success", "id": shared, "is_pinned": true }));
    }
    assert_eq!(pinned(&user).await, std::slice::from_ref(&shared));
    assert_eq!(platform.get(&user, &format!("/bots/{shared}")).await["is_pinned"], true);
    assert_eq!(platform.get(&owner, &format!("/bots/{shared}")).await["is_pinned"], false);
    assert!(pinned(&owner).await.is_empty());
    problem(pin(&user, Method::PUT, &private).await, 404).await;

    for _ in 0..2 {
        assert_eq!(ok(pin(&user, Method::DELETE, &shared).await).await["is_pinned"], false);
    }
    assert!(pinned(&user).await.is_empty());
    // A bot takes its pins along.
    ok(pin(&user, Method::PUT, &shared).await).await;
    ok(platform.call(&owner, Method::DELETE, &format!("/bots/{shared}")).send().await.unwrap()).await;
    let pins: i64 = sqlx::query_scalar("select count(*) from bot_pins").fetch_one(&platform.owner).await.unwrap();
    assert_eq!(pins, 0);
}
