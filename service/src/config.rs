//! The service's whole configuration: one struct, read from the environment, checked at start.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use anyhow::Context;
use clap::{Args, Parser};
use sqlx::postgres::PgConnectOptions;

use crate::usage::Price;

/// Where every role listens by default.
pub const LISTEN: &str = "0.0.0.0:8000";

/// Everything `mangoo serve` can be told.
#[derive(Parser, Clone, Debug)]
pub struct Config {
    /// Address to listen on
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    pub listen: SocketAddr,

    #[command(flatten)]
    pub database: DatabaseConfig,

    #[command(flatten)]
    pub cognito: CognitoConfig,

    #[command(flatten)]
    pub bedrock: BedrockConfig,

    #[command(flatten)]
    pub chat: ChatConfig,

    #[command(flatten)]
    pub documents: DocumentsConfig,

    /// Whether this process reads documents too; `false` where `mangoo worker` does
    #[arg(long, env = "READ_DOCUMENTS", default_value = "true", action = clap::ArgAction::Set)]
    pub read_documents: bool,

    /// Origins whose pages may call the API, separated by commas; the service's own needs no mention
    #[arg(long, env = "ALLOWED_ORIGINS", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,

    /// Folder of the built page, served at `/`; without it the service serves the API alone
    #[arg(long, env = "PAGE_DIR")]
    pub page_dir: Option<PathBuf>,

    #[command(flatten)]
    pub policy: PolicyConfig,

    /// How long generations may go on after SIGTERM, in seconds
    #[arg(long, env = "DRAIN_SECONDS", default_value = "110", value_parser = seconds)]
    pub drain: Duration,

    /// Log readable lines, at debug level, instead of JSON
    #[arg(long, env = "DEBUG", default_value = "false", action = clap::ArgAction::Set)]
    pub debug: bool,
}

/// Everything `mangoo worker` can be told.
#[derive(Parser, Clone, Debug)]
pub struct WorkerConfig {
    /// Address to answer `/health` on
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    pub listen: SocketAddr,

    #[command(flatten)]
    pub database: DatabaseConfig,

    #[command(flatten)]
    pub bedrock: BedrockConfig,

    #[command(flatten)]
    pub documents: DocumentsConfig,

    /// How long documents may go on after SIGTERM, in seconds; others take up what is left
    #[arg(long, env = "DRAIN_SECONDS", default_value = "110", value_parser = seconds)]
    pub drain: Duration,

    /// Log readable lines, at debug level, instead of JSON
    #[arg(long, env = "DEBUG", default_value = "false", action = clap::ArgAction::Set)]
    pub debug: bool,
}

/// Everything `mangoo page` can be told.
#[derive(Parser, Clone, Debug)]
pub struct PageConfig {
    /// Address to listen on
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    pub listen: SocketAddr,

    #[command(flatten)]
    pub cognito: CognitoConfig,

    /// Folder of the built page
    #[arg(long, env = "PAGE_DIR")]
    pub page_dir: PathBuf,

    #[command(flatten)]
    pub policy: PolicyConfig,

    /// Log readable lines, at debug level, instead of JSON
    #[arg(long, env = "DEBUG", default_value = "false", action = clap::ArgAction::Set)]
    pub debug: bool,
}

/// What the page may reach besides its own origin and the user pool.
#[derive(Args, Clone, Debug, Default)]
pub struct PolicyConfig {
    /// Where browsers send documents to and get them from, like `https://s3.us-east-1.amazonaws.com/bucket/`;
    /// without it only the service itself
    #[arg(long, env = "UPLOADS_ORIGIN", value_parser = source)]
    pub uploads_origin: Option<String>,
}

/// Where the database is: `DATABASE_URL`, or the `DB_*` variables.
#[derive(Args, Clone, Debug)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:port/database`; takes precedence over `DB_*`
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Database host
    #[arg(long, env = "DB_HOST")]
    pub db_host: Option<String>,
    /// Database port
    #[arg(long, env = "DB_PORT", default_value_t = 5432)]
    pub db_port: u16,
    /// Database name
    #[arg(long, env = "DB_NAME", default_value = "mangoo")]
    pub db_name: String,
    /// Database user
    #[arg(long, env = "DB_USER", default_value = "mangoo_service")]
    pub db_user: String,
    /// Database password
    #[arg(long, env = "DB_PASSWORD", hide_env_values = true)]
    pub db_password: Option<String>,
    /// ARN of a secret with `username` and `password`, which take precedence over all others. It
    /// is read at start, and again when the database refuses the login
    #[arg(long, env = "DB_SECRET_ARN")]
    pub db_secret_arn: Option<String>,
    /// Most connections of one process for the default tenant; all other tenants together may
    /// use as many again
    #[arg(long, env = "DB_MAX_CONNECTIONS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..))]
    pub db_max_connections: u32,
    /// Seconds without a request after which all connections are closed, so that a database that
    /// can pause does. The next request then waits until it is awake. Unset, connections stay open
    #[arg(long, env = "DB_REST_AFTER_SECONDS", value_parser = seconds)]
    pub db_rest_after: Option<Duration>,
}

