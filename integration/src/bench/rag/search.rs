//! The way out.

use std::{cell::Cell, collections::HashSet, time::Instant};

use anyhow::Context;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    corpus::{Corpus, vector},
    load::Base,
    pgbench,
};
use crate::{
    client::{KeptAlive, Target},
    platform::Platform,
    rag::USER,
    report::percentile,
};

/// What the service asks.
const SQL: &str = include_str!("../../../../service/src/knowledge/search.sql");
const TOP: usize = 10;
/// Of each knowledge base.
const QUESTIONS: usize = 50;
/// Searches by how many at once.
const LOADS: [(usize, usize); 2] = [(1, 300), (32, 1_600)];

pub async fn measure(
    platform: &Platform,
    owner: &mut PgConnection,
    user: &Target,
    bases: &[Base],
    corpus: &Corpus,
) -> anyhow::Result<()> {
    println!("\nms of a search for {TOP}, p50 and p99, by the service and by pgbench; the service's p50 as a multiple");
    println!(
        "{:>8}  {:<7} {:>9}   {:>8} {:>8} {:>8} {:>8} {:>6}   {:>8} {:>8} {:>8} {:>8} {:>6}",
        "chunks",
        "mode",
        "recall@10",
        "1: p50",
        "p99",
        "bare p50",
        "p99",
        "×",
        "32: p50",
        "p99",
        "bare p50",
        "p99",
        "×"
    );
    for base in bases {
        let questions: Vec<String> = (0..QUESTIONS)
            .map(|number| corpus.question(base.place, number * base.chunks.max(QUESTIONS) / QUESTIONS))
            .collect();
        for mode in ["vector", "hybrid"] {
            let requests: Vec<Vec<u8>> = questions
                .iter()
                .map(|question| {
                    let body = json!({
                        "knowledge_base_id": base.id, "query": question, "mode": mode, "top_k": TOP,
                    });
                    user.request("POST", "/api/v1/knowledge/search", Some(&body), false)
                })
                .collect();
            // Also has the vectors of all questions remembered, which pgbench has in its statements.
            let found = ask_each(user, &requests).await?;
            let recall = match mode {
                "vector" => format!("{:.3}", recall(owner, base, &questions, &found).await?),
                _ => String::new(),
            };
            let statements: Vec<String> = questions.iter().map(|question| statement(base.id, question, mode)).collect();
            print!("{:>8}  {mode:<7} {recall:>9}", base.chunks);
            for (clients, count) in LOADS {
                let bare = pgbench::run(&platform.database_url(), &statements, clients, count).await?;
                let ours = ask(user, &requests, clients, count).await?;
                let [p50, bare_p50] = [&ours, &bare].map(|times| percentile(times, 0.5));
                let [p99, bare_p99] = [&ours, &bare].map(|times| percentile(times, 0.99));
                print!("   {p50:>8.2} {p99:>8.2} {bare_p50:>8.2} {bare_p99:>8.2} {:>6.2}", p50 / bare_p50);
            }
            println!();
        }
    }
    Ok(())
}

/// The ids that each request finds.
async fn ask_each(user: &Target, requests: &[Vec<u8>]) -> anyhow::Result<Vec<HashSet<Uuid>>> {
    let mut connection = KeptAlive::open(user).await?;
    let mut found = Vec::new();
    for request in requests {
        let answer: Value = serde_json::from_slice(connection.call(request).await?)?;
        let results = answer["results"].as_array().context("a search has results")?;
        found.push(results.iter().filter_map(|result| result["id"].as_str()?.parse().ok()).collect());
    }
    Ok(found)
}

/// Milliseconds of each of `count` requests, by so many clients at once.
async fn ask(user: &Target, requests: &[Vec<u8>], clients: usize, count: usize) -> anyhow::Result<Vec<f64>> {
    let next = Cell::new(0);
    let times = try_join_all((0..clients).map(async |_| {
        let mut connection = KeptAlive::open(user).await?;
        let mut times = Vec::new();
        while next.get() < count {
            let request = &requests[next.replace(next.get() + 1) % requests.len()];
            let began = Instant::now();
            connection.call(request).await?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        anyhow::Ok(times)
    }))
    .await?;
    Ok(times.concat())
}

/// The share of what is closest that was found.
async fn recall(
    owner: &mut PgConnection,
    base: &Base,
    questions: &[String],
    found: &[HashSet<Uuid>],
) -> anyhow::Result<f64> {
    let (mut there, mut all) = (0.0, 0.0);
    for (question, found) in questions.iter().zip(found) {
        let closest: Vec<Uuid> = sqlx::query_scalar(
            "select id from knowledge_chunks where knowledge_base_id = $1 order by embedding <=> $2, id limit $3",
        )
        .bind(base.id)
        .bind(vector(question))
        .bind(i32::try_from(TOP)?)
        .fetch_all(&mut *owner)
        .await?;
        for id in closest {
            all += 1.0;
            there += f64::from(u8::from(found.contains(&id)));
        }
    }
    Ok(there / all)
}

/// The service's statement, with its parameters written out.
fn statement(base: Uuid, question: &str, mode: &str) -> String {
    let depth = if mode == "hybrid" { 50 } else { TOP };
    let text = if mode == "hybrid" { format!("'{question}'") } else { "null::text".to_owned() };
    let vector: Vec<String> = vector(question).to_vec().iter().map(ToString::to_string).collect();
    let parameters = [
        format!("array['{base}'::uuid]"),
        format!("'[{}]'::halfvec", vector.join(",")),
        text,
        depth.to_string(),
        "null::uuid[]".to_owned(),
        "null::text[]".to_owned(),
        "null::jsonb".to_owned(),
        TOP.to_string(),
        format!("'{USER}'"),
    ];
    let sql: Vec<&str> = SQL.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    (1..).zip(&parameters).fold(sql.join(" "), |sql, (number, value)| sql.replace(&format!("${number}"), value)) + ";\n"
}
