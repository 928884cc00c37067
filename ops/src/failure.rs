//! What ends a command: a kind, which is its exit code, and what somebody needs to go on.

use std::{fmt, process::ExitCode};

use serde::Serialize;

/// Why a command failed. The numbers are the exit codes: the README lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A bug, or something that nobody thought of.
    Unexpected = 1,
    /// Not a failure: `diff` found a difference.
    Different = 2,
    /// No credentials of AWS, expired ones, or ones that may not do this.
    Credentials = 3,
    /// AWS is not reached, or has no time to answer.
    Network = 4,
    /// What `check` found would make the deployment fail.
    Preflight = 5,
    /// Somebody has to agree to this first, and has not.
    Refused = 6,
    /// An image was not built or not pushed.
    Images = 7,
    /// CloudFormation could not make what the template describes.
    Stack = 8,
    /// The database was not migrated; the version before, if there is one, serves on.
    Migration = 9,
    /// ECS could not start the new version; the one before, if there is one, serves on.
    Rollout = 10,
    /// The platform is there, and does not do what it should.
    Smoke = 11,
    /// Something was left that should have been deleted.
    Leftover = 12,
    /// `mangoo.toml` is wrong.
    Settings = 13,
    /// The command line is wrong.
    Usage = 64,
    /// Ctrl-C.
    Cancelled = 130,
}

impl From<Kind> for ExitCode {
    fn from(kind: Kind) -> Self {
        (kind as u8).into()
    }
}

/// What happened, why, and what to do next.
#[derive(Debug, Serialize)]
pub struct Failure {
    pub kind: Kind,
    /// One line.
    pub what: String,
    /// The root cause first, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Failure {
    pub fn new(kind: Kind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), why: Vec::new(), next: None }
    }

    #[must_use]
    pub fn because(mut self, why: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.why.extend(why.into_iter().map(Into::into));
        self
    }

    #[must_use]
    pub fn next(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }

    /// What an error comes to, whatever it is.
    pub fn of(error: anyhow::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(|error| {
            let mut causes = error.chain().map(ToString::to_string);
            Self::new(Kind::Unexpected, causes.next().unwrap_or_default()).because(causes)
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.what)?;
        for why in &self.why {
            write!(f, "\n  {why}")?;
        }
        if let Some(next) = &self.next {
            write!(f, "\nNext: {next}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
