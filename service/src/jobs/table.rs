//! The queue as a table of the database, which tells those who wait when something comes.

use std::time::Duration;

use sqlx::{postgres::PgListener, types::Json};
use tokio::sync::Mutex;

use crate::db::Db;

use super::{Delivery, Job, Result};

/// Where those who wait hear that there is something to do.
const CHANNEL: &str = "mangoo_jobs";
/// Longest wait before one looks unasked: for what becomes visible in time, of which nobody tells.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub struct Table {
    db: Db,
    listener: Mutex<Option<PgListener>>,
}

/// One receipt of a message. A later one of the same message makes it void.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    id: i64,
    receives: i32,
}

impl Table {
    pub fn new(db: Db) -> Self {
        Self { db, listener: Mutex::default() }
    }

    pub async fn send(&self, job: &Job, delay: Duration) -> Result<()> {
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
    }

    pub async fn receive(&self, limit: usize, lease: Duration) -> Result<Vec<Delivery>> {
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
    }

    async fn take(&self, limit: usize, lease: Duration) -> Result<Vec<Delivery>> {
        let mut db = self.db.no_tenant().await?;
        let rows = sqlx::query!(
            r#"
            update jobs set visible_at = now() + make_interval(secs => $2), receives = receives + 1
            where id in (
              select id from jobs where visible_at <= now() order by visible_at limit $1 for update skip locked
            )
            returning id, receives, body as "job: Json<Job>"
            "#,
            i64::try_from(limit).unwrap_or(i64::MAX),
            lease.as_secs_f64(),
        )
        .fetch_all(&mut *db)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Delivery {
                job: row.job.0,
                receipt: super::Receipt::Table(Receipt { id: row.id, receives: row.receives }),
            })
            .collect())
    }

    pub async fn extend(&self, receipt: Receipt, lease: Duration) -> Result<()> {
        sqlx::query!(
            "update jobs set visible_at = now() + make_interval(secs => $3) where id = $1 and receives = $2",
            receipt.id,
            receipt.receives,
            lease.as_secs_f64(),
        )
        .execute(&mut *self.db.no_tenant().await?)
        .await?;
        Ok(())
    }

    pub async fn delete(&self, receipt: Receipt) -> Result<()> {
        sqlx::query!("delete from jobs where id = $1 and receives = $2", receipt.id, receipt.receives)
            .execute(&mut *self.db.no_tenant().await?)
            .await?;
        Ok(())
    }
}
