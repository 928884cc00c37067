//! What a process does for all its answers together: saving their text, renewing its lease,
//! burying the answers of processes that died, and ending in order.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future;
use sqlx::Connection;
use uuid::Uuid;

use crate::{
    db,
    id::{MessageId, TenantId},
};

use super::{
    events::Failure,
    generation::{Generations, PATIENCE},
    live::{Cause, Live},
    store,
};

/// How often new text is written to the database: so much of an answer is lost at the most
/// when its process dies.
const SAVE_EVERY: Duration = Duration::from_millis(200);
/// How long what is left may take to be saved when the process ends.
const LAST_SAVES: Duration = Duration::from_secs(10);

impl Generations {
    /// Does the work of this module until the process ends. Returns only when it can't go on.
    pub async fn run(self: Arc<Self>) -> anyhow::Result<()> {
        Box::pin(future::try_join3(self.save_texts(), self.renew_lease(), self.listen_for_stops())).await?;
        Ok(())
    }

    /// Stops an answer wherever it is generated.
    pub async fn stop(&self, ids: &[MessageId], cause: Cause) -> sqlx::Result<()> {
        let elsewhere: Vec<Uuid> = ids.iter().filter(|id| !self.end(**id, cause)).map(|id| id.0).collect();
        if elsewhere.is_empty() {
            return Ok(());
        }
        let mut db = self.db.no_tenant().await?;
        store::notify_stop(&mut db, &elsewhere).await
    }

    /// Takes no new questions, lets answers go on for `patience`, then ends the rest as
    /// interrupted, with the text they have.
    pub async fn drain(&self, patience: Duration) {
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            let rest = self.all();
            tracing::warn!(answers = rest.len(), "interrupting answers that took too long to end");
            for live in rest {
                live.end(Cause::Interrupted);
            }
            if tokio::time::timeout(LAST_SAVES, self.tasks.wait()).await.is_err() {
                tracing::error!(
                    answers = self.count(),
                    "answers were not saved; another process will mark them failed"
                );
                return;
            }
        }
        self.end_lease().await;
    }

    async fn end_lease(&self) {
        // Not deleted: should an answer of ours still stream, another process finds it by this.
        let ended = within_patience(async {
            store::renew_lease(&mut *self.db.no_tenant().await?, self.instance, Duration::ZERO).await
        });
        if let Err(error) = ended.await {
            tracing::warn!(%error, "cannot end the lease; it will run out");
        }
    }

    async fn save_texts(&self) -> anyhow::Result<()> {
        let mut tick = tokio::time::interval(SAVE_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let mut by_tenant: HashMap<TenantId, Vec<(Arc<Live>, usize, String)>> = HashMap::new();
            for live in self.all() {
                if let Some((offset, text)) = live.take_unsaved() {
                    by_tenant.entry(live.tenant.clone()).or_default().push((live, offset, text));
                }
            }
            for (tenant, pieces) in by_tenant {
                if let Err(error) = within_patience(self.save_pieces(&tenant, pieces)).await {
                    tracing::warn!(%error, "cannot save the text of answers; trying again");
                }
            }
        }
    }

    /// One statement for all answers of a tenant, however many there are.
    async fn save_pieces(&self, tenant: &TenantId, pieces: Vec<(Arc<Live>, usize, String)>) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = pieces.iter().map(|(live, ..)| live.id.0).collect();
        let offsets: Vec<i32> = pieces.iter().map(|(_, at, _)| i32::try_from(*at).unwrap_or(i32::MAX)).collect();
        let (lives, texts): (Vec<_>, Vec<_>) =
            pieces.into_iter().map(|(live, at, text)| ((live, at + text.len()), text)).unzip();
        let mut db = self.db.tenant(tenant).await?;
        let streaming = store::append_texts(&mut db, &ids, &offsets, &texts).await?;
        for (live, saved) in lives {
            if streaming.contains(&live.id) {
                live.set_saved(saved);
            } else {
                // If it has just finished, this changes nothing.
                live.end(Cause::Gone);
            }
        }
        Ok(())
    }

    async fn renew_lease(&self) -> anyhow::Result<()> {
        let mut unbroken_since = Instant::now();
        let mut tick = tokio::time::interval(self.config.chat_lease / 3);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if self.db.may_rest() {
                self.rest().await;
            }
            let renewed = within_patience(async {
                store::renew_lease(&mut *self.db.no_tenant().await?, self.instance, self.config.chat_lease).await
            })
            .await;
            if let Err(error) = renewed {
                tracing::warn!(%error, "cannot renew the lease; trying again");
                continue;
            }
            let now = Instant::now();
            let before = self.renewed.lock().unwrap_or_else(PoisonError::into_inner).replace(now);
            self.resting.send_if_modified(std::mem::take);
            // After an outage of the database every lease is over. The first process to come
            // back gives the others the time to renew theirs before it takes them for dead.
            if before.is_none_or(|before| now - before > self.config.chat_lease) {
                unbroken_since = now;
            }
            if now - unbroken_since < self.config.chat_lease {
                continue;
            }
            if let Err(error) = within_patience(self.bury_the_dead()).await {
                tracing::warn!(%error, "cannot look after the answers of dead processes; trying again");
            }
        }
    }

    /// Lets go of the database, which may then pause, until it is needed. The process has no
    /// lease meanwhile, and no answers that would need one.
    async fn rest(&self) {
        self.resting.send_replace(true);
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Whoever was admitted before that is counted here; nobody is admitted after it.
        if !self.tasks.is_empty() {
            return;
        }
        self.end_lease().await;
        tracing::info!("resting until somebody asks for something");
        self.db.needed().await;
    }

    /// Marks the answers of processes whose lease is over as failed, with the text they had.
    async fn bury_the_dead(&self) -> sqlx::Result<()> {
        let mut db = self.db.no_tenant().await?;
        let mut transaction = db.begin().await?;
        let dead = store::lock_dead(&mut transaction, self.instance).await?;
        if dead.is_empty() {
            return Ok(());
        }
        let mut failed = 0;
        for tenant in db::tenants(&mut transaction).await? {
            failed += store::fail_answers_of(&mut transaction, &tenant, &dead, &Failure::interrupted()).await?;
        }
        store::forget(&mut transaction, &dead).await?;
        transaction.commit().await?;
        if failed > 0 {
            tracing::warn!(processes = dead.len(), answers = failed, "a process died; its answers are marked failed");
        }
        Ok(())
    }

    async fn listen_for_stops(&self) -> anyhow::Result<()> {
        let mut resting = self.resting.subscribe();
        loop {
            resting.wait_for(|resting| !resting).await?;
            let listen = async {
                let mut listener = self.db.listener().await?;
                listener.listen(store::STOP_CHANNEL).await?;
                loop {
                    // Reconnects by itself; what was said meanwhile is lost, which a user
                    // who stops again will make good.
                    let notification = listener.recv().await?;
                    for id in notification.payload().split(',').filter_map(|id| id.parse().ok()) {
                        self.end(MessageId(id), Cause::Stopped);
                    }
                }
            };
            let Err::<std::convert::Infallible, sqlx::Error>(error) = tokio::select! {
                result = listen => result,
                _ = resting.wait_for(|resting| *resting) => continue,
            };
            tracing::warn!(%error, "cannot hear of answers that are stopped; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// A connection that is half open never answers: without this a loop would wait for it for ever.
async fn within_patience<T>(step: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(PATIENCE, step).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}
