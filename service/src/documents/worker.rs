//! Doing jobs: receives them, has them done several at a time, and answers for them.

use std::{sync::Arc, time::Duration};

use futures_util::future;
use sqlx::Connection;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    chat,
    config::DocumentsConfig,
    db::{self, Db},
    id::{ChunkId, DocumentId, KnowledgeBaseId, TenantId, UserId},
    jobs::{self, Delivery, Job, Queue},
    knowledge,
    model::Model,
    objects::Objects,
    users,
    web::Fetcher,
};

use super::{
    extract::Extractor,
    reading::{Reader, Stopped, pause},
    store::{self, Claimed, Published},
};

/// How often one looks for documents whose message was lost, for uploads that never came, and for
/// attachments that no question came with.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// A document that nobody touched for so long has no message any more.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(15);
/// Bytes that have not come by then never will: their address is good for far less.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);
/// A row whose bytes are to go is gone by then, or stays.
pub const DISCARD_AFTER: Duration = Duration::from_mins(1);

/// Does jobs until it is told to end.
pub struct Worker {
    reader: Reader,
    queue: Arc<dyn Queue>,
    at_once: usize,
    tasks: TaskTracker,
    /// Cancelled when what is under way is to be left to others.
    leave: CancellationToken,
}

/// What becomes of a message.
enum Answer {
    /// It needs nobody any more.
    Delete,
    /// It comes back by itself.
    Keep,
    /// It is wanted again, after a pause.
    Again(Duration),
}

impl Worker {
    pub fn new(
        config: &DocumentsConfig,
        db: Db,
        model: Arc<Model>,
        objects: Arc<Objects>,
        queue: Arc<dyn Queue>,
        fetcher: Arc<Fetcher>,
    ) -> anyhow::Result<Arc<Self>> {
        let extractor = Extractor::new(config)?;
        Ok(Arc::new(Self {
            reader: Reader {
                db,
                model,
                objects,
                extractor,
                fetcher,
                lease: config.document_lease,
                max_bytes: config.document_max_bytes,
                documents_max: config.documents_max,
            },
            queue,
            at_once: config.documents_at_once.into(),
            tasks: TaskTracker::new(),
            leave: CancellationToken::new(),
        }))
    }

