//! A proxy before Postgres that counts what is executed.
//!
//! <https://www.postgresql.org/docs/16/protocol-message-formats.html>

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
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

/// Executes a prepared statement.
const EXECUTE: u8 = b'E';
/// Executes a text.
const QUERY: u8 = b'Q';

pub struct Proxy {
    options: PgConnectOptions,
    port: u16,
    counts: Arc<Counts>,
}

/// Statements that were executed, prepared and simple ones.
#[derive(Default)]
struct Counts {
    /// On connections that were opened for the default tenant.
    of_default: AtomicUsize,
    others: AtomicUsize,
}

impl Proxy {
    /// Before the server of `options`.
    pub async fn start(options: &PgConnectOptions) -> Self {
        let server = (options.get_host().to_owned(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let counts: Arc<Counts> = Arc::default();
        let shared = counts.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let upstream = TcpStream::connect(&server).await.unwrap();
                // A message goes out as it comes.
                client.set_nodelay(true).unwrap();
                upstream.set_nodelay(true).unwrap();
                let (mut from_server, to_server) = upstream.into_split();
                let (from_client, mut to_client) = client.into_split();
                tokio::spawn(relay(from_client, to_server, shared.clone()));
                tokio::spawn(async move { io::copy(&mut from_server, &mut to_client).await });
            }
        });
        Self { options: options.clone(), port, counts }
    }

    /// The database's address through this.
    pub fn url(&self) -> String {
        let options = self.options.clone().host("127.0.0.1").port(self.port).ssl_mode(PgSslMode::Disable);
        options.to_url_lossy().to_string()
    }

    /// How many statements were executed since the last call: for the default tenant, and others.
    pub fn take_counts(&self) -> (usize, usize) {
        (self.counts.of_default.swap(0, Ordering::SeqCst), self.counts.others.swap(0, Ordering::SeqCst))
    }
}

/// Passes a client's messages on, each after it was counted.
async fn relay(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, counts: Arc<Counts>) -> io::Result<()> {
    // The first message has no type. It says what the connection is for.
    let length = client.read_u32().await?;
    let startup = pass(&mut client, &mut server, None, length).await?;
    let is_default = String::from_utf8_lossy(&startup).contains("app.tenant=default");
    let count = if is_default { &counts.of_default } else { &counts.others };
    loop {
        let kind = client.read_u8().await?;
        let length = client.read_u32().await?;
        if matches!(kind, EXECUTE | QUERY) {
            count.fetch_add(1, Ordering::SeqCst);
        }
        pass(&mut client, &mut server, Some(kind), length).await?;
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
