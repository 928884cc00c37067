//! `mangoo.toml`: what a company chooses. A table for each environment; what it leaves out,
//! its profile says.

mod check;
mod cidr;
mod example;

use serde::{Deserialize, de::IntoDeserializer};
use toml::{Table, Value};

pub use cidr::Cidr;
pub use example::example;

/// The profile `dev`, with an explanation of every setting.
const DEV: &str = include_str!("dev.toml");
/// Where the profile `prod` differs.
const PROD: &str = include_str!("prod.toml");

/// All settings of one environment.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
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

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The VPC's addresses, from /16 to /22.
    pub cidr: Cidr,
    /// Availability zones: 2 or 3.
    pub zones: usize,
    pub nat: Nat,
    /// Whether AWS's services are reached by private endpoints; without NAT they must be.
    pub endpoints: bool,
    /// Whether all connections are logged.
    pub flow_logs: bool,
    /// A VPC that is there already; nothing else of this table counts then.
    pub existing: Option<ExistingNetwork>,
}

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nat {
    None,
    One,
    OneAZone,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingNetwork {
    pub vpc_id: String,
    /// For the load balancer.
    pub public_subnet_ids: Vec<String>,
    /// For the service; AWS's services must be reachable from there.
    pub private_subnet_ids: Vec<String>,
    /// For the database.
    pub isolated_subnet_ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Version of Aurora PostgreSQL, such as `16.11`.
    pub version: String,
    /// Least capacity in ACU, in half steps; 0 pauses a database that nobody uses.
    pub min_acu: f64,
    /// Most capacity in ACU, in half steps, to 256.
    pub max_acu: f64,
    /// Minutes without a connection until a database with `min_acu = 0` pauses: 5 to 1,440.
    pub pause_after_minutes: u32,
    /// Days that backups are kept: 1 to 35.
    pub backup_days: u8,
    /// Whether a second instance in another zone stands by and answers reads.
    pub reader: bool,
    /// Whether it can't be deleted, and leaves a last snapshot when it is.
    pub protect: bool,
    /// A PostgreSQL 16 with pgvector that is there already; nothing else of this table counts then.
    pub existing: Option<ExistingDatabase>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingDatabase {
    pub host: String,
    #[serde(default = "postgres_port")]
    pub port: u16,
    pub name: String,
    /// A secret with `username` and `password` of the database's owner.
    pub owner_secret_arn: String,
    /// A security group that the database lets in.
    pub security_group_id: String,
}

fn postgres_port() -> u16 {
    5432
}

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
        let settings: Self = serde_path_to_error::deserialize(Value::Table(settings).into_deserializer())
            .map_err(|error| wrong(format!("{}: {}", error.path(), error.inner().message())))?;
        let problems = settings.problems();
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(Error::Refused { environment: environment.to_owned(), problems })
        }
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
