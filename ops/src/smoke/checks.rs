//! What is checked.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{
    Check, Checks, Plan,
    client::{Arrived, Client},
    user::User,
};
use crate::{aws::Aws, cloudformation::Pace, failure::Failure, report::Report};

/// A model may think for a while before it says anything.
const FIRST_TOKEN: Duration = Duration::from_secs(90);
const TICKS: u32 = 10;
const INTERVAL: Duration = Duration::from_millis(300);

/// Checks everything, and deletes what it made, also when something fails.
pub async fn run(aws: &Aws, report: &Report, plan: &Plan) -> Result<Vec<Check>, Failure> {
    let mut checks = answers(report, &plan.address, plan.patience).await?;
    let user = User::sign_in(aws, plan).await?;
    let client = Client::new(&plan.address, &user.token).map_err(unusable)?;
    let result = with_user(&client, report, plan, &mut checks).await;
    both(result, user.delete().await)?;
    Ok(checks.done)
}

/// Checks only that something answers at the address.
pub async fn answers(report: &Report, address: &str, patience: Duration) -> Result<Checks, Failure> {
    let mut checks = Checks::begin();
    let anonymous = Client::new(address, "").map_err(unusable)?;
    checks.check(report, "the address answers", reach(&anonymous, patience)).await?;
    Ok(checks)
}

/// What failed comes first; that what was made for it is not deleted either is said after it.
pub(super) fn both<T>(result: Result<T, Failure>, deleted: Result<(), Failure>) -> Result<T, Failure> {
    match (result, deleted) {
        (Ok(value), deleted) => deleted.map(|()| value),
        (Err(failure), Ok(())) => Err(failure),
        (Err(failure), Err(left)) => Err(failure.because([format!("also: {}", left.what)]).because(left.why)),
    }
}

fn unusable(problem: String) -> Failure {
    Failure::new(crate::failure::Kind::Unexpected, problem)
}

async fn with_user(client: &Client, report: &Report, plan: &Plan, checks: &mut Checks) -> Result<(), Failure> {
    checks.check(report, "a user signs in", sign_in(client)).await?;
    let bot = checks.check(report, "a bot is made", make_bot(client)).await?;
    let result = with_bot(client, report, plan, checks, &bot).await;
    let deleted = delete(client, format!("/bots/{bot}"));
    both(result, checks.check(report, "all is deleted again", deleted).await)
}

async fn with_bot(
    client: &Client,
    report: &Report,
    plan: &Plan,
    checks: &mut Checks,
    bot: &str,
) -> Result<(), Failure> {
    let answer = checks.check(report, "an answer streams", ask(client, bot)).await?;
    let chat = answer[0].data["chat_id"].as_str().unwrap_or_default().to_owned();
    let resumed = checks.check(report, "a broken stream goes on", resume(client, &answer)).await;
    let deleted = delete(client, format!("/chat/history/{chat}"));
    both(resumed, checks.check(report, "the chat is deleted", deleted).await)?;
    checks.check(report, "events come one by one", spacing(client)).await?;
    checks.check(report, "a silent stream stays open", silence(client, plan.silence)).await
}

async fn delete(client: &Client, path: String) -> Result<((), String), String> {
    client.call(Method::DELETE, &path, None).await.map(|_| ((), String::new()))
}

async fn reach(client: &Client, patience: Duration) -> Result<((), String), String> {
    let started = Instant::now();
    let mut pace = Pace::default();
    loop {
        match client.health().await {
            Ok(()) => return Ok(((), String::new())),
            Err(problem) if started.elapsed() > patience => return Err(problem),
            // A new name takes its time until everybody knows it.
            Err(_) => pace.wait().await,
        }
    }
}

async fn sign_in(client: &Client) -> Result<((), String), String> {
    client.call(Method::POST, "/users/register", Some(&json!({}))).await?;
    let me = client.call(Method::GET, "/users/me", None).await?;
    Ok(((), me["role"].as_str().unwrap_or_default().to_owned()))
}

async fn make_bot(client: &Client) -> Result<(String, String), String> {
    let models = client.call(Method::GET, "/models", None).await?;
    let model = models["models"][0]["id"].as_str().ok_or("the service offers no model")?.to_owned();
    let bot = json!({ "name": "mangoo-ops smoke", "model_id": model, "max_tokens": 200 });
    let bot = client.call(Method::POST, "/bots", Some(&bot)).await?;
    let id = bot["id"].as_str().ok_or("the bot has no id")?.to_owned();
    Ok((id, model))
}

