//! Proof that the platform does what it is for: a user signs in, makes a bot, asks it, and sees
//! the answer stream over the public address. Everything that is made for it is deleted again.

mod checks;
mod client;
mod user;

use std::time::{Duration, Instant};

use serde::Serialize;

pub use checks::{answers, run};

use crate::{
    failure::{Failure, Kind},
    interrupt::{self, Attention},
    report::{Report, State},
};

/// What is checked, and how it went.
#[derive(Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: String,
    pub milliseconds: u64,
}

/// The checks of a run, in their order. Ctrl-C fails the one under way, so that what was made
/// for it is deleted all the same.
pub struct Checks {
    pub done: Vec<Check>,
    attention: Attention,
}

impl Checks {
    pub fn begin() -> Self {
        Self { done: Vec::new(), attention: Attention::begin() }
    }

    /// Runs one check. It fails by its error, which says what was expected and what came.
    async fn check<T>(
        &mut self,
        report: &Report,
        name: &'static str,
        check: impl Future<Output = Result<(T, String), String>>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        report.progress(name, "check", State::Running, "");
        let result = tokio::select! {
            result = check => result,
            () = self.attention.0.next() => {
                report.progress(name, "check", State::Failed, "stopped");
                return Err(interrupt::cancelled("The smoke test was stopped; what it made is deleted"));
            }
        };
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (ok, detail) = match &result {
            Ok((_, detail)) => (true, detail.clone()),
            Err(problem) => (false, problem.clone()),
        };
        report.progress(name, "check", if ok { State::Done } else { State::Failed }, &detail);
        self.done.push(Check { name, ok, detail, milliseconds });
        result.map(|(value, _)| value).map_err(|problem| {
            Failure::new(Kind::Smoke, format!("The platform is there, but: {name} fails"))
                .because([problem])
                .next("`mangoo-ops logs backend` shows what the service says; `mangoo-ops smoke` checks again")
        })
    }
}

/// What a run is given.
#[derive(Clone, Debug)]
pub struct Plan {
    /// With its scheme.
    pub address: String,
    pub user_pool_id: String,
    pub client_id: String,
    /// How long a stream is to be silent and yet stay open.
    pub silence: Duration,
    /// How long a new platform may take until it answers at all.
    pub patience: Duration,
}
