//! Ctrl-C, and SIGTERM as pipelines send it.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::{Failure, Kind};

/// How many parts of the program deal with a signal themselves.
static ATTENDED: AtomicUsize = AtomicUsize::new(0);

/// Signals from its beginning on.
pub struct Signals(Option<(Signal, Signal)>);

impl Signals {
    fn new() -> Self {
        Self(signal(SignalKind::interrupt()).and_then(|ctrl_c| Ok((ctrl_c, signal(SignalKind::terminate())?))).ok())
    }

    /// Ends with the next one.
    pub async fn next(&mut self) {
        match &mut self.0 {
            Some((interrupt, terminate)) => tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            },
            None => std::future::pending().await,
        }
    }
}

/// While there is one, a signal does not end the program: its holder does what is to be done.
pub struct Attention(pub Signals);

impl Attention {
    pub fn begin() -> Self {
        ATTENDED.fetch_add(1, Ordering::Relaxed);
        Self(Signals::new())
    }
}

impl Drop for Attention {
    fn drop(&mut self) {
        ATTENDED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Ends with the first signal that nobody attends to.
pub async fn unattended() -> Failure {
    let mut signals = Signals::new();
    loop {
        signals.next().await;
        if ATTENDED.load(Ordering::Relaxed) == 0 {
            return cancelled("Stopped");
        }
    }
}

/// What a command ends with that was told to stop.
pub fn cancelled(what: impl Into<String>) -> Failure {
    Failure::new(Kind::Cancelled, what)
        .next("run the same command again: it goes on where it was, and joins what AWS still does")
}
