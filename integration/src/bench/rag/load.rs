//! The way in.

use std::time::Instant;

use anyhow::Context;
use futures_util::future::{try_join, try_join_all};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::corpus::{Corpus, SHARES, vector};
use crate::{
    client::{KeptAlive, Target},
    platform::Server,
    process::Busy,
    report::note,
};

/// A knowledge base.
pub struct Base {
    pub id: Uuid,
    /// Its place among them.
    pub place: usize,
    pub chunks: usize,
}

/// Texts that one request adds, and requests at once.
const TEXTS: usize = 64;
const CONNECTIONS: usize = 4;
/// Chunks that go through the service: enough to know the rate.
const THROUGH_THE_SERVICE: usize = 3_072;
/// Chunks of one statement.
const PIECE: usize = 2_000;

pub async fn make_bases(user: &Target, chunks: usize) -> anyhow::Result<Vec<Base>> {
    let mut bases = Vec::new();
    for (place, share) in SHARES.into_iter().enumerate() {
        let body = json!({ "name": format!("Base {place}") });
        let base = user.call("POST", "/api/v1/knowledge-bases", Some(&body)).await?;
        let id = base["id"].as_str().context("a knowledge base has an id")?.parse()?;
        bases.push(Base { id, place, chunks: chunks * share / 1000 });
    }
    Ok(bases)
}

/// Adds the first chunks of a knowledge base as a client does.
pub async fn through_the_service(user: &Target, service: &Server, base: &Base, corpus: &Corpus) -> anyhow::Result<()> {
    let count = THROUGH_THE_SERVICE.min(base.chunks);
    let requests: Vec<Vec<u8>> = (0..count)
        .step_by(TEXTS)
        .map(|first| {
            let texts: Vec<String> =
                (first..(first + TEXTS).min(count)).map(|chunk| corpus.text(base.place, chunk)).collect();
            let body = json!({ "knowledge_base_id": base.id, "texts": texts });
            user.request("POST", "/api/v1/knowledge/add", Some(&body), false)
        })
        .collect();
    let busy = Busy::watch([service.pid])?;
    let share = requests.len().div_ceil(CONNECTIONS);
    try_join_all(requests.chunks(share).map(async |requests| {
        let mut connection = KeptAlive::open(user).await?;
        for request in requests {
            connection.call(request).await?;
        }
        anyhow::Ok(())
    }))
    .await?;
    let (elapsed, seconds) = (busy.elapsed(), busy.seconds()?[0]);
    #[allow(clippy::cast_precision_loss)] // a few thousand
    let count = count as f64;
    note(format!(
        "ingestion through the service: {:.0} chunks/s, {:.0} for each CPU second of the service \
         ({:.0} % of a core; the database and the stand-in for Bedrock have the rest)",
        count / elapsed,
        count / seconds,
        100.0 * seconds / elapsed,
    ));
    Ok(())
}

/// Adds all other chunks by SQL alone, two pieces at once.
pub async fn the_rest(database: &str, bases: &[Base], corpus: &Corpus) -> anyhow::Result<()> {
    let pieces: Vec<(&Base, usize)> = bases
        .iter()
        .flat_map(|base| {
            let first = if base.place == 0 { THROUGH_THE_SERVICE.min(base.chunks) } else { 0 };
            (first..base.chunks).step_by(PIECE).map(move |first| (base, first))
        })
        .collect();
    let began = Instant::now();
    // Two knowledge bases at once: the count of each is one row.
    let (even, odd): (Vec<_>, Vec<_>) = pieces.iter().partition(|(base, _)| base.place == 0);
    try_join(load(database, even, corpus), load(database, odd, corpus)).await?;
    let seconds = began.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss)] // below 2^52
    let chunks = pieces.iter().map(|(base, first)| PIECE.min(base.chunks - first)).sum::<usize>() as f64;
    note(format!("the rest by SQL, two connections: {:.0} chunks/s, {seconds:.0} s", chunks / seconds));
    Ok(())
}

async fn load(database: &str, pieces: Vec<&(&Base, usize)>, corpus: &Corpus) -> anyhow::Result<()> {
    let mut owner = PgConnection::connect(database).await?;
    sqlx::raw_sql("select set_config('app.tenant', 'default', false); set synchronous_commit = off")
        .execute(&mut owner)
        .await?;
    for &(base, first) in pieces {
        let texts: Vec<String> =
            (first..(first + PIECE).min(base.chunks)).map(|chunk| corpus.text(base.place, chunk)).collect();
        let vectors: Vec<_> = texts.iter().map(|text| vector(text)).collect();
        sqlx::query(
            "insert into knowledge_chunks (id, tenant_id, knowledge_base_id, text, source_type, chunk_index, embedding)
             select gen_random_uuid(), 'default', $1, text, 'text', 0, embedding
             from unnest($2::text[], $3::halfvec[]) as chunk (text, embedding)",
        )
        .bind(base.id)
        .bind(&texts)
        .bind(&vectors)
        .execute(&mut owner)
        .await?;
    }
    Ok(owner.close().await?)
}

/// Does what a worker does once a knowledge base is large, and what autovacuum does in time.
pub async fn index(owner: &mut PgConnection, bases: &[Base]) -> anyhow::Result<()> {
    sqlx::query("select set_config('app.tenant', 'default', false)").execute(&mut *owner).await?;
    for base in bases {
        let is_wanted: bool = sqlx::query_scalar("select needs_index($1)").bind(base.id).fetch_one(&mut *owner).await?;
        if is_wanted {
            let began = Instant::now();
            sqlx::query("select index_knowledge_base($1)").bind(base.id).execute(&mut *owner).await?;
            note(format!("an index for {} chunks: {:.1} s", base.chunks, began.elapsed().as_secs_f64()));
        }
    }
    for table in ["knowledge_chunks", "knowledge_codes", "knowledge_words"] {
        let statement = format!("vacuum analyze {table}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *owner).await?;
    }
    Ok(())
}

/// What is on the disk.
pub async fn report_size(owner: &mut PgConnection, chunks: usize) -> anyhow::Result<()> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select case when c.relkind = 'i' then 'index ' else 'table ' end || case
             when c.relname ~ '^knowledge_codes_[0-9a-f]{8}-' then 'of signs, for each large knowledge base'
             else c.relname end as what,
           sum(pg_table_size(c.oid))::bigint
         from pg_class c left join pg_index i on i.indexrelid = c.oid
         where c.relkind in ('r', 'i') and coalesce(i.indrelid, c.oid)::regclass::text in
           ('knowledge_chunks', 'knowledge_codes', 'knowledge_words')
         group by 1 order by 2 desc",
    )
    .fetch_all(owner)
    .await?;
    println!();
    for (what, bytes) in &rows {
        size(what, *bytes, chunks);
    }
    size("all of it", rows.iter().map(|(_, bytes)| bytes).sum(), chunks);
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // below 2^52
fn size(what: &str, bytes: i64, chunks: usize) {
    note(format!("{what:<62} {:>9.1} MB  {:>6.0} bytes a chunk", bytes as f64 / 1e6, bytes as f64 / chunks as f64));
}

/// Makes room for the next run.
pub async fn delete_all(owner: &mut PgConnection) -> anyhow::Result<()> {
    sqlx::raw_sql("truncate knowledge_chunks, knowledge_codes, knowledge_words; delete from knowledge_bases")
        .execute(owner)
        .await?;
    Ok(())
}