impl DatabaseConfig {
    /// How to connect, but for a secret's login; an error when neither `DATABASE_URL` nor `DB_HOST` says where.
    pub fn options(&self) -> anyhow::Result<PgConnectOptions> {
        if let Some(url) = &self.database_url {
            return PgConnectOptions::from_str(url).context("DATABASE_URL is not a postgres:// address");
        }
        let host = self.db_host.as_deref().context(
            "no database is configured: set DATABASE_URL, or DB_HOST with DB_SECRET_ARN or DB_USER and DB_PASSWORD",
        )?;
        let options = PgConnectOptions::new_without_pgpass()
            .host(host)
            .port(self.db_port)
            .database(&self.db_name)
            .username(&self.db_user);
        Ok(match &self.db_password {
            Some(password) => options.password(password),
            None => options,
        })
    }
}

/// The user pool whose tokens are accepted.
#[derive(Args, Clone, Debug)]
pub struct CognitoConfig {
    /// Id of the Cognito user pool
    #[arg(long, env = "COGNITO_USER_POOL_ID")]
    pub cognito_user_pool_id: String,
    /// Id of the pool's app client; tokens of another client are refused
    #[arg(long, env = "COGNITO_APP_CLIENT_ID")]
    pub cognito_app_client_id: String,
    /// The pool's Region
    #[arg(long, env = "COGNITO_REGION", default_value = "us-east-1")]
    pub cognito_region: String,
    /// Base address of a stand-in for Cognito; without it, AWS
    #[arg(long, env = "COGNITO_ENDPOINT")]
    pub cognito_endpoint: Option<String>,
}

impl CognitoConfig {
    /// What AWS signs the pool's tokens as: their `iss`, and its address.
    pub fn issuer(&self) -> String {
        format!("https://cognito-idp.{}.amazonaws.com/{}", self.cognito_region, self.cognito_user_pool_id)
    }

    /// Where browsers sign in.
    pub fn origin(&self) -> String {
        let aws = || format!("https://cognito-idp.{}.amazonaws.com", self.cognito_region);
        let address = self.cognito_endpoint.clone().unwrap_or_else(aws);
        // One that is no address can't be reached either, and `null` names none.
        reqwest::Url::parse(&address).map_or_else(|_| "'none'".to_owned(), |url| url.origin().ascii_serialization())
    }

    /// The pool's address, with its keys below.
    pub fn address(&self) -> String {
        match &self.cognito_endpoint {
            Some(endpoint) => format!("{}/{}", endpoint.trim_end_matches('/'), self.cognito_user_pool_id),
            None => self.issuer(),
        }
    }
}

/// Amazon Bedrock: where, which models, how patient.
#[derive(Args, Clone, Debug)]
pub struct BedrockConfig {
    /// Region of Amazon Bedrock
    #[arg(long, env = "BEDROCK_REGION", default_value = "us-east-1")]
    pub bedrock_region: String,
    /// Another endpoint that speaks Bedrock's protocol. One with plain `http://` is taken for
    /// a stand-in and gets no real credentials
    #[arg(long, env = "BEDROCK_ENDPOINT")]
    pub bedrock_endpoint: Option<String>,
    /// Model or inference profile that new bots are offered first
    #[arg(long, env = "BEDROCK_MODEL_ID", default_value = "global.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    pub bedrock_model_id: String,
    /// Further models to choose from, separated by commas
    #[arg(long, env = "BEDROCK_MODEL_IDS", value_delimiter = ',')]
    pub bedrock_model_ids: Vec<String>,
    /// What models cost, as MODEL=INPUT/OUTPUT in US dollars per million tokens, separated by commas:
    /// without it, no cost is shown
    #[arg(long, env = "BEDROCK_PRICES", value_delimiter = ',')]
    pub bedrock_prices: Vec<Price>,
    /// Embedding model; its vectors must have 1024 dimensions
    #[arg(long, env = "BEDROCK_EMBEDDING_MODEL_ID", default_value = "amazon.titan-embed-text-v2:0")]
    pub bedrock_embedding_model_id: String,
    /// Embedding calls under way at once
    #[arg(long, env = "BEDROCK_EMBEDDING_CONCURRENCY", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    pub bedrock_embedding_concurrency: u16,
    /// Model that ranks again what a search finds, such as `amazon.rerank-v1:0` or
    /// `cohere.rerank-v3-5:0`: without it, nothing is
    #[arg(long, env = "BEDROCK_RERANK_MODEL_ID")]
    pub bedrock_rerank_model_id: Option<String>,
    /// Tries of a call that Bedrock throttles, before the first token
    #[arg(long, env = "BEDROCK_MAX_ATTEMPTS", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    pub bedrock_max_attempts: u32,
    /// Longest wait for an answer's first token, in seconds
    #[arg(long, env = "BEDROCK_FIRST_TOKEN_TIMEOUT_SECONDS", default_value = "60", value_parser = seconds)]
    pub bedrock_first_token_timeout: Duration,
    /// Longest wait between two tokens, in seconds
    #[arg(long, env = "BEDROCK_TOKEN_TIMEOUT_SECONDS", default_value = "30", value_parser = seconds)]
    pub bedrock_token_timeout: Duration,
}

