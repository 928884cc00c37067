//! An answer that this process is generating.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::id::{ChatId, ChunkId, MessageId, TenantId, UserId};

use super::events::{Ending, Failure};

/// Shared by the task that generates, those who watch, and the keeper that saves.
pub struct Live {
    pub id: MessageId,
    pub question_id: MessageId,
    pub chat_id: ChatId,
    pub tenant: TenantId,
    pub owner: UserId,
    pub progress: watch::Sender<Progress>,
    /// Bytes of the text that are in the database.
    saved: AtomicUsize,
    /// Whether text was sent there before the end.
    is_partly_saved: AtomicBool,
    ended_early: CancellationToken,
    cause: OnceLock<Cause>,
    /// The passages that the model was given, once they are found.
    pub passages: OnceLock<Vec<ChunkId>>,
}

/// What a watcher sees.
#[derive(Default)]
pub struct Progress {
    pub text: String,
    /// In order, so that all who watch see the same events.
    pub events: Vec<Event>,
    pub ending: Option<Arc<Ending>>,
}

/// A piece of the text.
pub struct Event {
    /// Where in the text it ends.
    pub end: usize,
    /// The numbers of the passages that it cites.
    pub cited: BTreeSet<usize>,
}

/// A piece of text to be, with the numbers of the passages that it cites.
pub type Piece = (String, BTreeSet<usize>);

/// Why an answer ends before the model ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The user stopped it.
    Stopped,
    /// This process ends.
    Interrupted,
    /// Its message is gone: deleted with its chat, or given up by another process.
    Gone,
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Stopped => Self::stopped(),
            Cause::Interrupted | Cause::Gone => Self::interrupted(),
        }
    }
}

impl Live {
    pub fn new(id: MessageId, question_id: MessageId, chat_id: ChatId, tenant: TenantId, owner: UserId) -> Arc<Self> {
        Arc::new(Self {
            id,
            question_id,
            chat_id,
            tenant,
            owner,
            progress: watch::Sender::default(),
            saved: AtomicUsize::new(0),
            is_partly_saved: AtomicBool::new(false),
            ended_early: CancellationToken::new(),
            cause: OnceLock::new(),
            passages: OnceLock::new(),
        })
    }

    /// Appends pieces of text and wakes the watchers.
    pub fn push(&self, pieces: Vec<Piece>) {
        self.progress.send_if_modified(|progress| {
            let before = progress.text.len();
            for (piece, cited) in pieces {
                let start = progress.text.len();
                // Postgres can't store NUL, and nobody can read it.
                progress.text.extend(piece.split('\0'));
                let end = progress.text.len();
                if end > start {
                    progress.events.push(Event { end, cited });
                }
            }
            progress.text.len() > before
        });
    }

    /// Ends the answer; the first cause counts.
    pub fn end(&self, cause: Cause) {
        self.cause.get_or_init(|| cause);
        self.ended_early.cancel();
    }

    /// Waits until somebody ends the answer.
    pub async fn ended_early(&self) -> Cause {
        self.ended_early.cancelled().await;
        self.cause.get().copied().unwrap_or(Cause::Interrupted)
    }

    /// Text that is not in the database yet, with its offset, to be sent there now.
    pub fn take_unsaved(&self) -> Option<(usize, String)> {
        let saved = self.saved.load(Ordering::Acquire);
        let progress = self.progress.borrow();
        let text = progress.text.get(saved..).filter(|text| !text.is_empty() && progress.ending.is_none())?;
        self.is_partly_saved.store(true, Ordering::Release);
        Some((saved, text.to_owned()))
    }

    pub fn is_partly_saved(&self) -> bool {
        self.is_partly_saved.load(Ordering::Acquire)
    }

    pub fn set_saved(&self, bytes: usize) {
        self.saved.store(bytes, Ordering::Release);
    }

    pub fn text(&self) -> String {
        self.progress.borrow().text.clone()
    }
}
