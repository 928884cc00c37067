//! Documents of knowledge bases: uploaded, read by a worker, found by search.
//!
//! [`routes`] takes uploads, whose bytes go straight to the object store, and addresses of the web,
//! and sends a job.
//! [`worker`] receives jobs, here or in a process of its own, and has [`reading`] do them: the
//! row of a document says how far it is, and who is at it. Its formats are known to [`extract`].

mod extract;
mod reading;
mod routes;
mod store;
mod uploads;
mod watch;
mod worker;

pub use extract::{Arguments as ExtractArguments, run as extract};
pub use routes::{discard, router};
pub use uploads::router as uploads_router;
pub use worker::Worker;

use crate::id::{DocumentId, KnowledgeBaseId};

/// Where the bytes of a document are in the object store.
fn key(base: KnowledgeBaseId, document: DocumentId) -> String {
    format!("{base}/{document}/original")
}

/// Where the text is that was read of it.
fn text_key(base: KnowledgeBaseId, document: DocumentId) -> String {
    format!("{base}/{document}/text")
}
