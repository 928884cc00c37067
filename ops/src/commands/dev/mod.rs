//! `mangoo-ops dev`: the platform on this machine. Postgres, stand-ins for Bedrock and
//! Cognito, the service and the page; all but Postgres in this one process.

mod seed;

use std::{
    fmt, fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    pin::pin,
    str::FromStr,
    time::Duration,
};

use anyhow::Context;
use clap::{Args, Parser};
use indicatif::{ProgressBar, ProgressStyle};
use integration::{
    bedrock::{self, Bedrock},
    cognito::{self, Cognito},
    postgres::Postgres,
    service_arguments,
};
use ops::{images::page, workspace};
use service::{config::Config, usage::Price};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::interrupt::Attention;

/// Between two tokens of the stand-in for Bedrock: slow enough to see them come.
const PACE: Duration = Duration::from_millis(25);

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops dev                all of it at http://127.0.0.1:8000; Ctrl-C ends it
  mangoo-ops dev --bedrock aws  with the models of an AWS account")]
pub struct Options {
    /// Port of the page and the API on 127.0.0.1; the stand-in for Cognito takes the next
    #[arg(long, default_value_t = 8000, value_parser = clap::value_parser!(u16).range(1..65535))]
    port: u16,
    /// Folder that keeps the database and the users between runs
    #[arg(long, default_value = ".mangoo")]
    data: PathBuf,
    /// Begin with an empty data folder
    #[arg(long)]
    fresh: bool,
    /// `stand-in` answers without a cloud; `aws` asks Amazon Bedrock with your credentials;
    /// an address asks whatever speaks Bedrock's protocol there
    #[arg(long, default_value = "stand-in", value_name = "stand-in|aws|URL")]
    bedrock: Models,
    /// Show the log here, in readable lines, instead of keeping it in the data folder
    #[arg(long)]
    logs: bool,
    #[command(flatten, next_help_heading = "Further users, for trying all ways of signing in")]
    users: cognito::Users,
}

/// Where answers come from.
#[derive(Clone)]
enum Models {
    StandIn,
    Aws,
    Endpoint(String),
}

impl FromStr for Models {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "stand-in" => Ok(Self::StandIn),
            "aws" => Ok(Self::Aws),
            url if url.starts_with("http://") || url.starts_with("https://") => Ok(Self::Endpoint(url.to_owned())),
            _ => Err("it takes `stand-in`, `aws`, or an address that begins with http:// or https://".to_owned()),
        }
    }
}

impl fmt::Display for Models {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::StandIn => "a stand-in for Amazon Bedrock (real models: --bedrock aws)",
            Self::Aws => "Amazon Bedrock, with your AWS credentials",
            Self::Endpoint(url) => url,
        })
    }
}

pub async fn run(options: Options) -> anyhow::Result<()> {
    let mut attention = Attention::begin();
    let shutdown = CancellationToken::new();
    let mut platform = pin!(platform(&options, shutdown.clone()));
    tokio::select! {
        result = &mut platform => result,
        () = attention.0.next() => {
            shutdown.cancel();
            platform.await
        }
    }
}

