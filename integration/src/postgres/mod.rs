//! Postgres 16 with pgvector, from wherever this machine has one.
//!
//! `DATABASE_URL` if it is set; else a container if a Docker engine answers; else an embedded
//! server, which is fetched once. `MANGOO_POSTGRES` (`url`, `docker` or `embedded`) insists on one.

mod container;
mod embedded;
mod fetch;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    fs::File,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use sqlx::{Connection, PgConnection};

/// The database that is made, and the user that owns it.
const DATABASE: &str = "mangoo";
const OWNER: &str = "postgres";

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folder that keeps the data. `None`: it is forgotten at the end, and faster for it.
    pub data: Option<PathBuf>,
}

/// A Postgres that answers. Ends with [`Postgres::stop`], or a little after it is dropped.
pub struct Postgres {
    url: String,
    server: Server,
}

enum Server {
    /// Somebody else's: it is not ours to stop.
    Given,
    Container(Box<container::Container>),
    Embedded(Box<embedded::Embedded>),
}

impl Postgres {
    /// Finds or starts one. `progress` hears what takes long.
    pub async fn find(options: &Options, progress: &dyn Fn(&str)) -> anyhow::Result<Self> {
        let road = std::env::var("MANGOO_POSTGRES").unwrap_or_default();
        match road.as_str() {
            "url" => {
                Self::given(&std::env::var("DATABASE_URL").context("MANGOO_POSTGRES=url needs DATABASE_URL")?).await
            }
            "docker" => Self::container(options, progress).await,
            "embedded" => Self::embedded(options, progress).await,
            "" => {
                if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()) {
                    return Self::given(&url).await;
                }
                // Data stays with the server that wrote it.
                let data = options.data.as_deref();
                if data.is_some_and(embedded::has_data) || !container::engine_answers().await {
                    if let Some(data) = data.filter(|data| container::has_data(data)) {
                        bail!(
                            "a container keeps the data in {}, and no Docker engine answers. Start Docker, or use \
                             another folder",
                            data.display()
                        );
                    }
                    return Self::embedded(options, progress).await;
                }
                match Self::container(options, progress).await {
                    Err(error) if !data.is_some_and(container::has_data) => {
                        progress(&format!("no container ({error:#}); using the embedded Postgres"));
                        Self::embedded(options, progress).await
                    }
                    result => result,
                }
            }
            other => bail!("MANGOO_POSTGRES is `{other}`; it may be url, docker or embedded"),
        }
    }

    async fn given(url: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url)
            .await
            .context("the Postgres that DATABASE_URL names does not answer. Start it, or unset DATABASE_URL to use one of our own")?;
        sqlx::query("create extension if not exists vector")
            .execute(&mut connection)
            .await
            .context("the Postgres that DATABASE_URL names lacks pgvector, or its user may not create extensions")?;
        connection.close().await?;
        Ok(Self { url: url.to_owned(), server: Server::Given })
    }

    async fn container(options: &Options, progress: &dyn Fn(&str)) -> anyhow::Result<Self> {
        let (container, url) = container::Container::start(options.data.as_deref(), progress).await?;
        wait(&url, || None).await?;
        Ok(Self { url, server: Server::Container(Box::new(container)) })
    }

    async fn embedded(options: &Options, progress: &dyn Fn(&str)) -> anyhow::Result<Self> {
        let (mut embedded, url) = embedded::Embedded::start(options.data.as_deref(), progress).await?;
        wait(&url, || embedded.death()).await?;
        Ok(Self { url, server: Server::Embedded(Box::new(embedded)) })
    }

    /// Address with the credentials of the database's owner, who may also create databases.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which Postgres it is, for people.
    pub fn kind(&self) -> impl fmt::Display + '_ {
        fmt::from_fn(|f| match &self.server {
            Server::Given => f.write_str("the one that DATABASE_URL names"),
            Server::Container(container) => write!(f, "a container of {}", container.image()),
            Server::Embedded(_) => f.write_str("embedded (PostgreSQL 16.14 with pgvector 0.8.5)"),
        })
    }

    /// Ends it in order.
    pub async fn stop(self) -> anyhow::Result<()> {
        match self.server {
            Server::Given => Ok(()),
            Server::Container(container) => container.stop().await,
            Server::Embedded(embedded) => embedded.stop().await,
        }
    }
}

/// Waits until `url` takes connections, and makes the database if it is missing. `death`
/// says why that will never be.
async fn wait(url: &str, mut death: impl FnMut() -> Option<String>) -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_mins(1);
    const PAUSE: Duration = Duration::from_millis(50);
    let maintenance = url.replace(&format!("/{DATABASE}"), "/postgres");
    let mut last = None;
    for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
        if let Some(reason) = death() {
            bail!("Postgres ended at its start:\n{reason}");
        }
        match PgConnection::connect(&maintenance).await {
            Ok(mut connection) => {
                let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
                    .bind(DATABASE)
                    .fetch_one(&mut connection)
                    .await?;
                if !exists {
                    sqlx::query("create database mangoo").execute(&mut connection).await?;
                }
                connection.close().await?;
                return Ok(());
            }
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(PAUSE).await;
    }
    bail!(
        "Postgres does not answer within {} s: {}",
        PATIENCE.as_secs(),
        last.map_or_else(String::new, |error| error.to_string())
    )
}

/// Settings for data that nobody will miss.
const EPHEMERAL: [&str; 5] =
    ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300", "max_wal_size=4GB"];

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Keeps other runs from `folder` as long as the file is open.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let file = File::create(folder.join("lock")).with_context(|| format!("cannot write to {}", folder.display()))?;
    // A lock that was let go lives on for a moment in a process that was just then being started:
    // it has all our files until it becomes its program.
    for _ in 0..20 {
        if file.try_lock().is_ok() {
            return Ok(file);
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    bail!("another run uses the data in {}. End it first, or use another folder", folder.display());
}

/// The owner's password, made once for each data folder.
fn password(folder: &Path) -> anyhow::Result<String> {
    let file = folder.join("password");
    match std::fs::read_to_string(&file) {
        Ok(password) => Ok(password),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            use std::{io::Write, os::unix::fs::OpenOptionsExt};
            let password = uuid::Uuid::new_v4().simple().to_string();
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
            file.write_all(password.as_bytes())?;
            Ok(password)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}
