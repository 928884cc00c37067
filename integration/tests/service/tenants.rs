//! What keeps tenants apart, tried in SQL as the service's role, and what it costs.

use integration::bedrock::Script;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::{
    documents,
    proxy::Proxy,
    support::{Platform, SOON, User},
};

/// SQL that a test puts together.
fn sql(text: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(text)
}

/// The tables with rows of tenants.
async fn tables(platform: &Platform) -> Vec<String> {
    sqlx::query_scalar(
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'tenant_id' order by 1",
    )
    .fetch_all(&platform.owner)
    .await
    .unwrap()
}

/// A row in each table for the user's tenant.
async fn fill(platform: &Platform, user: &User) {
    platform.post(user, "/users/register", &json!({})).await;
    let texts = json!({ "knowledge_base_id": Uuid::new_v4(), "texts": ["Mangoes are fruit."] });
    let base = platform.post(user, "/knowledge/add", &texts).await["knowledge_base_id"].clone();
    documents::ready(platform, user, &base, "pears.txt", b"Pears are fruit.").await;
    // As of one that is being read.
    sqlx::query(
        "insert into document_chunks (document_id, tenant_id, chunk_index, text, metadata, embedding)
         select document_id, tenant_id, 0, text, metadata, embedding from knowledge_chunks
         where document_id is not null on conflict do nothing",
    )
    .execute(&platform.owner)
    .await
    .unwrap();
    let agent = json!({ "name": "a", "display_name": "A", "category": "C", "agent_type": "t", "is_public": true });
    platform.post(user, "/agents", &agent).await;
    let bot = platform.service.bot(user).await;
    for kind in ["bot", "agent"] {
        let thing = platform.get(user, &format!("/{kind}s")).await[0]["id"].as_str().unwrap().to_owned();
        let star = platform.call(user, Method::PUT, &format!("/{kind}s/{thing}/star"));
        assert_eq!(star.send().await.unwrap().status(), 200);
    }
    let pin = format!("/bots/{bot}/pin");
    crate::support::ok(platform.call(user, Method::PUT, &pin).send().await.unwrap()).await;
    let attach = platform.call(user, Method::POST, "/chat/attachments?name=a.txt").body("Mangoes.");
    crate::support::ok(attach.send().await.unwrap()).await;
    let whole = platform.service.ask(user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;
    let chat = crate::stream::data(&whole[0])["chat_id"].as_str().unwrap().to_owned();
    platform.post(user, &format!("/chats/{chat}/shares"), &json!({})).await;
    platform.bedrock.script(Script { text: Some("Some text".into()), stall_after: Some(2), ..Script::default() });
    let before = deltas(platform).await;
    // The answer streams on without this, so that pieces of it are there.
    drop(platform.service.ask(user, &json!({ "bot_id": bot, "message": "Hi" })).await);
    tokio::time::timeout(SOON, async { while deltas(platform).await == before {} }).await.expect("pieces are stored");
    // As when another chat with it begins at the same time.
    sqlx::query("insert into bot_uses (bot_id, tenant_id) select id, tenant_id from bots")
        .execute(&platform.owner)
        .await
        .unwrap();
}

async fn deltas(platform: &Platform) -> i64 {
    sqlx::query_scalar("select count(*) from message_deltas").fetch_one(&platform.owner).await.unwrap()
}

/// Two tenants with rows in all tables.
async fn two_tenants() -> Platform {
    let platform = Platform::start().await;
    for tenant in ["acme", "umbrella"] {
        fill(&platform, &platform.user_with(|spec| spec.tenant(tenant).groups(["admin"]))).await;
    }
    platform
}

/// A transaction as the service's role, for `tenant` or for none.
async fn transaction<'c>(connection: &'c mut PgConnection, tenant: Option<&str>) -> Transaction<'c, Postgres> {
    let mut transaction = connection.begin().await.unwrap();
    if let Some(tenant) = tenant {
        let set = sqlx::query("select set_config('app.tenant', $1, true)").bind(tenant.to_owned());
        set.execute(&mut *transaction).await.unwrap();
    }
    transaction
}

async fn count(transaction: &mut Transaction<'_, Postgres>, table: &str) -> i64 {
    sqlx::query_scalar(sql(format!("select count(*) from {table}"))).fetch_one(&mut **transaction).await.unwrap()
}

