//! Work that outlives a request, through a queue: SQS, or a table where there is none.
//!
//! A message only says where to look. What is to be done, and whether it still is, stands in
//! the rows it names, so a message that comes twice or late does no harm, and one that is lost
//! is sent again by whoever notices.

mod sqs;
mod table;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    db::Db,
    id::{DocumentId, KnowledgeBaseId, TenantId},
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
}

/// A message that was received, and how to answer for it.
#[derive(Debug)]
pub struct Delivery {
    pub job: Job,
    receipt: Receipt,
}

#[derive(Debug)]
enum Receipt {
    Table(table::Receipt),
    Sqs(String),
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
pub enum Queue {
    Table(table::Table),
    Sqs(sqs::Sqs),
}

impl Queue {
    /// The SQS queue at `url`; without one, the table `jobs`.
    pub async fn new(url: Option<&str>, db: Db) -> Self {
        match url {
            Some(url) => Self::Sqs(sqs::Sqs::new(url).await),
            None => Self::Table(table::Table::new(db)),
        }
    }

    /// Has `job` done, no sooner than after `delay` (at most 15 minutes, as SQS has it).
    pub async fn send(&self, job: &Job, delay: Duration) -> Result<()> {
        match self {
            Self::Table(table) => table.send(job, delay).await,
            Self::Sqs(sqs) => sqs.send(job, delay).await,
        }
    }

    /// Waits for messages and takes up to `limit` of them, which nobody else gets for `lease`.
    /// Comes back without any after a while.
    pub async fn receive(&self, limit: usize, lease: Duration) -> Result<Vec<Delivery>> {
        match self {
            Self::Table(table) => table.receive(limit, lease).await,
            Self::Sqs(sqs) => sqs.receive(limit, lease).await,
        }
    }

    /// Keeps a message from others for another `lease`, from now.
    pub async fn extend(&self, delivery: &Delivery, lease: Duration) -> Result<()> {
        match (self, &delivery.receipt) {
            (Self::Table(table), Receipt::Table(receipt)) => table.extend(*receipt, lease).await,
            (Self::Sqs(sqs), Receipt::Sqs(receipt)) => sqs.extend(receipt, lease).await,
            // A queue gives out receipts of its own kind only.
            _ => Ok(()),
        }
    }

    /// Says that a message needs nobody any more.
    pub async fn delete(&self, delivery: &Delivery) -> Result<()> {
        match (self, &delivery.receipt) {
            (Self::Table(table), Receipt::Table(receipt)) => table.delete(*receipt).await,
            (Self::Sqs(sqs), Receipt::Sqs(receipt)) => sqs.delete(receipt).await,
            _ => Ok(()),
        }
    }
}
