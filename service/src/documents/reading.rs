//! Reading one document: fetch, extract, cut into chunks, embed, publish.
//!
//! Each step can be done again: a process that dies leaves a row that says how far it came, and
//! the chunks that have a vector already. The next one embeds only the rest.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use aws_lc_rs::digest;
use sqlx::error::DatabaseError;

use crate::{
    db::Db,
    id::{DocumentId, TenantId},
    knowledge::{self, ChunkSize},
    model::{self, Model},
    objects::Objects,
    web::{self, Fetcher},
};

use super::{
    extract::{Extracted, Extractor, Piece},
    key,
    store::{self, Chunk, Claim, Contents, Failure, Noted, Published, Status},
    text_key,
};

/// Chunks that are embedded, and kept, together.
const BATCH: usize = 32;
/// How long a document waits for a busy model before it asks again, first,
const MIN_PAUSE: Duration = Duration::from_millis(250);
/// and up to where it is left for later.
const MAX_PAUSE: Duration = Duration::from_secs(30);
const KEEP_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// A document that ended so many processes is not given to another.
const MAX_ATTEMPTS: i32 = 4;

/// What reading needs.
#[derive(Clone)]
pub struct Reader {
    pub db: Db,
    pub model: Arc<Model>,
    pub objects: Arc<Objects>,
    pub extractor: Extractor,
    pub fetcher: Arc<Fetcher>,
    /// As long as a document is ours without a sign of us.
    pub lease: Duration,
    pub max_bytes: i64,
    /// Of one knowledge base.
    pub documents_max: i64,
}

/// Why a document is not ready.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// For good.
    #[error("{}", .0.detail)]
    Failed(Failure),
    /// Another time it may go well.
    #[error("{}", .0.detail)]
    Later(Failure),
    /// Somebody else has it, or it is deleted.
    #[error("its lease is lost")]
    Lost,
}

impl Stopped {
    pub fn later(code: &str, why: &str) -> Self {
        Self::Later(Failure::new(code, format!("{why} It goes on by itself.")))
    }

    /// Something of ours does not answer: its words are for the log.
    pub fn for_now(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::warn!(error, "cannot go on with a document for now");
        Self::later("unavailable", "Something on our side does not answer.")
    }
}

impl From<sqlx::Error> for Stopped {
    fn from(error: sqlx::Error) -> Self {
        if is_refused(&error) {
            tracing::error!(%error, "the database does not take a document");
            return Self::Failed(Failure::new("not_text", "Its text can't be stored. Upload it in another form."));
        }
        Self::for_now(&error)
    }
}

/// Whether the database won't take the data, however often it is asked: errors of the classes for
/// data that is wrong, and for what is too large.
/// <https://www.postgresql.org/docs/16/errcodes-appendix.html>
fn is_refused(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("54"))
}

impl From<model::Error> for Stopped {
    fn from(error: model::Error) -> Self {
        match error {
            model::Error::Throttled => Self::later("throttled", "The embedding model is busy."),
            model::Error::TimedOut | model::Error::BrokeOff => Self::for_now(&error),
            model::Error::Unavailable => Self::Failed(Failure::new(
                "model_unavailable",
                "The embedding model is not available: it may not exist in this Region, or this account has no \
                 access to it. Ask an administrator, then retry.",
            )),
            model::Error::ContextTooLong | model::Error::Refused => Self::Failed(Failure::new(
                error.code(),
                "The embedding model does not take this text. Upload it in another form.",
            )),
        }
    }
}

