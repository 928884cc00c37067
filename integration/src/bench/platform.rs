//! What is measured, and what it talks to.

use std::{
    env,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use integration::{
    SERVICE_PASSWORD,
    cognito::{Cognito, Options, TokenSpec},
    service_arguments,
};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::{client::Target, process::Cores};

/// Longest wait for a process to be ready.
const PATIENCE: Duration = Duration::from_secs(20);

/// What outlives a measurement: a migrated database of its own, and the user pool.
pub struct Platform {
    cores: Cores,
    /// Where the programs of this build are.
    programs: PathBuf,
    server: PgConnectOptions,
    database: String,
    cognito: Cognito,
}

/// A child process that serves HTTP; it is killed when this is dropped.
pub struct Server {
    child: Child,
    pub pid: u32,
    pub address: SocketAddr,
}

impl Server {
    fn new(child: Child, address: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { pid: child.id().context("a process has ended at once")?, child, address })
    }

    pub async fn end(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}

impl Platform {
    pub async fn start(cores: Cores) -> anyhow::Result<Self> {
        let url = env::var("DATABASE_URL").context("set DATABASE_URL, or use `just bench`")?;
        let server: PgConnectOptions = url.parse()?;
        let database = format!("mangoo_bench_{}", std::process::id());
        let programs = env::current_exe()?.parent().context("a program is in a folder")?.to_owned();
        let cognito = Cognito::start(([127, 0, 0, 1], 0).into(), Options::default()).await?;
        let platform = Self { cores, programs, server, database, cognito };
        platform.execute("create database").await?;
        let status = Command::new(platform.programs.join("mangoo"))
            .args(["migrate", "--database-url", &platform.database_url(), "--service-password", SERVICE_PASSWORD])
            .stdout(Stdio::null())
            .status()
            .await
            .context("cannot run mangoo: build it with the same profile")?;
        ensure!(status.success(), "mangoo migrate failed");
        Ok(platform)
    }

    /// Removes the database.
    pub async fn end(self) -> anyhow::Result<()> {
        self.execute("drop database").await
    }

    async fn execute(&self, statement: &str) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect_with(&self.server).await?;
        let force = if statement.starts_with("drop") { " with (force)" } else { "" };
        let statement = format!("{statement} {}{force}", self.database);
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// With the owner's credentials.
    pub fn database_url(&self) -> String {
        self.server.clone().database(&self.database).to_url_lossy().to_string()
    }

    /// Starts the service, which need not answer yet. Its log goes nowhere, but is written.
    pub fn spawn_service(&self, bedrock: SocketAddr) -> anyhow::Result<Server> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let arguments = service_arguments(&self.database_url(), &self.cognito, Some(&format!("http://{bedrock}")))?;
        let child = self
            .cores
            .service(&self.programs.join("mangoo"))
            .args(["serve", "--listen", &address.to_string()])
            .args(&arguments[1..])
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run mangoo: build it with the same profile")?;
        Server::new(child, address)
    }

    /// A service that takes questions.
    pub async fn service(&self, bedrock: SocketAddr) -> anyhow::Result<Server> {
        let service = self.spawn_service(bedrock)?;
        let target = Target { address: service.address, token: String::new() };
        let began = Instant::now();
        while let Err(error) = target.call("GET", "/ready", None).await {
            if began.elapsed() > PATIENCE {
                bail!("the service does not get ready: {error:#}");
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(service)
    }

    /// A stand-in for Bedrock whose answers have so many pieces.
    pub async fn bedrock(&self, pieces: usize, pace: Duration) -> anyhow::Result<Server> {
        let mut child = Command::new(self.programs.join("stand-ins"))
            .args(["bedrock", "--tokens", &pieces.to_string(), "--pace-ms", &pace.as_millis().to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot run stand-ins: build it with the same profile")?;
        let output = child.stdout.take().context("it is piped")?;
        let url = BufReader::new(output).lines().next_line().await?.context("the stand-in does not start")?;
        Server::new(child, url.strip_prefix("http://").unwrap_or_default().parse()?)
    }

    /// Somebody who is registered, as the one who asks `service`.
    pub async fn user(&self, service: &Server, name: &str) -> anyhow::Result<Target> {
        // Longer than any benchmark takes.
        let spec = TokenSpec::id(name).email(format!("{name}@example.com")).expires_in(24 * 3600);
        let user = Target { address: service.address, token: self.cognito.token(&spec) };
        user.call("POST", "/api/v1/users/register", None).await?;
        Ok(user)
    }
}

/// Makes a bot and gives its id.
pub async fn make_bot(user: &Target, name: &str) -> anyhow::Result<String> {
    let bot = json!({
        "name": name,
        "description": "Answers questions about the handbook, and says where it read it.",
        "instructions": "You are a helpful assistant. Answer in two or three sentences.",
        "model_id": "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "tags": ["handbook", "travel"],
    });
    let bot = user.call("POST", "/api/v1/bots", Some(&bot)).await?;
    Ok(bot["id"].as_str().context("a bot has an id")?.to_owned())
}

/// The request that asks a bot in a new chat.
pub fn question(user: &Target, bot: &str) -> Vec<u8> {
    let body: Value = json!({ "bot_id": bot, "message": "What does a hotel cost at the most?" });
    user.request("POST", "/api/v1/chat/stream", Some(&body), true)
}
