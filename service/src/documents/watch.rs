//! Following how the documents of a knowledge base get on, until all of them are at rest.

use std::{collections::HashMap, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::{self, Counts, Document};
use crate::{
    App,
    auth::Caller,
    error::{Error, Problem, Result},
    id::{DocumentId, KnowledgeBaseId},
    input::Path,
    knowledge, sse,
};

/// How often the database is asked. Only while something is under way: a page that is left open
/// keeps no database awake.
const POLL: Duration = Duration::from_millis(500);

/// One event. A client must ignore types and fields that it does not know.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum DocumentEvent<'a> {
    /// Event `document`: one that is being read, or has just been.
    Document { document: &'a Document },
    /// Event `progress`, when it changes: all documents of the knowledge base together.
    Progress { counts: &'a Counts },
    /// Event `done`, the last: nothing is under way.
    Done,
}

impl DocumentEvent<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        let name = match self {
            Self::Document { .. } => "document",
            Self::Progress { .. } => "progress",
            Self::Done => "done",
        };
        sse::write_event(out, 0, name, self);
    }
}

/// Follow how documents are read
///
/// Server-sent events: documents as they change, and how many are how far. It ends when nothing
/// is under way; documents whose bytes are still to come don't count.
#[utoipa::path(get, path = "/knowledge-bases/{knowledge_base_id}/documents/watch", tag = "documents",
    params(("knowledge_base_id" = KnowledgeBaseId, Path)), responses(
    (status = 200, body = DocumentEvent, content_type = "text/event-stream"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn watch(caller: Caller, State(app): State<App>, Path(base): Path<KnowledgeBaseId>) -> Result<Response> {
    knowledge::readable(&mut *caller.db().await?, &caller, base).await?;
    let events = events(caller, base).take_until(app.shutdown.clone().cancelled_owned());
    Ok(sse::response(events, app.config.chat.chat_heartbeat).into_response())
}

/// What a client was told.
struct Watcher {
    caller: Caller,
    base: KnowledgeBaseId,
    is_new: bool,
    documents: HashMap<DocumentId, DateTime<Utc>>,
    counts: Option<Counts>,
}

fn events(caller: Caller, base: KnowledgeBaseId) -> impl Stream<Item = Bytes> + Send + 'static {
    let watcher = Watcher { caller, base, is_new: true, documents: HashMap::new(), counts: None };
    stream::unfold(Some(watcher), |watcher| async move {
        let mut watcher = watcher?;
        loop {
            if !std::mem::take(&mut watcher.is_new) {
                tokio::time::sleep(POLL).await;
            }
            // A database that does not answer may do so the next time.
            let Ok((documents, counts)) = watcher.look().await else { continue };
            let mut out = Vec::new();
            for document in documents.iter().filter(|it| watcher.documents.get(&it.id) != Some(&it.updated_at)) {
                DocumentEvent::Document { document }.write(&mut out);
            }
            watcher.documents = documents.iter().map(|document| (document.id, document.updated_at)).collect();
            if watcher.counts.as_ref() != Some(&counts) {
                DocumentEvent::Progress { counts: &counts }.write(&mut out);
            }
            let is_done = !counts.are_underway();
            watcher.counts = Some(counts);
            if is_done {
                DocumentEvent::Done.write(&mut out);
                return Some((Bytes::from(out), None));
            }
            if !out.is_empty() {
                return Some((Bytes::from(out), Some(watcher)));
            }
        }
    })
}

impl Watcher {
    async fn look(&self) -> Result<(Vec<Document>, Counts)> {
        let mut db = self.caller.db().await?;
        // Deleted, or no longer shared: then there is nothing to be seen.
        match knowledge::readable(&mut db, &self.caller, self.base).await {
            Err(Error::NotFound(_)) => return Ok((Vec::new(), Counts::default())),
            other => other?,
        }
        // In this order: what is finished in between is seen the next time, before `done`.
        let counts = store::counts(&mut db, self.base).await?;
        Ok((store::moving(&mut db, self.base).await?, counts))
    }
}
