//! Containers: how a rollout goes, why a task ended, and one-off tasks.

mod evidence;
mod migration;
mod rollout;

pub use evidence::{Evidence, last_failed, readable};
pub use migration::migrate;
pub use rollout::{SERVICES, ServiceState, names, settle, states};
