//! As little of an HTTP client as will do: it shares a core with what it measures the service with.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Where requests go.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    /// Sent as `Authorization`, if it is not empty.
    pub token: String,
}

impl Target {
    /// The bytes of a request. `is_last`: the connection ends with its answer.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>, is_last: bool) -> Vec<u8> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let authorization = match self.token.as_str() {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        let connection = if is_last { "Connection: close\r\n" } else { "" };
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{authorization}{connection}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .into_bytes()
    }

    pub async fn connect(&self) -> anyhow::Result<TcpStream> {
        let connection = TcpStream::connect(self.address).await?;
        connection.set_nodelay(true)?;
        Ok(connection)
    }

    /// Makes a request that succeeds, and gives its answer, which must not be chunked.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let mut connection = self.connect().await?;
        connection.write_all(&self.request(method, path, body, true)).await?;
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await?;
        let text = String::from_utf8(answer)?;
        let (head, body) = text.split_once("\r\n\r\n").context("the answer breaks off")?;
        ensure!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {head} {body}");
        Ok(serde_json::from_str(body)?)
    }

    /// Makes a request whose answer is a stream, and hears it to its end. `piece` is what each
    /// piece of the text has in it, `end` what is near the end of a whole answer.
    pub async fn stream(&self, request: &[u8], piece: &str, end: &str) -> anyhow::Result<Heard> {
        let asked = Instant::now();
        let mut connection = self.connect().await?;
        connection.write_all(request).await?;
        let mut pieces = Counter::new(piece);
        let mut first = None;
        let mut last = Vec::new();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let length = connection.read(&mut buffer).await?;
            if length == 0 {
                break;
            }
            pieces.add(&buffer[..length]);
            if first.is_none() && pieces.count > 0 {
                first = Some(asked.elapsed());
            }
            // The end may come in two parts.
            last.drain(..last.len().saturating_sub(1024));
            last.extend_from_slice(&buffer[..length]);
        }
        let last = String::from_utf8_lossy(&last);
        let (Some(first), true) = (first, last.contains(end)) else { bail!("a stream has no end: {last}") };
        Ok(Heard { first, pieces: pieces.count })
    }
}

/// A stream that was heard.
pub struct Heard {
    /// From before the connection to the first piece of the text.
    pub first: Duration,
    pub pieces: usize,
}

/// Counts a word in bytes that come in parts.
struct Counter<'a> {
    word: &'a [u8],
    /// What may be the beginning of it.
    rest: Vec<u8>,
    count: usize,
}

impl<'a> Counter<'a> {
    fn new(word: &'a str) -> Self {
        Self { word: word.as_bytes(), rest: Vec::new(), count: 0 }
    }

    fn add(&mut self, bytes: &[u8]) {
        let count = |bytes: &[u8]| bytes.windows(self.word.len()).filter(|window| *window == self.word).count();
        let overlap = self.word.len() - 1;
        self.rest.extend_from_slice(&bytes[..bytes.len().min(overlap)]);
        self.count += count(&self.rest) + count(bytes);
        self.rest.extend_from_slice(&bytes[bytes.len().min(overlap)..]);
        self.rest.drain(..self.rest.len().saturating_sub(overlap));
    }
}

/// A connection that is used again and again.
pub struct KeptAlive {
    connection: TcpStream,
    buffer: Vec<u8>,
}

impl KeptAlive {
    pub async fn open(target: &Target) -> anyhow::Result<Self> {
        Ok(Self { connection: target.connect().await?, buffer: vec![0; 64 * 1024] })
    }

    /// Makes a request that succeeds, and gives its answer's body.
    pub async fn call(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.connection.write_all(request).await?;
        let mut filled = 0;
        let mut whole = None;
        while whole.is_none_or(|(_, whole)| filled < whole) {
            let length = self.connection.read(&mut self.buffer[filled..]).await?;
            ensure!(length > 0, "an answer breaks off, or is longer than it should be");
            filled += length;
            if whole.is_none() {
                whole = head(&self.buffer[..filled])?.map(|(head, body)| (body, head + body));
            }
        }
        Ok(whole.map_or(&[], |(body, whole)| &self.buffer[whole - body..whole]))
    }
}

/// Lengths of an answer's head and its body, once the head is here.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end])?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{head}");
    let body =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")).context("an answer has no length")?;
    Ok(Some((end + 4, body.parse()?)))
}
