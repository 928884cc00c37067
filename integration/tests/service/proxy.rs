//! A proxy before Postgres that counts what is executed, and can lose a reply.
//!
//! <https://www.postgresql.org/docs/16/protocol-message-formats.html>

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::{
    io::{self, AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// Prepares a statement.
const PARSE: u8 = b'P';
/// Executes a prepared statement.
const EXECUTE: u8 = b'E';
/// Executes a text.
const QUERY: u8 = b'Q';

pub struct Proxy {
    options: PgConnectOptions,
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Statements that were executed, prepared and simple ones: on connections that were opened for
    /// the default tenant.
    of_default: AtomicUsize,
    others: AtomicUsize,
    /// What the statement says to which the reply is to be lost, once.
    to_lose: Mutex<Option<&'static str>>,
}

impl Proxy {
    /// Before the server of `options`.
    pub async fn start(options: &PgConnectOptions) -> Self {
        let server = (options.get_host().to_owned(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared: Arc<Shared> = Arc::default();
        let accepting = shared.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let upstream = TcpStream::connect(&server).await.unwrap();
                // A message goes out as it comes.
                client.set_nodelay(true).unwrap();
                upstream.set_nodelay(true).unwrap();
                let (from_server, to_server) = upstream.into_split();
                let (from_client, to_client) = client.into_split();
                let is_lost = Arc::new(AtomicBool::new(false));
                tokio::spawn(relay(from_client, to_server, accepting.clone(), is_lost.clone()));
                tokio::spawn(reply(from_server, to_client, is_lost));
            }
        });
        Self { options: options.clone(), port, shared }
    }

    /// The database's address through this.
    pub fn url(&self) -> String {
        let options = self.options.clone().host("127.0.0.1").port(self.port).ssl_mode(PgSslMode::Disable);
        options.to_url_lossy().to_string()
    }

    /// How many statements were executed since the last call: for the default tenant, and others.
    pub fn take_counts(&self) -> (usize, usize) {
        (self.shared.of_default.swap(0, Ordering::SeqCst), self.shared.others.swap(0, Ordering::SeqCst))
    }

    /// Has the next statement that is prepared with `text` in it executed, but cuts the connection
    /// instead of passing its reply on.
    pub fn lose_reply_to(&self, text: &'static str) {
        *self.shared.to_lose.lock().unwrap() = Some(text);
    }

    pub fn has_lost_a_reply(&self) -> bool {
        self.shared.to_lose.lock().unwrap().is_none()
    }
}

/// Passes a client's messages on, each after it was counted.
async fn relay(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    shared: Arc<Shared>,
    is_lost: Arc<AtomicBool>,
) -> io::Result<()> {
    // The first message has no type. It says what the connection is for.
    let length = client.read_u32().await?;
    let startup = pass(&mut client, &mut server, None, length).await?;
    let is_default = String::from_utf8_lossy(&startup).contains("app.tenant=default");
    let count = if is_default { &shared.of_default } else { &shared.others };
    let mut is_to_lose = false;
    loop {
        let kind = client.read_u8().await?;
        let length = client.read_u32().await?;
        if matches!(kind, EXECUTE | QUERY) {
            count.fetch_add(1, Ordering::SeqCst);
            is_lost.fetch_or(is_to_lose, Ordering::SeqCst);
        }
        let message = pass(&mut client, &mut server, Some(kind), length).await?;
        if kind == PARSE {
            let message = String::from_utf8_lossy(&message);
            is_to_lose = shared.to_lose.lock().unwrap().take_if(|text| message.contains(*text)).is_some();
        }
    }
}

/// Passes a server's messages on, until one is to be lost.
async fn reply(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, is_lost: Arc<AtomicBool>) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = server.read(&mut buffer).await?;
        if read == 0 || is_lost.load(Ordering::SeqCst) {
            return client.shutdown().await;
        }
        client.write_all(&buffer[..read]).await?;
    }
}

/// Passes a message on, and gives it; `length` counts itself.
async fn pass(
    client: &mut OwnedReadHalf,
    server: &mut OwnedWriteHalf,
    kind: Option<u8>,
    length: u32,
) -> io::Result<Vec<u8>> {
    let mut message: Vec<u8> = kind.into_iter().chain(length.to_be_bytes()).collect();
    client.take(u64::from(length) - 4).read_to_end(&mut message).await?;
    server.write_all(&message).await?;
    Ok(message)
}