/// Runs a statement that the role must not be allowed.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: sqlx::Result<T>, statement: &str) {
    let error = result.expect_err(statement);
    let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    assert_eq!(code.as_deref(), Some("42501"), "{statement}: {error}");
}

async fn refused(connection: &mut PgConnection, tenant: Option<&str>, statement: String) {
    let mut transaction = transaction(connection, tenant).await;
    let result = sqlx::query(sql(statement.clone())).execute(&mut *transaction).await;
    assert_refused(result, &statement);
}

#[tokio::test]
async fn every_table_with_tenants_is_secured() {
    let platform = Platform::start().await;
    let tables = tables(&platform).await;
    for table in [
        "users",
        "bots",
        "chats",
        "messages",
        "message_deltas",
        "knowledge_bases",
        "documents",
        "document_chunks",
        "knowledge_chunks",
        "agents",
        "bot_versions",
        "bot_stars",
        "agent_stars",
        "bot_uses",
        "usage",
        "attachments",
        "bot_pins",
        "chat_shares",
    ] {
        assert!(tables.iter().any(|other| other == table), "{table} has no tenant_id");
    }
    for table in &tables {
        let (enabled, forced): (bool, bool) =
            sqlx::query_as("select relrowsecurity, relforcerowsecurity from pg_class where oid = $1::regclass")
                .bind(table)
                .fetch_one(&platform.owner)
                .await
                .unwrap();
        assert!(enabled && forced, "{table}");
    }
    // Whoever adds a table has to decide whether its rows are a tenant's.
    let mut others: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' order by 1",
    )
    .fetch_all(&platform.owner)
    .await
    .unwrap();
    others.retain(|table| !tables.contains(table));
    // The service reaches what makes chunks be found only through functions that ask for the tenant.
    assert_eq!(others, ["_sqlx_migrations", "instances", "jobs", "knowledge_codes", "knowledge_words", "tenants"]);
}

#[tokio::test]
async fn without_a_tenant_there_are_no_rows() {
    let platform = two_tenants().await;
    let mut connection = PgConnection::connect_with(&platform.as_service()).await.unwrap();
    for table in tables(&platform).await {
        for tenant in [None, Some(""), Some("nobody"), Some("acme' or true --"), Some("%")] {
            let mut transaction = transaction(&mut connection, tenant).await;
            assert_eq!(count(&mut transaction, &table).await, 0, "{table}, {tenant:?}");
        }
        for tenant in [None, Some(""), Some("umbrella")] {
            refused(&mut connection, tenant, format!("insert into {table} (tenant_id) values ('acme')")).await;
        }
    }
}

#[tokio::test]
async fn a_tenant_has_its_own_rows_only() {
    let platform = two_tenants().await;
    let mut connection = PgConnection::connect_with(&platform.as_service()).await.unwrap();
    for table in tables(&platform).await {
        let of_acme = format!("select count(*) from {table} where tenant_id = 'acme'");
        let of_acme: i64 = sqlx::query_scalar(sql(of_acme)).fetch_one(&platform.owner).await.unwrap();
        let of_acme = u64::try_from(of_acme).unwrap();
        assert!(of_acme > 0, "{table} is empty, which shows nothing");

        let mut acme = transaction(&mut connection, Some("acme")).await;
        let seen: Vec<String> =
            sqlx::query_scalar(sql(format!("select tenant_id from {table}"))).fetch_all(&mut *acme).await.unwrap();
        assert!(seen.len() as u64 == of_acme && seen.iter().all(|tenant| tenant == "acme"), "{table}: {seen:?}");

        // Statements that would touch each row touch one's own.
        let update = format!("update {table} set tenant_id = tenant_id");
        let updated = sqlx::query(sql(update)).execute(&mut *acme).await.unwrap();
        assert_eq!(updated.rows_affected(), of_acme, "{table}");
        let theirs = format!("delete from {table} where tenant_id = 'umbrella'");
        assert_eq!(sqlx::query(sql(theirs)).execute(&mut *acme).await.unwrap().rows_affected(), 0, "{table}");
        let deleted = sqlx::query(sql(format!("delete from {table}"))).execute(&mut *acme).await.unwrap();
        assert_eq!(deleted.rows_affected(), of_acme, "{table}");
        acme.rollback().await.unwrap();

        // Nothing is given to another tenant, and nothing taken.
        for statement in [
            format!("update {table} set tenant_id = 'umbrella'"),
            format!("insert into {table} (tenant_id) values ('umbrella')"),
        ] {
            refused(&mut connection, Some("acme"), statement).await;
        }
    }
}

