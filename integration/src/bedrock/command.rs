//! The stand-in as a process of its own.

use std::time::Duration;

use super::{Bedrock, Options};

/// Serve Bedrock Runtime until the process is ended. The first line of the output is the address.
#[derive(clap::Args, Debug)]
pub struct Command {
    /// 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Milliseconds between two pieces of a streamed answer.
    #[arg(long, default_value_t = 0)]
    pace_ms: u64,
    /// Answers of so many equal pieces.
    #[arg(long)]
    tokens: Option<usize>,
}

impl Command {
    /// Never returns but with an error: the port is taken.
    pub async fn run(self) -> anyhow::Result<()> {
        let options = Options { pace: Duration::from_millis(self.pace_ms), tokens: self.tokens };
        let bedrock = Bedrock::start(([127, 0, 0, 1], self.port).into(), options).await?;
        println!("{}", bedrock.url());
        std::future::pending().await
    }
}
