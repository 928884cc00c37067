//! Which environment a command is about.

use std::{fs, path::PathBuf};

use clap::Args;
use stack::Settings;

use crate::failure::{Failure, Kind};

#[derive(Args)]
pub struct Target {
    /// The environment: a table of mangoo.toml; may be left out if there is only one
    #[arg(short, long, env = "MANGOO_ENVIRONMENT")]
    environment: Option<String>,
    /// The file with the settings
    #[arg(long, value_name = "FILE", env = "MANGOO_CONFIG", default_value = "mangoo.toml")]
    config: PathBuf,
}

impl Target {
    /// The settings of the environment.
    pub fn settings(&self) -> Result<Settings, Failure> {
        let wrong = |what: String| Failure::new(Kind::Settings, what);
        let text = fs::read_to_string(&self.config).map_err(|error| {
            wrong(format!("Cannot read {}: {error}", self.config.display()))
                .next("`mangoo-ops init` writes one, --config names another")
        })?;
        let known = Settings::environments(&text).map_err(|error| wrong(error.to_string()))?;
        let environment = match (&self.environment, known.as_slice()) {
            (Some(environment), _) | (None, [environment]) => environment,
            (None, []) => {
                return Err(wrong(format!("{} has no environment", self.config.display()))
                    .next("`mangoo-ops init` writes one with two"));
            }
            (None, several) => {
                return Err(Failure::new(Kind::Usage, "Which environment?")
                    .next(format!("choose one with --environment: {}", several.join(", "))));
            }
        };
        Settings::parse(&text, environment).map_err(|error| wrong(error.to_string()))
    }
}
