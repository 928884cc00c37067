//! Many streams at the pace of a model: how much later than Bedrock's the first event comes.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use futures_util::future::try_join_all;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    client::Target,
    platform::{Platform, make_bot, question},
    process::{Busy, memory},
    report::{Aim, fastapi, note, percentile, row},
};

const PACE: Duration = Duration::from_millis(20);
const PIECES: usize = 500;
/// How long an answer takes. Streams begin evenly over this time, so that as many end as begin.
const LENGTH: Duration = Duration::from_secs(10);
/// Streams that each place of a stream sees: the first fills up, the others are measured.
const ROUNDS: usize = 3;

pub async fn measure(platform: &Platform, streams: usize) -> anyhow::Result<()> {
    let bedrock = platform.bedrock(PIECES, PACE).await?;
    let direct = Target { address: bedrock.address, token: String::new() };
    let body = json!({ "messages": [{ "role": "user", "content": [{ "text": "What does a hotel cost?" }] }] });
    let request = direct.request("POST", "/model/some.model-v1/converse-stream", Some(&body), true);
    let (bedrocks, _) = ask(&direct, &request, "contentBlockDelta", "messageStop", streams).await?;

    let service = platform.service(bedrock.address).await?;
    let user = platform.user(&service, "paced").await?;
    let request = question(&user, &make_bot(&user, "Handbook").await?);
    let busy = Busy::watch([service.pid, bedrock.pid, std::process::id()])?;
    let (ours, failed) = ask(&user, &request, "event: message\n", "event: done\n", streams).await?;
    let (elapsed, seconds) = (busy.elapsed(), busy.seconds()?);
    let memory = memory(service.pid)?;

    let [first, bedrocks_first] = [&ours, &bedrocks].map(|times| [0.5, 0.99].map(|share| percentile(times, share)));
    let of = format!("{streams} paced streams: first event,");
    row(format!("{of} p50"), first[0], "ms", Aim::None, None);
    row(format!("{of} p50 over Bedrock's own"), first[0] - bedrocks_first[0], "ms", Aim::None, None);
    row(format!("{of} p99"), first[1], "ms", Aim::None, Some(fastapi::PACED_FIRST));
    row(format!("{of} p99 over Bedrock's own"), first[1] - bedrocks_first[1], "ms", Aim::AtMost(30), None);
    note(format!("of {} streams that began while {streams} were under way; {failed} failed", ours.len()));
    row(
        format!("{streams} paced streams: memory at its peak, resident"),
        memory.peak,
        "MB",
        Aim::AtMost(120),
        Some(fastapi::PACED_MEMORY),
    );
    note(format!(
        "the service was busy {:.0} % of the time, the Bedrock stand-in {:.0} %, the load generator {:.0} %",
        100.0 * seconds[0] / elapsed,
        100.0 * seconds[1] / elapsed,
        100.0 * seconds[2] / elapsed,
    ));
    Ok(())
}

/// Milliseconds to the first piece of each stream that began while all others were under way,
/// and how many streams failed.
async fn ask(
    target: &Target,
    request: &[u8],
    piece: &str,
    end: &str,
    streams: usize,
) -> anyhow::Result<(Vec<f64>, usize)> {
    let (firsts, failed) = (RefCell::new(Vec::new()), Cell::new(0));
    let began = Instant::now();
    let count = u32::try_from(streams)?;
    try_join_all((0..count).map(async |place| {
        for round in 0..ROUNDS {
            let due = LENGTH * u32::try_from(round)? + LENGTH * place / count;
            // A stream that comes late does not delay the next of its place unless it has to.
            sleep(due.saturating_sub(began.elapsed())).await;
            match target.stream(request, piece, end).await {
                Ok(heard) if heard.pieces == PIECES && round > 0 => {
                    firsts.borrow_mut().push(heard.first.as_secs_f64() * 1e3);
                }
                Ok(heard) if heard.pieces == PIECES => {}
                Ok(_) | Err(_) => failed.set(failed.get() + 1),
            }
        }
        anyhow::Ok(())
    }))
    .await?;
    anyhow::ensure!(!firsts.borrow().is_empty(), "every stream failed");
    Ok((firsts.into_inner(), failed.get()))
}
