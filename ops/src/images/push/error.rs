//! Why a push failed, for people: what happened, why, what to do.

use std::{error::Error, io, path::PathBuf};

use oci_client::errors::{OciDistributionError, OciEnvelope, OciErrorCode};

use super::{Credentials, Repository, attempt::Failure};

#[derive(thiserror::Error, Debug)]
pub enum PushError {
    #[error("there is no repository {repository}. Create it first, or name another")]
    NoRepository { repository: String },
    #[error("{repository} does not accept {credentials} ({reason}). Check user and password; a token may have expired")]
    Unauthorized { repository: String, credentials: String, reason: String },
    #[error("{repository} may not be pushed to with these credentials ({reason}). They need the right to push to it")]
    Denied { repository: String, reason: String },
    #[error("{repository} did not take the image: {what} failed with {reason}")]
    Refused { repository: String, what: &'static str, reason: String },
    #[error(
        "{repository} still fails after {tries} tries: {what} ends with {reason}. The registry has a problem, or \
         something between; try again later"
    )]
    Failing { repository: String, what: &'static str, reason: String, tries: u32 },
    #[error(
        "{repository} cannot be reached after {tries} tries: {what} ends with {reason}. Check the registry's name, \
         and whether this machine's network leads there"
    )]
    Unreachable { repository: String, what: &'static str, reason: String, tries: u32 },
    #[error(
        "{repository} stalls: {what} moved no byte for {seconds} s, {tries} times. Check this machine's network and \
         the registry, and try again"
    )]
    Stalled { repository: String, what: &'static str, seconds: u64, tries: u32 },
    #[error("cannot read {}, a part of the image: {_1}. Build the image again", _0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    #[error("cannot use https here: {_0}")]
    Client(String),
}

impl PushError {
    pub(super) fn new(to: &Repository, what: &'static str, failure: Failure, tries: u32, is_doubtful: bool) -> Self {
        let repository = to.full_name();
        let error = match failure {
            Failure::Registry(error) => error,
            Failure::Stalled => {
                let seconds = to.patience.stall.as_secs();
                return Self::Stalled { repository, what, seconds, tries };
            }
            Failure::Unreadable(path, error) => return Self::Unreadable(path, error),
        };
        let reason = reason(&error);
        match status(&error) {
            Some(401) => {
                let credentials = match &to.credentials {
                    Credentials::Anonymous => "a push without credentials".to_owned(),
                    Credentials::Basic { user, .. } => format!("the credentials of `{user}`"),
                };
                Self::Unauthorized { repository, credentials, reason }
            }
            Some(403) => Self::Denied { repository, reason },
            Some(404) if !reason.contains("BLOB_UPLOAD_UNKNOWN") => Self::NoRepository { repository },
            Some(status) if tries > 1 || status >= 500 => Self::Failing { repository, what, reason, tries },
            None if matches!(error, OciDistributionError::RequestError(_)) && is_doubtful => {
                Self::NoRepository { repository }
            }
            None if matches!(error, OciDistributionError::RequestError(_)) => {
                Self::Unreachable { repository, what, reason, tries }
            }
            _ => Self::Refused { repository, what, reason },
        }
    }
}

/// Whether a registry says that it does not know this image, or yet the repository.
pub fn is_unknown(error: &OciDistributionError) -> bool {
    status(error) == Some(404)
}

/// Whether a registry says that it does not know the repository. Some make it when something comes.
pub fn is_unknown_name(error: &OciDistributionError) -> bool {
    let OciDistributionError::RegistryError { envelope, .. } = error else { return false };
    envelope.errors.iter().any(|error| error.code == OciErrorCode::NameUnknown)
}

/// The HTTP status behind an error, if the registry has answered.
pub fn status(error: &OciDistributionError) -> Option<u16> {
    match error {
        OciDistributionError::ServerError { code, .. } => Some(*code),
        OciDistributionError::UnauthorizedError { .. } | OciDistributionError::AuthenticationFailure(_) => Some(401),
        OciDistributionError::ImageManifestNotFoundError(_) => Some(404),
        OciDistributionError::RequestError(error) => error.status().map(|status| status.as_u16()),
        // The client leaves the status out here.
        OciDistributionError::RegistryError { envelope, .. } => envelope.errors.first().map(|error| match error.code {
            OciErrorCode::Unauthorized => 401,
            OciErrorCode::Denied => 403,
            OciErrorCode::ManifestUnknown | OciErrorCode::NameUnknown | OciErrorCode::NotFound => 404,
            OciErrorCode::Toomanyrequests => 429,
            _ => 400,
        }),
        _ => None,
    }
}

/// In a line.
fn reason(error: &OciDistributionError) -> String {
    match error {
        OciDistributionError::ServerError { code, message, .. } => {
            let said = serde_json::from_str::<OciEnvelope>(message).map_or_else(
                |_| message.lines().next().unwrap_or_default().chars().take(200).collect::<String>(),
                |envelope| said(&envelope),
            );
            format!("HTTP {code} {said}").trim_end().to_owned()
        }
        OciDistributionError::UnauthorizedError { .. } => "HTTP 401".to_owned(),
        OciDistributionError::RegistryError { envelope, .. } => said(envelope),
        OciDistributionError::RequestError(error) => {
            // The last cause is the one that says something.
            let mut cause: &dyn Error = error;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            error.status().map_or_else(|| cause.to_string(), |status| format!("HTTP {}", status.as_u16()))
        }
        other => other.to_string(),
    }
}

fn said(envelope: &OciEnvelope) -> String {
    let said = envelope.errors.iter().map(|error| {
        // As the registry wrote it: `NAME_UNKNOWN`.
        let code = serde_json::to_value(&error.code).unwrap_or_default();
        format!("{}: {}", code.as_str().unwrap_or("error"), error.message)
    });
    said.collect::<Vec<_>>().join("; ")
}
