//! Generating answers, each in a task of its own.

use std::{
    collections::{BTreeSet, HashMap},
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};
use tracing::Instrument;

use crate::{
    auth::Caller,
    bots::store::Bot,
    config::ChatConfig,
    db::{AWAKE_WITHIN, Db},
    error::Error,
    id::{InstanceId, KnowledgeBaseId, MessageId},
    knowledge::search::{self, Filter, Mode, Search},
    model::{self, Answer, Event, Model, Prompt, Received, Usage, estimate_tokens},
    usage,
};

use super::{
    attachments::{self, Attachment, Files},
    block::Block,
    citations::{self, Citations},
    events::{Ending, Failure, Passage},
    history,
    live::{Cause, Live, Piece},
    prompt,
    store::{self, Role, Status},
};

/// What is logged when an answer fails, with the failure's code: in the cloud an alarm counts it.
pub const FAILED_ANSWER: &str = "an answer failed";
/// Passages that a question is answered with.
const PASSAGES: i32 = 5;
/// So long, for each answer under way, every answer waits before it looks for what came: all of
/// them together look 5,000 times a second. To look and pass on costs some 80 µs of processor
/// time, however much is found, and 1,000 answers that looked at each of 50 tokens a second would
/// take four cores. With 100 answers text is held back for 20 ms, the time between two tokens.
const PAUSE: Duration = Duration::from_micros(200);
/// After a pause, pieces that are here come one by one, no further apart than this.
const MAX_GAP: Duration = Duration::from_millis(1);
/// Longest wait for one answer of the database to what is not a request.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The answers that this process is generating.
pub struct Generations {
    pub(super) instance: InstanceId,
    pub(super) config: ChatConfig,
    pub(super) db: Db,
    pub(super) tasks: TaskTracker,
    /// When the lease was last renewed.
    pub(super) renewed: Mutex<Option<Instant>>,
    /// Whether the process has no lease because nobody needs it: see `keeper`.
    pub(super) resting: watch::Sender<bool>,
    /// Answers that are generated, but not stored: see `trial`.
    pub(super) trials: AtomicUsize,
    model: Arc<Model>,
    live: Mutex<HashMap<MessageId, Arc<Live>>>,
}

/// A question to answer.
pub struct Question {
    pub live: Arc<Live>,
    pub bot: Bot,
    pub text: String,
    pub attachments: Vec<Attachment>,
    /// The knowledge bases to search first.
    pub knowledge_base_ids: Vec<KnowledgeBaseId>,
    /// Whether there is a conversation before it.
    pub has_history: bool,
    /// That conversation, where no chat holds it.
    pub turns: Option<Vec<history::Turn>>,
    /// Of the request that asked it, for the log.
    pub request_id: String,
}

impl Generations {
    pub fn new(config: ChatConfig, db: Db, model: Arc<Model>) -> Arc<Self> {
        Arc::new(Self {
            instance: InstanceId::new(),
            config,
            db,
            model,
            tasks: TaskTracker::new(),
            renewed: Mutex::default(),
            resting: watch::Sender::new(false),
            trials: AtomicUsize::new(0),
            live: Mutex::default(),
        })
    }

    /// The process that generates, as `messages.instance_id` names it.
    pub fn instance(&self) -> InstanceId {
        self.instance
    }

    /// Whether this process may take questions: it has a lease and is not shutting down.
    pub fn is_open(&self) -> bool {
        let renewed = *self.renewed.lock().unwrap_or_else(PoisonError::into_inner);
        renewed.is_some_and(|at| at.elapsed() < self.config.chat_lease) && !self.tasks.is_closed()
    }

    /// Whether it has no lease only because nobody needs one; it takes questions all the same.
    pub fn is_resting(&self) -> bool {
        *self.resting.borrow()
    }

    /// Lets a question in, if another answer may be started now. The process does not end
    /// before the admission is dropped.
    pub async fn admit(&self) -> Result<TaskTrackerToken, Error> {
        // The token first: whoever closes the tracker then waits for it.
        let admission = self.tasks.token();
        self.db.need();
        let mut resting = self.resting.subscribe();
        let _ = timeout(AWAKE_WITHIN, resting.wait_for(|resting| !resting)).await;
        if self.is_open() && self.count() < self.config.chat_max_generations {
            Ok(admission)
        } else {
            Err(Error::Unavailable("The service takes no new questions at the moment. Try again in a few seconds."))
        }
    }

    /// How many answers are being generated.
    pub fn count(&self) -> usize {
        self.lock().len() + self.trials.load(Ordering::Relaxed)
    }

