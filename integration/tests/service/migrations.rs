//! Migrations that change rows, as the owner in the cloud: row-level security binds it.

use sqlx::{Connection, PgConnection, migrate::Migrator};
use uuid::Uuid;

use crate::support::empty_database;

/// Messages of a tenant with the one that each follows.
async fn places(owner: &mut PgConnection, tenant: &str) -> Vec<(String, Option<String>, bool)> {
    enter(owner, tenant).await;
    sqlx::query_as(
        "select m.content -> 0 ->> 'text', p.content -> 0 ->> 'text', m.is_placed
         from messages m left join messages p on p.id = m.parent_id order by m.chat_id, m.id",
    )
    .fetch_all(owner)
    .await
    .unwrap()
}

async fn enter(owner: &mut PgConnection, tenant: &str) {
    sqlx::query("select set_config('app.tenant', $1, false)").bind(tenant).execute(owner).await.unwrap();
}

async fn say(owner: &mut PgConnection, tenant: &str, chat: Uuid, text: &str, columns: &str, values: &str) {
    let statement = format!(
        "insert into messages (id, tenant_id, owner_id, chat_id, role, content, status {columns})
         values ($1, $2, 'ada', $3, 'user', jsonb_build_array(jsonb_build_object('text', $4::text)), 'complete' {values})"
    );
    let insert = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(Uuid::now_v7()).bind(tenant).bind(chat).bind(text);
    insert.execute(owner).await.unwrap();
}

#[tokio::test]
async fn messages_from_before_branches_follow_each_other() {
    let options = empty_database().await;
    let mut owner = PgConnection::connect_with(&options).await.unwrap();
    let migrations = Migrator::new(std::path::Path::new("../migrations")).await.unwrap();
    migrations.run_to(6, &mut owner).await.unwrap();
    sqlx::query("insert into tenants values ('acme')").execute(&mut owner).await.unwrap();
    let mut chats = Vec::new();
    for tenant in ["default", "acme"] {
        enter(&mut owner, tenant).await;
        for chat in ["a", "b"] {
            let id = Uuid::now_v7();
            let insert = "insert into chats (id, tenant_id, owner_id, title) values ($1, $2, 'ada', 'T')";
            sqlx::query(insert).bind(id).bind(tenant).execute(&mut owner).await.unwrap();
            for number in 1..=3 {
                say(&mut owner, tenant, id, &format!("{chat}{number}"), "", "").await;
            }
            chats.push((tenant, id, format!("{chat}3")));
        }
    }
    // Placed by the service that came with branches, which did not see that the others are not.
    migrations.run_to(11, &mut owner).await.unwrap();
    for (tenant, chat, last) in &chats {
        enter(&mut owner, tenant).await;
        let parent = format!(", (select id from messages where chat_id = '{chat}' order by id desc limit 1), true");
        say(&mut owner, tenant, *chat, &format!("after {last}"), ", parent_id, is_placed", &parent).await;
    }

    service::db::migrate(&options, None).await.unwrap();

    let placed = |text: &str, parent: Option<&str>| (text.to_owned(), parent.map(str::to_owned), true);
    let expected: Vec<_> = ["a", "b"]
        .iter()
        .flat_map(|chat| {
            let [first, second, third] = [1, 2, 3].map(|number| format!("{chat}{number}"));
            [
                placed(&first, None),
                placed(&second, Some(&first)),
                placed(&third, Some(&second)),
                placed(&format!("after {third}"), Some(&third)),
            ]
        })
        .collect();
    for tenant in ["default", "acme"] {
        assert_eq!(places(&mut owner, tenant).await, expected, "{tenant}");
    }
}
