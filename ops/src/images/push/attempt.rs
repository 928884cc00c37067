//! Requests that are tried again.

use std::{
    io,
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use oci_client::errors::OciDistributionError;

use super::{
    Patience, Repository,
    error::{PushError, status},
};

/// Why one try failed.
pub enum Failure {
    Registry(OciDistributionError),
    Stalled,
    Unreadable(PathBuf, io::Error),
}

impl From<OciDistributionError> for Failure {
    fn from(error: OciDistributionError) -> Self {
        Self::Registry(error)
    }
}

/// Tries of all requests of one push.
pub struct Attempts<'a> {
    to: &'a Repository,
    bytes: AtomicU64,
    /// Whether the repository may not exist.
    is_doubtful: AtomicBool,
}

impl<'a> Attempts<'a> {
    pub fn new(to: &'a Repository) -> Self {
        Self { to, bytes: AtomicU64::new(0), is_doubtful: AtomicBool::new(false) }
    }

    /// The registry has said that it does not know the repository. Amazon ECR cuts the connection
    /// of who pushes to it all the same, and goes on doing so.
    pub fn doubt(&self) {
        self.is_doubtful.store(true, Ordering::Relaxed);
    }

    pub fn count(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Runs `request` until it succeeds, fails for good, or has been tried often enough.
    pub async fn run<T>(
        &self,
        what: &'static str,
        request: impl AsyncFn() -> Result<T, Failure>,
    ) -> Result<T, PushError> {
        let patience = self.to.patience;
        let mut tried = 1;
        loop {
            let failure = match request().await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let is_doubtful = self.is_doubtful.load(Ordering::Relaxed);
            let worth = match &failure {
                Failure::Registry(error) if is_doubtful && status(error).is_none() => patience.tries.min(2),
                Failure::Registry(error) => tries_worth(error, &patience),
                Failure::Stalled => patience.tries,
                Failure::Unreadable(..) => 1,
            };
            if tried >= worth {
                return Err(PushError::new(self.to, what, failure, tried, is_doubtful));
            }
            tokio::time::sleep(pause(&patience, tried)).await;
            tried += 1;
        }
    }
}

/// How often to try what fails so.
fn tries_worth(error: &OciDistributionError, patience: &Patience) -> u32 {
    match status(error) {
        // The client goes on without credentials when it could not ask the registry how to use
        // them. It asks again the next time.
        Some(401) => patience.tries.min(2),
        // The registry has forgotten an upload that it began: it was started again.
        Some(404) if error.to_string().contains("BLOB_UPLOAD_UNKNOWN") => patience.tries,
        Some(408 | 429) => patience.tries,
        Some(status) if status < 500 => 1,
        Some(_) => patience.tries,
        None if matches!(error, OciDistributionError::RequestError(_)) => patience.tries,
        None => 1,
    }
}

/// Random, so that many who were turned away do not come back at once.
fn pause(patience: &Patience, tried: u32) -> Duration {
    let longest = patience.pause * 2_u32.pow((tried - 1).min(4));
    longest.mul_f64(fastrand::f64())
}