/// How answers are generated and streamed.
#[derive(Args, Clone, Debug)]
pub struct ChatConfig {
    /// Most tokens of a chat's history that go to the model, by estimate
    #[arg(long, env = "CHAT_HISTORY_TOKENS", default_value_t = 32_000)]
    pub chat_history_tokens: usize,
    /// Most answers one process generates at once
    #[arg(long, env = "CHAT_MAX_GENERATIONS", default_value_t = 2_000)]
    pub chat_max_generations: usize,
    /// Seconds of silence after which a stream carries a comment line
    #[arg(long, env = "CHAT_HEARTBEAT_SECONDS", default_value = "15", value_parser = seconds)]
    pub chat_heartbeat: Duration,
    /// Seconds after which a process that no longer renews its lease is taken for dead
    #[arg(long, env = "CHAT_LEASE_SECONDS", default_value = "15", value_parser = seconds)]
    pub chat_lease: Duration,
}

/// Where uploaded documents are kept, and how they are read.
#[derive(Args, Clone, Debug)]
pub struct DocumentsConfig {
    /// S3 bucket of uploaded documents
    #[arg(long, env = "UPLOADS_BUCKET", conflicts_with = "uploads_dir")]
    pub uploads_bucket: Option<String>,
    /// Folder of uploaded documents, where there is no bucket. All processes must share it
    #[arg(long, env = "UPLOADS_DIR")]
    pub uploads_dir: Option<PathBuf>,
    /// Signs the addresses that documents are uploaded to in `UPLOADS_DIR`. All processes must
    /// have the same; without it each makes one up
    #[arg(long, env = "SECRET_KEY", hide_env_values = true, value_parser = secret)]
    pub secret_key: Option<String>,
    /// SQS queue of the work to do; without it, it waits in the database
    #[arg(long, env = "JOBS_QUEUE_URL")]
    pub jobs_queue_url: Option<String>,
    /// Largest document, in bytes
    #[arg(long, env = "DOCUMENT_MAX_BYTES", default_value_t = 50 * 1024 * 1024, value_parser = clap::value_parser!(i64).range(1..=2_000_000_000))]
    pub document_max_bytes: i64,
    /// Most documents of one knowledge base
    #[arg(long, env = "DOCUMENTS_MAX", default_value_t = 10_000)]
    pub documents_max: i64,
    /// Documents that one process reads at once
    #[arg(long, env = "DOCUMENTS_AT_ONCE", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub documents_at_once: u16,
    /// Most memory that reading one document may use, in bytes
    #[arg(long, env = "DOCUMENT_MEMORY_BYTES", default_value_t = 1024 * 1024 * 1024, value_parser = clap::value_parser!(u64).range(256 * 1024 * 1024..))]
    pub document_memory_bytes: u64,
    /// Most time of a processor that getting the text of one document may use, in seconds
    #[arg(long, env = "DOCUMENT_TIMEOUT_SECONDS", default_value = "120", value_parser = seconds)]
    pub document_timeout: Duration,
    /// The program that gets the text of documents: by default this one
    #[arg(long, env = "DOCUMENT_READER", hide = true)]
    pub document_reader: Option<PathBuf>,
    /// Private networks whose web pages may be read, like `10.20.0.0/16`, separated by commas; by
    /// default only public addresses are asked
    #[arg(long, env = "WEB_PRIVATE_NETWORKS", value_delimiter = ',')]
    pub web_private_networks: Vec<ipnet::IpNet>,
    /// Longest wait for a page of the web with all its bytes, redirects and tries, in seconds
    #[arg(long, env = "WEB_TIMEOUT_SECONDS", default_value = "60", value_parser = seconds)]
    pub web_timeout: Duration,
    /// Seconds after which a process that says nothing of a document is taken for dead
    #[arg(long, env = "DOCUMENT_LEASE_SECONDS", default_value = "20", value_parser = seconds)]
    pub document_lease: Duration,
}

/// An origin, or an address below which all is meant, as a Content-Security-Policy takes it.
fn source(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || text.contains([';', ',']) {
        return Err("must be like https://host/ or https://host/folder/".to_owned());
    }
    Ok(url.into())
}

fn secret(text: &str) -> Result<String, String> {
    if text.len() < 32 { Err("must have at least 32 characters".to_owned()) } else { Ok(text.to_owned()) }
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "must be a number of seconds above 0".to_owned())
}