impl From<web::Error> for Stopped {
    fn from(error: web::Error) -> Self {
        let (code, why) = match error {
            web::Error::NotPublic => (
                "address_not_public",
                "This address, or one that it leads to, is not on the public web. Add an address that everybody can \
                 open, or upload the page as a file."
                    .to_owned(),
            ),
            web::Error::Robots => (
                "robots",
                "The robots.txt of its site asks programs not to read this page. Ask its owner, or save the page and \
                 upload it."
                    .to_owned(),
            ),
            web::Error::Redirects => {
                ("redirects", "This address leads on and on, or nowhere. Add the one where the page is.".to_owned())
            }
            web::Error::Status(status) if status.is_client_error() => (
                "not_found",
                format!(
                    "Its site answers \u{201c}{status}\u{201d}. Check the address; a page behind a sign-in can be uploaded as a file."
                ),
            ),
            web::Error::Status(status) => {
                ("site_failed", format!("Its site answers \u{201c}{status}\u{201d}. Retry it later."))
            }
            web::Error::TooLarge => ("too_large", "It is larger than this platform takes.".to_owned()),
            web::Error::TimedOut => ("site_failed", "Its site takes too long. Retry it later.".to_owned()),
            web::Error::Unreachable => {
                ("site_failed", "Its site does not answer. Check the address, or retry it later.".to_owned())
            }
        };
        Self::Failed(Failure::new(code, why))
    }
}

impl From<object_store::Error> for Stopped {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => {
                Self::Failed(Failure::new("gone", "Its bytes are gone. Upload it again."))
            }
            error => Self::for_now(&error),
        }
    }
}

impl Reader {
    /// Reads a document that is ours.
    pub async fn read(&self, tenant: &TenantId, id: DocumentId, claim: &Claim) -> Result<Published, Stopped> {
        if claim.attempts >= MAX_ATTEMPTS {
            return Err(Stopped::Failed(Failure::new(
                "too_many_attempts",
                format!("Reading it was broken off {} times. Retry it, or upload it in another form.", claim.attempts),
            )));
        }
        if let Some(url) = claim.url.as_deref().filter(|_| !claim.is_here) {
            self.fetch(tenant, id, claim, url).await?;
        }
        let bytes = self.objects.get(&key(claim.knowledge_base_id, id), self.max_bytes).await?;
        let bytes = bytes.ok_or_else(|| {
            Stopped::Failed(Failure::new("too_large", "It is larger than this platform takes. Upload it in parts."))
        })?;
        let sha256 = digest::digest(&digest::SHA256, &bytes);
        let mut db = self.db.tenant(tenant).await?;
        match store::note(&mut db, id, claim.knowledge_base_id, claim.lease, sha256.as_ref()).await? {
            Noted::New => drop(db),
            Noted::Duplicate { original, replaced } => {
                // It may outlive the original, which has the text now.
                let base = claim.knowledge_base_id;
                self.objects.copy(&text_key(base, original), &text_key(base, id)).await?;
                return Ok(Published { replaced, added: Vec::new() });
            }
            Noted::Underway => {
                return Err(Stopped::later("same_underway", "Another document with the same bytes is being read."));
            }
            Noted::Lost => return Err(Stopped::Lost),
        }
        let size = ChunkSize { tokens: claim.chunk_tokens, overlap: claim.chunk_overlap };
        let mut extraction = self.extractor.start(bytes, &claim.name, claim.url.is_some(), size)?;
        extraction.extracted().await?;
        self.reach(tenant, id, claim, Status::Chunking, None).await?;
        let Extracted { kind, text, pages, chunks, addresses, warning } = extraction.finish().await?;
        let characters = text.chars().count();
        self.objects.put(&text_key(claim.knowledge_base_id, id), text.into()).await?;
        let (Ok(total), Ok(characters)) = (i32::try_from(chunks.len()), i32::try_from(characters)) else {
            return Err(Stopped::Failed(Failure::new("too_large", "It has too much text. Upload it in parts.")));
        };
        self.reach(tenant, id, claim, Status::Embedding, Some(total)).await?;
        self.embed(tenant, id, claim, chunks).await?;
        let contents = Contents { kind, pages, characters, warning, chunks: total, addresses };
        let mut db = self.db.tenant(tenant).await?;
        store::publish(&mut db, id, claim.knowledge_base_id, claim.lease, &contents, self.documents_max)
            .await?
            .ok_or(Stopped::Lost)
    }

