//! Measures the service: `mangoo serve`, of the same build, on a core of its own where there
//! is one; what it talks to and what asks it share the others.
//!
//! `DATABASE_URL` is the address of a Postgres whose user may create databases.

mod bots;
mod client;
mod paced;
mod platform;
mod process;
mod rag;
mod relay;
mod report;
mod start;

use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use platform::Platform;

#[derive(Parser)]
#[command(about = "Measure the service")]
struct Cli {
    /// What to measure; all but `rag` by default
    parts: Vec<Part>,
    /// Paced streams at once
    #[arg(long, default_value_t = 1_000)]
    streams: usize,
    /// Requests for `bots`
    #[arg(long, default_value_t = 100_000)]
    requests: usize,
    /// Chunks for `rag`, one run after the other
    #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000])]
    chunks: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Time to the first answer
    Start,
    /// Memory of a service that nobody asks
    Idle,
    /// GET /bots
    Bots,
    /// Streams that are relayed as fast as they can be
    Relay,
    /// Many streams at the pace of a model
    Paced,
    /// Retrieval: the way in, the way out, and what is found
    Rag,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let cores = process::share_cores();
    println!("{cores}");
    // One thread: it shares its core.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let platform = Platform::start(cores).await?;
        // Processes that were started end when they are dropped.
        let result = tokio::select! {
            result = measure(&cli, &platform) => result,
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
        };
        platform.end().await?;
        result
    })
}

async fn measure(cli: &Cli, platform: &Platform) -> anyhow::Result<()> {
    if cli.parts.contains(&Part::Rag) {
        for &chunks in &cli.chunks {
            rag::measure(platform, chunks).await?;
        }
        if cli.parts.len() == 1 {
            return Ok(());
        }
    }
    report::header();
    let is_wanted = |part| cli.parts.is_empty() || cli.parts.contains(&part);
    if is_wanted(Part::Start) {
        start::start(platform).await?;
    }
    if is_wanted(Part::Idle) {
        start::idle(platform).await?;
    }
    if is_wanted(Part::Bots) {
        bots::measure(platform, cli.requests).await?;
    }
    if is_wanted(Part::Relay) {
        relay::measure(platform).await?;
    }
    if is_wanted(Part::Paced) {
        paced::measure(platform, cli.streams).await?;
    }
    Ok(())
}
