//! Which environment a command is about.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use stack::Settings;

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
    /// The environment's name and settings.
    pub fn settings(&self) -> anyhow::Result<(String, Settings)> {
        let text = fs::read_to_string(&self.config).with_context(|| {
            format!("cannot read {}; `mangoo-ops init` writes one, --config names another", self.config.display())
        })?;
        let environment = match &self.environment {
            Some(environment) => environment.clone(),
            None => match Settings::environments(&text)?.as_slice() {
                [only] => only.clone(),
                [] => bail!("{} has no environment; `mangoo-ops init` writes one with two", self.config.display()),
                several => bail!("which environment? Choose one with --environment: {}", several.join(", ")),
            },
        };
        let settings = Settings::parse(&text, &environment)?;
        Ok((environment, settings))
    }
}