    /// Gets the bytes of a document of the web.
    async fn fetch(&self, tenant: &TenantId, id: DocumentId, claim: &Claim, url: &str) -> Result<(), Stopped> {
        let url = self.fetcher.address(url).ok_or(web::Error::NotPublic)?;
        let bytes = self.fetcher.fetch(&url).await?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        self.objects.put(&key(claim.knowledge_base_id, id), bytes).await?;
        let mut db = self.db.tenant(tenant).await?;
        if store::fetched(&mut db, id, claim.lease, size).await? { Ok(()) } else { Err(Stopped::Lost) }
    }

    async fn reach(
        &self,
        tenant: &TenantId,
        id: DocumentId,
        claim: &Claim,
        status: Status,
        chunks: Option<i32>,
    ) -> Result<(), Stopped> {
        let mut db = self.db.tenant(tenant).await?;
        if store::reach(&mut db, id, claim.lease, status, chunks).await? { Ok(()) } else { Err(Stopped::Lost) }
    }

    /// Embeds the chunks that have no vector yet.
    async fn embed(&self, tenant: &TenantId, id: DocumentId, claim: &Claim, chunks: Vec<Piece>) -> Result<(), Stopped> {
        let done: HashMap<i32, Piece> =
            store::embedded(&mut *self.db.tenant(tenant).await?, id).await?.into_iter().collect();
        let mut todo: VecDeque<(i32, Piece)> =
            (0..).zip(chunks).filter(|(index, piece)| done.get(index) != Some(piece)).collect();
        let mut pause = MIN_PAUSE;
        while !todo.is_empty() {
            let batch: Vec<(i32, Piece)> = todo.drain(..todo.len().min(BATCH)).collect();
            let texts: Vec<String> = batch.iter().map(|(_, piece)| piece.embedded()).collect();
            // No connection waits for Bedrock.
            let embedded = knowledge::embed(&self.db, tenant, &self.model, &texts).await?;
            let (mut chunks, mut trouble) = (Vec::new(), None);
            for ((index, piece), embedded) in batch.into_iter().zip(embedded) {
                match embedded {
                    Ok(embedded) => chunks.push(Chunk { index, piece, embedded }),
                    Err(error) => {
                        trouble = Some(error);
                        todo.push_back((index, piece));
                    }
                }
            }
            if !chunks.is_empty() {
                self.keep(tenant, id, claim, &chunks).await?;
                pause = MIN_PAUSE;
            }
            match trouble.map(Stopped::from) {
                None => {}
                // A while here, where nothing needs to be read again; then others may have their turn.
                Some(Stopped::Later(why)) if pause < MAX_PAUSE => {
                    store::say_why(&mut *self.db.tenant(tenant).await?, id, claim.lease, &why).await?;
                    tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
                    pause *= 2;
                }
                Some(stopped) => return Err(stopped),
            }
        }
        Ok(())
    }

    /// Keeps chunks with their vectors. They are paid for: a database that is away is waited for.
    async fn keep(&self, tenant: &TenantId, id: DocumentId, claim: &Claim, chunks: &[Chunk]) -> Result<(), Stopped> {
        let until = Instant::now() + self.lease;
        loop {
            let kept = async {
                let mut db = self.db.tenant(tenant).await?;
                store::keep_chunks(&mut db, id, claim.lease, chunks).await
            };
            match kept.await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(Stopped::Lost),
                Err(error) if is_refused(&error) || Instant::now() > until => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "cannot keep chunks; trying again"),
            }
            tokio::time::sleep(KEEP_AGAIN_AFTER).await;
        }
    }
}

/// How long to wait before a document is tried again.
pub fn pause() -> Duration {
    // Not all at once: what is busy stays busy then.
    Duration::from_secs(fastrand::u64(1..=5))
}
