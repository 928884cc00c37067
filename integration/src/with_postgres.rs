//! Runs a command with a Postgres of its own.

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use anyhow::Context;
use integration::postgres::{Options, Postgres};
use sqlx::{Connection, PgConnection, migrate::Migrator};
use tokio::signal::unix::{SignalKind, signal};

/// Run a command with `DATABASE_URL` set to the owner's address of a Postgres with pgvector,
/// and end with the command's code. Says which Postgres it is: `DATABASE_URL`, a container or
/// the embedded one.
#[derive(clap::Args, Debug)]
pub struct Command {
    /// Migrations to run first
    #[arg(long, value_name = "FOLDER")]
    migrations: Option<PathBuf>,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let postgres = Postgres::find(&Options::default(), &|step| eprintln!("{step}")).await?;
        eprintln!("Postgres: {}", postgres.kind());
        let result = self.run_with(postgres.url()).await;
        // What the command came to counts, whatever becomes of its database.
        if let Err(error) = postgres.stop().await {
            eprintln!("The Postgres was not ended in order: {error:#}");
        }
        result
    }

    async fn run_with(&self, url: &str) -> anyhow::Result<ExitCode> {
        if let Some(folder) = &self.migrations {
            let mut connection = PgConnection::connect(url).await?;
            Migrator::new(folder.as_path()).await?.run(&mut connection).await?;
            connection.close().await?;
        }
        let (program, arguments) = self.command.split_first().context("no command was given")?;
        let mut child = tokio::process::Command::new(program)
            .args(arguments)
            .env("DATABASE_URL", url)
            // However it was found, it is the one that the command is to use.
            .env("MANGOO_POSTGRES", "url")
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let status = tokio::select! {
            status = child.wait() => status?,
            // The terminal has told the command as well: it ends by itself.
            _ = interrupt.recv() => child.wait().await?,
            _ = terminate.recv() => {
                if let Some(id) = child.id() {
                    // It may have ended just now.
                    tokio::process::Command::new("kill").arg(id.to_string()).status().await?;
                }
                child.wait().await?
            }
        };
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
