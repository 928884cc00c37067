//! Processes: which live, and what they tell each other.

use std::time::Duration;

use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    chat::events::Failure,
    db,
    id::{InstanceId, TenantId},
};

/// Where processes hear that an answer is to stop; the payload is message ids, with commas.
pub const STOP_CHANNEL: &str = "mangoo_stop";

/// Tells the other processes to stop answers.
pub async fn notify_stop(db: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<()> {
    // A payload holds less than 8,000 bytes.
    for ids in ids.chunks(200) {
        let payload = ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",");
        sqlx::query!(r#"select pg_notify($1, $2) as "sent: ()""#, STOP_CHANNEL, payload).execute(&mut *db).await?;
    }
    Ok(())
}

/// Says that a process lives for another `lease`; that it has ended, if that is zero.
pub async fn renew_lease(db: &mut PgConnection, instance: InstanceId, lease: Duration) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into instances (id, lease_until) values ($1, now() + make_interval(secs => $2))
         on conflict (id) do update set lease_until = excluded.lease_until",
        instance as InstanceId,
        lease.as_secs_f64(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Other processes whose lease is over, locked so that only one buries them.
pub async fn lock_dead(db: &mut PgConnection, but: InstanceId) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select id from instances where lease_until < now() and id <> $1 for update skip locked",
        but as InstanceId
    )
    .fetch_all(db)
    .await
}

pub async fn forget(db: &mut PgConnection, instances: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!("delete from instances where id = any($1)", instances).execute(db).await?;
    Ok(())
}

/// Marks a tenant's answers of dead processes as failed, with the text that was saved, and
/// counts them. Within a transaction: it changes the connection's tenant until its end.
pub async fn fail_answers_of(
    db: &mut PgConnection,
    tenant: &TenantId,
    dead: &[Uuid],
    failure: &Failure,
) -> sqlx::Result<i64> {
    db::enter(&mut *db, tenant).await?;
    // Locked first, by a statement of its own: the next then sees all that was appended.
    let ids = sqlx::query_scalar!(
        "select id from messages where status = 'streaming' and instance_id = any($1) for update",
        dead
    )
    .fetch_all(&mut *db)
    .await?;
    let failed = sqlx::query_scalar!(
        r#"
        with failed as (
          update messages m
          set status = 'failed', error = $2, instance_id = null,
            content = coalesce(
              (select jsonb_build_array(jsonb_build_object('type', 'text', 'text', string_agg(text, '' order by start_offset)))
               from message_deltas where message_id = m.id having count(*) > 0),
              '[]'
            )
          where id = any($1)
          returning id
        ), folded as (
          delete from message_deltas using failed where message_id = failed.id
        )
        select count(*) as "failed!" from failed
        "#,
        &ids,
        Json(failure) as _,
    )
    .fetch_one(&mut *db)
    .await?;
    Ok(failed)
}
