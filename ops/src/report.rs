//! All that a command says while it works: lines and live progress on a terminal, plain lines
//! elsewhere, an event a line with `--json`. Results go to the standard output, the rest to the
//! standard error, so that a pipe gets results alone.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use console::style;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::failure::{Failure, Kind};

pub struct Report {
    mode: Mode,
    bars: MultiProgress,
    /// What is under way, by its name.
    live: Mutex<BTreeMap<String, ProgressBar>>,
    /// What was last said of each thing, where there is no terminal to say it again in place.
    said: Mutex<BTreeMap<String, (State, String)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Terminal,
    Lines,
    Json,
}

impl Report {
    pub fn new(json: bool) -> Self {
        let mode = match (json, std::io::stderr().is_terminal()) {
            (true, _) => Mode::Json,
            (false, true) => Mode::Terminal,
            (false, false) => Mode::Lines,
        };
        Self { mode, bars: MultiProgress::new(), live: Mutex::default(), said: Mutex::default() }
    }

    /// Whether somebody can be asked.
    fn is_interactive(&self) -> bool {
        self.mode == Mode::Terminal && std::io::stdin().is_terminal()
    }

    /// An event, and the same for people.
    fn emit(&self, event: &str, mut fields: Json, text: &str) {
        if self.mode == Mode::Json {
            fields["event"] = event.into();
            fields["time"] = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into();
            println(&fields.to_string());
        } else {
            self.bars.suspend(|| eprintln!("{text}"));
        }
    }

    /// A part of the work begins.
    pub fn step(&self, name: &str) {
        self.emit("step", json!({ "step": name }), &style(format!("==> {name}")).bold().for_stderr().to_string());
    }

    /// Something worth knowing.
    pub fn say(&self, text: &str) {
        self.emit("info", json!({ "message": text }), &format!("    {text}"));
    }

    pub fn warn(&self, text: &str) {
        let warning = style("warning:").yellow().for_stderr();
        self.emit("warning", json!({ "message": text }), &format!("{warning} {text}"));
    }

    /// What would become of a resource.
    pub fn change(&self, text: &str, change: &Json) {
        self.emit("change", json!({ "change": change }), text);
    }

    /// A line of a container's log.
    pub fn log(&self, source: &str, line: &str) {
        let from = style(source).dim().for_stderr();
        self.emit("log", json!({ "source": source, "message": line }), &format!("    {from} {line}"));
    }

    /// A line of a program that runs as part of the work: only on a terminal, where somebody looks.
    pub fn aside(&self, line: &str) {
        if self.is_live() {
            self.bars.suspend(|| eprintln!("{line}"));
        }
    }

    /// Whether progress is seen as it moves.
    pub fn is_live(&self) -> bool {
        self.mode == Mode::Terminal
    }

    /// How far something is: a resource, a service, an upload. On a terminal it stays in view
    /// until it is `Done` or `Failed`.
    pub fn progress(&self, name: &str, what: &str, state: State, detail: &str) {
        let fields = json!({ "name": name, "type": what, "state": state.name(), "detail": detail });
        let text = format!("{name}  {what}  {detail}");
        if self.mode == Mode::Lines && state == State::Running && detail.is_empty() {
            // Worth a line when it is over.
            return;
        }
        if self.mode != Mode::Terminal {
            let now = (state, detail.to_owned());
            let before = lock(&self.said).insert(name.to_owned(), now.clone());
            if before == Some(now) {
                return;
            }
            return self.emit("progress", fields, &format!("    {:<9} {text}", state.name()));
        }
        let mut live = lock(&self.live);
        match state {
            State::Running => {
                let bar = live.entry(name.to_owned()).or_insert_with(|| {
                    let bar = self.bars.add(ProgressBar::new_spinner());
                    if let Ok(style) = ProgressStyle::with_template("    {spinner} {msg} ({elapsed})") {
                        bar.set_style(style);
                    }
                    bar.enable_steady_tick(Duration::from_millis(120));
                    bar
                });
                bar.set_message(text);
            }
            State::Done | State::Failed => {
                if let Some(bar) = live.remove(name) {
                    bar.finish_and_clear();
                }
                let mark = if state == State::Done { style("✓").green() } else { style("✗").red() };
                let mark = mark.for_stderr();
                self.bars.suspend(|| eprintln!("    {mark} {text}"));
            }
        }
    }