#[tokio::test]
async fn the_role_cannot_free_itself() {
    let platform = two_tenants().await;
    let attributes: (bool, bool, bool, bool) = sqlx::query_as(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'mangoo_service'",
    )
    .fetch_one(&platform.owner)
    .await
    .unwrap();
    assert_eq!(attributes, (false, false, false, false));
    for statement in [
        "select count(*) from pg_class where relowner = 'mangoo_service'::regrole",
        "select count(*) from pg_proc where proowner = 'mangoo_service'::regrole",
        "select count(*) from pg_namespace where nspowner = 'mangoo_service'::regrole",
        "select count(*) from pg_database where datdba = 'mangoo_service'::regrole",
        "select count(*) from pg_auth_members where member = 'mangoo_service'::regrole",
    ] {
        let owned: i64 = sqlx::query_scalar(statement).fetch_one(&platform.owner).await.unwrap();
        assert_eq!(owned, 0, "{statement}");
    }

    let owner: String = sqlx::query_scalar("select current_user::text").fetch_one(&platform.owner).await.unwrap();
    let mut connection = PgConnection::connect_with(&platform.as_service()).await.unwrap();
    for statement in [
        format!("set role {owner}"),
        format!("set session authorization {owner}"),
        "alter role mangoo_service bypassrls".to_owned(),
        "create table mine (id int)".to_owned(),
        "delete from tenants".to_owned(),
        "update tenants set id = 'x'".to_owned(),
        "delete from _sqlx_migrations".to_owned(),
    ] {
        refused(&mut connection, Some("acme"), statement).await;
    }
    for table in tables(&platform).await {
        for statement in [
            format!("alter table {table} disable row level security"),
            format!("alter table {table} no force row level security"),
            format!("drop policy tenant on {table}"),
            format!("create policy all_rows on {table} using (true)"),
            format!("truncate {table}"),
            format!("drop table {table}"),
        ] {
            refused(&mut connection, Some("acme"), statement).await;
        }
        // Switching it off makes queries fail, not see more.
        let mut transaction = transaction(&mut connection, Some("acme")).await;
        sqlx::query("set local row_security = off").execute(&mut *transaction).await.unwrap();
        let statement = format!("select * from {table}");
        assert_refused(sqlx::query(sql(statement.clone())).fetch_all(&mut *transaction).await, &statement);
    }
}

#[tokio::test]
async fn the_service_does_not_start_as_one_who_can_bypass_security() {
    let platform = Platform::start().await;
    let is_superuser: bool = sqlx::query_scalar("select rolsuper from pg_roles where rolname = current_user")
        .fetch_one(&platform.owner)
        .await
        .unwrap();
    if !is_superuser {
        eprintln!("skipped: the owner of this Postgres is no superuser, and can't make one");
        return;
    }
    let database = platform.database.clone();

    let instance = platform.unready_instance(|config| config.database.database_url = Some(database)).await;

    let error = tokio::time::timeout(SOON, instance.ended).await.unwrap().unwrap().unwrap_err().to_string();
    assert!(error.contains("row-level security") && error.contains("mangoo_service"), "{error}");
}

#[tokio::test]
async fn in_the_default_tenant_a_request_is_one_statement() {
    const REQUESTS: usize = 20;
    let platform = Platform::start().await;
    let proxy = Proxy::start(&platform.as_service()).await;
    let instance = platform
        .second_instance(|config| {
            config.database.database_url = Some(proxy.url());
            // Nothing but the requests speaks to the database.
            config.chat.chat_lease = std::time::Duration::from_hours(1);
        })
        .await;
    let call = async |user: &User| {
        for _ in 0..REQUESTS {
            let answer = instance.call(user, reqwest::Method::GET, "/bots").send().await.unwrap();
            assert_eq!(answer.status(), 200);
        }
        proxy.take_counts()
    };
    let (user, of_tenant) = (platform.user(), platform.user_of("acme"));
    // Prepares the statements, makes the tenant known.
    call(&user).await;
    call(&of_tenant).await;

    assert_eq!(call(&user).await, (REQUESTS, 0));
    // For others the connection is told the tenant first.
    assert_eq!(call(&of_tenant).await, (0, 2 * REQUESTS));
}
