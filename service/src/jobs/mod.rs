//! Work that outlives a request, through a queue: SQS, or a table where there is none.
//!
//! A message only says where to look. What is to be done, and whether it still is, stands in
//! the rows it names, so a message that comes twice or late does no harm, and one that is lost
//! is sent again by whoever notices.

mod sqs;
mod table;

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    id::{DocumentId, KnowledgeBaseId, TenantId, UserId},
};

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Job {
    /// Read a document: extract, chunk and embed it.
    Read { tenant: TenantId, document: DocumentId },
    /// Make the chunks of a knowledge base easier to find: take words anew after a change of its
    /// language, and give it an index of its own once it is large.
    Index { tenant: TenantId, knowledge_base: KnowledgeBaseId },
    /// Delete the bytes of a document, or of all documents of a knowledge base, whose row is gone.
    /// Sent before it goes, so that no bytes are forgotten.
    Discard { tenant: TenantId, knowledge_base: KnowledgeBaseId, document: Option<DocumentId> },
    /// Delete what a user had who is gone: their chats and bots, which belong to `nobody` by then.
    /// Sent before it goes, so that nothing is forgotten.
    Erase { tenant: TenantId, nobody: UserId },
}

/// A message that was received.
#[derive(Debug)]
pub struct Delivery {
    pub job: Job,
    /// How the queue that it came from knows it.
    receipt: String,
}

/// Why the queue did not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The SDK's words.
    #[error("SQS: {0}")]
    Sqs(String),
}

pub type Result<T> = std::result::Result<T, Error>;

/// Where messages wait.
pub trait Queue: Send + Sync {
    /// Has `job` done, no sooner than after `delay` (at most 15 minutes, as SQS has it).
    fn send<'a>(&'a self, job: &'a Job, delay: Duration) -> BoxFuture<'a, Result<()>>;

    /// Waits for messages and takes up to `limit` of them, which nobody else gets for `lease`.
    /// Comes back without any after a while.
    fn receive(&self, limit: usize, lease: Duration) -> BoxFuture<'_, Result<Vec<Delivery>>>;

    /// Keeps a message from others for another `lease`, from now.
    fn extend<'a>(&'a self, delivery: &'a Delivery, lease: Duration) -> BoxFuture<'a, Result<()>>;

    /// Says that a message needs nobody any more.
    fn delete<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Result<()>>;
}

/// The SQS queue at `url`; without one, the table `jobs`.
pub async fn queue(url: Option<&str>, db: Db) -> Arc<dyn Queue> {
    match url {
        Some(url) => Arc::new(sqs::Sqs::new(url).await),
        None => Arc::new(table::Table::new(db)),
    }
}

/// A message that was received, if it says something that is understood.
fn delivery(job: serde_json::Result<Job>, receipt: String) -> Option<Delivery> {
    match job {
        Ok(job) => Some(Delivery { job, receipt }),
        Err(error) => {
            // Perhaps a newer version understands it, to which it comes back. SQS puts it aside in
            // the end, where an alarm finds it.
            tracing::error!(%error, receipt, "a message is not understood");
            None
        }
    }
}
