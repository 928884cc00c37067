//! Who may use it.

use serde::Deserialize;

use super::check::Problems;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Whether people may sign themselves up; else an administrator adds them.
    pub sign_up: bool,
    /// Least length of a password: 8 to 99.
    pub password_length: u8,
    pub mfa: Mfa,
    /// Minutes that an access or ID token is good for: 5 to 1,440.
    pub token_minutes: u16,
    /// Days after which one has to sign in again: 1 to 3,650.
    pub session_days: u16,
    /// Prefix of a domain for Cognito's own sign-in pages, for federation.
    pub domain: Option<String>,
    /// Whether the pool can't be deleted.
    pub protect: bool,
    /// A user pool that is there already; nothing else of this table counts then.
    pub existing: Option<ExistingIdentity>,
}

/// A second factor: a code of an authenticator app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mfa {
    Off,
    Optional,
    Required,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingIdentity {
    pub user_pool_id: String,
    pub app_client_id: String,
}

impl Problems {
    pub(super) fn identity(&mut self, identity: &Identity) {
        if let Some(existing) = &identity.existing {
            let is_pool = existing.user_pool_id.contains('_');
            return self.unless(is_pool, "identity.existing.user_pool_id: must look like `us-east-1_AbCdEfGhI`");
        }
        self.unless((8..=99).contains(&identity.password_length), "identity.password_length: must be 8 to 99");
        self.unless((5..=1440).contains(&identity.token_minutes), "identity.token_minutes: must be 5 to 1440");
        self.unless((1..=3650).contains(&identity.session_days), "identity.session_days: must be 1 to 3650");
        if let Some(domain) = &identity.domain {
            let is_label = (1..=63).contains(&domain.len())
                && domain.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                && !domain.starts_with('-')
                && !domain.ends_with('-');
            let is_free = ["aws", "amazon", "cognito"].iter().all(|word| !domain.contains(word));
            self.unless(
                is_label && is_free,
                "identity.domain: must be 1 to 63 of a–z, 0–9 and `-`, neither begin nor end with `-`, and have none of aws, \
                 amazon and cognito in it",
            );
        }
    }
}
