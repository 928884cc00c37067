//! Short requests: `GET /bots`.

use std::{cell::Cell, time::Duration};

use futures_util::future::try_join_all;

use crate::{
    client::KeptAlive,
    platform::{Platform, make_bot},
    process::Busy,
    report::{Aim, fastapi, note, row},
};

const BOTS: usize = 20;
const CONNECTIONS: usize = 32;

pub async fn measure(platform: &Platform, requests: usize) -> anyhow::Result<()> {
    let bedrock = platform.bedrock(1, Duration::ZERO).await?;
    let service = platform.service(bedrock.address).await?;
    let user = platform.user(&service, "bots").await?;
    for number in 0..BOTS {
        make_bot(&user, &format!("Handbook {number}")).await?;
    }
    let request = user.request("GET", "/api/v1/bots", None, false);
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(KeptAlive::open(&user).await?);
    }
    // What a request costs at the least: no token, no database.
    let health = user.request("GET", "/health", None, false);
    ask(&mut connections, &health, requests / 10).await?;
    let least = Busy::watch([service.pid])?;
    ask(&mut connections, &health, requests).await?;
    let least = least.seconds()?[0];

    ask(&mut connections, &request, requests / 10).await?;
    let busy = Busy::watch([service.pid, std::process::id()])?;
    let length = ask(&mut connections, &request, requests).await?;
    let (elapsed, seconds) = (busy.elapsed(), busy.seconds()?);
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let requests = requests as f64;
    let what = format!("GET /bots a second, {BOTS} bots, {CONNECTIONS} connections");
    row(what, requests / elapsed, "/s", Aim::AtLeast(15_000), Some(fastapi::BOTS));
    row("GET /bots for each CPU second of the service", requests / seconds[0], "", Aim::None, None);
    row("GET /health for each CPU second of the service", requests / least, "", Aim::None, None);
    note(format!(
        "{length} bytes an answer; the service was busy {:.0} % of the time, the load generator {:.0} %",
        100.0 * seconds[0] / elapsed,
        100.0 * seconds[1] / elapsed,
    ));
    Ok(())
}

/// Asks so often, and gives the length of an answer.
async fn ask(connections: &mut [KeptAlive], request: &[u8], requests: usize) -> anyhow::Result<usize> {
    let (left, length) = (Cell::new(requests), Cell::new(0));
    try_join_all(connections.iter_mut().map(async |connection| {
        while left.get() > 0 {
            left.set(left.get() - 1);
            length.set(connection.call(request).await?.len());
        }
        anyhow::Ok(())
    }))
    .await?;
    Ok(length.get())
}