    /// The answer, if this process generates it and the user may see it.
    pub fn get(&self, id: MessageId, caller: &Caller) -> Option<Arc<Live>> {
        self.lock().get(&id).filter(|live| live.tenant == caller.tenant && live.owner == caller.id).cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<Live>> {
        self.lock().values().cloned().collect()
    }

    /// Ends an answer if this process generates it, and says whether it does.
    pub(super) fn end(&self, id: MessageId, cause: Cause) -> bool {
        self.lock().get(&id).inspect(|live| live.end(cause)).is_some()
    }

    /// Starts to answer. Nobody has to watch.
    pub fn start(self: &Arc<Self>, question: Question) {
        let this = self.clone();
        let live = question.live.clone();
        self.lock().insert(live.id, live.clone());
        let span = tracing::info_span!("generation", message_id = %live.id, request_id = question.request_id);
        self.tasks.spawn(
            async move {
                let ending = AssertUnwindSafe(this.generate(&question)).catch_unwind().await.unwrap_or_else(|_| {
                    tracing::error!("generating an answer panicked");
                    failed(Failure::internal())
                });
                let ending = this.save(&question, ending).await;
                if let (Status::Failed, Some(failure)) = (ending.status, &ending.error) {
                    tracing::warn!(code = failure.code, "{FAILED_ANSWER}");
                }
                // From here on the database tells those who come.
                this.lock().remove(&live.id);
                live.progress.send_modify(|progress| progress.ending = Some(Arc::new(ending)));
            }
            .instrument(span),
        );
    }

    pub(super) async fn generate(&self, question: &Question) -> Ending {
        let live = &question.live;
        let mut ending =
            Ending { status: Status::Complete, stop_reason: None, usage: None, error: None, passages: Vec::new() };
        // Ending early drops the future, and with it Bedrock's stream.
        let failure = tokio::select! {
            biased;
            cause = live.ended_early() => Some(Failure::from(cause)),
            result = self.answer(question, &mut ending) => result.err(),
        };
        if let Some(failure) = failure {
            ending.status = if failure.code == "stopped" { Status::Stopped } else { Status::Failed };
            ending.error = Some(failure);
        }
        let cited = citations::cited(&live.progress.borrow().text, ending.passages.len());
        for passage in &mut ending.passages {
            passage.is_cited = cited.contains(&passage.number);
        }
        if let Some(usage) = ending.usage.as_mut().filter(|usage| usage.estimated) {
            let progress = live.progress.borrow();
            usage.output_tokens = as_tokens(estimate_tokens(&progress.text) + estimate_tokens(&progress.reasoning));
        }
        ending
    }

    async fn answer(&self, question: &Question, ending: &mut Ending) -> Result<(), Failure> {
        // Boxed: to make the calls takes 30 KB, which are free again while the answer streams.
        let mut answer = Box::pin(self.ask(question, ending)).await?;
        let (mut events, mut gap) = (Vec::new(), Duration::ZERO);
        // Without a search there is nothing that a mark could point at.
        let mut citations = (!question.knowledge_base_ids.is_empty()).then(|| Citations::new(ending.passages.len()));
        loop {
            let received = answer.receive(&mut events, gap).await;
            let mut pieces = Vec::new();
            for event in events.drain(..) {
                match event {
                    Event::Text(text) => pieces.push(match &mut citations {
                        Some(citations) => Piece::Text(citations.push(&text), citations.take_cited()),
                        None => Piece::Text(text, BTreeSet::new()),
                    }),
                    Event::Reasoning(text) => pieces.push(Piece::Reasoning(text)),
                    Event::Stop(reason) => ending.stop_reason = Some(reason.0),
                    Event::Usage(usage) => ending.usage = Some(usage),
                    Event::Other => {}
                }
            }
            if matches!(received, Ok(Received::End)) {
                pieces.extend(citations.as_mut().map(|citations| Piece::Text(citations.finish(), BTreeSet::new())));
            }
            question.live.push(pieces);
            match received? {
                Received::All => {
                    let pause = PAUSE * u32::try_from(self.count()).unwrap_or(u32::MAX);
                    gap = pause.min(MAX_GAP);
                    sleep(pause).await;
                }
                Received::Some => {}
                Received::End => break,
            }
        }
        // A connection that was cut ends like one that is done, but without this.
        if ending.stop_reason.is_none() { Err(model::Error::BrokeOff.into()) } else { Ok(()) }
    }

    /// Reads what the question is about, and asks the model.
    async fn ask(&self, question: &Question, ending: &mut Ending) -> Result<Answer, Failure> {
        let live = &question.live;
        let (history, passages) = future::try_join(self.history(question), self.passages(question)).await?;
        if let Some(passages) = &passages {
            ending.passages.clone_from(passages);
            let _ = live.passages.set(passages.iter().map(|passage| passage.id).collect());
        }
        let bot = &question.bot;
        let system = prompt::system(bot.instructions.as_deref(), passages.as_deref());
        let blocks = prompt::question(&question.text, &ending.passages, &question.attachments);
        let files = self.files(live, &history, &blocks).await?;
        let messages = history::for_model(history, blocks, &files, self.config.chat_history_tokens);
        let prompt = Prompt {
            model_id: bot.model_id.clone(),
            system,
            messages,
            max_tokens: bot.max_tokens,
            #[allow(clippy::cast_precision_loss)] // 0 to 100
            temperature: bot.temperature as f32 / 100.0,
        };
        let input_tokens = as_tokens(prompt.estimate_tokens());
        // Until Bedrock says what it cost: an answer that is stopped before its first token
        // has been paid for as well.
        ending.usage = Some(Usage { input_tokens, output_tokens: 0, estimated: true });
        self.model.converse(&prompt).await.map_err(|error| {
            ending.usage = ending.usage.filter(|_| error == model::Error::TimedOut);
            error.into()
        })
    }

    async fn history(&self, question: &Question) -> Result<Vec<history::Turn>, Failure> {
        if let Some(turns) = &question.turns {
            return Ok(turns.clone());
        }
        if !question.has_history {
            return Ok(Vec::new());
        }
        let live = &question.live;
        let mut db = self.db.tenant(&live.tenant).await?;
        Ok(store::turns_before(&mut db, &live.owner, live.question_id).await?)
    }

    /// The bytes of what a conversation has attached.
    async fn files(&self, live: &Live, history: &[history::Turn], question: &[Block]) -> Result<Files, Failure> {
        let asked = history::Turn { role: Role::User, blocks: question.to_vec() };
        let ids = attachments::newest(history.iter().chain([&asked]));
        if ids.is_empty() {
            return Ok(Files::new());
        }
        Ok(store::files(&mut *self.db.tenant(&live.tenant).await?, &live.owner, &ids).await?)
    }

    async fn passages(&self, question: &Question) -> Result<Option<Vec<Passage>>, Failure> {
        let knowledge_base_ids = question.knowledge_base_ids.as_slice();
        if knowledge_base_ids.is_empty() {
            return Ok(None);
        }
        let text = prompt::to_search(&question.text);
        let search =
            Search { knowledge_base_ids, text: &text, mode: Mode::Hybrid, top_k: PASSAGES, filter: Filter::default() };
        // As the bot's owner, who may read the knowledge bases and shares them by the bot.
        let (tenant, reader) = (&question.live.tenant, &question.bot.owner_id);
        let matches = search::search::<Failure>(&self.db, &self.model, tenant, reader, &search).await?;
        let passages = matches
            .into_iter()
            .zip(1..)
            .map(|(found, number)| Passage {
                number,
                id: found.id,
                knowledge_base_id: found.knowledge_base_id,
                text: found.text,
                source_type: found.source_type,
                source_uri: found.source_uri,
                document_id: found.document_id,
                page: found.page,
                headings: found.headings,
                char_start: found.char_start,
                char_end: found.char_end,
                is_cited: false,
                similarity: found.similarity,
            })
            .collect();
        Ok(Some(passages))
    }

    /// Stores how the answer ended, however long the database takes to come back, and says how it is
    /// stored. Watchers hear of it only afterwards, so that who reads the chat then finds the whole of it.
    async fn save(&self, question: &Question, ending: Ending) -> Ending {
        let live = &question.live;
        let (text, reasoning) = live.contents();
        let mut pause = Duration::from_millis(100);
        loop {
            let saved = async {
                let mut db = self.db.tenant(&live.tenant).await?;
                let is_partly_saved = live.is_partly_saved();
                if store::finish(&mut db, live.id, &reasoning, &text, &ending, is_partly_saved).await? {
                    return Ok(ending.clone());
                }
                if let Some(usage) = ending.usage {
                    usage::store::count_unstored(&mut db, live.id, &live.owner, &question.bot, usage).await?;
                }
                // Deleted, or given up by another process that took this one for dead, or stored by
                // an attempt of which the reply was lost.
                let stored = store::answer_after(&mut db, &live.owner, live.id, usize::MAX).await?;
                Ok(stored.map_or_else(
                    || Ending { error: Some(Cause::Gone.into()), status: Status::Failed, ..ending.clone() },
                    Ending::from,
                ))
            };
            let saved = timeout(PATIENCE, saved).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
            match saved {
                Ok(ending) => return ending,
                Err(error) => tracing::warn!(%error, "cannot save an answer; trying again"),
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<MessageId, Arc<Live>>> {
        // The map is whole after each operation, also if its holder panicked.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn failed(failure: Failure) -> Ending {
    Ending { status: Status::Failed, stop_reason: None, usage: None, error: Some(failure), passages: Vec::new() }
}

fn as_tokens(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