/// The text of a stream's `message` events.
fn text(events: &[Arrived]) -> String {
    events.iter().filter(|event| event.name == "message").filter_map(|event| event.data["content"].as_str()).collect()
}

async fn ask(client: &Client, bot: &str) -> Result<(Vec<Arrived>, String), String> {
    let question = json!({ "bot_id": bot, "message": "Count from one to twenty in words.", "use_rag": false });
    let events = client.stream(Method::POST, "/chat/stream", Some(&question), None, None, FIRST_TOKEN).await?;
    let names: Vec<_> = events.iter().map(|event| event.name.as_str()).collect();
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Err("the stream has no events".to_owned());
    };
    if last.name == "error" {
        return Err(format!("the answer fails: {} ({})", field(&last.data, "error"), field(&last.data, "code")));
    }
    let middle = &names[1..names.len() - 1];
    if first.name != "start" || last.name != "done" || middle.is_empty() || middle.iter().any(|name| *name != "message")
    {
        return Err(format!("expected start, message …, done; got {}", names.join(", ")));
    }
    let detail = format!(
        "first event after {} ms, first text after {} ms, whole after {} ms",
        first.after.as_millis(),
        events[1].after.as_millis(),
        last.after.as_millis()
    );
    Ok((events, detail))
}

fn field<'j>(json: &'j Json, name: &str) -> &'j str {
    json[name].as_str().unwrap_or_default()
}

/// From the middle of the answer, as a browser does whose connection broke there.
async fn resume(client: &Client, answer: &[Arrived]) -> Result<((), String), String> {
    let message = field(&answer[0].data, "message_id");
    let middle = &answer[answer.len() / 2];
    let path = format!("/chat/streams/{message}");
    let rest = client.stream(Method::GET, &path, None, Some(&middle.id), None, FIRST_TOKEN).await?;
    let (before, whole) = (text(&answer[..=answer.len() / 2]), text(answer));
    if before.clone() + &text(&rest) != whole {
        return Err(format!("after event {} the rest differs from what came at first", middle.id));
    }
    Ok(((), format!("from byte {} of {}", before.len(), whole.len())))
}

/// Events that were sent apart must not come together.
async fn spacing(client: &Client) -> Result<((), String), String> {
    let path = format!("/stream-check?events={TICKS}&interval_ms={}", INTERVAL.as_millis());
    let events = client.stream(Method::GET, &path, None, None, None, FIRST_TOKEN).await?;
    let ticks: Vec<_> = events.iter().filter(|event| event.name == "tick").collect();
    if ticks.len() != TICKS as usize {
        return Err(format!("{} of {TICKS} events came", ticks.len()));
    }
    let gaps: Vec<_> = ticks.windows(2).map(|pair| pair[1].after.saturating_sub(pair[0].after)).collect();
    // The network may hold one up, and the next ones come soon after it; what collects them, if
    // only two at a time, brings most of them at once.
    let together = gaps.iter().filter(|gap| **gap < INTERVAL / 4).count();
    let shortest = gaps.iter().min().copied().unwrap_or_default();
    if together * 2 > gaps.len() {
        return Err(format!(
            "{together} of {TICKS} events that were sent {} ms apart came together: something on the way collects them",
            INTERVAL.as_millis()
        ));
    }
    Ok(((), format!("sent {} ms apart, at least {} ms apart here", INTERVAL.as_millis(), shortest.as_millis())))
}

async fn silence(client: &Client, silence: Duration) -> Result<((), String), String> {
    let path = format!("/stream-check?events=1&silence_seconds={}", silence.as_secs());
    let events = client.stream(Method::GET, &path, None, None, None, silence + FIRST_TOKEN).await?;
    match events.last() {
        Some(last) if last.name == "done" && last.after >= silence => Ok(((), format!("{} s", silence.as_secs()))),
        Some(last) => Err(format!("it ended after {:.1} s with `{}`", last.after.as_secs_f64(), last.name)),
        None => Err("it had no events".to_owned()),
    }
}
