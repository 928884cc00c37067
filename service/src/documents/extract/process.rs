//! A process for each document: what it may use is limited, and what becomes of it harms nobody.

use std::{
    io::{Read, Write},
    panic,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::Context;
use bytes::Bytes;
use clap::Args;
use rlimit::Resource;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Take},
    process::{Child, ChildStdout, Command},
    time::Instant,
};

use super::{Extracted, Failure, MAX_TEXT, extract, package::damaged};
use crate::{config::DocumentsConfig, documents::reading::Stopped, knowledge::ChunkSize};

/// Most that is taken from one: all its text, and again in chunks that overlap by half.
const MAX_OUTPUT: u64 = 4 * MAX_TEXT as u64;
/// Parsers go into what is nested, some by recursion.
const STACK: usize = 64 * 1024 * 1024;
/// Says that the text is there, and is being cut into chunks.
const CHUNKING: &str = "chunking";

/// What the process is told. It gets the document's bytes on its standard input, and says what
/// they are on its standard output: [`CHUNKING`], then JSON.
#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// The document's name
    #[arg(long)]
    name: String,
    /// It was fetched from the web, and its name is its address
    #[arg(long)]
    from_web: bool,
    /// Tokens of a chunk
    #[arg(long)]
    chunk_tokens: i32,
    /// Tokens that chunks share
    #[arg(long)]
    chunk_overlap: i32,
    /// Bytes of memory that it may use
    #[arg(long)]
    memory: u64,
    /// Seconds of a processor that it may use
    #[arg(long)]
    seconds: u64,
}

/// Reads a document in this process, which is for nothing else and ends then.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // Not every system has all of them; the time is also kept by who waits.
    for (resource, limit) in [
        (Resource::AS, arguments.memory),
        (Resource::CPU, arguments.seconds),
        (Resource::FSIZE, 0),
        (Resource::CORE, 0),
    ] {
        resource.set(limit, limit).ok();
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).context("the document's bytes did not come")?;
    let (name, from_web) = (arguments.name.clone(), arguments.from_web);
    let size = ChunkSize { tokens: arguments.chunk_tokens, overlap: arguments.chunk_overlap };
    // It may quote the document.
    panic::set_hook(Box::new(|_| {}));
    let extracted = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || extract(&bytes, &name, from_web, size, || println!("{CHUNKING}")))
        .context("there is no thread to read with")?
        .join()
        .unwrap_or_else(|_| Err(damaged()));
    let mut output = std::io::stdout().lock();
    serde_json::to_writer(&mut output, &extracted)?;
    output.flush()?;
    Ok(())
}

/// Has documents read, each by a process.
#[derive(Clone)]
pub struct Extractor {
    program: PathBuf,
    /// In bytes.
    memory: u64,
    time: Duration,
}

impl Extractor {
    pub fn new(config: &DocumentsConfig) -> anyhow::Result<Self> {
        let program = match &config.document_reader {
            Some(program) => program.clone(),
            None => std::env::current_exe().context("cannot find the program that reads documents")?,
        };
        Ok(Self { program, memory: config.document_memory_bytes, time: config.document_timeout })
    }

    /// `from_web`, its name is its address.
    pub fn start(&self, bytes: Bytes, name: &str, from_web: bool, size: ChunkSize) -> Result<Extraction, Stopped> {
        let mut child = Command::new(&self.program)
            .arg("extract")
            .args(["--chunk-tokens", &size.tokens.to_string(), "--chunk-overlap", &size.overlap.to_string()])
            .args(["--memory", &self.memory.to_string(), "--seconds", &self.time.as_secs().max(1).to_string()])
            // As one word: a name may begin like an option.
            .arg(format!("--name={name}"))
            .args(from_web.then_some("--from-web"))
            // Nothing of what this process knows.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Stopped::for_now(&error))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Stopped::for_now(&std::io::Error::other("a process has no pipes")));
        };
        // It ends with the process, which may not want all of them.
        tokio::spawn(async move { stdin.write_all(&bytes).await });
        Ok(Extraction {
            child,
            output: BufReader::new(stdout.take(MAX_OUTPUT)),
            // It shares the processor with others.
            until: Instant::now() + self.time * 4,
            first: String::new(),
        })
    }
}

/// A document that is being read. Dropped, it no longer is.
pub struct Extraction {
    child: Child,
    output: BufReader<Take<ChildStdout>>,
    until: Instant,
    /// The first line of its output.
    first: String,
}

impl Extraction {
    /// Waits until all text is there.
    pub async fn extracted(&mut self) -> Result<(), Stopped> {
        let line = tokio::time::timeout_at(self.until, self.output.read_line(&mut self.first));
        line.await.map_err(|_| Stopped::Failed(too_long()))?.map_err(|error| Stopped::for_now(&error))?;
        Ok(())
    }

    /// Waits until it is cut into chunks.
    pub async fn finish(mut self) -> Result<Extracted, Stopped> {
        let mut json = if self.first.trim_end() == CHUNKING { Vec::new() } else { self.first.into_bytes() };
        let output = async {
            self.output.read_to_end(&mut json).await?;
            self.child.wait().await
        };
        let status = tokio::time::timeout_at(self.until, output)
            .await
            .map_err(|_| Stopped::Failed(too_long()))?
            .map_err(|error| Stopped::for_now(&error))?;
        if !status.success() {
            return Err(Stopped::Failed(why(status)));
        }
        match serde_json::from_slice::<Result<Extracted, Failure>>(&json) {
            Ok(extracted) => extracted.map_err(Stopped::Failed),
            Err(error) => {
                tracing::error!(%error, "what was read of a document is not understood");
                Err(Stopped::Failed(damaged()))
            }
        }
    }
}

/// Why a process that said nothing ended.
fn why(status: ExitStatus) -> Failure {
    use std::os::unix::process::ExitStatusExt;
    /// Linux: the limit on processor time is reached.
    const SIGXCPU: i32 = 24;
    tracing::warn!(%status, "a document ended the process that read it");
    match status.signal() {
        Some(SIGXCPU) => too_long(),
        // Rust aborts when there is no memory, or no stack.
        Some(_) => Failure::new(
            "too_complex",
            "Reading it needs more memory than one document may use. Upload it in parts, or as plain text.",
        ),
        None => damaged(),
    }
}

fn too_long() -> Failure {
    Failure::new("too_complex", "Reading it takes longer than one document may. Upload it in parts, or as plain text.")
}