    /// Receives and does jobs until `shutdown`, then ends with those under way: after `drain`
    /// they are left to others.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken, drain: Duration) {
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = future::join(self.clone().receive(), self.sweep()) => {}
        }
        self.tasks.close();
        if tokio::time::timeout(drain, self.tasks.wait()).await.is_err() {
            tracing::warn!(documents = self.tasks.len(), "leaving documents that take too long to others");
            self.leave.cancel();
            self.tasks.wait().await;
        }
    }

    async fn receive(self: Arc<Self>) {
        let slots = Arc::new(Semaphore::new(self.at_once));
        loop {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            match self.queue.receive(slots.available_permits() + 1, self.reader.lease).await {
                Ok(deliveries) => {
                    let mut first = Some(slot);
                    for delivery in deliveries {
                        let Some(slot) = first.take().or_else(|| slots.clone().try_acquire_owned().ok()) else { break };
                        let worker = self.clone();
                        self.tasks.spawn(async move {
                            worker.answer(delivery).await;
                            drop(slot);
                        });
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot receive jobs; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    async fn answer(&self, delivery: Delivery) {
        let span = tracing::info_span!("job", job = ?delivery.job);
        async {
            let answer = match &delivery.job {
                Job::Read { tenant, document } => self.read(tenant, *document, &delivery).await,
                Job::Index { tenant, knowledge_base } => self.index(tenant, *knowledge_base).await,
                Job::Discard { tenant, knowledge_base, document } => {
                    self.discard(tenant, *knowledge_base, *document).await
                }
                Job::Erase { tenant, nobody } => self.erase(tenant, nobody).await,
            };
            let answered = match answer {
                Ok(Answer::Keep) => Ok(()),
                Ok(Answer::Delete) => self.queue.delete(&delivery).await,
                // Sent anew and not only hidden for longer: the queue would count it among those
                // that end their reader, and put it aside.
                Ok(Answer::Again(after)) => match self.queue.send(&delivery.job, after).await {
                    Ok(()) => self.queue.delete(&delivery).await,
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            };
            if let Err(error) = answered {
                tracing::warn!(%error, "cannot answer for a job; it comes back");
            }
        }
        .instrument(span)
        .await;
    }

    async fn read(&self, tenant: &TenantId, id: DocumentId, delivery: &Delivery) -> jobs::Result<Answer> {
        let claim = match store::claim(&mut *self.reader.db.tenant(tenant).await?, id, self.reader.lease).await? {
            Claimed::Ours(claim) => claim,
            // Not kept: the queue would count it among those that end their reader.
            Claimed::Busy => return Ok(Answer::Again(self.reader.lease)),
            Claimed::Done => return Ok(Answer::Delete),
        };
        let result = tokio::select! {
            result = self.reader.read(tenant, id, &claim) => result,
            () = self.keep(tenant, id, &claim, delivery) => Err(Stopped::Lost),
            () = self.leave.cancelled() => Err(Stopped::later("unavailable", "The process that read it ends.")),
        };
        match result {
            Ok(Published { replaced, added }) => {
                tracing::info!("a document is ready");
                for document in added {
                    // If this fails, the sweep finds them.
                    self.queue.send(&Job::Read { tenant: tenant.clone(), document }, Duration::ZERO).await?;
                }
                self.have_discarded(tenant, &claim, replaced).await?;
                let knowledge_base = claim.knowledge_base_id;
                if knowledge::store::needs_index(&mut *self.reader.db.tenant(tenant).await?, knowledge_base).await? {
                    self.queue.send(&Job::Index { tenant: tenant.clone(), knowledge_base }, Duration::ZERO).await?;
                }
                Ok(Answer::Delete)
            }
            Err(Stopped::Failed(failure)) => {
                tracing::warn!(code = failure.code, "a document can't be read");
                let replaced =
                    store::fail(&mut *self.reader.db.tenant(tenant).await?, id, claim.lease, &failure).await?;
                self.have_discarded(tenant, &claim, replaced).await?;
                Ok(Answer::Delete)
            }
            Err(Stopped::Later(why)) => {
                tracing::info!(code = why.code, "a document is left for later");
                store::release(&mut *self.reader.db.tenant(tenant).await?, id, claim.lease, &why).await?;
                Ok(Answer::Again(if self.leave.is_cancelled() { Duration::ZERO } else { pause() }))
            }
            Err(Stopped::Lost) => Ok(Answer::Keep),
        }
    }

    /// Has the bytes of replaced documents deleted.
    async fn have_discarded(
        &self,
        tenant: &TenantId,
        claim: &store::Claim,
        replaced: Vec<DocumentId>,
    ) -> jobs::Result<()> {
        for old in replaced {
            let knowledge_base = claim.knowledge_base_id;
            let job = Job::Discard { tenant: tenant.clone(), knowledge_base, document: Some(old) };
            self.queue.send(&job, Duration::ZERO).await?;
        }
        Ok(())
    }

    /// Keeps a document, and its message, from others. Ends when they have it all the same.
    async fn keep(&self, tenant: &TenantId, id: DocumentId, claim: &store::Claim, delivery: &Delivery) {
        let mut tick = tokio::time::interval(self.reader.lease / 3);
        loop {
            tick.tick().await;
            let kept = async {
                let mut db = self.reader.db.tenant(tenant).await?;
                store::keep(&mut db, id, claim.lease, self.reader.lease).await
            };
            match tokio::time::timeout(self.reader.lease / 3, kept).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return,
                Ok(Err(error)) => tracing::warn!(%error, "cannot renew a document's lease; trying again"),
                Err(_) => tracing::warn!("the database does not answer; trying again"),
            }
            if let Err(error) = self.queue.extend(delivery, self.reader.lease).await {
                // Then it comes to somebody else, who finds the document taken.
                tracing::warn!(%error, "cannot keep a message");
            }
        }
    }

    async fn index(&self, tenant: &TenantId, base: KnowledgeBaseId) -> jobs::Result<Answer> {
        let mut db = self.reader.db.tenant(tenant).await?;
        let mut last = Some(ChunkId(Uuid::nil()));
        while let Some(after) = last {
            last = knowledge::store::reword(&mut db, base, after).await?;
        }
        match knowledge::store::index(&mut db, base).await {
            Ok(()) => Ok(Answer::Delete),
            Err(error) => {
                // Somebody else writes chunks for longer than this may wait.
                tracing::info!(%error, "cannot index a knowledge base for now; trying again");
                Ok(Answer::Again(pause()))
            }
        }
    }

    async fn discard(
        &self,
        tenant: &TenantId,
        base: KnowledgeBaseId,
        document: Option<DocumentId>,
    ) -> jobs::Result<Answer> {
        if store::exists(&mut *self.reader.db.tenant(tenant).await?, base, document).await? {
            return Ok(Answer::Delete);
        }
        if document.is_none() && knowledge::store::delete_some(&mut *self.reader.db.tenant(tenant).await?, base).await?
        {
            return Ok(Answer::Again(Duration::ZERO));
        }
        let prefix = document.map_or_else(|| base.to_string(), |document| format!("{base}/{document}"));
        if let Err(error) = self.reader.objects.delete_below(&prefix).await {
            tracing::warn!(%error, "cannot delete the bytes of a document; trying again");
            return Ok(Answer::Again(pause()));
        }
        if document.is_none()
            && let Err(error) = knowledge::store::forget(&mut *self.reader.db.tenant(tenant).await?, base).await
        {
            // Somebody else uses the table of signs for longer than this may wait.
            tracing::info!(%error, "cannot forget a knowledge base for now; trying again");
            return Ok(Answer::Again(pause()));
        }
        Ok(Answer::Delete)
    }

    async fn erase(&self, tenant: &TenantId, nobody: &UserId) -> jobs::Result<Answer> {
        let is_more = users::erase_some(&mut *self.reader.db.tenant(tenant).await?, nobody).await?;
        Ok(if is_more { Answer::Again(Duration::ZERO) } else { Answer::Delete })
    }

    async fn sweep(&self) {
        let mut tick = tokio::time::interval(SWEEP_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if self.reader.db.may_rest() {
                self.reader.db.needed().await;
            }
            if let Err(error) = self.sweep_once().await {
                tracing::warn!(%error, "cannot look for what is forgotten; trying again");
            }
        }
    }

    async fn sweep_once(&self) -> jobs::Result<()> {
        // Without a tenant: it is no use that would keep the database awake.
        let mut db = self.reader.db.no_tenant().await?;
        for tenant in db::tenants(&mut db).await? {
            let mut transaction = db.begin().await?;
            db::enter(&mut transaction, &tenant).await?;
            let forgotten = store::forgotten(&mut transaction, FORGOTTEN_AFTER).await?;
            let abandoned = store::abandoned(&mut transaction, ABANDONED_AFTER).await?;
            chat::forget_waiting_attachments(&mut transaction).await?;
            // No lock waits for the queue.
            transaction.commit().await?;
            for document in forgotten {
                tracing::warn!(%document, "a document waits for long; sending its message again");
                self.queue.send(&Job::Read { tenant: tenant.clone(), document }, Duration::ZERO).await?;
            }
            for (knowledge_base, document) in abandoned {
                let job = Job::Discard { tenant: tenant.clone(), knowledge_base, document: Some(document) };
                self.queue.send(&job, DISCARD_AFTER).await?;
                let mut transaction = db.begin().await?;
                db::enter(&mut transaction, &tenant).await?;
                store::delete(&mut transaction, knowledge_base, document).await?;
                transaction.commit().await?;
            }
        }
        Ok(())
    }
}
