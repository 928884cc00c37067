//! `mangoo.toml`: what a company chooses. A table for each environment; what it leaves out,
//! its profile says.

mod budget;
mod check;
mod cidr;
mod database;
mod delivery;
mod edge;
mod example;
mod identity;
mod models;
mod network;
mod service;
mod storage;
mod watch;

use serde::{Deserialize, de::IntoDeserializer};
use toml::{Table, Value};

pub use budget::Budget;
pub use cidr::Cidr;
pub use database::{Database, ExistingDatabase};
pub use delivery::Delivery;
pub use edge::{BodyRules, Edge};
pub use example::example;
pub use identity::{ExistingIdentity, Identity, Mfa};
pub use models::Models;
pub use network::{ExistingNetwork, Nat, Network};
pub use service::{Architecture, Service, Tasks};
pub use storage::Storage;
pub use watch::Watch;

/// The profile `dev`, with an explanation of every setting.
const DEV: &str = include_str!("dev.toml");
/// Where the profile `prod` differs.
const PROD: &str = include_str!("prod.toml");

/// All settings of one environment.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The table's name.
    #[serde(skip)]
    pub environment: String,
    pub profile: Profile,
    /// What the stacks' names begin with.
    pub name: String,
    /// The AWS Region; without it, the one that AWS's own configuration names.
    pub region: Option<String>,
    /// How long logs are kept.
    pub log_days: u16,
    pub network: Network,
    pub database: Database,
    pub identity: Identity,
    pub models: Models,
    pub service: Service,
    /// The containers that answer the API's calls.
    pub backend: Tasks,
    /// The containers that serve the page.
    pub frontend: Tasks,
    /// The containers that read documents; without any, the backend's do.
    pub worker: Tasks,
    pub edge: Edge,
    pub storage: Storage,
    pub watch: Watch,
    pub budget: Budget,
    pub delivery: Delivery,
}

/// Where defaults come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The cheapest that makes sense.
    Dev,
    /// Over several zones, and protected against mistakes.
    Prod,
}

/// What is wrong with a `mangoo.toml`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("mangoo.toml is not TOML: {0}")]
    Syntax(toml::de::Error),
    #[error("mangoo.toml has no environment `{asked}`; {}", list(.known))]
    NoEnvironment { asked: String, known: Vec<String> },
    #[error("`[{environment}]` in mangoo.toml: {problem}")]
    Setting { environment: String, problem: String },
    #[error("`[{environment}]` in mangoo.toml:\n{}", .problems.iter().map(|problem| format!("  - {problem}")).collect::<Vec<_>>().join("\n"))]
    Refused { environment: String, problems: Vec<String> },
}

fn list(environments: &[String]) -> String {
    if environments.is_empty() {
        "it has none at all: `mangoo-ops init` writes one with two".to_owned()
    } else {
        format!("it has {}", environments.join(", "))
    }
}

impl Settings {
    /// The settings of an environment, whole and checked.
    pub fn parse(text: &str, environment: &str) -> Result<Self, Error> {
        let mut file: Table = text.parse().map_err(Error::Syntax)?;
        let wrong = |problem: String| Error::Setting { environment: environment.to_owned(), problem };
        let chosen = match file.remove(environment) {
            Some(Value::Table(table)) => table,
            Some(_) => return Err(wrong("this is a value; an environment is a table".to_owned())),
            None => {
                return Err(Error::NoEnvironment {
                    asked: environment.to_owned(),
                    known: file.keys().cloned().collect(),
                });
            }
        };
        let mut settings = defaults(&chosen).map_err(wrong)?;
        merge(&mut settings, chosen.clone());
        let mut settings: Self = serde_path_to_error::deserialize(Value::Table(settings).into_deserializer())
            .map_err(|error| wrong(format!("{}: {}", error.path(), error.inner().message())))?;
        environment.clone_into(&mut settings.environment);
        let problems = settings.problems();
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(Error::Refused { environment: environment.to_owned(), problems })
        }
    }

    /// The name of the stack that the platform runs in.
    pub fn stack_name(&self) -> String {
        format!("{}-{}", self.name, self.environment)
    }

    /// The name of the stack that is there before it: image repositories and the bucket for templates.
    pub fn base_stack_name(&self) -> String {
        format!("{}-base", self.stack_name())
    }

    /// The names of the environments in a `mangoo.toml`.
    pub fn environments(text: &str) -> Result<Vec<String>, Error> {
        Ok(text.parse::<Table>().map_err(Error::Syntax)?.keys().cloned().collect())
    }
}

/// What the profile that an environment chose says.
fn defaults(chosen: &Table) -> Result<Table, String> {
    let parse = |text: &str| text.parse::<Table>().map_err(|error| error.to_string());
    let mut defaults = parse(DEV)?;
    match chosen.get("profile").map(|profile| profile.as_str()) {
        Some(Some("prod")) => merge(&mut defaults, parse(PROD)?),
        Some(Some("dev")) => {}
        Some(_) => return Err("profile: must be \"dev\" or \"prod\"".to_owned()),
        None => return Err("profile is missing: \"dev\" or \"prod\", where all that is not here comes from".to_owned()),
    }
    Ok(defaults)
}

/// Puts what `chosen` has over `settings`.
fn merge(settings: &mut Table, chosen: Table) {
    for (key, value) in chosen {
        match (settings.get_mut(&key), value) {
            (Some(Value::Table(settings)), Value::Table(chosen)) => merge(settings, chosen),
            (_, value) => {
                settings.insert(key, value);
            }
        }
    }
}
