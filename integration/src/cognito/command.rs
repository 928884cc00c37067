//! The pool as a process of its own, for clients that are not written in Rust.

use std::{path::PathBuf, sync::Arc};

use serde_json::json;

use super::{Cognito, Options, Users};

/// Serve a Cognito user pool until the process is ended.
///
/// The first line of the output is JSON: `url`, `pool_id` and `client_id`. Every code that AWS
/// would have mailed is a line after it: `purpose`, `email` and `code`.
#[derive(clap::Args, Debug)]
pub struct Command {
    /// 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keeps users, sessions and keys for the next run.
    #[arg(long, value_name = "FILE")]
    users_file: Option<PathBuf>,
    /// Each refresh gives a new refresh token, and ends the one before.
    #[arg(long)]
    rotate_refresh_tokens: bool,
    #[command(flatten)]
    users: Users,
}

impl Command {
    /// Never returns but with an error.
    ///
    /// # Errors
    /// The port is taken, or the users' file cannot be read or written.
    pub async fn run(self) -> anyhow::Result<()> {
        let options = Options {
            users_file: self.users_file,
            rotate_refresh_tokens: self.rotate_refresh_tokens,
            on_code: Some(Arc::new(|code| println!("{}", json!(code)))),
            ..Options::default()
        };
        let cognito = Cognito::start(([127, 0, 0, 1], self.port).into(), options).await?;
        self.users.create(&cognito)?;
        let address = json!({
            "url": cognito.url(),
            "pool_id": cognito.pool_id(),
            "client_id": cognito.client_id(),
        });
        println!("{address}");
        std::future::pending().await
    }
}
