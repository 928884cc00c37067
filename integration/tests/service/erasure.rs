//! `DELETE /users/me`: nothing of a user is left, and nothing of others' is missing.

use std::collections::BTreeMap;

use integration::bedrock::Script;
use reqwest::Method;
use serde_json::json;

use crate::{
    documents::{self, eventually, files, hurry},
    stream::data,
    support::{Platform, User, ok, problem},
};

/// All of every table, as text, by its name.
async fn everything(platform: &Platform) -> BTreeMap<String, Vec<String>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables
         where table_schema = 'public' and table_name not in ('_sqlx_migrations', 'instances')",
    )
    .fetch_all(&platform.owner)
    .await
    .unwrap();
    let mut rows = BTreeMap::new();
    for table in tables {
        let all = format!("select to_jsonb(t)::text from {table} t order by 1");
        let all = sqlx::query_scalar(sqlx::AssertSqlSafe(all)).fetch_all(&platform.owner).await.unwrap();
        rows.insert(table, all);
    }
    rows
}

/// Something of the user's in all tables; gives their public bot.
async fn fill(platform: &Platform, user: &User, word: &str) -> String {
    platform.post(user, "/users/register", &json!({})).await;
    let base = platform.post(user, "/knowledge-bases", &json!({ "name": format!("{word} base") })).await["id"].clone();
    documents::ready(platform, user, &base, "pears.txt", format!("{word} pears are fruit.").as_bytes()).await;
    let bot = json!({
        "name": format!("{word} bot"), "model_id": "test.model-v1:0", "is_public": true, "rag_enabled": true,
        "knowledge_base_id": base,
    });
    let bot = platform.post(user, "/bots", &bot).await["id"].as_str().unwrap().to_owned();
    platform.post(user, "/bots", &json!({ "name": format!("{word} private"), "model_id": "test.model-v1:0" })).await;
    ok(platform.call(user, Method::PUT, &format!("/bots/{bot}/pin")).send().await.unwrap()).await;
    ok(platform.call(user, Method::PUT, &format!("/bots/{bot}/star")).send().await.unwrap()).await;
    let mut attached = Vec::new();
    for name in ["asked-with.txt", "waiting.txt"] {
        let attach = platform.call(user, Method::POST, &format!("/chat/attachments?name={name}"));
        attached.push(ok(attach.body(format!("{word} attachment")).send().await.unwrap()).await["id"].clone());
    }
    let question = json!({
        "bot_id": bot, "message": format!("{word} question"), "use_rag": true, "attachments": [attached[0]],
    });
    let events = platform.service.ask(user, &question).await.rest().await;
    let chat = data(&events[0])["chat_id"].as_str().unwrap().to_owned();
    platform.post(user, &format!("/chats/{chat}/shares"), &json!({})).await;
    bot
}

#[tokio::test]
async fn nothing_of_the_user_is_left_and_nothing_of_others_is_missing() {
    let platform = Platform::start().await;
    let doomed = platform.admin();
    let (other, elsewhere) = (platform.user(), platform.user_of("acme"));
    for (user, word) in [(&other, "Pomelo"), (&elsewhere, "Quince")] {
        fill(&platform, user, word).await;
    }
    let before = everything(&platform).await;
    let objects = files(platform.uploads.path());
    let bot = fill(&platform, &doomed, "Durian").await;
    for (name, is_public) in [("durian-own", false), ("shared", true)] {
        let agent = json!({
            "name": name, "display_name": name, "category": "C", "agent_type": "t", "is_public": is_public,
        });
        platform.post(&doomed, "/agents", &agent).await;
    }
    // Others use what the user shares.
    ok(platform.call(&other, Method::PUT, &format!("/bots/{bot}/pin")).send().await.unwrap()).await;

    let deleted = ok(platform.call(&doomed, Method::DELETE, "/users/me").send().await.unwrap()).await;
    assert_eq!(deleted, json!({ "status": "success", "id": doomed.id }));

    // What there was no time for, jobs do.
    hurry(&platform).await;
    let rest = async || {
        let mut rest = Vec::new();
        for (table, rows) in everything(&platform).await {
            let is_theirs = |row: &String| row.contains(&doomed.id) || row.to_lowercase().contains("durian");
            rest.extend(rows.into_iter().filter(is_theirs).map(|row| format!("{table}: {row}")));
        }
        rest
    };
    eventually("all rows go", async || rest().await.is_empty()).await;
    eventually("the bytes go", async || files(platform.uploads.path()) == objects).await;

    let mut after = everything(&platform).await;
    after.remove("jobs");
    for (table, rows) in &before {
        let Some(now) = after.get(table) else { continue };
        let missing: Vec<_> = rows.iter().filter(|row| !now.contains(row)).collect();
        assert_eq!(missing, Vec::<&String>::new(), "{table}");
        let more = match table.as_str() {
            // What it cost, without the person; the agent that is everybody's.
            "usage" | "agents" => 1,
            _ => 0,
        };
        assert_eq!(now.len(), rows.len() + more, "{table}");
    }
    let nameless: (i64, Option<String>) = sqlx::query_as("select answers, bot_name from usage where user_id is null")
        .fetch_one(&platform.owner)
        .await
        .unwrap();
    assert_eq!(nameless, (1, None));
}

