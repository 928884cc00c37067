//! `mangoo`: the platform's one binary. Its command says which part a process plays.

use std::net::SocketAddr;

use clap::{Parser, Subcommand};
use service::{
    config::{Config, DatabaseConfig, LISTEN, PageConfig, WorkerConfig},
    db::Secret,
    documents,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[derive(Parser)]
#[command(version, about = "The Mangoo platform's service")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (and the page, when `PAGE_DIR` is set) until SIGTERM or Ctrl-C
    Serve(Box<Config>),
    /// Read uploaded documents until SIGTERM or Ctrl-C
    Worker(Box<WorkerConfig>),
    /// Serve the built page alone until SIGTERM or Ctrl-C
    Page(PageConfig),
    /// Exit with 0 if the service or the page on this machine is healthy, else with 1
    Healthy {
        /// Address that it listens on
        #[arg(long, env = "LISTEN", default_value = LISTEN)]
        listen: SocketAddr,
    },
    /// Bring the database's schema up to date, as its owner
    Migrate {
        #[command(flatten)]
        database: DatabaseConfig,
        /// Give the role `mangoo_service`, which the service connects as, this password
        #[arg(long, env = "DB_SERVICE_PASSWORD", hide_env_values = true)]
        service_password: Option<String>,
        /// The same, from a secret with `password`
        #[arg(long, env = "DB_SERVICE_SECRET_ARN", conflicts_with = "service_password")]
        service_secret_arn: Option<String>,
    },
    /// Print the API's description (`OpenAPI` 3.1)
    Openapi,
    /// Get the text of a document: what reads it has a process of its own
    #[command(hide = true)]
    Extract(documents::ExtractArguments),
}

fn main() -> anyhow::Result<()> {
    let command = Cli::parse().command;
    // Before there are threads, which would count as its memory.
    if let Command::Extract(arguments) = &command {
        return documents::extract(arguments);
    }
    run(command)
}

#[tokio::main]
async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(config) => {
            service::telemetry::init(config.debug, std::io::stdout)?;
            let listener = listen(config.listen).await?;
            service::serve(*config, listener, cancelled_on_signal()).await
        }
        Command::Worker(config) => {
            service::telemetry::init(config.debug, std::io::stdout)?;
            let listener = listen(config.listen).await?;
            service::work(*config, listener, cancelled_on_signal()).await
        }
        Command::Page(config) => {
            service::telemetry::init(config.debug, std::io::stdout)?;
            let listener = listen(config.listen).await?;
            service::page::serve(config, listener, cancelled_on_signal()).await
        }
        Command::Healthy { listen } => service::health::check(listen).await,
        Command::Migrate { database, mut service_password, service_secret_arn } => {
            service::telemetry::init(false, std::io::stdout)?;
            let mut options = database.options()?;
            if let Some(arn) = &database.db_secret_arn {
                options = Secret::new(arn).await.login(options).await?;
            }
            if let Some(arn) = &service_secret_arn {
                service_password = Some(Secret::new(arn).await.password().await?);
            }
            service::db::migrate(&options, service_password.as_deref()).await
        }
        Command::Openapi => {
            println!("{}", service::openapi::document().to_pretty_json()?);
            Ok(())
        }
        Command::Extract(arguments) => documents::extract(&arguments),
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| anyhow::anyhow!("cannot listen on {address}: {error}. Choose another address with LISTEN"))
}

/// A token that is cancelled when this process is told to end.
fn cancelled_on_signal() -> CancellationToken {
    let shutdown = CancellationToken::new();
    tokio::spawn(cancel_on_signal(shutdown.clone()));
    shutdown
}

async fn cancel_on_signal(shutdown: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("cannot listen for signals; the process ends only when killed");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    shutdown.cancel();
}
