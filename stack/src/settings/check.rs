//! What serde can't know of settings.

use super::{Nat, Settings};

/// What CloudWatch takes, of what makes sense.
const LOG_DAYS: [u16; 14] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 731, 1827, 3653];

const NAME: &str =
    "must be 2 to 20 of a–z, 0–9 and `-`, begin with a letter, and neither end with `-` nor have two of them together";
/// A connection's name has 32 characters at the most, and is this one with `-base`.
const MAX_NAME: usize = 27;

impl Settings {
    /// All that is wrong, for the one who wrote it.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Problems(Vec::new());
        let is_name = |name: &str| {
            (2..=20).contains(&name.len())
                && name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                // ECR takes neither of these.
                && !name.contains("--")
                && !name.ends_with('-')
        };
        problems.unless(is_name(&self.name), format!("name: {NAME}"));
        problems.unless(is_name(&self.environment), format!("the environment's name, `{}`: {NAME}", self.environment));
        problems.unless(
            self.stack_name().len() <= MAX_NAME,
            format!(
                "name and the environment's name: `{}` has more than {MAX_NAME} characters, and AWS takes no more where \
                 something is added to it",
                self.stack_name()
            ),
        );
        problems.unless(LOG_DAYS.contains(&self.log_days), format!("log_days: CloudWatch takes one of {LOG_DAYS:?}"));
        problems.network(&self.network);
        problems.database(&self.database);
        problems.identity(&self.identity);
        problems.models(&self.models);
        problems.service(&self.service);
        problems.tasks("backend", &self.backend);
        problems.tasks("frontend", &self.frontend);
        if self.worker.are_wanted() {
            problems.tasks("worker", &self.worker);
        } else {
            problems.unless(self.worker.min == 0, "worker.min: must be 0 where worker.max is");
        }
        problems.edge(&self.edge);
        problems.watch(&self.watch);
        problems.budget(&self.budget);
        problems.delivery(&self.delivery);
        if self.network.existing.is_none() && self.network.nat == Nat::None {
            problems.unless(
                self.identity.domain.is_none(),
                "identity.domain: a pool with a domain is not reached through a private endpoint, and with \
                 network.nat = \"none\" there is no other way to its keys; choose \"one\", or leave the domain out",
            );
        }
        problems.0
    }
}

pub(super) struct Problems(Vec<String>);

impl Problems {
    pub(super) fn unless(&mut self, holds: bool, problem: impl Into<String>) {
        if !holds {
            self.0.push(problem.into());
        }
    }
}
