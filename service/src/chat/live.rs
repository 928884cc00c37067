//! An answer that this process is generating.

use std::{
    collections::BTreeSet,
    ops::Range,
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
    pub reasoning: String,
    /// How many pieces of reasoning there are.
    thoughts: usize,
    /// In order, so that all who watch see the same events.
    pub events: Vec<Event>,
    pub ending: Option<Arc<Ending>>,
}

/// What came at once.
pub struct Event {
    /// Where the text ends after it.
    pub end: usize,
    pub kind: Kind,
}

pub enum Kind {
    /// With the numbers of the passages that it cites.
    Text { cited: BTreeSet<usize> },
    /// The `index`th piece of the reasoning.
    Reasoning { index: usize, range: Range<usize> },
}

/// A piece of an answer to be.
pub enum Piece {
    /// With the numbers of the passages that it cites.
    Text(String, BTreeSet<usize>),
    Reasoning(String),
}

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

    /// Appends pieces and wakes the watchers.
    pub fn push(&self, pieces: Vec<Piece>) {
        self.progress.send_if_modified(|progress| {
            let before = progress.events.len();
            for piece in pieces {
                // Postgres can't store NUL, and nobody can read it.
                match piece {
                    Piece::Text(piece, cited) => {
                        let start = progress.text.len();
                        progress.text.extend(piece.split('\0'));
                        let end = progress.text.len();
                        if end > start {
                            progress.events.push(Event { end, kind: Kind::Text { cited } });
                        }
                    }
                    Piece::Reasoning(piece) => {
                        let start = progress.reasoning.len();
                        progress.reasoning.extend(piece.split('\0'));
                        let range = start..progress.reasoning.len();
                        if !range.is_empty() {
                            let index = progress.thoughts;
                            progress.thoughts += 1;
                            let end = progress.text.len();
                            progress.events.push(Event { end, kind: Kind::Reasoning { index, range } });
                        }
                    }
                }
            }
            progress.events.len() > before
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

    /// Its text and reasoning.
    pub fn contents(&self) -> (String, String) {
        let progress = self.progress.borrow();
        (progress.text.clone(), progress.reasoning.clone())
    }
}
