//! Streams as fast as they can be relayed.

use std::{cell::Cell, time::Duration};

use futures_util::future::try_join_all;

use crate::{
    client::Target,
    platform::{Platform, make_bot, question},
    process::Busy,
    report::{Aim, fastapi, note, row},
};

const CONCURRENCY: usize = 64;
const PIECES: usize = 500;
const STREAMS: usize = 2_000;

pub async fn measure(platform: &Platform) -> anyhow::Result<()> {
    let bedrock = platform.bedrock(PIECES, Duration::ZERO).await?;
    let service = platform.service(bedrock.address).await?;
    let user = platform.user(&service, "relay").await?;
    let request = question(&user, &make_bot(&user, "Handbook").await?);
    ask(&user, &request, STREAMS / 10).await?;

    let busy = Busy::watch([service.pid, bedrock.pid, std::process::id()])?;
    let events = ask(&user, &request, STREAMS).await?;
    let (elapsed, seconds) = (busy.elapsed(), busy.seconds()?);
    #[allow(clippy::cast_precision_loss)] // far below 2^52
    let (events, streams) = (events as f64, STREAMS as f64);
    let what = format!("CPU seconds per 100,000 relayed events, {CONCURRENCY} streams");
    row(what, seconds[0] / events * 1e5, "s", Aim::AtMostHundredths(30), Some(fastapi::RELAY));
    row(format!("streams of {PIECES} events a second"), streams / elapsed, "/s", Aim::None, None);
    row("events a second", events / elapsed, "/s", Aim::None, None);
    note(format!(
        "the service was busy {:.0} % of the time, the Bedrock stand-in {:.0} %, the load generator {:.0} %",
        100.0 * seconds[0] / elapsed,
        100.0 * seconds[1] / elapsed,
        100.0 * seconds[2] / elapsed,
    ));
    Ok(())
}

/// Asks so often, and gives the number of pieces that came.
async fn ask(user: &Target, request: &[u8], streams: usize) -> anyhow::Result<usize> {
    let (left, events) = (Cell::new(streams), Cell::new(0));
    try_join_all((0..CONCURRENCY).map(async |_| {
        while left.get() > 0 {
            left.set(left.get() - 1);
            let heard = user.stream(request, "event: message\n", "event: done\n").await?;
            anyhow::ensure!(heard.pieces == PIECES, "{} of {PIECES} events came", heard.pieces);
            events.set(events.get() + heard.pieces);
        }
        anyhow::Ok(())
    }))
    .await?;
    Ok(events.get())
}
