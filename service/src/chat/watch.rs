//! Watching an answer: from memory where it is generated, from the database anywhere else.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::watch;

use crate::{
    auth::Caller,
    error::Result,
    id::{ChunkId, MessageId},
};

use super::{
    citations::Citations,
    events::{Ending, Failure, StreamEvent},
    live::{Event, Kind, Live, Progress},
    store::{self, Status, Stored},
};

/// How often the database is asked how far an answer is that another process generates.
const POLL: Duration = Duration::from_millis(200);

/// The events of an answer of this process after byte `from`; with `start` if there is no `from`.
pub fn live(live: Arc<Live>, from: Option<usize>) -> impl Stream<Item = Bytes> + Send + 'static {
    struct Watcher {
        live: Arc<Live>,
        progress: watch::Receiver<Progress>,
        /// Bytes of the text that were written.
        at: usize,
        /// The first event that was not.
        next: usize,
        out: Vec<u8>,
        ended: bool,
    }
    let mut out = Vec::new();
    if from.is_none() {
        start(&live).write(&mut out, 0);
    }
    let progress = live.progress.subscribe();
    let next = from.map_or(0, |from| first_after(&progress.borrow().events, from));
    let watcher = Watcher { live, progress, at: from.unwrap_or(0), next, out, ended: false };
    stream::unfold(watcher, |mut watcher| async move {
        while watcher.out.is_empty() {
            if watcher.ended {
                return None;
            }
            {
                let progress = watcher.progress.borrow_and_update();
                let passages = watcher.live.passages.get().map(Vec::as_slice).unwrap_or_default();
                watcher.at = write_events(&mut watcher.out, &progress, passages, watcher.next, watcher.at);
                watcher.next = progress.events.len();
                if let Some(ending) = &progress.ending {
                    ending.event(watcher.live.chat_id, watcher.live.id).write(&mut watcher.out, progress.text.len());
                    watcher.ended = true;
                }
            }
            // The sender lives in `live`, which is held here: `changed` can't fail.
            if watcher.out.is_empty() && watcher.progress.changed().await.is_err() {
                return None;
            }
        }
        let bytes = Bytes::from(std::mem::take(&mut watcher.out));
        Some((bytes, watcher))
    })
}

fn start(live: &Live) -> StreamEvent<'static> {
    StreamEvent::Start { chat_id: live.chat_id, message_id: live.id, user_message_id: Some(live.question_id) }
}

/// The first event that a client has not seen whose last had the id `from`. Reasoning moves no id
/// on: what came of it since that text is sent again.
fn first_after(events: &[Event], from: usize) -> usize {
    events.partition_point(|event| event.end < from || (event.end == from && matches!(event.kind, Kind::Text { .. })))
}

/// Writes the events from the `next`th on, of the text what lies after byte `at`, and returns the
/// new position.
fn write_events(out: &mut Vec<u8>, progress: &Progress, passages: &[ChunkId], next: usize, mut at: usize) -> usize {
    for event in progress.events.iter().skip(next) {
        match &event.kind {
            Kind::Reasoning { index, range } => {
                StreamEvent::Reasoning { content: &progress.reasoning[range.clone()], index: *index }
                    .write(out, event.end);
            }
            Kind::Text { cited } if event.end > at => {
                // A client's offset comes from our events, so it lies between two characters; one
                // that was made up is taken for the next smaller that does.
                let from = progress.text.floor_char_boundary(at);
                content(&progress.text[from..event.end], passages, cited).write(out, event.end);
                at = event.end;
            }
            Kind::Text { .. } => {}
        }
    }
    at
}

/// A piece of text with the passages that it cites.
fn content<'a>(text: &'a str, passages: &[ChunkId], cited: &BTreeSet<usize>) -> StreamEvent<'a> {
    let citations = passages.iter().zip(1..).filter(|(_, number)| cited.contains(number)).map(|(&id, _)| id).collect();
    StreamEvent::Content { content: text, citations }
}

/// The events of any stored answer, of which `first` is all that there is so far, after byte `from`,
/// until it ends or `shutdown` does.
pub fn stored(
    caller: Caller,
    first: Stored,
    from: Option<usize>,
    shutdown: tokio_util::sync::CancellationToken,
) -> impl Stream<Item = Bytes> + Send + 'static {
    struct Watcher {
        caller: Caller,
        message: Option<Stored>,
        id: MessageId,
        at: usize,
        citations: Citations,
        out: Vec<u8>,
    }
    let mut out = Vec::new();
    if from.is_none() {
        StreamEvent::Start { chat_id: first.chat_id, message_id: first.id, user_message_id: first.question_id }
            .write(&mut out, 0);
    }
    let skip = first.text.floor_char_boundary(from.unwrap_or(0));
    // What was before says whether a mark stands in code. Marks that name no passage are gone.
    let mut citations = Citations::new(usize::MAX);
    citations.push(&first.text[..skip]);
    citations.take_cited();
    // A client may have seen more than is saved by now.
    let at = if first.status == Status::Streaming { from.unwrap_or(0).max(skip) } else { skip };
    let first = Stored { text: first.text[skip..].to_owned(), text_start: at, ..first };
    let watcher = Watcher { caller, id: first.id, message: Some(first), at, citations, out };
    let events = stream::unfold(Some(watcher), |watcher| async move {
        let mut watcher = watcher?;
        loop {
            let message = if let Some(message) = watcher.message.take() {
                message
            } else {
                tokio::time::sleep(POLL).await;
                match read(&watcher.caller, watcher.id, watcher.at).await {
                    Ok(Some(message)) => message,
                    // Deleted in the meantime: there is nothing more to come.
                    Ok(None) => {
                        let mut out = std::mem::take(&mut watcher.out);
                        let failure = Failure::interrupted();
                        let (error, code) = (failure.detail.as_str(), failure.code.as_str());
                        StreamEvent::Error { error, code, message_id: watcher.id, usage: None }
                            .write(&mut out, watcher.at);
                        return Some((Bytes::from(out), None));
                    }
                    Err(_) => continue,
                }
            };
            let end = message.text_start + message.text.len();
            watcher.at = end;
            if !message.text.is_empty() {
                let passages: Vec<ChunkId> = message.passages.iter().map(|passage| passage.id).collect();
                watcher.citations.push(&message.text);
                content(&message.text, &passages, &watcher.citations.take_cited()).write(&mut watcher.out, end);
            }
            let ended = message.status != Status::Streaming;
            if ended {
                let chat_id = message.chat_id;
                Ending::from(message).event(chat_id, watcher.id).write(&mut watcher.out, watcher.at);
            }
            if !watcher.out.is_empty() {
                let bytes = Bytes::from(std::mem::take(&mut watcher.out));
                return Some((bytes, (!ended).then_some(watcher)));
            }
        }
    });
    futures_util::StreamExt::take_until(events, shutdown.cancelled_owned())
}

async fn read(caller: &Caller, id: MessageId, from: usize) -> Result<Option<Stored>> {
    Ok(store::answer_after(&mut *caller.db().await?, &caller.id, id, from).await?)
}
