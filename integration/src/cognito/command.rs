//! The pool as a process of its own, for clients that are not written in Rust.

use std::{path::PathBuf, sync::Arc};

use serde_json::json;

use super::{Cognito, NewUser, Options};

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
    /// Makes a user; may be repeated.
    #[arg(long, value_name = "EMAIL=PASSWORD", value_parser = parse_user)]
    user: Vec<NewUser>,
    /// Makes a user who has to choose another password; may be repeated.
    #[arg(long, value_name = "EMAIL=PASSWORD", value_parser = parse_user)]
    temporary_user: Vec<NewUser>,
}

fn parse_user(text: &str) -> Result<NewUser, String> {
    let (email, password) = text.split_once('=').ok_or("expected EMAIL=PASSWORD")?;
    Ok(NewUser { email: email.to_owned(), password: password.to_owned(), ..NewUser::default() })
}

impl Command {
    /// Never returns but with an error.
    ///
    /// # Errors
    /// The port is taken, or the users' file cannot be read or written.
    pub async fn run(self) -> anyhow::Result<()> {
        let options = Options {
            users_file: self.users_file,
            on_code: Some(Arc::new(|code| println!("{}", json!(code)))),
            ..Options::default()
        };
        let cognito = Cognito::start(([127, 0, 0, 1], self.port).into(), options).await?;
        for user in &self.user {
            cognito.create_user(user)?;
        }
        for user in self.temporary_user {
            cognito.create_user(&NewUser { is_temporary: true, ..user })?;
        }
        let address = json!({
            "url": cognito.url(),
            "pool_id": cognito.pool_id(),
            "client_id": cognito.client_id(),
        });
        println!("{address}");
        std::future::pending().await
    }
}
