//! Logins to the database that AWS Secrets Manager keeps, and changes.

use std::time::Duration;

use anyhow::Context;
use aws_config::{BehaviorVersion, Region, timeout::TimeoutConfig};
use aws_sdk_secretsmanager::{Client, error::DisplayErrorContext};
use serde::Deserialize;
use sqlx::postgres::PgConnectOptions;

/// Longest wait for a secret, all tries together.
const PATIENCE: Duration = Duration::from_secs(5);

/// A secret with `username` and `password`, as RDS writes them.
pub struct Secret {
    client: Client,
    arn: String,
}

#[derive(Deserialize)]
struct Login {
    username: String,
    password: String,
}

impl Secret {
    pub async fn new(arn: &str) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
        // arn:aws:secretsmanager:<Region>:…
        if let Some(region) = arn.split(':').nth(3).filter(|region| !region.is_empty()) {
            loader = loader.region(Region::new(region.to_owned()));
        }
        Self { client: Client::new(&loader.load().await), arn: arn.to_owned() }
    }

    /// `options` with the login as it is now.
    pub async fn login(&self, options: PgConnectOptions) -> anyhow::Result<PgConnectOptions> {
        let login = self.read().await.with_context(|| format!("cannot read the secret {}", self.arn))?;
        Ok(options.username(&login.username).password(&login.password))
    }

    /// The password alone.
    pub async fn password(&self) -> anyhow::Result<String> {
        Ok(self.read().await.with_context(|| format!("cannot read the secret {}", self.arn))?.password)
    }

    async fn read(&self) -> anyhow::Result<Login> {
        let secret = self
            .client
            .get_secret_value()
            .secret_id(&self.arn)
            .send()
            .await
            .map_err(|error| anyhow::anyhow!("{}", DisplayErrorContext(error)))?;
        // Not the parser's own error: it may quote what it read.
        secret
            .secret_string()
            .and_then(|text| serde_json::from_str(text).ok())
            .context("it is not JSON with `username` and `password`")
    }
}