    /// Takes what is under way out of view.
    pub fn settle(&self) {
        for (_, bar) in std::mem::take(&mut *lock(&self.live)) {
            bar.finish_and_clear();
        }
    }

    /// The end of a command that did what it should.
    pub fn done(&self, text: &str, result: &impl Serialize) {
        self.settle();
        self.emit("done", json!({ "message": text, "result": result }), &style(text).green().for_stderr().to_string());
    }

    /// What a command was asked for, on the standard output: for people as `text` has it.
    pub fn result(&self, text: &str, result: &impl Serialize) {
        self.settle();
        self.line(text, result);
    }

    /// A line of a result that comes bit by bit. False once nobody reads on, as with `| head`.
    pub fn line(&self, text: &str, result: &impl Serialize) -> bool {
        if self.mode == Mode::Json { println(&json!(result).to_string()) } else { println(text) }
    }

    /// The end of one that did not.
    pub fn failed(&self, failure: &Failure) {
        self.settle();
        let fields = json!({ "failure": failure, "exit_code": failure.kind as u8 });
        self.emit("failed", fields, &format!("{} {failure}", style("error:").red().bold().for_stderr()));
    }

    /// Asks, where somebody is there to answer; no is the default. `flag` answers beforehand.
    pub fn confirm(&self, question: &str, flag: &str) -> Result<(), Failure> {
        let answer = self.ask(&format!("{question} [y/N] "), question, flag)?;
        if matches!(answer.as_str(), "y" | "Y" | "yes") {
            return Ok(());
        }
        Err(Failure::new(Kind::Refused, "Nothing was changed: the answer was no"))
    }

    /// Wants `name` to be typed: for what can't be undone.
    pub fn confirm_name(&self, question: &str, name: &str, flag: &str) -> Result<(), Failure> {
        let answer = self.ask(&format!("{question}\n    Type its name to go on ({name}): "), question, flag)?;
        if answer == name {
            return Ok(());
        }
        Err(Failure::new(Kind::Refused, format!("Nothing was changed: `{answer}` is not `{name}`")))
    }

    fn ask(&self, prompt: &str, question: &str, flag: &str) -> Result<String, Failure> {
        if !self.is_interactive() {
            return Err(Failure::new(Kind::Refused, "Nothing was changed: somebody has to agree first")
                .because([question])
                .next(format!("run it on a terminal, or with {flag}")));
        }
        let answer = self.bars.suspend(|| {
            eprint!("{prompt}");
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).map(|_| answer.trim().to_owned())
        });
        answer.map_err(|error| Failure::new(Kind::Unexpected, "Cannot read the answer").because([error.to_string()]))
    }
}

impl Report {
    /// Lets somebody choose by a letter; none if nobody is there, or says none of them. Meanwhile
    /// the program goes on: whoever asks may stop waiting.
    pub async fn choose(&self, question: &str, choices: &[(&'static str, &str)]) -> Option<&'static str> {
        if !self.is_interactive() {
            return None;
        }
        self.bars.set_draw_target(ProgressDrawTarget::hidden());
        eprintln!("\n{question}");
        for (letter, meaning) in choices {
            eprintln!("    {letter}  {meaning}");
        }
        eprint!("Which? ");
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // A thread of its own, not the runtime's: that would wait for it at the end of the program.
        std::thread::spawn(move || {
            let mut answer = String::new();
            let _ = std::io::stdin().read_line(&mut answer);
            let _ = sender.send(answer);
        });
        let answer = receiver.await.unwrap_or_default();
        self.bars.set_draw_target(ProgressDrawTarget::stderr());
        choices.iter().map(|(letter, _)| *letter).find(|letter| answer.trim().eq_ignore_ascii_case(letter))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Running,
    Done,
    Failed,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// The content is whole after each operation, also if its holder panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a result, and says whether somebody reads it; that nobody does is no error.
fn println(text: &str) -> bool {
    writeln!(std::io::stdout(), "{text}").is_ok()
}
