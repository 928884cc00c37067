//! Retrieval: what the way in costs, how long the way out takes beside its bare SQL, and whether
//! what is closest is found.

mod corpus;
mod load;
mod pgbench;
mod search;

use std::time::Duration;

use sqlx::{Connection, PgConnection};

use crate::platform::Platform;

use corpus::Corpus;

/// Whose knowledge bases they are.
pub const USER: &str = "rag";

pub async fn measure(platform: &Platform, chunks: usize) -> anyhow::Result<()> {
    println!("\n{chunks} chunks of {} dimensions in {} knowledge bases", corpus::DIMENSIONS, corpus::SHARES.len());
    let bedrock = platform.bedrock(1, Duration::ZERO).await?;
    let service = platform.service(bedrock.address).await?;
    let user = platform.user(&service, USER).await?;
    let mut owner = PgConnection::connect(&platform.database_url()).await?;
    let bases = load::make_bases(&user, chunks).await?;
    let corpus = Corpus::new();

    load::through_the_service(&user, &service, &bases[0], &corpus).await?;
    load::the_rest(&platform.database_url(), &bases, &corpus).await?;
    load::index(&mut owner, &bases).await?;
    search::measure(platform, &mut owner, &user, &bases, &corpus).await?;
    load::report_size(&mut owner, chunks).await?;
    load::delete_all(&mut owner).await?;
    Ok(owner.close().await?)
}
