//! The queue as a table of the database, which tells those who wait when something comes.

use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::{postgres::PgListener, types::Json};
use tokio::sync::Mutex;

use crate::db::Db;

use super::{Delivery, Job, Queue, Result};

/// Where those who wait hear that there is something to do.
const CHANNEL: &str = "mangoo_jobs";
/// Longest wait before one looks unasked: for what becomes visible in time, of which nobody tells.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub struct Table {
    db: Db,
    listener: Mutex<Option<PgListener>>,
}

impl Table {
    pub fn new(db: Db) -> Self {
        Self { db, listener: Mutex::default() }
    }

    async fn take(&self, limit: usize, lease: Duration) -> Result<Vec<Delivery>> {
        let mut db = self.db.no_tenant().await?;
        let rows = sqlx::query!(
            r#"
            update jobs set visible_at = now() + make_interval(secs => $2), receives = receives + 1
            where id in (
              select id from jobs where visible_at <= now() order by visible_at limit $1 for update skip locked
            )
            returning id, receives, body
            "#,
            i64::try_from(limit).unwrap_or(i64::MAX),
            lease.as_secs_f64(),
        )
        .fetch_all(&mut *db)
        .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| super::delivery(serde_json::from_value(row.body), format!("{}/{}", row.id, row.receives)))
            .collect())
    }
}

/// The message's id, and how often it had been received: a later receipt makes this one void.
fn of_receipt(receipt: &str) -> Option<(i64, i32)> {
    let (id, receives) = receipt.split_once('/')?;
    Some((id.parse().ok()?, receives.parse().ok()?))
}

impl Queue for Table {
    fn send<'a>(&'a self, job: &'a Job, delay: Duration) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut db = self.db.no_tenant().await?;
            sqlx::query!(
                r#"
            with sent as (
              insert into jobs (body, visible_at) values ($1, now() + make_interval(secs => $2)) returning id
            )
            select pg_notify($3, '') as "told: ()" from sent
            "#,
                Json(job) as _,
                delay.as_secs_f64(),
                CHANNEL,
            )
            .fetch_one(&mut *db)
            .await?;
            Ok(())
        })
    }

    fn receive(&self, limit: usize, lease: Duration) -> BoxFuture<'_, Result<Vec<Delivery>>> {
        Box::pin(async move {
            if self.db.may_rest() {
                *self.listener.lock().await = None;
                self.db.needed().await;
            }
            let mut slot = self.listener.lock().await;
            if slot.is_none() {
                // Before one looks, so that nothing comes unheard in between.
                let mut listener = self.db.listener().await?;
                listener.listen(CHANNEL).await?;
                *slot = Some(listener);
            }
            let taken = self.take(limit, lease).await?;
            if !taken.is_empty() {
                return Ok(taken);
            }
            if let Some(listener) = slot.as_mut()
                && let Ok(Err(error)) = tokio::time::timeout(LOOK_EVERY, listener.recv()).await
            {
                *slot = None;
                return Err(error.into());
            }
            Ok(Vec::new())
        })
    }

    fn extend<'a>(&'a self, delivery: &'a Delivery, lease: Duration) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Some((id, receives)) = of_receipt(&delivery.receipt) else { return Ok(()) };
            sqlx::query!(
                "update jobs set visible_at = now() + make_interval(secs => $3) where id = $1 and receives = $2",
                id,
                receives,
                lease.as_secs_f64(),
            )
            .execute(&mut *self.db.no_tenant().await?)
            .await?;
            Ok(())
        })
    }

    fn delete<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let Some((id, receives)) = of_receipt(&delivery.receipt) else { return Ok(()) };
            sqlx::query!("delete from jobs where id = $1 and receives = $2", id, receives)
                .execute(&mut *self.db.no_tenant().await?)
                .await?;
            Ok(())
        })
    }
}