async fn platform(options: &Options, shutdown: CancellationToken) -> anyhow::Result<()> {
    let progress = Progress::new();
    let root = workspace();
    // Ports and the data folder first: nothing is touched that another run uses.
    let listener = TcpListener::bind(local(options.port)).await.map_err(|error| taken(options.port, &error))?;
    let data = data_folder(options)?;
    let _lock = lock(&data)?;
    if options.fresh {
        empty(&data)?;
    }
    let cognito = start_cognito(options, &data).await?;
    let log = fs::File::create(data.join("mangoo.log")).context("cannot write the log")?;
    if options.logs {
        service::telemetry::init(true, std::io::stderr)?;
    } else {
        service::telemetry::init(false, std::sync::Mutex::new(log))?;
    }
    let database = integration::postgres::Options { data: Some(data.join("postgres")) };
    let say = |step: &str| progress.say(step);
    let frontend = root.join("frontend");
    let postgres = tokio::select! {
        postgres = Postgres::find(&database, &say) => postgres.context("no Postgres to keep the data in")?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let page = tokio::select! {
        page = page::build(&frontend, &progress) => page.map(Some),
        () = shutdown.cancelled() => Ok(None),
    };
    // Postgres ends in order whatever happens next.
    let result = match page {
        Ok(Some(page)) => {
            let parts = Parts { listener, data: &data, postgres: &postgres, cognito: &cognito, page };
            serve(options, &shutdown, &progress, parts).await
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    progress.say("stopping Postgres");
    let stopped = postgres.stop().await;
    progress.done();
    result.and(stopped)
}

/// What the service is run with.
struct Parts<'a> {
    listener: TcpListener,
    data: &'a Path,
    postgres: &'a Postgres,
    cognito: &'a Cognito,
    page: PathBuf,
}

async fn serve(
    options: &Options,
    shutdown: &CancellationToken,
    progress: &Progress,
    parts: Parts<'_>,
) -> anyhow::Result<()> {
    let Parts { listener, data, postgres, cognito, page } = parts;
    progress.say("migrating the database");
    let admin = postgres.url().parse()?;
    service::db::migrate(&admin, Some(integration::SERVICE_PASSWORD)).await?;

    progress.say("starting the stand-ins");
    let bedrock = match options.bedrock {
        Models::StandIn => Some(Bedrock::start(local(0), bedrock::Options { pace: PACE, tokens: None }).await?),
        Models::Aws | Models::Endpoint(_) => None,
    };
    let endpoint = match &options.bedrock {
        Models::Endpoint(url) => Some(url.as_str()),
        Models::StandIn | Models::Aws => bedrock.as_ref().map(Bedrock::url),
    };

    progress.say("starting the service");
    let arguments = service_arguments(postgres.url(), cognito, endpoint)?;
    let mut config = Config::try_parse_from(arguments)?;
    config.page_dir = Some(page);
    if config.documents.uploads_bucket.is_none() {
        config.documents.uploads_dir.get_or_insert_with(|| data.join("documents"));
    }
    if bedrock.is_some() && config.bedrock.bedrock_prices.is_empty() {
        // Those of no model, so that there is a cost to see.
        let model_id = config.bedrock.bedrock_model_id.clone();
        config.bedrock.bedrock_prices = vec![Price { model_id, input: 3.0, output: 15.0 }];
    }
    // A developer who presses Ctrl-C wants to go on at once.
    config.drain = Duration::from_secs(1);
    let address = format!("http://{}", listener.local_addr()?);
    let model_id = config.bedrock.bedrock_model_id.clone();
    let mut service = tokio::spawn(service::serve(config, listener, shutdown.clone()));

    let client = seed::Client::new(&address, cognito, &model_id)?;
    // In a file, so that the command to paste stays short.
    write_secret(&data.join("token"), client.token()).context("cannot keep the demo user's token")?;
    let seeded = tokio::select! {
        seeded = async {
            client.wait_until_ready().await?;
            progress.say("making the demo's bot, documents and agents");
            client.seed().await
        } => seeded,
        ended = &mut service => {
            ended??;
            // Ctrl-C, while it started.
            return Ok(());
        }
    };
    progress.done();
    greet(&address, options, postgres, data);
    match seeded {
        Ok(bot_id) => print_curl(&address, &bot_id, data),
        // The platform runs; a model that this account may not use can be chosen later.
        Err(error) => eprintln!("The demo could not be made: {error:#}\n"),
    }
    println!("Ctrl-C stops everything.");
    service.await?
}

fn greet(address: &str, options: &Options, postgres: &Postgres, data: &Path) {
    let (user, password) = (seed::EMAIL, seed::PASSWORD);
    println!(
        "\n  Mangoo is at   {address}\n  \
           sign in as     {user}\n  \
           password       {password}\n  \
           administrator  {}, with the same password\n\n  \
           database       {}\n  \
           models         {}\n  \
           API            {address}/api/docs\n  \
           log            {}\n",
        seed::ADMIN,
        postgres.kind(),
        options.bedrock,
        data.join("mangoo.log").display(),
    );
}

fn print_curl(address: &str, bot_id: &str, data: &Path) {
    println!(
        "A streamed answer from the terminal:\n\n  \
           curl -N {address}/api/v1/chat/stream -H 'content-type: application/json' \\\n    \
           -H \"authorization: Bearer $(cat {})\" \\\n    \
           -d '{{\"bot_id\":\"{bot_id}\",\"message\":\"What is Mangoo?\",\"use_rag\":true}}'\n",
        data.join("token").display(),
    );
}

fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(secret.as_bytes())
}

async fn start_cognito(options: &Options, data: &Path) -> anyhow::Result<Cognito> {
    let settings = cognito::Options {
        users_file: Some(data.join("users.json")),
        on_code: Some(std::sync::Arc::new(|code| println!("  code for {}: {}", code.email, code.code))),
        ..Default::default()
    };
    // The port is part of the tokens' issuer: the same one keeps people signed in over a restart.
    let port = options.port + 1;
    let started = Cognito::start(local(port), settings).await;
    let cognito = started.map_err(|error| taken(port, &error))?;
    options.users.create(&cognito).context("cannot keep the users")?;
    Ok(cognito)
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn taken(port: u16, error: &std::io::Error) -> anyhow::Error {
    anyhow::anyhow!(
        "cannot listen on 127.0.0.1:{port}: {error}. Another program may use the port, or another \
         `cargo dev` may run; `--port` takes another one"
    )
}

/// What a run keeps in its data folder.
const KEPT: [&str; 4] = ["postgres", "users.json", "token", "mangoo.log"];

/// The data folder, made if missing.
fn data_folder(options: &Options) -> anyhow::Result<PathBuf> {
    let folder = workspace().join(&options.data);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    Ok(folder)
}

/// One run at a time.
fn lock(folder: &Path) -> anyhow::Result<fs::File> {
    let file = fs::File::create(folder.join("lock"))?;
    file.try_lock().map_err(|_| {
        anyhow::anyhow!(
            "another run uses the data in {}. End it first, or choose another folder with `--data`",
            folder.display()
        )
    })?;
    Ok(file)
}

/// Removes what runs have kept, and nothing else that may lie there.
fn empty(folder: &Path) -> anyhow::Result<()> {
    for path in KEPT.map(|name| folder.join(name)) {
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is being done: a spinner at a terminal, a line a step anywhere else.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    pub fn say(&self, step: &str) {
        if self.0.is_hidden() {
            eprintln!("{step}");
        }
        self.0.set_message(step.to_owned());
    }

    pub fn done(&self) {
        self.0.finish_and_clear();
    }
}

impl ops::images::Progress for Progress {
    fn say(&self, step: &str) {
        Progress::say(self, step);
    }

    /// Only at a terminal: a log has no use for each crate that is compiled.
    fn line(&self, line: &str) {
        self.0.println(line);
    }
}