#[tokio::test]
async fn registering_again_begins_afresh() {
    let platform = Platform::start().await;
    let user = platform.user();
    fill(&platform, &user, "Durian").await;
    let delete = async || ok(platform.call(&user, Method::DELETE, "/users/me").send().await.unwrap()).await;

    delete().await;

    problem(platform.call(&user, Method::GET, "/users/me").send().await.unwrap(), 404).await;
    platform.post(&user, "/users/register", &json!({})).await;
    for (path, empty) in [
        ("/chats", json!({ "items": [], "next_cursor": null })),
        ("/bots", json!([])),
        ("/knowledge-bases", json!({ "items": [], "next_cursor": null })),
        ("/chats/search?q=durian", json!({ "items": [], "chats": [] })),
    ] {
        assert_eq!(platform.get(&user, path).await, empty, "{path}");
    }
    assert_eq!(platform.get(&user, "/usage").await["total"]["answers"], 0);
    fill(&platform, &user, "Durian").await;
    assert_eq!(platform.get(&user, "/usage").await["total"]["answers"], 1);
    // As often as one likes, also with nothing to delete.
    delete().await;
    delete().await;
    let usage: (i64, i64) =
        sqlx::query_as("select count(*), sum(answers)::bigint from usage").fetch_one(&platform.owner).await.unwrap();
    assert_eq!(usage, (1, 2));
}

#[tokio::test]
async fn answers_under_way_are_stopped_and_counted_without_the_person() {
    let platform = Platform::start().await;
    let second = platform.second_instance(|_| {}).await;
    let user = platform.user();
    platform.post(&user, "/users/register", &json!({})).await;
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script {
        text: Some("Hello there, you".into()),
        stall_after: Some(2),
        ..Script::default()
    });
    let mut dropped = platform.bedrock.dropped_streams();
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    events.next().await;

    ok(second.call(&user, Method::DELETE, "/users/me").send().await.unwrap()).await;

    dropped.wait_for(|&count| count == 1).await.unwrap();
    assert_eq!(events.rest().await.last().unwrap().event, "error");
    let watch = format!("/chat/streams/{}", start["message_id"].as_str().unwrap());
    problem(platform.call(&user, Method::GET, &watch).send().await.unwrap(), 404).await;
    let usage: Vec<(Option<String>, i64)> =
        sqlx::query_as("select user_id, answers from usage").fetch_all(&platform.owner).await.unwrap();
    assert_eq!(usage, [(None, 1)]);
}

#[tokio::test]
async fn an_answer_that_ends_later_is_counted_without_the_name_of_their_bot() {
    let platform = Platform::start().await;
    let user = platform.user();
    platform.post(&user, "/users/register", &json!({})).await;
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { text: Some("Hello there".into()), stall_after: Some(1), ..Script::default() });
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    events.next().await;
    // As in the moment between hiding all that they have and its going.
    for table in ["chats", "bots"] {
        let hide = format!("update {table} set owner_id = 'deleted:test'");
        sqlx::query(sqlx::AssertSqlSafe(hide)).execute(&platform.owner).await.unwrap();
    }

    platform.service.stop(&user, start["message_id"].as_str().unwrap()).await;
    events.rest().await;

    let usage: Vec<(Option<String>, Option<String>, i64)> =
        sqlx::query_as("select user_id, bot_name, answers from usage").fetch_all(&platform.owner).await.unwrap();
    assert_eq!(usage, [(None, None, 1)]);
}

#[tokio::test]
async fn much_is_hidden_at_once_and_goes_in_pieces() {
    let platform = Platform::start().await;
    let user = platform.user();
    fill(&platform, &user, "Durian").await;
    // As if there had been no time for any of it: the job has it all.
    let nobody = "deleted:test";
    for table in ["chats", "bots"] {
        let hide = format!("update {table} set owner_id = $1 where owner_id = $2");
        let hide = sqlx::query(sqlx::AssertSqlSafe(hide)).bind(nobody).bind(&user.id);
        hide.execute(&platform.owner).await.unwrap();
    }
    sqlx::query(
        "insert into messages (id, tenant_id, owner_id, chat_id, is_placed, role, status)
         select gen_random_uuid(), tenant_id, $1, id, true, 'user', 'complete' from chats, generate_series(1, 12000)",
    )
    .bind(&user.id)
    .execute(&platform.owner)
    .await
    .unwrap();
    // Its own words are not found, for all that they are there.
    assert_eq!(platform.get(&user, "/chats/search?q=durian").await["items"], json!([]));
    let job = json!({ "do": "erase", "tenant": "default", "nobody": nobody });
    sqlx::query("insert into jobs (body) values ($1)").bind(job).execute(&platform.owner).await.unwrap();

    let left = async || -> i64 {
        sqlx::query_scalar(
            "select (select count(*) from messages) + (select count(*) from chats) + (select count(*) from bots)",
        )
        .fetch_one(&platform.owner)
        .await
        .unwrap()
    };
    eventually("all of it goes", async || left().await == 0).await;
}
