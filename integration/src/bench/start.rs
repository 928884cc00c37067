//! A service that starts, and one that waits.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::{
    client::Target,
    platform::Platform,
    process::memory,
    report::{Aim, fastapi, note, percentile, row},
};

const STARTS: usize = 10;

/// From the start of the process to the first answer.
pub async fn start(platform: &Platform) -> anyhow::Result<()> {
    let bedrock = platform.bedrock(1, Duration::ZERO).await?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let service = platform.spawn_service(bedrock.address)?;
        let target = Target { address: service.address, token: String::new() };
        while target.call("GET", "/health", None).await.is_err() {
            sleep(Duration::from_micros(200)).await;
        }
        times.push(began.elapsed().as_secs_f64() * 1e3);
        service.end().await?;
    }
    let what = "start to the first 200 on /health, median of 10";
    row(what, percentile(&times, 0.5), "ms", Aim::AtMost(50), Some(fastapi::START));
    Ok(())
}

/// Memory of a service that is ready and that nobody asks.
pub async fn idle(platform: &Platform) -> anyhow::Result<()> {
    let bedrock = platform.bedrock(1, Duration::ZERO).await?;
    let service = platform.service(bedrock.address).await?;
    // Long enough for the work in the background to have done all it does.
    sleep(Duration::from_secs(3)).await;
    let memory = memory(service.pid)?;
    row("idle memory, resident", memory.resident, "MB", Aim::AtMost(25), Some(fastapi::IDLE));
    note(format!("{:.1} MB of it are allocated, the rest is the program's file", memory.anonymous));
    Ok(())
}
